// Package actions checks and acts as it may.
package actions

import (
	"encoding/hex"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"
)

type entry struct {
	mu sync.Mutex
	n  int
}

type registry struct {
	entries sync.Map
	mu      sync.Mutex
	rw      sync.RWMutex
	byName  map[string]*entry
	names   []string
	hits    atomic.Int64
	max     atomic.Int64
	old     int64
	state   atomic.Int32
	config  atomic.Pointer[map[string]string]
	total   int
	busy    bool
}

func (r *registry) loadOrStore(name string) *entry {
	if e, ok := r.entries.Load(name); ok {
		return e.(*entry)
	}
	e, _ := r.entries.LoadOrStore(name, &entry{})
	return e.(*entry)
}

func (r *registry) swapEntry(name string) {
	old, ok := r.entries.Load(name)
	if ok {
		r.entries.CompareAndSwap(name, old, &entry{n: old.(*entry).n + 1})
	}
}

func (r *registry) lockedEntry(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.entries.Load(name); !ok {
		r.entries.Store(name, &entry{})
	}
}

// otherKey stores under another key than the one that is looked up.
func (r *registry) otherKey(name, alias string) {
	if e, ok := r.entries.Load(name); ok {
		r.entries.Store(alias, e)
	}
}

func (r *registry) take(name string) (*entry, bool) {
	e, ok := r.entries.LoadAndDelete(name)
	if !ok {
		return nil, false
	}
	return e.(*entry), true
}

// confined has the map to itself.
func confined(names []string) int {
	var m sync.Map
	for _, name := range names {
		if n, ok := m.Load(name); ok {
			m.Store(name, n.(int)+1)
		} else {
			m.Store(name, 1)
		}
	}
	n := 0
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func (r *registry) hit() { r.hits.Add(1) }

// record keeps the largest value.
func (r *registry) record(n int64) {
	for {
		old := r.max.Load()
		if n <= old || r.max.CompareAndSwap(old, n) {
			return
		}
	}
}

// recordAgain loads the old value at the end of each turn.
func (r *registry) recordAgain(n int64) {
	old := r.max.Load()
	for n > old && !r.max.CompareAndSwap(old, n) {
		old = r.max.Load()
	}
}

// addOld is the form with a function, and the old value in a field.
func (r *registry) addOld(n int64) int64 {
	for {
		old := atomic.LoadInt64(&r.old)
		if atomic.CompareAndSwapInt64(&r.old, old, old+n) {
			return old
		}
	}
}

// spin takes a lock: the old value is a constant.
func (r *registry) spin() {
	for !r.state.CompareAndSwap(0, 1) {
		time.Sleep(time.Millisecond)
	}
	r.state.Store(0)
}

// setConfig copies on write, under a lock for the writers.
func (r *registry) setConfig(k, v string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := make(map[string]string)
	if old := r.config.Load(); old != nil {
		for k, v := range *old {
			next[k] = v
		}
	}
	next[k] = v
	r.config.Store(&next)
}

// initConfig checks twice, once with a lock.
func (r *registry) initConfig() map[string]string {
	if m := r.config.Load(); m != nil {
		return *m
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := r.config.Load(); m != nil {
		return *m
	}
	m := make(map[string]string)
	r.config.Store(&m)
	return m
}

// A sampler has one goroutine that writes; all may read.
type sampler struct {
	rate, last atomic.Int64
	done       chan struct{}
}

func newSampler() *sampler {
	s := &sampler{done: make(chan struct{})}
	go s.run()
	return s
}

func (s *sampler) run() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			s.tick()
		case <-s.done:
			return
		}
	}
}

func (s *sampler) tick() {
	n := s.last.Load()
	s.rate.Store(n * 2)
	s.last.Store(n + 1)
}

func (s *sampler) Rate() int64 { return s.rate.Load() }

func (s *sampler) close() { close(s.done) }

// A ring has one producer and one consumer: the slots are written plainly.
type ring struct {
	head, tail atomic.Uint64
	slots      [64]int
}

func (r *ring) Push(v int) bool {
	tail := r.tail.Load()
	if tail-r.head.Load() == uint64(len(r.slots)) {
		return false
	}
	r.slots[tail%uint64(len(r.slots))] = v
	r.tail.Store(tail + 1)
	return true
}

// Advance moves the head. It must not be called concurrently.
func (r *ring) Advance() {
	r.head.Store(r.head.Load() + 1)
}

