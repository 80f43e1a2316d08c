package guardedby

import (
	"sync"
	"time"
)

// A constructor has the object alone, and so have its helpers and options.
type pool struct {
	mu   sync.Mutex
	free []int
	size int
	name string
}

type option func(*pool)

func withName(name string) option { return func(p *pool) { p.name = name } }

func newPool(size int, opts ...option) *pool {
	p := &pool{size: size}
	p.free = make([]int, 0, size)
	p.fill()
	for _, o := range opts {
		o(p)
	}
	return p
}

func (p *pool) fill() {
	for i := range p.size {
		p.free = append(p.free, i)
	}
}

func newNamed(name string) *pool {
	p := newPool(3)
	p.name = name
	p.free = append(p.free, 9)
	return p
}

func (p *pool) get() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.free[0]
	p.free = p.free[1:]
	return n
}

func (p *pool) put(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, n)
}

// What is set when the object is made is read by all.
func (p *pool) Size() int    { return p.size }
func (p *pool) Name() string { return p.name }

// The lock is taken under a condition that the analyzer does not know.
type optional struct {
	mu   sync.Mutex
	safe bool
	n    int
}

func (o *optional) inc() {
	if o.safe {
		o.mu.Lock()
	}
	o.n++
	if o.safe {
		o.mu.Unlock()
	}
}

func (o *optional) dec() {
	o.mu.Lock()
	o.n--
	o.mu.Unlock()
}

func (o *optional) clear() {
	o.mu.Lock()
	o.n = 0
	o.mu.Unlock()
}

// All callers hold the lock, some calls away.
type tree struct {
	mu   sync.Mutex
	size int
	kids map[string]*tree
}

func (t *tree) Insert(k string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.insert(k)
}

func (t *tree) insert(k string) { t.grow(k) }

func (t *tree) grow(k string) {
	t.size++
	t.kids[k] = nil
}

func (t *tree) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.size
}

func (t *tree) Shrink() {
	t.mu.Lock()
	t.size--
	t.mu.Unlock()
}

// The comment says who has the lock.
type journal struct {
	mu    sync.Mutex
	lines []string
}

// Flush writes the lines. The caller must hold j.mu.
func (j *journal) Flush() { j.lines = j.lines[:0] }

func (j *journal) Append(s string) {
	j.mu.Lock()
	j.lines = append(j.lines, s)
	j.mu.Unlock()
}

func (j *journal) Trim() {
	j.mu.Lock()
	j.lines = j.lines[1:]
	j.mu.Unlock()
}

// Unlocked and locked again in a loop.
type waiter struct {
	mu    sync.Mutex
	ready bool
	turns int
}

func (w *waiter) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.ready {
		w.turns++
		w.mu.Unlock()
		time.Sleep(time.Millisecond)
		w.mu.Lock()
	}
}

func (w *waiter) set() {
	w.mu.Lock()
	w.ready = true
	w.turns = 0
	w.mu.Unlock()
}

func (w *waiter) unset() {
	w.mu.Lock()
	w.ready = false
	w.mu.Unlock()
}

// The list is copied under the lock, and the copy used after it.
type hub struct {
	mu   sync.Mutex
	subs []func()
}

func (h *hub) Publish() {
	h.mu.Lock()
	subs := append([]func(){}, h.subs...)
	h.mu.Unlock()
	for _, s := range subs {
		s()
	}
}

func (h *hub) Subscribe(f func()) {
	h.mu.Lock()
	h.subs = append(h.subs, f)
	h.mu.Unlock()
}

func (h *hub) Clear() {
	h.mu.Lock()
	h.subs = nil
	h.mu.Unlock()
}

// A function returns with the lock, another releases it.
type session struct {
	mu    sync.Mutex
	state int
}

func (s *session) begin() func() {
	s.mu.Lock()
	return s.mu.Unlock
}

func (s *session) Step() {
	defer s.begin()()
	s.state++
}

func (s *session) Stop() {
	end := s.begin()
	s.state = 0
	end()
}

func (s *session) finish() {
	s.state = -1
	s.mu.Unlock()
}

func (s *session) Finish() {
	s.mu.Lock()
	s.finish()
}

// One access without a lock among as many with it shows nothing.
type even struct {
	mu sync.Mutex
	n  int
}

func (e *even) set(n int) {
	e.mu.Lock()
	e.n = n
	e.mu.Unlock()
}

func (e *even) get() int { return e.n }

// Before the goroutines start, nothing runs beside.
type engine struct {
	mu    sync.Mutex
	jobs  []int
	state int
}

func (e *engine) Start() {
	e.state = 1
	e.jobs = nil
	go e.run()
}

func (e *engine) run() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.jobs = append(e.jobs, e.state)
	e.state++
}

func (e *engine) Stop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state = 0
	e.jobs = nil
}

// A read lock is enough to read, and slots may each have their reader.
type board struct {
	mu    sync.RWMutex
	cells []int
}

func (b *board) Mark(i int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	b.cells[i]++
}

