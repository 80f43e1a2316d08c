package lockleak

import (
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
	x.mu.Lock() // want `^x\.mu is still locked when the panic on line 50 is recovered$`
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
