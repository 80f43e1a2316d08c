// Package checkthenact acts on what it has checked before.
package checkthenact

import (
	"maps"
	"sync"
	"sync/atomic"

	"fixture.example/checkthenact/dep"
)

var (
	requests atomic.Int64
	plain    int64
)

type stats struct {
	hits, peak atomic.Int64
	raw        uint32
	enabled    atomic.Bool
	table      atomic.Pointer[map[string]int]
	list       atomic.Value
}

type wrapper struct {
	stats
	name string
}

func (s *stats) Straight() {
	n := s.hits.Load() // related `^this is what the stored value is made from$`
	n++
	s.hits.Store(n) // want `^s\.hits is stored to by what was loaded on line 31: an update by another goroutine in between is lost$`
}

func (s *stats) Sum() {
	s.hits.Store(s.hits.Load() + 1) // related `^this is what the stored value is made from$` // want `^s\.hits is stored to by what was loaded on line 37: an update by another goroutine in between is lost$`
}

func (s *stats) Less(d int64) {
	s.hits.Store(s.hits.Load() - d) // related `^this is what the stored value is made from$` // want `^s\.hits is stored to by what was loaded on line 41: an update by another goroutine in between is lost$`
}

func (s *stats) Function() {
	atomic.StoreUint32(&s.raw, atomic.LoadUint32(&s.raw)+2) // related `^this is what the stored value is made from$` // want `^s\.raw is stored to by what was loaded on line 45: an update by another goroutine in between is lost$`
}

func (w *wrapper) Embedded() {
	v := w.hits.Load() // related `^this is what the stored value is made from$`
	if v < 10 {
		w.hits.Store(v * 2) // want `^w\.hits is stored to by what was loaded on line 49: an update by another goroutine in between is lost$`
	}
}

func global(n int) {
	for range n {
		requests.Store(requests.Load() + 1) // related `^this is what the stored value is made from$` // want `^requests is stored to by what was loaded on line 57: an update by another goroutine in between is lost$`
	}
}

func plainGlobal() {
	n := atomic.LoadInt64(&plain) // related `^this is what the stored value is made from$`
	defer func() {                // want `^plain is stored to by what was loaded on line 62: an update by another goroutine in between is lost$`
		atomic.StoreInt64(&plain, n+1)
	}()
}

func (s *stats) Toggle() {
	s.enabled.Store(!s.enabled.Load()) // related `^this is what the stored value is made from$` // want `^s\.enabled is stored to by what was loaded on line 69: an update by another goroutine in between is lost$`
}

// Put copies the table on write, without a lock.
func (s *stats) Put(k string, v int) {
	next := maps.Clone(*s.table.Load()) // related `^this is what the stored value is made from$`
	next[k] = v
	s.table.Store(&next) // want `^s\.table is stored to by what was loaded on line 74: an update by another goroutine in between is lost$`
}

func (s *stats) Append(v string) {
	old, _ := s.list.Load().([]string) // related `^this is what the stored value is made from$`
	s.list.Store(append(old, v))       // want `^s\.list is stored to by what was loaded on line 80: an update by another goroutine in between is lost$`
}

func (s *stats) Peak(n int64) {
	if n > s.peak.Load() { // related `^this is what the store depends on$`
		s.peak.Store(n) // want `^s\.peak is stored to because of what was loaded on line 85: another goroutine may have stored to it in between$`
	}
}

func (s *stats) Enable() {
	if !s.enabled.Load() { // related `^this is what the store depends on$`
		s.enabled.Store(true) // want `^s\.enabled is stored to because of what was loaded on line 91: another goroutine may have stored to it in between$`
		s.start()
	}
}

func (s *stats) start() {}

func (s *stats) count() int64     { return s.hits.Load() }
func (s *stats) current() int64   { return s.count() }
func (s *stats) setCount(n int64) { s.hits.Store(n) }
func (s *stats) reset(n int64)    { s.setCount(n) }

func (s *stats) OneDeep() {
	s.setCount(s.count() + 1) // related `^this is what the stored value is made from$` // want `^s\.hits is stored to by what was loaded on line 105: an update by another goroutine in between is lost$`
}

func (s *stats) TwoDeep() {
	n := s.current() // related `^this is what the stored value is made from$`
	s.reset(n + 1)   // want `^s\.hits is stored to by what was loaded on line 109: an update by another goroutine in between is lost$`
}

