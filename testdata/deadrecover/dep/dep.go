// Package dep has functions for others to defer.
package dep

import "log"

// Recover is deferred by other packages.
func Recover() {
	if v := recover(); v != nil {
		log.Print(v)
	}
}

// A Guard recovers for others.
type Guard struct{ panics int }

// Handle is deferred by other packages.
func (g *Guard) Handle() {
	if v := recover(); v != nil {
		g.panics++
	}
}

// Serve is not deferred by anyone, and calls recover when it defers.
func Serve(work func()) {
	defer log.Print(recover()) // want `^this recover never stops a panic: it is called when the defer statement is, and not when what that defers runs$`
	work()
}

// Safely runs f and recovers.
func Safely(f func(), handle func()) {
	defer handle()
	f()
}
