// Package conds has condition variables and Onces as they are meant to be.
package conds

import (
	"fmt"
	"sync"
)

// A wrapper waits for signals on behalf of its users, who loop.
type wrapper struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func newWrapper() *wrapper {
	w := new(wrapper)
	w.cond = sync.NewCond(w)
	return w
}

// Lock and Unlock make a Locker of the wrapper.
func (w *wrapper) Lock() { w.mu.Lock() }

// Unlock is called by Wait, too.
func (w *wrapper) Unlock() { w.mu.Unlock() }

// Wait waits for the next signal.
func (w *wrapper) Wait() { w.cond.Wait() }

// Signal wakes one who waits.
func (w *wrapper) Signal() { w.cond.Signal() }

// A flusher is woken when there is something to flush, or when it is to end.
type flusher struct {
	mu      sync.Mutex
	ready   sync.Cond
	pending []int
	closed  bool
}

func newFlusher() *flusher {
	f := new(flusher)
	f.ready.L = &f.mu
	return f
}

func (f *flusher) loop(flush func([]int)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		if len(f.pending) == 0 {
			if f.closed {
				return
			}
			f.ready.Wait()
			continue
		}
		batch := f.pending
		f.pending = nil
		f.mu.Unlock()
		flush(batch)
		f.mu.Lock()
	}
}

func (f *flusher) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, n)
	f.ready.Signal()
}

func (f *flusher) close() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.ready.Broadcast()
}

// A node asks its parent under its own Once.
type node struct {
	once   sync.Once
	parent *node
	path   string
}

func (n *node) fullPath() string {
	n.once.Do(func() {
		if n.parent != nil {
			n.path = n.parent.fullPath() + "/" + n.path
		}
	})
	return n.path
}

// table is made when it is first asked for.
var table = sync.OnceValue(func() map[string]int { return map[string]int{"a": 1} })

func lookup(name string) int { return table()[name] }

// closeOnce lets either side close.
func closeOnce(done chan struct{}, early bool) {
	stop := sync.OnceFunc(func() { close(done) })
	defer stop()
	if early {
		stop()
		fmt.Println(lookup("a"))
	}
}
