// Package nakedgo defines an analyzer that reports goroutines that do not recover.
//
// # Analyzer nakedgo
//
// nakedgo: report goroutines without a deferred recover
//
// A panic that a goroutine does not recover ends the process, with all requests that
// others have in hand. A service may want each of its goroutines to recover.
//
// For example:
//
//	go func() {
//		handle(job) // a panic here ends the process
//	}()
//
// The correct code defers a function that recovers, or starts its goroutines by one
// that does so for all:
//
//	go func() {
//		defer func() {
//			if r := recover(); r != nil {
//				log.Printf("panic: %v\n%s", r, debug.Stack())
//			}
//		}()
//		handle(job)
//	}()
//
// The goroutine may also leave it to the one function that it calls, in this package or
// another.
//
// The analyzer does not report goroutines that only act on channels, locks and groups;
// handlers of net/http, whose server recovers; functions that are not known, such as
// parameters and those of the standard library; and tests.
package nakedgo

import _ "embed"

//go:embed doc.go
var doc string
