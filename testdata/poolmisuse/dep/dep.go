// Package dep has a pool of buffers.
package dep

import (
	"bytes"
	"io"
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

// A Queue is a list of buffers.
type Queue struct{ First *Item }

// An Item is an entry of a queue.
type Item struct {
	Next *Item
	N    int
}

var items sync.Pool

// Drop puts the items before the one that has n.
func (q *Queue) Drop(n int) {
	for q.First != nil && q.First.N < n {
		old := q.First
		q.First = old.Next
		items.Put(old)
	}
}

// Open returns an item, nil if n is negative.
func Open(n int) (*Item, error) {
	i := items.Get().(*Item)
	if n < 0 {
		items.Put(i)
		return nil, io.EOF
	}
	return i, nil
}

// Free puts i.
func (i *Item) Free() { items.Put(i) }

// A Ring is a queue of values.
type Ring[T any] struct {
	all  []T
	head int
}

// Empty reports whether nothing is left.
func (r *Ring[T]) Empty() bool { return r.head == len(r.all) }

// Pop returns the next value.
func (r *Ring[T]) Pop() T {
	t := r.all[r.head]
	r.head++
	return t
}
