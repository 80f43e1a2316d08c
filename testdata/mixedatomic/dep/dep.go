// Package dep counts atomically.
package dep

import "sync/atomic"

// Total is how often anything was counted.
var Total int64 // want Total:`^written atomically$`

// A Counter counts.
type Counter struct {
	N    int64 // want N:`^written atomically$`
	Name string
}

// Inc counts.
func (c *Counter) Inc() {
	atomic.AddInt64(&c.N, 1)
	atomic.AddInt64(&Total, 1)
}
