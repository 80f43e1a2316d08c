// Package dep has a flag.
package dep

import "sync/atomic"

// A Flag is set once.
type Flag struct {
	v    atomic.Bool
	hits int
}

// IsSet reports whether the flag is set.
func (f *Flag) IsSet() bool { return f.v.Load() }

// Hit counts a hit.
func (f *Flag) Hit() { f.hits++ }
