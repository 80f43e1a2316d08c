// Package dep has locks, groups and helpers that others use.
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

// Update calls f under the lock of c.
func (c *Cache) Update(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f()
}

// A Pool runs functions on goroutines.
type Pool struct{ wg sync.WaitGroup }

// Go runs f on a goroutine.
func (p *Pool) Go(f func()) {
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		f()
	}()
}

// Wait waits for all of them.
func (p *Pool) Wait() { p.wg.Wait() }

// Put sends v.
func Put(ch chan<- int, v int) { ch <- v }

// Await waits for the close of done.
func Await(done <-chan struct{}) { <-done }
