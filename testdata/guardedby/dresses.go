package guardedby

import "sync"

// Each function of this file accesses a field of its own type without the lock,
// which the others hold.

// In one arm of a branch.
type branched struct {
	mu    sync.Mutex
	state int
}

func (b *branched) Set(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.state = n // related `^b\.state is written under b\.mu here$`
}

func (b *branched) Next() {
	b.mu.Lock()
	b.state++
	b.mu.Unlock()
}

func (b *branched) Reset(force bool) {
	if force {
		b.state = 0 // want `^b\.state is written without b\.mu, under which it is written 3 times$`
		return
	}
	b.mu.Lock()
	b.state = 1
	b.mu.Unlock()
}

// In a loop that takes the lock for its last part only.
type looped struct {
	mu    sync.Mutex
	queue []int
}

func (l *looped) Add(n int) {
	l.mu.Lock()
	l.queue = append(l.queue, n) // related `^l\.queue is written under l\.mu here$`
	l.mu.Unlock()
}

func (l *looped) Drain(f func(int)) {
	for len(l.queue) > 0 { // want `^l\.queue is read without l\.mu, under which it is written 2 times$`
		l.mu.Lock()
		n := l.queue[0]
		l.queue = l.queue[1:]
		l.mu.Unlock()
		f(n)
	}
}

// In a helper, one call away.
type helped struct {
	mu  sync.Mutex
	sum int
}

func (h *helped) Add(n int) {
	h.mu.Lock()
	h.sum += n // related `^h\.sum is written under h\.mu here$`
	h.mu.Unlock()
}

func (h *helped) Sub(n int) {
	h.mu.Lock()
	h.sum -= n
	h.mu.Unlock()
}

func (h *helped) Sum() int { return sumOf(h) }

func sumOf(h *helped) int {
	return h.sum // want `^h\.sum is read without h\.mu, under which it is written 2 times$`
}

// Two calls away.
type twice struct {
	mu  sync.Mutex
	max int
}

func (t *twice) Raise(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n > t.max {
		t.max = n // related `^t\.max is written under t\.mu here$`
	}
}

func (t *twice) Lower() {
	t.mu.Lock()
	t.max--
	t.mu.Unlock()
}

func (t *twice) Top() int   { return t.first() }
func (t *twice) first() int { return second(t) }
func second(t *twice) (top int) {
	top = t.max // want `^t\.max is read without t\.mu, under which it is written 2 times$`
	return top
}

// A method value runs as a goroutine.
type ticker struct {
	mu    sync.Mutex
	ticks int
}

func (t *ticker) Start() {
	run := t.tick
	go run()
}

func (t *ticker) tick() {
	t.ticks++ // want `^t\.ticks is written without t\.mu, under which it is written 2 times$`
}

func (t *ticker) Reset() {
	t.mu.Lock()
	t.ticks = 0 // related `^t\.ticks is written under t\.mu here$`
	t.mu.Unlock()
}

func (t *ticker) Skip() {
	t.mu.Lock()
	t.ticks++
	t.mu.Unlock()
}

func (t *ticker) Ticks() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ticks
}

// The lock and the field come from an embedded struct.
type base struct {
	mu   sync.Mutex
	name string
}

type derived struct {
	base
	id int
}

func (d *derived) Rename(name string) {
	d.mu.Lock()
	d.name = name // related `^d\.name is written under d\.mu here$`
	d.mu.Unlock()
}

func (d *derived) Unname() {
	d.mu.Lock()
	d.name = ""
	d.mu.Unlock()
}

func (d *derived) Name() string {
	return d.name // want `^d\.name is read without d\.mu, under which it is written 2 times$`
}

// An embedded RWMutex.
type embedded struct {
	sync.RWMutex
	vals map[string]int
}

func (e *embedded) Put(k string, v int) {
	e.Lock()
	defer e.Unlock()
	e.vals[k] = v // related `^e\.vals\[k\] is written under e\.RWMutex here$`
}

