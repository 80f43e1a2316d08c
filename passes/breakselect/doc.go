// Package breakselect defines an analyzer that reports breaks which leave a
// select or switch statement, though the loop around it was meant.
//
// # Analyzer breakselect
//
// breakselect: report breaks that leave a select, not its loop
//
// A break without a label leaves the innermost for, switch or select statement.
// In a case of a select or switch within a loop, that is not the loop: it goes
// on. Where the case was that of a channel which is closed, or of a context that
// has ended, the same case is ready again at once, and the loop spins.
//
// For example:
//
//	for {
//		select {
//		case job, ok := <-jobs:
//			if !ok {
//				break // leaves the select
//			}
//			run(job)
//		case <-ctx.Done():
//			break // leaves the select
//		}
//	}
//
// The correct code names the loop by a label, or returns:
//
//	loop:
//		for {
//			select {
//			case job, ok := <-jobs:
//				if !ok {
//					break loop
//				}
//				run(job)
//			case <-ctx.Done():
//				break loop
//			}
//		}
//
// Reported are breaks that have no effect, since the case ends there anyway, and
// breaks behind which the loop evidently has nothing left to do: a channel is
// closed, a context has ended, a reader is at its end.
//
// The analyzer does not report a break that skips the rest of its case, one that
// stands for an empty case or at the end of each case, or one behind which a
// condition ends the loop. To leave a case on purpose, and to say so, let it be
// empty, or use continue.
package breakselect

import _ "embed"

//go:embed doc.go
var doc string
