// Package dep has lazy values that other packages fill.
package dep

import "sync"

// A Lazy is filled once.
type Lazy struct {
	once sync.Once
	val  int
}

// Get fills the value with what fill returns.
func (l *Lazy) Get(fill func() int) int {
	l.once.Do(func() { l.val = fill() })
	return l.val
}

var setup sync.Once

// Setup runs f once.
func Setup(f func()) { setup.Do(f) }
