// Package gate has a lock that it builds itself.
package gate

import (
	"errors"
	"runtime"
	"sync/atomic"
)

const (
	closed  = 1
	reading = 2
	writing = 4
)

// A Gate lets one reader and one writer in at a time, until it is closed.
type Gate struct{ state atomic.Uint64 }

// ErrClosed is returned by a Gate that is closed.
var ErrClosed = errors.New("gate is closed")

// RWLock lets the caller in to read or to write. It reports whether the gate is open.
func (g *Gate) RWLock(read bool) bool {
	bit := uint64(writing)
	if read {
		bit = reading
	}
	for {
		old := g.state.Load()
		if old&closed != 0 {
			return false
		}
		if old&bit == 0 && g.state.CompareAndSwap(old, old|bit) {
			return true
		}
		runtime.Gosched()
	}
}

// RWUnlock lets the next one in. It reports whether there is nobody left.
func (g *Gate) RWUnlock(read bool) bool {
	bit := uint64(writing)
	if read {
		bit = reading
	}
	for {
		old := g.state.Load()
		if old&bit == 0 {
			panic("gate is not locked")
		}
		if g.state.CompareAndSwap(old, old&^bit) {
			return old&^bit == closed
		}
	}
}