func bump(p *int64) {
	n := atomic.LoadInt64(p)  // related `^this is what the stored value is made from$`
	atomic.StoreInt64(p, n+1) // want `^p is stored to by what was loaded on line 114: an update by another goroutine in between is lost$`
}

func captured() int64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			n.Store(n.Load() + 1) // related `^this is what the stored value is made from$` // want `^n is stored to by what was loaded on line 123: an update by another goroutine in between is lost$`
		})
	}
	wg.Wait()
	return n.Load()
}

func capturedPlain() int64 {
	var n int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			old := atomic.LoadInt64(&n)  // related `^this is what the stored value is made from$`
			atomic.StoreInt64(&n, old+1) // want `^n is stored to by what was loaded on line 137: an update by another goroutine in between is lost$`
		}()
	}
	wg.Wait()
	return n
}

func two() int64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() { n.Add(1) })
	wg.Go(func() {
		old := n.Load()  // related `^this is what the stored value is made from$`
		n.Store(old + 1) // want `^n is stored to by what was loaded on line 150: an update by another goroutine in between is lost$`
	})
	wg.Wait()
	return n.Load()
}

func other(c *dep.Counter) {
	n := c.N.Load()  // related `^this is what the stored value is made from$`
	c.N.Store(n + 1) // want `^c\.N is stored to by what was loaded on line 158: an update by another goroutine in between is lost$`
}

func otherMethods(c *dep.Counter) {
	c.Set(c.Get() + 1)
}

type box[T any] struct {
	v atomic.Pointer[[]T]
}

func (b *box[T]) Add(v T) {
	old := *b.v.Load() // related `^this is what the stored value is made from$`
	next := append(old[:len(old):len(old)], v)
	b.v.Store(&next) // want `^b\.v is stored to by what was loaded on line 171: an update by another goroutine in between is lost$`
}

// UnlockedLoad loads before it takes the lock.
func (l *lockedStats) UnlockedLoad() {
	n := l.n.Load() // related `^this is what the stored value is made from$`
	l.mu.Lock()
	l.n.Store(n + 1) // want `^l\.n is stored to by what was loaded on line 178: an update by another goroutine in between is lost$`
	l.mu.Unlock()
}

type lockedStats struct {
	mu sync.Mutex
	n  atomic.Int64
}

type adder interface{ add() }

func (s *stats) add() {
	load, store := s.hits.Load, s.hits.Store
	store(load() + 1) // related `^this is what the stored value is made from$` // want `^s\.hits is stored to by what was loaded on line 193: an update by another goroutine in between is lost$`
}

func viaInterface(a adder) { a.add() }

func (s *stats) Retry() {
	old := s.hits.Load()                     // related `^this is not loaded again when the swap has failed$`
	for !s.hits.CompareAndSwap(old, old+1) { // want `^s\.hits is compared with what was loaded on line 199 in each turn of this loop: once another goroutine has changed it, that always fails$`
	}
}

func (s *stats) RetryBounded() bool {
	old := s.hits.Load() // related `^this is not loaded again when the swap has failed$`
	for range 3 {
		if s.hits.CompareAndSwap(old, old+1) { // want `^s\.hits is compared with what was loaded on line 205 in each turn of this loop: once another goroutine has changed it, that always fails$`
			return true
		}
	}
	return false
}

func retryFunction(p *int32) {
	old := atomic.LoadInt32(p) // related `^this is not loaded again when the swap has failed$`
	for {
		next := old | 4
		if atomic.CompareAndSwapInt32(p, old, next) { // want `^p is compared with what was loaded on line 215 in each turn of this loop: once another goroutine has changed it, that always fails$`
			return
		}
	}
}

func (s *stats) swapCount(old, n int64) bool { return s.hits.CompareAndSwap(old, n) }

func (s *stats) RetryDeep() {
	old := s.count()               // related `^this is not loaded again when the swap has failed$`
	for !s.swapCount(old, old+1) { // want `^s\.hits is compared with what was loaded on line 227 in each turn of this loop: once another goroutine has changed it, that always fails$`
	}
}

func each(all []*stats) {
	for _, s := range all {
		old := s.hits.Load()                     // related `^this is not loaded again when the swap has failed$`
		for !s.hits.CompareAndSwap(old, old*2) { // want `^s\.hits is compared with what was loaded on line 234 in each turn of this loop: once another goroutine has changed it, that always fails$`
		}
	}
}
