package checkthenact

import (
	"bytes"
	"net/http"
	"sync"
	"sync/atomic"
)

type account struct {
	mu      sync.Mutex
	balance int
	state   int
	running bool
}

const (
	idle = iota + 1
	busy
)

func (a *account) Withdraw(n int) bool {
	a.mu.Lock()
	enough := a.balance >= n // related `^this is read before the lock is released$`
	a.mu.Unlock()
	if !enough {
		return false
	}
	a.mu.Lock()
	a.balance -= n // want `^what is written here depends on a\.balance as it was read on line 24, before a\.mu was unlocked and locked again: it may have changed since$`
	a.mu.Unlock()
	return true
}

func (a *account) Balance() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
}

func (a *account) Take(n int) bool {
	if a.Balance() < n { // related `^this is read before the lock is released$`
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.balance -= n // want `^what is written here depends on a\.balance as it was read on line 42, before a\.mu was unlocked and locked again: it may have changed since$`
	return true
}

func (a *account) debit(n int) {
	a.mu.Lock()
	a.balance -= n
	a.mu.Unlock()
}

func (a *account) TakeDeep(n int) {
	if a.Balance() >= n { // related `^this is read before the lock is released$`
		a.debit(n) // want `^what is written here depends on a\.balance as it was read on line 58, before a\.mu was unlocked and locked again: it may have changed since$`
	}
}

func (a *account) Begin() {
	a.mu.Lock()
	if a.state != idle { // related `^this is read before the lock is released$`
		a.mu.Unlock()
		return
	}
	a.mu.Unlock()
	dial("")
	a.mu.Lock()
	a.state = busy // want `^what is written here depends on a\.state as it was read on line 65, before a\.mu was unlocked and locked again: it may have changed since$`
	a.mu.Unlock()
}

func (a *account) Switch() {
	a.mu.Lock()
	running := a.running // related `^this is read before the lock is released$`
	a.mu.Unlock()
	switch {
	case running:
		return
	default:
		a.mu.Lock()
		defer a.mu.Unlock()
		a.running = true // want `^what is written here depends on a\.running as it was read on line 78, before a\.mu was unlocked and locked again: it may have changed since$`
	}
}

type store[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

func (s *store[K, V]) Get(k K) (V, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, ok := s.m[k]
	return v, ok
}

func (s *store[K, V]) Set(k K, v V) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[k] = v
}

func (s *store[K, V]) GetOrMake(k K, mk func() V) V {
	v, ok := s.Get(k) // related `^this is read before the lock is released$`
	if ok {
		return v
	}
	v = mk()
	s.Set(k, v) // want `^what is written here depends on s\.m\[k\] as it was read on line 109, before s\.mu was unlocked and locked again: it may have changed since$`
	return v
}

type number interface {
	Get() int
	Set(n int)
}

type onlyNumber struct {
	mu sync.Mutex
	n  int
}

func (o *onlyNumber) Get() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.n
}

func (o *onlyNumber) Set(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.n = n
}

func double(n number) { n.Set(n.Get() * 2) } // related `^this is read before the lock is released$` // want `^what is written here is made from n\.n as it was read on line 140, before n\.mu was unlocked and locked again: it may have changed since$`

var _ = func() number { return &onlyNumber{} }

type syncMap struct{ sync.Map }

func (m *syncMap) First(k string) any {
	v, ok := m.Load(k) // related `^this is the entry that it depends on$`
	if !ok {
		v = new(bytes.Buffer)
		m.Store(k, v) // want `^m\.Store depends on the entry that was loaded on line 147: another goroutine may have changed it in between$`
	}
	return v
}

func paramMap(m *sync.Map, k int) {
	if v, ok := m.Load(k); ok { // related `^this is the entry that it depends on$`
		m.Delete(k) // want `^m\.Delete depends on the entry that was loaded on line 156: another goroutine may have changed it in between$`
		v.(func())()
	}
}

func (c *cache) Switch(k string) {
	switch v, ok := c.m.Load(k); { // related `^this is the entry that it depends on$`
	case !ok:
		c.m.Store(k, 1) // want `^c\.m\.Store depends on the entry that was loaded on line 163: another goroutine may have changed it in between$`
	default:
		c.m.Store(k, v.(int)+1) // want `^c\.m\.Store depends on the entry that was loaded on line 163: another goroutine may have changed it in between$`
	}
}

