// Package oncedeadlock defines an analyzer that reports Onces which wait for
// themselves, or guard nothing.
//
// # Analyzer oncedeadlock
//
// oncedeadlock: report Once.Do reached from within its own function
//
// Do returns when its function has run. If that function comes to Do of the same
// Once again, by whatever way, Do waits for the function, which waits for Do. The
// functions that sync.OnceFunc, OnceValue and OnceValues make do the same.
//
// For example:
//
//	func (c *config) Get(key string) string {
//		c.once.Do(c.load)
//		return c.values[key]
//	}
//
//	func (c *config) load() {
//		c.values = read(c.Get("path")) // waits for itself
//	}
//
// The correct code takes what it needs from elsewhere:
//
//	func (c *config) load() {
//		c.values = read(c.path)
//	}
//
// Reported as well is a Once that is made anew for each call, and so lets its
// function run each time: a local variable, a value receiver or a parameter that
// is a copy, and sync.OnceFunc(f)().
//
// The analyzer follows calls through methods, closures, callbacks, interfaces with
// few implementations, and other packages. It does not report what a goroutine
// that the function starts comes to, Onces that it cannot tell to be one, and
// local Onces that a loop, several calls or a literal share.
package oncedeadlock

import _ "embed"

//go:embed doc.go
var doc string
