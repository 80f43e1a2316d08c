// Package dep starts goroutines.
package dep

// Go runs f on another goroutine.
func Go(f func()) { go f() }
