// Package timerdrain defines an analyzer that reports receives from stopped
// timers which block for ever.
//
// # Analyzer timerdrain
//
// timerdrain: report drains of timers that block for ever
//
// The receive after a Stop that returns false takes the value of a timer that
// has fired. If that value has been received already, or if the timer has been
// stopped before, Stop returns false as well, but there is nothing to receive:
// the goroutine blocks for ever.
//
// For example:
//
//	select {
//	case <-t.C:
//		retry()
//	case m := <-messages:
//		handle(m)
//	}
//	if !t.Stop() {
//		<-t.C // blocks for ever after the first case
//	}
//	t.Reset(d)
//
// The correct code drains the channel only where the value cannot have been
// received, or does not wait for it:
//
//	if !t.Stop() {
//		select {
//		case <-t.C:
//		default:
//		}
//	}
//
// With Go 1.23 or later in go.mod there is no need to drain at all: Stop and
// Reset leave no old value behind.
//
// Reported as well are receives after a Stop that returned true, or whose result
// is ignored, receives that depend on the result of Reset, which does not say
// whether there is a value, and receives from a timer that AfterFunc made, which
// has no channel.
//
// The analyzer follows timers through fields, calls, closures and goroutines. It
// does not report receives that a flag guards, and takes code that it does not
// see, and that has the timer, to reset it. To drain a timer wherever it is
// stopped, use a select statement with a default.
package timerdrain

import _ "embed"

//go:embed doc.go
var doc string