// get checks again under the write lock.
func (r *registry) get(name string) *entry {
	r.rw.RLock()
	e, ok := r.byName[name]
	r.rw.RUnlock()
	if ok {
		return e
	}
	r.rw.Lock()
	defer r.rw.Unlock()
	if e, ok := r.byName[name]; ok {
		return e
	}
	e = &entry{}
	r.byName[name] = e
	return e
}

// visit copies the list under the lock, and uses the copy after it.
func (r *registry) visit(f func(string)) {
	r.mu.Lock()
	names := append([]string(nil), r.names...)
	r.mu.Unlock()
	for _, name := range names {
		f(name)
	}
	r.mu.Lock()
	r.total += len(names)
	r.mu.Unlock()
}

func (r *registry) addName(name string) {
	r.mu.Lock()
	r.names = append(r.names, name)
	r.mu.Unlock()
}

// once marks that somebody is at it before it unlocks.
func (r *registry) once(f func() int) {
	r.mu.Lock()
	if r.busy {
		r.mu.Unlock()
		return
	}
	n := r.total
	r.busy = true
	r.mu.Unlock()
	n += f()
	r.mu.Lock()
	r.total, r.busy = n, false
	r.mu.Unlock()
}

// try lets one goroutine in at a time.
func (r *registry) try() {
	if !r.state.CompareAndSwap(0, 1) {
		return
	}
	defer r.state.Store(0)
	r.hits.Store(r.hits.Load() / 2)
}

// swapList takes the list under the lock, and puts a new one there.
func (r *registry) swapList() []string {
	r.mu.Lock()
	names := r.names
	r.names = nil
	r.mu.Unlock()
	return names
}

// a memo keeps what is the same whoever computes it.
type memo struct {
	mu    sync.RWMutex
	hexes map[string]string
	upper sync.Map
}

func (m *memo) hex(s string) string {
	m.mu.RLock()
	h, ok := m.hexes[s]
	m.mu.RUnlock()
	if ok {
		return h
	}
	h = hex.EncodeToString([]byte(s))
	m.mu.Lock()
	m.hexes[s] = h
	m.mu.Unlock()
	return h
}

func (m *memo) up(s string) string {
	if u, ok := m.upper.Load(s); ok {
		return u.(string)
	}
	u := strings.ToUpper(s)
	m.upper.Store(s, u)
	return u
}

// a rotator has one goroutine that renews the keys, once they are set.
type rotator struct {
	mu   sync.RWMutex
	keys []string
}

// Initialize sets the first key.
func (r *rotator) Initialize() {
	r.mu.Lock()
	r.keys = []string{"first"}
	r.mu.Unlock()
}

// Run renews the keys.
func (r *rotator) Run(times <-chan time.Time) { go r.rotate(times) }

func (r *rotator) rotate(times <-chan time.Time) {
	for range times {
		r.mu.RLock()
		keys := r.keys
		r.mu.RUnlock()
		keys = append([]string{"next"}, keys...)
		r.mu.Lock()
		r.keys = keys
		r.mu.Unlock()
	}
}

// An election runs on one goroutine, as does all that writes the term.
type election struct {
	mu    sync.Mutex
	term  atomic.Uint64
	last  uint64
	votes chan int
}

func newElection() *election {
	e := &election{votes: make(chan int)}
	e.setTerm(1)
	e.setLast(e.getLast() + 1)
	go e.main()
	return e
}

func (e *election) main() {
	for v := range e.votes {
		if v > 0 {
			e.elect()
		}
	}
}

func (e *election) elect() {
	e.setTerm(e.getTerm() + 1)
	last := e.getLast()
	e.setLast(last + 1)
}

func (e *election) getTerm() uint64  { return e.term.Load() }
func (e *election) setTerm(t uint64) { e.term.Store(t) }

func (e *election) getLast() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

func (e *election) setLast(n uint64) {
	e.mu.Lock()
	e.last = n
	e.mu.Unlock()
}

// Close ends the goroutine.
func (e *election) Close() { close(e.votes) }

// Last may be asked for by all.
func (e *election) Last() uint64 { return e.getLast() }

// a stream fails with what another helper has found, not with what was loaded.
type stream struct {
	err atomic.Value
	rw  io.ReadWriter
}

func (s *stream) wait() (io.ReadWriter, error) {
	if err, ok := s.err.Load().(error); ok {
		return nil, err
	}
	return s.rw, nil
}

func (s *stream) fail(err error) { s.err.Store(err) }

// Copy copies.
func (s *stream) Copy(p []byte) {
	rw, err := s.wait()
	if err != nil {
		return
	}
	if _, err := rw.Write(p); err != nil {
		s.fail(err)
	}
}

