// Package dep has loops for others to start.
package dep

import "time"

// Loop never returns.
func Loop(f func()) {
	for {
		f()
		time.Sleep(time.Second)
	}
}

// Background runs f on a goroutine.
func Background(f func()) { go f() }
