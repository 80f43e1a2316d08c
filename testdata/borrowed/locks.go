package borrowed

import (
	"fmt"
	"sync"
	"sync/atomic"
)

type guarded struct {
	mu sync.Mutex
	n  int
}

func byValue(g guarded) int { return g.n } // finds copylocks

func copied(g *guarded) int {
	c := *g // finds copylocks
	return c.n
}

func pointed(g *guarded) *guarded { return g }

// The copy is made for the purpose.
//
//concurrencyvet:ignore copylocks nobody locks the copy
func silencedCopy(g guarded) int { return g.n }

func assigned() int64 {
	var n int64
	n = atomic.AddInt64(&n, 1) // finds atomic
	return n
}

type counter struct{ n int64 }

func (c *counter) inc() { c.n = atomic.AddInt64(&c.n, 1) } // finds atomic as mixedatomic

func (c *counter) value() int64 { return atomic.LoadInt64(&c.n) }

func incs() int64 {
	c := new(counter)
	go c.inc()
	go c.inc()
	return c.value()
}

func unused(err error) {
	fmt.Errorf("wrapped: %w", err) // finds unusedresult
}

func addInside(fs []func()) {
	var wg sync.WaitGroup
	for _, f := range fs {
		go func() {
			wg.Add(1) // finds waitgroup as wgadd
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

func addInOneLine(f func()) {
	var wg sync.WaitGroup
	go func() { wg.Add(1); defer wg.Done(); f() }() // finds waitgroup as wgadd
	wg.Wait()
}

// The check sees the Add behind other statements and in helpers.
func addLater(f func()) {
	var wg sync.WaitGroup
	go func() {
		f()
		wg.Add(1) // finds wgadd
		defer wg.Done()
		f()
	}()
	wg.Wait()
}

// Nobody waits, so Add is not too late, says the check.
func addUnwaited(wg *sync.WaitGroup, f func()) {
	go func() {
		wg.Add(1) // finds waitgroup
		defer wg.Done()
		f()
	}()
}
