package deadrecover

import (
	"log"
	"sync"

	"golang.org/x/sync/errgroup"

	"fixture.example/deadrecover/dep"
)

func work() { panic("out of order") }

// -- recover itself --

func deferredItself() {
	defer recover() // want `^this recover never stops a panic: it is deferred itself, and not called by a deferred function$`
	work()
}

func startedItself() {
	go recover() // want `^this recover never stops a panic: it is called on a goroutine of its own$`
	work()
}

var initial = recover() // want `^this recover never stops a panic: no function is being deferred where variables are initialized$`

func straight() {
	if v := recover(); v != nil { // want `^this recover never stops a panic: straight is never deferred$`
		log.Print(v)
	}
	work()
}

func argument() {
	defer log.Print(recover()) // want `^this recover never stops a panic: argument is never deferred$`
	work()
}

func direct() {
	defer func() {
		if v := recover(); v != nil {
			log.Print(v)
		}
	}()
	work()
}

// -- helpers --

func handle() {
	if v := recover(); v != nil { // want `^this recover never stops a panic: handle is called, and never deferred$`
		log.Print(v)
	}
}

func byHelper() {
	defer func() {
		handle() // related `^this is a call by which it runs$`
	}()
	work()
}

func handleWell() {
	if v := recover(); v != nil {
		log.Print(v)
	}
}

func byHelperWell() {
	defer handleWell()
	work()
}

func deep() { deeper() } // related `^this is a call by which it runs$`

func deeper() {
	recover() // want `^this recover never stops a panic: deeper is called, and never deferred$`
}

func init() {
	defer deep()
	deeper()              // a call that is not the first
	if recover() != nil { // want `^this recover never stops a panic: init is never deferred$`
		return
	}
}

type server struct {
	mu      sync.Mutex
	onPanic func()
	cleanup func()
}

func (s *server) recoverPanic() {
	if v := recover(); v != nil { // want `^this recover never stops a panic: recoverPanic is called, and never deferred$`
		log.Print(v)
	}
}

func (s *server) serve() {
	s.mu.Lock()
	defer func() {
		s.mu.Unlock()
		s.recoverPanic() // related `^this is a call by which it runs$`
	}()
	work()
}

func (s *server) rescue() {
	if v := recover(); v != nil {
		log.Print(v)
	}
}

func (s *server) serveWell() {
	defer s.rescue()
	work()
}

type embedding struct{ server }

func (s *server) promoted() { recover() }

func (e *embedding) serve() {
	defer e.promoted()
	work()
}

func (s *server) asValue() { recover() }

func (s *server) methodValue() {
	f := s.asValue
	defer f()
	work()
}

func (s *server) asValueDead() {
	recover() // want `^this recover never stops a panic: asValueDead is called, and never deferred$`
}

func (s *server) methodValueDead() {
	f := s.asValueDead
	defer func() {
		f() // related `^this is a call by which it runs$`
	}()
	work()
}

func generic[T any](v T) T {
	if r := recover(); r != nil { // want `^this recover never stops a panic: generic is called, and never deferred$`
		log.Print(r)
	}
	return v
}

func callsGeneric() int {
	return generic(1) // related `^this is a call by which it runs$`
}

func genericWell[T any](v *T) {
	if r := recover(); r != nil {
		log.Print(r)
	}
}

func callsGenericWell() (n int) {
	defer genericWell(&n)
	defer genericWell[int](&n)
	work()
	return n
}

type rescuer interface{ save() }

type net struct{}

func (net) save() {
	recover() // want `^this recover never stops a panic: save is called, and never deferred$`
}

func viaInterface(r rescuer) {
	defer func() {
		r.save() // related `^this is a call by which it runs$`
	}()
	work()
}

type healer interface{ heal() }

type doctor struct{}

func (doctor) heal() { recover() }

func viaInterfaceWell(h healer) {
	defer h.heal()
	work()
}

// -- literals --

func immediately() {
	func() { // related `^this is a call by which it runs$`
		if v := recover(); v != nil { // want `^this recover never stops a panic: the function around it is called, and never deferred$`
			log.Print(v)
		}
	}()
	work()
}

func nested() {
	defer func() {
		func() { // related `^this is a call by which it runs$`
			recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
		}()
	}()
	work()
}

func goroutine() {
	go func() { // related `^this is a call by which it runs$`
		if v := recover(); v != nil { // want `^this recover never stops a panic: the function around it is called, and never deferred$`
			log.Print(v)
		}
		work()
	}()
}

func inLoop(n int) {
	for range n {
		go func() { // related `^this is a call by which it runs$`
			recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
			work()
		}()
	}
}

func inGroup() error {
	var g errgroup.Group
	g.Go(func() error { // related `^this is a call by which it runs$`
		recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
		work()
		return nil
	})
	return g.Wait()
}

func variable() {
	f := func() {
		recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
	}
	defer func() {
		f() // related `^this is a call by which it runs$`
	}()
	work()
}

func variableWell() {
	f := func() { recover() }
	defer f()
	work()
}

func (s *server) fields() {
	s.onPanic = func() {
		recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
	}
	s.cleanup = func() { recover() }
}

func (s *server) useFields() {
	defer s.cleanup()
	if s.onPanic != nil {
		s.onPanic() // related `^this is a call by which it runs$`
	}
	work()
}

func runs(f func()) {
	f() // related `^this is a call by which it runs$`
}

func defers(f func()) {
	defer f()
	work()
}

func parameter() {
	runs(func() {
		recover() // want `^this recover never stops a panic: the function around it is called, and never deferred$`
	})
	defers(func() { recover() })
	dep.Safely(work, func() { recover() })
}

func returns() func() {
	return func() { recover() }
}

// -- goroutines --

func starter() {
	defer func() {
		if v := recover(); v != nil { // want `^this recover never stops a panic: all that may panic is on another goroutine$`
			log.Print(v)
		}
	}()
	go func() { // related `^the goroutine is started here$`
		work()
	}()
}

func starterWaits() {
	defer func() {
		recover() // want `^this recover never stops a panic: all that may panic is on another goroutine$`
	}()
	done := make(chan struct{})
	go func() { // related `^the goroutine is started here$`
		defer close(done)
		work()
	}()
	<-done
}

func starterWorks() {
	defer func() { recover() }()
	go func() { work() }()
	work()
}

func bothRecover() {
	defer func() { recover() }()
	go func() {
		defer func() { recover() }()
		work()
	}()
}

// -- other packages --

func byDep() {
	var g dep.Guard
	defer dep.Recover()
	defer g.Handle()
	work()
}

func starterNamed() {
	defer func() {
		recover() // want `^this recover never stops a panic: all that may panic is on another goroutine$`
	}()
	go work() // related `^the goroutine is started here$`
}

type machine struct{ speed int }

func (m *machine) run() { work() }

func (m *machine) safely() {
	defer func() { recover() }()
	work()
}

func (m *machine) start() {
	done := make(chan bool)
	defer func() {
		if v := recover(); v != nil { // want `^this recover never stops a panic: all that may panic is on another goroutine$`
			log.Print(v)
		}
	}()
	go m.run() // related `^the goroutine is started here$`
	<-done
}

// startSafely starts what recovers by itself.
func (m *machine) startSafely() {
	defer func() { recover() }()
	go m.safely()
}

// startAt may panic itself.
func (m *machine) startAt(at []*machine, i int) {
	defer func() { recover() }()
	go at[i].run()
}

// startOther starts what it does not see.
func startOther() {
	defer func() { recover() }()
	go dep.Safely(work, func() {})
}
