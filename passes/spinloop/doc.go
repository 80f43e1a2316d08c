// Package spinloop defines an analyzer that reports loops which wait by looking
// again and again.
//
// # Analyzer spinloop
//
// spinloop: report loops that spin until a variable changes
//
// A loop that does nothing but look at a variable, an atomic, the length of a
// channel, or a value under a lock keeps a processor busy until another goroutine
// changes that, and slows down the very goroutine which is to change it. A variable
// that is not atomic may be read once only, and the loop never end.
//
// For example:
//
//	for !ready.Load() {
//	} // a whole processor, as long as it takes
//
// The correct code waits for a channel, a WaitGroup or a Cond:
//
//	<-ready
//
// The analyzer follows calls, so it also reports a loop around a function that
// looks. It takes runtime.Gosched, counters and looks at the clock for nothing.
//
// The analyzer does not report a loop that ends by itself, such as one that counts
// its attempts before it blocks, one that retries a CompareAndSwap, reads between two
// looks at a sequence number, looks again under a lock, looks at another object or
// does some work in each turn, looks under a lock at what it may change itself, and
// one that calls a function which it cannot see, or which waits if there is nothing
// to do. A loop around a select statement with a
// default is found by busyselect. To poll on purpose, sleep between two looks.
package spinloop

import _ "embed"

//go:embed doc.go
var doc string
