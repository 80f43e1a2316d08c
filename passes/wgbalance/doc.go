// Package wgbalance defines an analyzer that reports WaitGroups whose counter does
// not come out even.
//
// # Analyzer wgbalance
//
// wgbalance: report WaitGroups that count more or less than ends
//
// Each count that Add adds must be taken back by one Done, on every path. If one is
// not, Wait blocks forever; if there is a Done too many, the counter falls below
// zero, which panics.
//
// For example:
//
//	wg.Add(1)
//	go func() {
//		if err := run(); err != nil {
//			return // Done is not called: Wait blocks forever
//		}
//		wg.Done()
//	}()
//	wg.Wait()
//
// The correct code defers the call:
//
//	wg.Add(1)
//	go func() {
//		defer wg.Done()
//		[…]
//	}()
//	wg.Wait()
//
// Reported as well are an Add that no goroutine follows on some path, an Add of
// another number than there are goroutines, a Done that a recovered panic or
// t.FailNow passes by, a Done in a function that wg.Go runs, a Wait by a goroutine
// that is counted itself, a turn of a worker's loop that calls no Done for the item
// which its sender has counted, a Wait in the loop that starts the goroutines, so
// that they run one at a time, and an Add that comes while an earlier Wait may not
// have returned.
//
// The analyzer does not report groups that code which it does not see may have,
// counts that depend on data, and loops that wait under a condition. An Add by
// the goroutine that is waited for is found by wgadd.
package wgbalance

import _ "embed"

//go:embed doc.go
var doc string
