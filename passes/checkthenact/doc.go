// Package checkthenact defines an analyzer that reports decisions which are
// acted on when they may no longer hold.
//
// # Analyzer checkthenact
//
// checkthenact: report actions on what was checked before
//
// Operations that are each safe by themselves are not safe together: what an
// atomic variable, a sync.Map or a field under a lock was found to be may have
// changed by the time the program acts on it. Of two goroutines that do so at
// once, one undoes what the other has done.
//
// For example:
//
//	n := c.hits.Load()
//	c.hits.Store(n + 1) // the hits of others since the Load are lost
//
//	if _, ok := m.Load(key); !ok {
//		m.Store(key, newEntry()) // somebody else may have stored one
//	}
//
//	s.mu.Lock()
//	c := s.conns[addr]
//	s.mu.Unlock()
//	if c == nil {
//		c = dial(addr)
//		s.mu.Lock()
//		s.conns[addr] = c // and here as well
//		s.mu.Unlock()
//	}
//
// The correct code checks and acts in one step, by Add, CompareAndSwap or
// LoadOrStore, or under one lock, or checks again under the second one:
//
//	c.hits.Add(1)
//
//	e, _ := m.LoadOrStore(key, newEntry())
//
// A loop that calls CompareAndSwap again and again with an old value which it does
// not load again is reported as well: once the call has failed, it always fails.
//
// The analyzer knows short functions of the package that load, check or store for others.
// Of fields under a lock it reports what is computed from the old value, stored because
// there was none, or taken from what was found to be enough, if nothing is looked at again
// under the second lock, and nothing was written under the first.
//
// The analyzer does not report variables that only one goroutine writes, as far as
// the package shows, nor code that holds a lock all along, has been let in by a
// CompareAndSwap, a TryLock, a semaphore, a Once or singleflight, or says in its comment
// that one goroutine at a time calls it, nor tests. It does not report what is the same
// whoever stores it: elements of a set, plain data that is computed under a key, and what
// functions of other packages look up. What methods of other packages load and store is not
// known; their fields are.
package checkthenact

import _ "embed"

//go:embed doc.go
var doc string
