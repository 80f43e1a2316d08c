// Package dep has workers that others start.
package dep

import "sync"

// Skips calls Done only if it is given something to do.
func Skips(wg *sync.WaitGroup, f func()) {
	if f == nil {
		return
	}
	f()
	wg.Done()
}

// Works calls Done in any case.
func Works(wg *sync.WaitGroup, f func()) {
	defer wg.Done()
	f()
}

// Idle does not call Done.
func Idle(f func()) { f() }
