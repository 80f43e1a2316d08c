// Package wgadd defines an analyzer that reports calls of WaitGroup.Add which
// come too late.
//
// # Analyzer wgadd
//
// wgadd: report WaitGroup.Add calls that Wait may overtake
//
// WaitGroup.Wait returns as soon as the counter is zero. If the goroutine that is
// to be waited for calls Add itself, Wait may be called before it gets there,
// find the counter at zero, and return at once.
//
// For example:
//
//	for _, job := range jobs {
//		go func() {
//			wg.Add(1) // Wait may have returned by now
//			defer wg.Done()
//			run(job)
//		}()
//	}
//	wg.Wait()
//
// The correct code calls Add before the go statement:
//
//	for _, job := range jobs {
//		wg.Add(1)
//		go func() {
//			defer wg.Done()
//			run(job)
//		}()
//	}
//	wg.Wait()
//
// Since Go 1.25 wg.Go does both. The analyzer follows WaitGroups through
// variables, fields, parameters, methods and named functions, and groups of the
// user's own that are built on a WaitGroup.
//
// The analyzer does not report an Add by a goroutine that is itself counted: while
// it holds a count, Wait does not return. Nor does it report a group of the
// goroutine's own, an Add that something orders before Wait, such as a channel,
// and one under a lock that the waiting side takes first.
package wgadd

import _ "embed"

//go:embed doc.go
var doc string
