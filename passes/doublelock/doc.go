// Package doublelock defines an analyzer that reports mutexes which a goroutine
// locks while it holds them.
//
// # Analyzer doublelock
//
// doublelock: report mutexes locked again by the goroutine that holds them
//
// A mutex does not know who holds it. A goroutine that locks one which it has
// locked already waits for itself, forever, and so does all that needs the mutex
// afterwards. The second Lock is mostly in a method that is called under the
// lock, some calls away, or in a callback.
//
// For example:
//
//	func (c *cache) Get(k string) string {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		if c.Len() == 0 { // waits for itself
//			…
//		}
//	}
//
//	func (c *cache) Len() int {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		return len(c.m)
//	}
//
// The correct code calls a method that expects the lock to be held:
//
//	if c.lenLocked() == 0 {
//		…
//	}
//
// A read lock cannot be made a write lock: Lock after RLock waits for itself,
// too. Nor can it be taken twice: if a writer waits for the first RLock to be
// released, the second waits for the writer. That is reported if something in
// the package locks for writing.
//
// The analyzer follows locks through fields, methods, closures, callbacks,
// deferred calls and other packages, into the String and Error methods that
// fmt calls, and into the comparisons of sort and slices.
//
// The analyzer does not report locks in the elements of maps and slices that are
// picked by different indices or in a loop, nor those which it cannot tell to be one:
// two parameters may or may not be the same object. It takes the outcome of conditions that no variable stands for
// to be open. TryLock does not wait, so it is no second lock.
package doublelock

import _ "embed"

//go:embed doc.go
var doc string
