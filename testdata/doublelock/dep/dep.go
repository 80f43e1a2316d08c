// Package dep locks within its calls, and calls back.
package dep

import "sync"

// A Registry is locked by its methods.
type Registry struct {
	mu sync.Mutex
	m  map[string]int
}

// Len returns the number of entries.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.m)
}

// Each calls f for each entry while r is locked.
func (r *Registry) Each(f func(string, int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, v := range r.m {
		f(k, v)
	}
}

// EachCopy calls f for each entry of a copy, while r is not locked.
func (r *Registry) EachCopy(f func(string, int)) {
	r.mu.Lock()
	m := make(map[string]int)
	for k, v := range r.m {
		m[k] = v
	}
	r.mu.Unlock()
	for k, v := range m {
		f(k, v)
	}
}

// Hold locks r until the returned function is called.
func (r *Registry) Hold() func() {
	r.mu.Lock()
	return r.mu.Unlock
}

// A Base is a lock that others embed.
type Base struct {
	sync.RWMutex
	N int
}

// Count locks b.
func (b *Base) Count() int {
	b.Lock()
	defer b.Unlock()
	return b.N
}

// CountLocked needs b to be locked.
func (b *Base) CountLocked() int { return b.N }
