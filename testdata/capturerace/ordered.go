package capturerace

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// An actor waits for requests. Each scenario here is near to one in which that, a
// token, a lock or a turn orders what its goroutine does.
type actor struct {
	requests chan func()
	limit    int
}

var latest *actor

// The goroutine reads the field before it waits for the first request.
func newEager(limit int) *actor {
	a := &actor{requests: make(chan func())}
	go a.eager()    // related `^the goroutine that has a\.limit read starts here$`
	a.limit = limit // related `^a\.limit is written here at the same time$`
	return a
}

func (a *actor) eager() {
	for range a.limit { // want `^a\.limit is read by this goroutine, and may be written at the same time at line \d+$`
		(<-a.requests)()
	}
}

// Others find the object before it is complete.
func newPublished(limit int) *actor {
	a := &actor{requests: make(chan func())}
	go a.published() // related `^the goroutine that has a\.limit read starts here$`
	latest = a
	a.limit = limit // related `^a\.limit is written here at the same time$`
	return a
}

func (a *actor) published() {
	for do := range a.requests {
		if a.limit > 0 { // want `^a\.limit is read by this goroutine, and may be written at the same time at line \d+$`
			do()
		}
	}
}

// The constructor makes the first request itself.
func newBusy(limit int) *actor {
	a := &actor{requests: make(chan func(), 1)}
	go a.busy() // related `^the goroutine that has a\.limit read starts here$`
	a.requests <- func() {}
	a.limit = limit // related `^a\.limit is written here at the same time$`
	return a
}

func (a *actor) busy() {
	for do := range a.requests {
		if a.limit > 0 { // want `^a\.limit is read by this goroutine, and may be written at the same time at line \d+$`
			do()
		}
	}
}

type process struct {
	result chan error
	wait   bool
	n      int
}

// The goroutine may run although nobody waits for it.
func (p *process) run() int {
	p.start()
	if p.wait {
		<-p.result
	}
	return p.n // related `^p\.n is read here at the same time$`
}

func (p *process) start() {
	result := make(chan error)
	p.result = result
	go func() { // related `^the goroutine that has p\.n written starts here$`
		p.n = 1 // want `^p\.n is written by this goroutine, and may be read at the same time at line \d+$`
		result <- nil
	}()
}

// Each of the goroutines sends once, with no token between them.
func resultsNotTokens() int {
	done := make(chan bool, 2)
	n := 0
	for range 2 {
		go func() { // related `^the goroutines that have n start here$`
			n++ // want `^n is written by several goroutines, perhaps at the same time$`
			done <- true
		}()
	}
	<-done
	return n
}

// The two take turns, by an atomic.
func turns(n int32) float32 {
	var wg sync.WaitGroup
	var x struct {
		signal int32
		data   float32
	}
	for p := range int32(2) {
		wg.Add(1)
		go func(p int32) {
			defer wg.Done()
			for i := int32(1); i < n; i++ {
				if (i+p)%2 == 0 {
					x.data = float32(i)
					atomic.StoreInt32(&x.signal, i)
				} else {
					for w := 1; atomic.LoadInt32(&x.signal) != i; w++ {
						if w%1000 == 0 {
							runtime.Gosched()
						}
					}
					if x.data != float32(i) {
						break
					}
				}
			}
		}(p)
	}
	wg.Wait()
	return x.data
}

// The atomic is looked at, but not waited for.
func noTurns(limit int32) {
	var x struct {
		signal atomic.Int32
		data   float32
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() { // related `^the goroutines that have x\.data start here$`
			defer wg.Done()
			for i := range limit {
				x.data = float32(i) // want `^x\.data is written by several goroutines, perhaps at the same time$`
				x.signal.Store(i)
			}
		}()
	}
	wg.Wait()
}

// The atomic is looked at in some of the turns, and changes in others.
func someTurns(limit int32) {
	var x struct {
		signal atomic.Int32
		data   float32
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() { // related `^the goroutines that have x\.data start here$`
			defer wg.Done()
			for i := range limit {
				if i%2 == 0 {
					x.data = float32(i) // want `^x\.data is written by several goroutines, perhaps at the same time$`
					x.signal.Store(i)
				} else if x.signal.Load() != i {
					use(i)
				}
			}
		}()
	}
	wg.Wait()
}

// A field that has been made with a variable is one of its own.
type copyOf struct{ n int }

func (c *copyOf) inc() { c.n++ } // want `^c\.n is written by this goroutine, and may be read at the same time at line \d+$`

func fieldOfCopy(n int) int {
	c := &copyOf{n: n}
	done := make(chan bool)
	go func() { // related `^the goroutine that has c\.n written starts here$`
		c.inc()
		close(done)
	}()
	n = c.n // related `^c\.n is read here at the same time$`
	<-done
	return n
}

// A timeout is no order.
func afterTimeout() int {
	n := 0
	go func() { // related `^the goroutine that has n written starts here$`
		n = 1 // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
		use(n)
	}()
	select {
	case <-time.After(time.Second):
	case <-latest.done():
	}
	return n // related `^n is read here at the same time$`
}

func (a *actor) done() <-chan struct{} { return nil }

// One method may be called, which does nothing that orders anything.
type stepper interface{ step() }

type steps struct{ n int }

func (s *steps) step() { use(s) }

func byInterface(s stepper) int {
	n := 0
	go func() { // related `^the goroutine that has n written starts here$`
		n = 1 // want `^n is written by this goroutine, and may be read at the same time at line \d+$`
		s.step()
	}()
	s.step()
	return n // related `^n is read here at the same time$`
}

// One of the two does not take the lock, which the other knows by a pointer.
type guardian struct {
	mu *sync.Mutex
	n  int
}

func (g *guardian) count() int {
	go func() { // related `^the goroutine that has g\.n written starts here$`
		g.mu.Lock()
		g.n++ // want `^g\.n is written by this goroutine, and may be read at the same time at line \d+$`
		g.mu.Unlock()
	}()
	return g.n // related `^g\.n is read here at the same time$`
}

// Each goroutine has a pointer to the same variable.
func oneSalt() int {
	var wg sync.WaitGroup
	salt := 0
	for range 10 {
		wg.Go(func() { // related `^the goroutines that have \*y start here$`
			hog(&salt)
		})
	}
	wg.Wait()
	return salt
}

func hog(y *int) {
	n := *y
	*y = n + 1 // want `^\*y is written by several goroutines, perhaps at the same time$`
}

var _ = []any{newEager, newPublished, newBusy, (*process).run, resultsNotTokens, turns, noTurns, someTurns, fieldOfCopy, afterTimeout, byInterface, (*guardian).count, oneSalt}
