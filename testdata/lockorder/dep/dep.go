// Package dep has locks that others take in an order of their own.
package dep

import "sync"

// A Cache is locked by its methods.
type Cache struct {
	mu sync.Mutex
	m  map[string]int
}

// Get locks c.
func (c *Cache) Get(k string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.m[k]
}

// Walk calls f under the lock of c.
func (c *Cache) Walk(f func(string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.m {
		f(k)
	}
}

// Keys returns a copy.
func (c *Cache) Keys() (keys []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k := range c.m {
		keys = append(keys, k)
	}
	return keys
}

// First comes before Second.
var First, Second sync.Mutex

// Both locks First, then Second.
func Both(f func()) {
	First.Lock()
	defer First.Unlock()
	Second.Lock()
	defer Second.Unlock()
	f()
}

// Names guards what Add adds to.
var Names sync.Mutex

var names []string

// Add locks Names.
func Add(name string) {
	Names.Lock()
	defer Names.Unlock()
	names = append(names, name)
}
