// Package lockleak defines an analyzer that reports mutexes left locked.
//
// # Analyzer lockleak
//
// lockleak: report mutexes that are not unlocked, or not as locked
//
// A mutex locked by a function must be unlocked on every path out of it, or
// the next call of Lock blocks for ever. Unlock of a mutex that is not locked,
// or that is locked for reading, ends the program.
//
// For example:
//
//	s.mu.Lock()
//	n, ok := s.items[key]
//	if !ok {
//		return 0, errNotFound // s.mu is still locked at this return
//	}
//	s.mu.Unlock()
//
// The correct code defers the Unlock, or unlocks on each path:
//
//	s.mu.Lock()
//	defer s.mu.Unlock()
//	n, ok := s.items[key]
//	if !ok {
//		return 0, errNotFound
//	}
//
// Reported as well are the Unlock of a lock for reading and the RUnlock of one
// for writing, the Unlock of what is unlocked already, a deferred Lock where
// Unlock was meant, and a TryLock whose result is dropped. The analyzer follows
// locks through fields, calls, closures and goroutines, and conditions that are
// tested twice.
//
// The analyzer does not report locks in maps and slices, unless the function keeps
// to one element, as the turn of a loop does. Nor does it report locks that are
// handed over: to callers that unlock, by a function that is returned or stored,
// to a goroutine, or by an exported function whose counterpart unlocks. A panic
// under a lock is reported only where something in the package recovers it. To
// leave a mutex locked on purpose, return the function that unlocks it.
package lockleak

import _ "embed"

//go:embed doc.go
var doc string
