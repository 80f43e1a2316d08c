// Package guardedby has fields that are accessed without their lock.
package guardedby

import (
	"sync"
	"sync/atomic"
)

// A counter has one access too many.
type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) inc() {
	c.mu.Lock()
	c.n++ // related `^c\.n is written under c\.mu here$`
	c.mu.Unlock()
}

func (c *counter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += n
}

func (c *counter) Value() int {
	return c.n // want `^c\.n is read without c\.mu, under which it is written 2 times$`
}

// A cache is a map whose size is asked without the lock.
type cache struct {
	mu      sync.RWMutex
	entries map[string]string
	hits    int
}

func newCache() *cache {
	c := &cache{}
	c.entries = make(map[string]string)
	return c
}

func (c *cache) Put(k, v string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = v // related `^c\.entries\[k\] is written under c\.mu here$`
}

func (c *cache) Drop(k string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, k)
}

func (c *cache) Get(k string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.hits++ // want `^c\.hits is written while c\.mu is held for reading only$`
	return c.entries[k]
}

func (c *cache) Len() int {
	return len(c.entries) // want `^c\.entries is read without c\.mu, under which it is written 3 times$`
}

// Remember writes the map as a reader.
func (c *cache) Remember(k string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v, ok := c.entries[k]; ok {
		return v
	}
	c.entries[k] = "new" // want `^c\.entries\[k\] is written while c\.mu is held for reading only$`
	return "new"
}

// A server forgets the lock on one of its ways.
type server struct {
	sync.Mutex
	closed bool
	conns  map[int]bool
}

func (s *server) Close() {
	s.Lock()
	defer s.Unlock()
	s.closed = true // related `^s\.closed is written under s\.Mutex here$`
}

func (s *server) Reopen() {
	s.Lock()
	s.closed = false
	s.Unlock()
}

func (s *server) Serve(n int) {
	if s.closed { // want `^s\.closed is read without s\.Mutex, under which it is written 2 times$`
		return
	}
	s.Lock()
	s.conns[n] = true
	s.Unlock()
}

// A branch leaves the lock too early.
type queue struct {
	mu    sync.Mutex
	items []int
	last  int
}

func (q *queue) Push(n int) {
	q.mu.Lock()
	q.items = append(q.items, n) // related `^q\.items is written under q\.mu here$`
	q.mu.Unlock()
	q.last = n // want `^q\.last is written without q\.mu, under which it is written 2 times$`
}

func (q *queue) Pop() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		return q.last
	}
	n := q.items[0]
	q.items = q.items[1:]
	q.last = n // related `^q\.last is written under q\.mu here$`
	return n
}

func (q *queue) Reset() {
	q.mu.Lock()
	q.items, q.last = nil, 0
	q.mu.Unlock()
}

func (q *queue) Empty() bool {
	q.mu.Lock()
	if q.last == 0 {
		q.mu.Unlock()
		return len(q.items) == 0 // want `^q\.items is read without q\.mu, under which it is written 3 times$`
	}
	q.mu.Unlock()
	return false
}

// A goroutine does not have the lock of the function that starts it.
type meter struct {
	mu    sync.Mutex
	total int
}

func (m *meter) Add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total += n // related `^m\.total is written under m\.mu here$`
	go func() {
		m.total-- // want `^m\.total is written without m\.mu, under which it is written 2 times$`
	}()
}

func (m *meter) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.total = 0
}

// The lock is taken by a helper.
type account struct {
	mu      sync.Mutex
	balance int
}

func (a *account) lock()   { a.mu.Lock() }
func (a *account) unlock() { a.mu.Unlock() }

func (a *account) Deposit(n int) {
	a.lock()
	defer a.unlock()
	a.balance += n // related `^a\.balance is written under a\.mu here$`
}

func (a *account) Withdraw(n int) {
	a.lock()
	a.balance -= n
	a.unlock()
}

func (a *account) Transfer(to *account, n int) {
	a.Withdraw(n)
	to.balance += n // want `^to\.balance is written without to\.mu, under which it is written 2 times$`
}

// A function that runs its argument under the lock.
type guarded struct {
	mu    sync.Mutex
	state string
}

func (g *guarded) with(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

func (g *guarded) Set(s string) {
	g.with(func() { g.state = s }) // related `^g\.state is written under g\.mu here$`
}

func (g *guarded) Unset() {
	g.with(func() { g.state = "" })
}

func (g *guarded) State() string {
	return g.state // want `^g\.state is read without g\.mu, under which it is written 2 times$`
}

// Package variables have a lock, too.
var (
	tableMu sync.Mutex
	table   = map[string]int{}
	next    int
)

func register(name string) {
	tableMu.Lock()
	defer tableMu.Unlock()
	next++ // related `^next is written under tableMu here$`
	table[name] = next
}

func unregister(name string) {
	tableMu.Lock()
	defer tableMu.Unlock()
	delete(table, name)
	next--
}

func count() int {
	return next // want `^next is read without tableMu, under which it is written 2 times$`
}

// Generic types have one lock for all instances.
type box[T any] struct {
	mu  sync.Mutex
	val T
	set bool
}

func (b *box[T]) Put(v T) {
	b.mu.Lock()
	b.val, b.set = v, true // related `^b\.val is written under b\.mu here$`
	b.mu.Unlock()
}

func (b *box[T]) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	var zero T
	b.val, b.set = zero, false
}

func (b *box[T]) Val() T {
	return b.val // want `^b\.val is read without b\.mu, under which it is written 2 times$`
}

// A struct within a struct is guarded by the lock of the outer one.
type stats struct{ sent, lost int }

type link struct {
	mu    sync.Mutex
	stats stats
}

func (l *link) Sent() {
	l.mu.Lock()
	l.stats.sent++ // related `^l\.stats\.sent is written under link\.mu here$`
	l.mu.Unlock()
}

func (l *link) Resent(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stats.sent += n
}

func (l *link) Report() int {
	return l.stats.sent // want `^l\.stats\.sent is read without link\.mu, under which it is written 2 times$`
}

// An atomic field is not this check's.
type gauge struct {
	mu sync.Mutex
	n  int64
}

func (g *gauge) inc() {
	g.mu.Lock()
	atomic.AddInt64(&g.n, 1)
	g.mu.Unlock()
}

func (g *gauge) dec() {
	g.mu.Lock()
	g.n--
	g.mu.Unlock()
}

func (g *gauge) get() int64 { return atomic.LoadInt64(&g.n) }

// A couple is written under a lock that is held for reading only: one fault.
type couple struct {
	mu   sync.RWMutex
	a, b int
}

func (p *couple) Set(a, b int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.a, p.b = a, b
}

func (p *couple) Get() (a, b int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.a, p.b
}

func (p *couple) Clear() {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.a = 0 // want `^p\.a is written while p\.mu is held for reading only$`
	p.b = 0 // related `^p\.b is written as well$`
}
