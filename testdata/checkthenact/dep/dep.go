// Package dep has things that others check and act on.
package dep

import (
	"sync"
	"sync/atomic"
)

// A Counter counts.
type Counter struct {
	N     atomic.Int64
	Cache sync.Map
}

// Get returns the count.
func (c *Counter) Get() int64 { return c.N.Load() }

// Set sets the count.
func (c *Counter) Set(n int64) { c.N.Store(n) }
