// Package dep has a pool of buffers.
package dep

import (
	"bytes"
	"sync"
)

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Get returns an empty buffer.
func Get() *bytes.Buffer { return pool.Get().(*bytes.Buffer) }

// Put gives b back.
func Put(b *bytes.Buffer) {
	b.Reset()
	pool.Put(b)
}

// Recycle puts b into p.
func Recycle(p *sync.Pool, b *bytes.Buffer) { p.Put(b) }