func (e *embedded) Del(k string) {
	e.Lock()
	delete(e.vals, k)
	e.Unlock()
}

func (e *embedded) Get(k string) int {
	e.RLock()
	defer e.RUnlock()
	return e.vals[k]
}

func (e *embedded) Has(k string) bool {
	_, ok := e.vals[k] // want `^e\.vals\[k\] is read without e\.RWMutex, under which it is written 2 times$`
	return ok
}

// The lock is a pointer, which others share.
type sharing struct {
	mu  *sync.Mutex
	len int
}

func (s *sharing) Grow() {
	s.mu.Lock()
	s.len++ // related `^s\.len is written under s\.mu here$`
	s.mu.Unlock()
}

func (s *sharing) Cut() {
	s.mu.Lock()
	s.len = 0
	s.mu.Unlock()
}

func (s *sharing) Len() int {
	return s.len // want `^s\.len is read without s\.mu, under which it is written 2 times$`
}

// Through an interface that one type implements.
type storer interface{ store(int) }

type slot struct {
	mu  sync.Mutex
	val int
}

func (s *slot) store(n int) {
	s.val = n // want `^s\.val is written without s\.mu, under which it is written 2 times$`
}

func (s *slot) Swap(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.val
	s.val = n // related `^s\.val is written under s\.mu here$`
	return old
}

func (s *slot) Clear() {
	s.mu.Lock()
	s.val = 0
	s.mu.Unlock()
}

func storeAll(s storer, ns []int) {
	for _, n := range ns {
		s.store(n)
	}
}

func fillSlot(ns []int) *slot {
	s := &slot{}
	go storeAll(s, ns)
	return s
}

// A literal that another goroutine runs, in a group.
type tally struct {
	mu    sync.Mutex
	seen  map[string]int
	total int
}

func (t *tally) Count(words []string) {
	var wg sync.WaitGroup
	for _, w := range words {
		wg.Go(func() {
			t.mu.Lock()
			t.seen[w]++ // related `^t\.seen\[w\] is written under t\.mu here$`
			t.mu.Unlock()
		})
	}
	wg.Wait()
}

func (t *tally) Forget(word string) {
	t.mu.Lock()
	delete(t.seen, word)
	t.mu.Unlock()
}

func (t *tally) Seen(word string) int {
	return t.seen[word] // want `^t\.seen\[word\] is read without t\.mu, under which it is written 2 times$`
}

// Local variables of a function have a lock as well.
func countAll(words []string) int {
	var (
		mu sync.Mutex
		n  int
		wg sync.WaitGroup
	)
	for range words {
		wg.Go(func() {
			mu.Lock()
			n++
			mu.Unlock()
		})
	}
	wg.Wait()
	return n
}

// What a comment says.
type commented struct {
	mu sync.Mutex
	// guarded by mu
	name string
	n    int // +checklocks:mu
	k    int // GUARDED_BY(mu)
}

func (c *commented) Set(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.name, c.n, c.k = name, c.n+1, 2
}

func (c *commented) Name() string {
	return c.name // want `^c\.name is read without c\.mu, which guards it by its comment$`
}

func (c *commented) N() int {
	return c.n // want `^c\.n is read without c\.mu, which guards it by its comment$`
}

func (c *commented) K() int {
	return c.k // want `^c\.k is read without c\.mu, which guards it by its comment$`
}

// A function that needs the lock is called without it.
type machine struct {
	mu   sync.Mutex
	gear int
}

func (m *machine) shiftLocked(n int) {
	m.gear = n // related `^m\.gear is written here$`
}

func (m *machine) Up() {
	m.mu.Lock()
	m.shiftLocked(m.gear + 1)
	m.mu.Unlock()
}

func (m *machine) Down() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shiftLocked(m.gear - 1)
}

func (m *machine) Park() {
	m.shiftLocked(0) // want `^m\.shiftLocked is called without m\.mu, which it needs to be held$`
}