// A client closes its brokers once: setting them to nothing twice does no harm.
type client struct {
	mu      sync.RWMutex
	brokers map[int]*entry
}

func (c *client) closed() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.brokers == nil
}

// Close closes the client.
func (c *client) Close() {
	if c.closed() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.brokers = nil
}

// Refresh replaces the brokers.
func (c *client) Refresh() {
	if c.closed() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.brokers = make(map[int]*entry)
}

// pool is what a test replaces.
var pool atomic.Pointer[sync.Pool]

func init() { pool.Store(&sync.Pool{}) }

// Track wraps the pool.
func Track() {
	old := pool.Load()
	pool.Store(&sync.Pool{New: old.New})
}

// flight computes once for all who ask at a time.
type flight struct {
	mu    sync.Mutex
	g     singleflight.Group
	found map[string]*entry
}

func (f *flight) get(k string) *entry {
	f.mu.Lock()
	e := f.found[k]
	f.mu.Unlock()
	if e != nil {
		return e
	}
	v, _, _ := f.g.Do(k, func() (any, error) { return &entry{}, nil })
	f.mu.Lock()
	f.found[k] = v.(*entry)
	f.mu.Unlock()
	return v.(*entry)
}

// seen is a set: to put an element there twice is to put it there.
type seen struct{ m sync.Map }

func (s *seen) add(k string) {
	if _, ok := s.m.Load(k); !ok {
		s.m.Store(k, struct{}{})
	}
}

// another loads one field and stores the other.
func (r *registry) another() { r.hits.Store(r.max.Load() + 1) }

// tryEach swaps for one of many, each once.
func tryEach(all []*registry) *registry {
	for _, r := range all {
		old := r.state.Load()
		if old == 0 && r.state.CompareAndSwap(old, 1) {
			return r
		}
	}
	return nil
}

// giveUp does not try again.
func (r *registry) giveUp() bool {
	old := r.max.Load()
	for {
		if !r.max.CompareAndSwap(old, old+1) {
			return false
		}
		old++
		if old > 10 {
			return true
		}
	}
}

// debit checks under the lock by which it acts.
func (r *registry) debit(n int) bool {
	r.mu.Lock()
	enough := r.total >= n
	r.mu.Unlock()
	if !enough {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total < n {
		return false
	}
	r.total -= n
	return true
}

// A peer is served by a goroutine of its own.
type peer struct {
	r    io.Reader
	read atomic.Int64
	mu   sync.Mutex
	last int
}

func serve(readers <-chan io.Reader) {
	for r := range readers {
		p := &peer{r: r}
		go p.serve()
	}
}

func serveLiteral(readers <-chan io.Reader) {
	for r := range readers {
		p := &peer{r: r}
		go func() { p.serve() }()
	}
}

func (p *peer) serve() {
	buf := make([]byte, 10)
	for {
		n, err := p.r.Read(buf)
		if err != nil {
			return
		}
		p.read.Store(p.read.Load() + int64(n))
		p.mu.Lock()
		last := p.last
		p.mu.Unlock()
		p.mu.Lock()
		p.last = last + n
		p.mu.Unlock()
	}
}

// A lease is renewed as long as it has not run out.
type lease struct {
	mu    sync.RWMutex
	since time.Time
	now   func() time.Time
}

// Renew renews the lease.
func (l *lease) Renew() bool {
	l.mu.RLock()
	since := l.since
	l.mu.RUnlock()
	expired := since.Add(time.Minute).Before(time.Now())
	if expired {
		return false
	}
	l.set()
	return true
}

func (l *lease) set() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.since = l.now()
}

// A kind is plain data, which may be fetched twice.
type kind struct{ group, name string }

type resolver struct {
	mu    sync.RWMutex
	cache map[string]kind
	times map[string]*time.Location
	fetch func(string) (kind, error)
}

func (r *resolver) kind(name string) (kind, error) {
	r.mu.RLock()
	k, ok := r.cache[name]
	r.mu.RUnlock()
	if ok {
		return k, nil
	}
	k, err := r.fetch(name)
	if err != nil {
		return kind{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cache[name] = k
	return k, nil
}

// zone keeps what another package looks up.
func (r *resolver) zone(name string) *time.Location {
	r.mu.RLock()
	l := r.times[name]
	r.mu.RUnlock()
	if l != nil {
		return l
	}
	l, err := time.LoadLocation(name)
	if err == nil {
		r.mu.Lock()
		r.times[name] = l
		r.mu.Unlock()
	}
	return l
}
