// Package timerleak defines an analyzer that reports timers and tickers that
// leak, or that panic.
//
// # Analyzer timerleak
//
// timerleak: report timers and tickers that leak or panic
//
// A goroutine that waits for a ticker in a loop without a way out lives until
// the process ends, and so does all that it refers to: Stop does not close the
// channel of a ticker. Each call of the function that starts it leaks one more.
//
// Before Go 1.23, as go.mod or a build constraint has it, a ticker that is not
// stopped is never freed either, and a timer only when it fires.
//
// For example:
//
//	func newLimiter(rate int) *limiter {
//		l := &limiter{tokens: make(chan struct{}, rate)}
//		go func() {
//			t := time.NewTicker(time.Second / time.Duration(rate))
//			for range t.C { // never ends
//				l.tokens <- struct{}{}
//			}
//		}()
//		return l
//	}
//
// NewTicker panics as well if rate is negative, or more than a billion, and the
// division does if it is zero.
//
// The correct code checks the rate, and lets the loop end:
//
//	t := time.NewTicker(time.Second / time.Duration(rate))
//	defer t.Stop()
//	for {
//		select {
//		case <-t.C:
//			…
//		case <-l.done:
//			return
//		}
//	}
//
// Reported is also an interval that is a field which may not have been set: nothing sets it but
// a decoder that the package calls, from what may lack it, or an option that nobody has to give.
//
// Reported before Go 1.23 are also time.After in a select statement of a loop
// that goes round before it fires, time.Tick in a function that returns, and
// timers and tickers that are not stopped.
//
// The analyzer does not report what main, or what only main and init call,
// starts for the life of the process, and leaks in tests. A goroutine that waits for
// a ticker made elsewhere, such as one in a field, is left to noexit. An interval that the
// package compares with anything counts as checked. To run for as long as the
// process on purpose, start the goroutine in init or by a sync.Once of the package.
package timerleak

import _ "embed"

//go:embed doc.go
var doc string
