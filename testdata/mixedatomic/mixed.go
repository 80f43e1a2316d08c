// Package mixedatomic accesses variables atomically, and plainly as well.
package mixedatomic

import (
	"fmt"
	"sync"
	"sync/atomic"

	"fixture.example/mixedatomic/dep"
)

type counter struct {
	n     int64
	limit int64
	slots [4]int64
}

func newCounter(limit int64) *counter {
	c := &counter{limit: limit}
	c.n = 1
	return c
}

func (c *counter) inc() { atomic.AddInt64(&c.n, 1) } // related `^this access is atomic$`

func (c *counter) value() int64 { return atomic.LoadInt64(&c.n) }

func (c *counter) plain() int64 {
	return c.n // want `^c\.n is read plainly, and accessed atomically at line \d+$`
}

func (c *counter) reset() {
	c.n = 0 // want `^c\.n is written plainly, and accessed atomically at line \d+$`
}

func (c *counter) more() {
	c.n++ // want `^c\.n is written plainly, and accessed atomically at line \d+$`
}

func (c *counter) full() bool { return c.value() >= c.limit }

func (c *counter) slot(i int) { atomic.AddInt64(&c.slots[i], 1) } // related `^this access is atomic$`

func (c *counter) clearSlot(i int) {
	c.slots[i] = 0 // want `^c\.slots\[i\] is written plainly, and accessed atomically at line \d+$`
}

var requests int64

func init() { requests = 1 }

func handle() { atomic.AddInt64(&requests, 1) } // related `^this access is atomic$`

func report() {
	// races: go handle(); report()
	fmt.Println(requests) // want `^requests is read plainly, and accessed atomically at line \d+$`
}

func nested() bool {
	// races: go handle(); nested()
	return func() bool {
		return requests > 3 // want `^requests is read plainly, and accessed atomically at line \d+$`
	}()
}

// The wait is over when the plain read comes.
func joined() int64 {
	c := newCounter(3)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			c.inc()
		}()
	}
	wg.Wait()
	return c.n
}

func beforeStart() {
	c := newCounter(3)
	c.n = 5
	done := make(chan bool)
	go func() {
		c.inc()
		close(done)
	}()
	<-done
}

func localCounter() {
	var n int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			atomic.AddInt64(&n, 1) // related `^this access is atomic$`
		}()
	}
	fmt.Println(n) // want `^n is read plainly, and accessed atomically at line \d+$`
	wg.Wait()
}

func localJoined() {
	var n int64
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			atomic.AddInt64(&n, 1)
		}()
	}
	wg.Wait()
	fmt.Println(n)
}

func localWrite() {
	var stop int32
	done := make(chan bool)
	go func() {
		for atomic.LoadInt32(&stop) == 0 { // related `^this access is atomic$`
		}
		close(done)
	}()
	stop = 1 // want `^stop is written plainly, and accessed atomically at line \d+$`
	<-done
}

// The lock keeps plain reads from the atomic writes, which readers without
// the lock see.
type once struct {
	mu   sync.Mutex
	done uint32
}

func (o *once) do(f func()) {
	if atomic.LoadUint32(&o.done) == 1 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done == 0 {
		defer atomic.StoreUint32(&o.done, 1)
		f()
	}
}

type stats struct{ hits atomic.Int64 }

func (s *stats) hit() { s.hits.Add(1) }

func (s *stats) get() int64 { return s.hits.Load() }

func imported(c *dep.Counter) {
	c.Inc()
	fmt.Println(c.N)       // want `^c\.N is read plainly, and accessed atomically by package dep$`
	c.N = 0                // want `^c\.N is written plainly, and accessed atomically by package dep$`
	fmt.Println(dep.Total) // want `^dep\.Total is read plainly, and accessed atomically by package dep$`
	fmt.Println(c.Name)
}

func ownImported() *dep.Counter {
	c := &dep.Counter{N: 1}
	c.N = 2
	return c
}

// -- helpers that are handed the address --

type gauge struct {
	n    int64
	free *int64
}

func bump(p *int64) { atomic.AddInt64(p, 1) } // related `^this access is atomic$`

func bumpTwice(p *int64) {
	bump(p)
	bump(p)
}

func (g *gauge) hit() { bump(&g.n) }

func (g *gauge) value() int64 {
	return g.n // want `^g\.n is read plainly, and accessed atomically at line \d+$`
}

var bumped int64

func hitAll() { bumpTwice(&bumped) }

func resetAll() {
	// races: go hitAll(); resetAll()
	bumped = 0 // want `^bumped is written plainly, and accessed atomically at line \d+$`
}

// The pointer itself is not what is accessed atomically.
func (g *gauge) swap(p *int64) {
	bump(g.free)
	g.free = p
}

func (g *gauge) hasFree() bool { return g.free != nil }

// An object that nobody else knows yet.
func newGauge() *gauge {
	g := &gauge{}
	bump(&g.n)
	g.n = 0
	return g
}
