// Package semleak defines an analyzer that reports semaphores that are not
// released.
//
// # Analyzer semleak
//
// semleak: report semaphores that are not released
//
// A semaphore, be it a buffered channel or a Weighted of golang.org/x/sync, bounds
// how many run at once. What is acquired and not released on some path is lost:
// when all is, everybody waits forever.
//
// For example:
//
//	l.sem <- struct{}{}
//	if err := f(); err != nil {
//		return err // the slot is never given back
//	}
//	<-l.sem
//
// The correct code releases it in a defer statement:
//
//	l.sem <- struct{}{}
//	defer func() { <-l.sem }()
//
// Reported as well are goroutines of a loop that acquire the semaphore which is to
// bound their number only when they run, and hold it to their end, an Acquire whose error is ignored, so
// that it may not have been acquired, a pool whose channel of jobs nothing
// closes while its workers are waited for, and an HTTP handler that releases
// without a defer statement behind a call of another handler, whose panic the
// server recovers.
//
// Where the function releases the semaphore itself, only as the last thing before it
// returns, a fix releases it in a defer statement behind the acquisition instead.
//
// A semaphore behind the methods of another package's type is followed where one
// function both acquires and releases it.
//
// The analyzer does not report channels with room for one, which are mutexes,
// channels that code which it does not see may have, channels that are filled when
// they are made or received from before anything is sent, which are pools and
// signals, loops that do nothing but send, for as many who wait, and functions that leave the release to others, unless they return an
// error. A slot that a callee
// loses is reported there, not at its callers.
package semleak

import _ "embed"

//go:embed doc.go
var doc string