func (c *cache) All(keys []string) {
	for _, k := range keys {
		if _, ok := c.m.Load(k); ok { // related `^this is the entry that it depends on$`
			continue
		}
		c.m.Store(k, newEntry(k)) // want `^c\.m\.Store depends on the entry that was loaded on line 173: another goroutine may have changed it in between$`
	}
}

func (s *stats) Deferred() {
	n := s.hits.Load()                     // related `^this is what the stored value is made from$`
	defer func() { s.hits.Store(n + 1) }() // want `^s\.hits is stored to by what was loaded on line 181: an update by another goroutine in between is lost$`
	s.start()
}

func (s *stats) DeferredCall() {
	n := s.hits.Load()        // related `^this is what the stored value is made from$`
	defer s.hits.Store(n + 1) // want `^s\.hits is stored to by what was loaded on line 187: an update by another goroutine in between is lost$`
	s.start()
}

func (s *stats) Immediate() {
	func() {
		s.hits.Store(s.hits.Load() + 1) // related `^this is what the stored value is made from$` // want `^s\.hits is stored to by what was loaded on line 194: an update by another goroutine in between is lost$`
	}()
}

func (s *stats) RetryInit() {
	old := s.hits.Load() // related `^this is not loaded again when the swap has failed$`
	for {
		if ok := s.hits.CompareAndSwap(old, old+1); ok { // want `^s\.hits is compared with what was loaded on line 199 in each turn of this loop: once another goroutine has changed it, that always fails$`
			break
		}
	}
}

func (s *stats) RetryFlag() {
	old := s.hits.Load() // related `^this is not loaded again when the swap has failed$`
	for swapped := false; !swapped; {
		swapped = s.hits.CompareAndSwap(old, old+1) // want `^s\.hits is compared with what was loaded on line 208 in each turn of this loop: once another goroutine has changed it, that always fails$`
	}
}

func (s *stats) RetryContinue() {
	old := s.hits.Load() // related `^this is not loaded again when the swap has failed$`
	next := old + 1
	for {
		if !s.hits.CompareAndSwap(old, next) { // want `^s\.hits is compared with what was loaded on line 215 in each turn of this loop: once another goroutine has changed it, that always fails$`
			continue
		}
		return
	}
}

func (s *stats) RetryElse() {
	old := s.hits.Load() // related `^this is not loaded again when the swap has failed$`
	for {
		if s.hits.CompareAndSwap(old, old+1) { // want `^s\.hits is compared with what was loaded on line 226 in each turn of this loop: once another goroutine has changed it, that always fails$`
			return
		} else {
			s.start()
		}
	}
}

type ring[T any] struct{ next atomic.Uint32 }

func (r *ring[T]) Next(n uint32) uint32 {
	i := r.next.Load() // related `^this is what the stored value is made from$`
	if i+1 == n {
		r.next.Store(0)
	} else {
		r.next.Store(i + 1) // want `^r\.next is stored to by what was loaded on line 239: an update by another goroutine in between is lost$`
	}
	return i
}

func (s *stats) Branch(up bool) {
	n := s.hits.Load() // related `^this is what the stored value is made from$`
	if up {
		n++
	} else {
		n--
	}
	s.hits.Store(n) // want `^s\.hits is stored to by what was loaded on line 249: an update by another goroutine in between is lost$`
}

func (s *stats) Loop(d []int64) {
	n := s.hits.Load() // related `^this is what the stored value is made from$`
	for _, x := range d {
		n += x
	}
	s.hits.Store(n) // want `^s\.hits is stored to by what was loaded on line 259: an update by another goroutine in between is lost$`
}

func handle(mux *http.ServeMux) {
	var n atomic.Int64
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {
		requests.Store(requests.Load() + 1) // related `^this is what the stored value is made from$` // want `^requests is stored to by what was loaded on line 269: an update by another goroutine in between is lost$`
	})
	mux.HandleFunc("/n", func(http.ResponseWriter, *http.Request) { n.Add(1) })
}

func (s *stats) serve(conns <-chan int64) {
	for c := range conns {
		go s.count64(c)
	}
}

func (s *stats) count64(c int64) {
	n := s.peak.Load()  // related `^this is what the stored value is made from$`
	s.peak.Store(n + c) // want `^s\.peak is stored to by what was loaded on line 281: an update by another goroutine in between is lost$`
}