func (b *board) Resize(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells = make([]int, n)
}

// Upgraded: the read lock is released before the write lock is taken.
func (c *cache) Upgrade(k string) string {
	c.mu.RLock()
	v, ok := c.entries[k]
	c.mu.RUnlock()
	if ok {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[k] = "x"
	return "x"
}

// A sub-object is handed out under the lock and is its holder's from then on.
type lease struct{ uses int }

type broker struct {
	mu     sync.Mutex
	leases []*lease
}

func (b *broker) take() *lease {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.leases[0]
	b.leases = b.leases[1:]
	return l
}

func (b *broker) give(l *lease) {
	b.mu.Lock()
	b.leases = append(b.leases, l)
	b.mu.Unlock()
}

func (b *broker) use() {
	l := b.take()
	l.uses++
	b.give(l)
}

// A helper that nearly all callers call without the lock does not need it.
type roster struct {
	mu    sync.Mutex
	size  int
	state string
}

func (r *roster) Grow() {
	r.mu.Lock()
	r.size++
	r.describe()
	r.mu.Unlock()
}

func (r *roster) Shrink() {
	r.mu.Lock()
	r.size--
	r.mu.Unlock()
}

func (r *roster) describe() string { return r.state }

func (r *roster) Name() string  { return r.describe() }
func (r *roster) Title() string { return "the " + r.describe() }
func (r *roster) Long() string  { return r.describe() + "!" }

// A comment that the code does not follow says nothing.
type family struct {
	mu       sync.Mutex
	children []*family // guarded by mu
}

func (t *family) Add(c *family) {
	t.mu.Lock()
	t.children = append(t.children, c)
	t.mu.Unlock()
}

func (t *family) Leaf() bool     { return len(t.children) == 0 }
func (t *family) First() *family { return t.children[0] }
func (t *family) Each(f func(*family)) {
	for _, c := range t.children {
		f(c)
	}
}

// A dialer makes the channel before it starts the goroutine that reads it, and
// drops it when that has ended.
type dialer struct {
	mu        sync.Mutex
	responses chan int
	done      chan struct{}
}

func (c *dialer) Open() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.responses != nil {
		return
	}
	c.done = make(chan struct{})
	c.responses = make(chan int)
	go c.receive()
}

func (c *dialer) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.responses == nil {
		return
	}
	close(c.responses)
	<-c.done
	c.responses = nil
}

func (c *dialer) Send(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.responses != nil {
		c.responses <- n
	}
}

func (c *dialer) receive() {
	defer close(c.done)
	for n := range c.responses {
		_ = n
	}
}

// A map that is made anew while others use it is written without the lock.
type membership struct {
	mu    sync.Mutex
	names map[string]int
}

func newMembership() *membership { return &membership{names: make(map[string]int)} }

func (r *membership) Replace(names map[string]int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names = names // related `^r\.names is written under r\.mu here$`
}

func (r *membership) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.names)
}

func (r *membership) Has(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.names[name] > 0
}

func (r *membership) Clear() {
	r.names = make(map[string]int) // want `^r\.names is written without r\.mu, under which it is written once and read 2 times$`
}

var _ = newMembership

// Some callers hold the lock of the object, and others have made it: no helper is
// called by anyone else.
type block struct {
	mu   sync.Mutex
	used time.Time
	size int
	name string
}

type blocks struct {
	mu  sync.Mutex
	all map[int]*block
}

func (b *block) rename(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.name = name
}

func (b *block) idle() time.Duration { return time.Since(b.used) }

func (b *block) clear() {
	if b.idle() > time.Minute {
		b.size = 0
	}
}

func (b *block) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.size += n
	b.used = time.Now()
}

func (b *block) drop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	b.size, b.used = 0, time.Time{}
}

func (b *block) reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clear()
	b.size, b.used = 1, time.Now()
}

func (s *blocks) Add(i, n int) error {
	b := &block{used: time.Now()}
	go b.rename("block") // which touches nothing that clear does
	if err := s.prepare(b, n); err != nil {
		b.clear()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[i] = b
	return nil
}

func (s *blocks) prepare(b *block, n int) error {
	b.clear()
	b.add(n)
	return nil
}

func (s *blocks) Drop(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all[i].drop()
	s.all[i].reset()
	delete(s.all, i)
}

// What may be new, or may be known to others: see who else builds it.
type tenant struct {
	mu    sync.Mutex
	claim string
}

type tenants struct {
	building sync.Map
	done     sync.Map
}

func newTenant() *tenant { return &tenant{} }

func (as *tenants) build(name string) *tenant {
	a := newTenant()
	if v, loaded := as.building.LoadOrStore(name, a); loaded {
		return v.(*tenant)
	}
	return a
}

func (as *tenants) Fetch(name, claim string) *tenant {
	a := as.build(name)
	a.claim = claim
	as.done.Store(name, a)
	return a
}

func (a *tenant) Update(claim string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.claim = claim
}

func (a *tenant) Reset() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.claim = ""
}

func (a *tenant) Claim() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.claim
}
