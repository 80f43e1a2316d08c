package lockleak

import (
	"fmt"
	"log"
	"sync"
)

// A wrapper recovers from the panics of what it is handed to call.

func recoverAndLog() {
	if r := recover(); r != nil {
		log.Print(r)
	}
}

func repeat(f func(), stop <-chan struct{}) {
	for {
		func() {
			defer recoverAndLog()
			f()
		}()
		select {
		case <-stop:
			return
		default:
		}
	}
}

func repeatUnguarded(f func(), stop <-chan struct{}) {
	for {
		f()
		select {
		case <-stop:
			return
		default:
		}
	}
}

type index struct {
	mu    sync.Mutex
	items map[string]any
}

func (x *index) check() {
	x.mu.Lock() // want `^x\.mu is still locked when the panic on line 51 is recovered$`
	for k, v := range x.items {
		if v == nil {
			panic("nil item " + k) // related `^this panic leaves x\.mu locked$`
		}
	}
	x.mu.Unlock()
}

func (x *index) checkDeferring() {
	x.mu.Lock()
	defer x.mu.Unlock()
	for k, v := range x.items {
		if v == nil {
			panic("nil item " + k)
		}
	}
}

func (x *index) checkUnguarded() {
	x.mu.Lock()
	if len(x.items) == 0 {
		panic("no items")
	}
	x.mu.Unlock()
}

func (x *index) run(stop chan struct{}) {
	go repeat(x.check, stop)
	go repeat(x.checkDeferring, stop)
	go repeatUnguarded(x.checkUnguarded, stop)
}

func (x *index) runHere(stop chan struct{}) { repeat(x.check, stop) }

// A quota panics through a helper that never returns, and its callers recover.
type quota struct {
	mu    sync.Mutex
	acted bool
	id    int
}

func (q *quota) exceed() {
	q.mu.Lock() // want `^q\.mu is still locked when the panic on line \d+ is recovered$`
	if q.acted {
		q.mu.Unlock()
		return
	}
	q.acted = true
	q.fail()
	q.mu.Unlock()
}

func (q *quota) exceedRepaired() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.acted {
		q.acted = true
		q.fail()
	}
}

func (q *quota) fail() {
	panic(fmt.Sprintf("out of quota %d", q.id)) // related `^this panic leaves q\.mu locked$`
}

// What may panic, and returns as a rule, is no part of the protocol.
func (q *quota) charge(n int) {
	q.mu.Lock()
	q.id = positive(n)
	q.mu.Unlock()
}

func positive(n int) int {
	if n < 0 {
		panic("negative")
	}
	return n
}

type step struct{ q *quota }

func (s *step) run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	s.next()
	return nil
}

func (s *step) next() {
	s.q.exceed()
	s.q.exceedRepaired()
	s.q.charge(1)
}
