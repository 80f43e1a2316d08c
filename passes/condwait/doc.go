// Package condwait defines an analyzer that reports calls of Cond.Wait outside a
// loop, or without the lock.
//
// # Analyzer condwait
//
// condwait: report Cond.Wait outside a loop, or without its lock
//
// Wait unlocks the lock of its Cond and locks it again before it returns. By then
// others have had the lock, so that the condition which was waited for may not
// hold any more; and a signal that came before the Wait wakes nobody. If the lock
// is not held, its unlocking ends the program.
//
// For example:
//
//	q.mu.Lock()
//	if len(q.items) == 0 {
//		q.cond.Wait()
//	}
//	item := q.items[0] // another consumer may have taken it
//
// The correct code tests the condition again, with the lock held all along:
//
//	q.mu.Lock()
//	for len(q.items) == 0 {
//		q.cond.Wait()
//	}
//	item := q.items[0]
//
// The analyzer knows the lock of a Cond from the calls of sync.NewCond and the
// assignments to its field L in the package. Where a function leaves the loop or
// the lock to its callers, the call is reported that has none.
//
// Reported as well is a Signal if several goroutines wait for what, once it holds, holds
// for good, a flag that is only ever set or a number that only grows: it wakes one of
// them, where Broadcast wakes all. And so is what the loop tests if a function that
// signals the Cond writes it without any lock, or makes the wait end and returns on a way on
// which it has signalled nobody.
//
// The analyzer does not report a Wait if what is tested behind it has to do with
// the condition, a lock that it cannot tell to be another than that of the Cond,
// or functions that may be called by code which is not seen and may have the
// lock. It reports only one of the two faults of one Wait. A Signal is left alone if there is a
// Broadcast, if other packages may signal, or how many signals there are is not known.
package condwait

import _ "embed"

//go:embed doc.go
var doc string
