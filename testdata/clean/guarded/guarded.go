// Package guarded accesses fields without the lock that is held elsewhere, where
// that is right.
package guarded

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// A db has its lock in a struct without a name, with what it guards.
type db struct {
	name string
	mu   struct {
		sync.Mutex
		jobs  int
		queue []int
	}
}

func (d *db) Push(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mu.queue = append(d.mu.queue, n)
	d.trim()
}

func (d *db) Pop() {
	d.mu.Lock()
	d.mu.queue = d.mu.queue[1:]
	d.trim()
	d.mu.Unlock()
}

func (d *db) Run(f func()) {
	func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.mu.jobs++
		d.trim()
	}()
	f()
}

func (d *db) trim() { d.mu.queue = d.mu.queue[:d.mu.jobs] }

// A poller reads without the lock what it alone writes.
type poller struct {
	mu    sync.Mutex
	turns int
	wake  chan struct{}
}

func startPoller() *poller {
	p := &poller{wake: make(chan struct{})}
	go p.run()
	return p
}

func (p *poller) run() {
	for range p.wake {
		p.mu.Lock()
		p.turns++
		p.mu.Unlock()
		p.reset()
		if p.turns > 9 {
			return
		}
	}
}

func (p *poller) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turns > 5 {
		p.turns = 0
	}
}

func (p *poller) Turns() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.turns
}

func (p *poller) Idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.turns == 0
}

// A table has two locks; who writes has both, who reads has one of them.
type table struct {
	mu      sync.RWMutex // all of the table
	bmu     sync.Mutex   // among those who have mu for reading
	entries []int
}

func (t *table) Add(n int) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.bmu.Lock()
	t.entries = append(t.entries, n)
	t.bmu.Unlock()
}

func (t *table) Drop() {
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.bmu.Lock()
	defer t.bmu.Unlock()
	t.entries = t.entries[1:]
}

func (t *table) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, n := range t.entries {
		fmt.Println(n)
	}
}

// The registry calls its entries with the lock held, and they call it back.
type entry interface {
	remove()
	id() int
}

type registry struct {
	mu      sync.Mutex
	entries map[int]entry
}

func (r *registry) Add(e entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[e.id()] = e
}

func (r *registry) Remove(id int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries[id].remove()
}

func (r *registry) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.entries {
		r.drop(id)
	}
}

func (r *registry) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(0)
}

// drop removes an entry. The caller must hold r.mu.
func (r *registry) drop(id int) { delete(r.entries, id) }

type socket struct {
	n int
	r *registry
}

func (s *socket) id() int { return s.n }
func (s *socket) remove() { s.r.drop(s.n) }

type server struct {
	n int
	r *registry
}

func (s *server) id() int { return -s.n }
func (s *server) remove() { s.r.drop(-s.n) }

type channel struct{ socket }

func (c *channel) id() int { return 2 * c.n }
func (c *channel) remove() { c.r.drop(2 * c.n) }

type subchannel struct{ channel }

func (c *subchannel) id() int { return 3 * c.n }
func (c *subchannel) remove() { c.r.drop(3 * c.n) }

// The lock of the nodes is that of the tree.
type tree struct {
	mu   sync.Mutex
	root node
}

type node struct {
	// children is protected by tree.mu.
	children map[string]*node

	mu   sync.Mutex
	data []byte // guarded by mu

	// Not guarded by mu.
	seen bool
}

func (t *tree) Make(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.find(name)
	n.children[name] = &node{}
	n.seen = true
}

func (t *tree) find(name string) *node {
	n := &t.root
	for n.children[name] != nil {
		n = n.children[name]
	}
	return n
}

func (n *node) Append(b byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.data = append(n.data, b)
}

// The comment speaks of what the field refers to: it is never set again.
type balancer struct {
	mu     sync.Mutex
	closed *flag // guarded by mu
}

type flag struct{ c chan struct{} }

func newBalancer() *balancer {
	b := &balancer{}
	b.closed = &flag{make(chan struct{})}
	return b
}

func (b *balancer) Done() <-chan struct{} { return b.closed.c }

func (b *balancer) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.closed.c)
}

// The map is taken out under the lock.
type hub struct {
	mu   sync.Mutex
	subs map[int]func()
}

func (h *hub) Add(id int, f func()) {
	h.mu.Lock()
	h.subs[id] = f
	h.mu.Unlock()
}

func (h *hub) Drop(id int) {
	h.mu.Lock()
	delete(h.subs, id)
	h.mu.Unlock()
}

func (h *hub) Close() {
	h.mu.Lock()
	subs := h.subs
	h.subs = nil
	h.mu.Unlock()
	for _, f := range subs {
		f()
	}
}

// The one producer moves its mark as a reader of what the lock is there for.
type ring struct {
	mu   sync.RWMutex
	buf  []int
	mark int // of the producer alone
}

func (r *ring) Push(n int) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.buf[n%len(r.buf)] = n
	r.mark = n
}

func (r *ring) Grow() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.buf = append(r.buf, r.buf...)
}

// The lock for reading is that of the variable which is read.
var (
	sharedMu sync.RWMutex
	shared   *hub
)

func setShared(h *hub) {
	sharedMu.Lock()
	defer sharedMu.Unlock()
	shared = h
}

type policy struct{ magic *hub }

func (p *policy) Provision() {
	sharedMu.RLock()
	p.magic = shared
	sharedMu.RUnlock()
}

func (p *policy) Rebuild() {
	sharedMu.RLock()
	p.magic = shared
	sharedMu.RUnlock()
	p.magic.Close()
}

// What starts earlier has nothing to do with what is restored.
type store struct {
	mu    sync.Mutex
	size  int
	imm   []int
	ready chan struct{}
}

func openStore(ids []int) *store {
	s := &store{ready: make(chan struct{})}
	go s.watch()
	s.restore(ids)
	close(s.ready)
	return s
}

func (s *store) watch() {
	<-s.ready
	s.mu.Lock()
	s.size++
	s.mu.Unlock()
}

func (s *store) restore(ids []int) {
	for _, id := range ids {
		s.imm = append(s.imm, id)
	}
}

func (s *store) Put(id int) {
	s.mu.Lock()
	s.imm = append(s.imm, id)
	s.mu.Unlock()
}

func (s *store) Flush() {
	s.mu.Lock()
	s.imm = s.imm[:0]
	s.mu.Unlock()
}

// A trace is new, or an old one that nobody else has any more.
type trace struct {
	mu     sync.Mutex
	events []string
}

var oldTraces = make(chan *trace, 10)

func newTrace() *trace {
	select {
	case t := <-oldTraces:
		return t
	default:
		return new(trace)
	}
}

func beginTrace(title string) *trace {
	t := newTrace()
	t.events = append(t.events[:0], title)
	return t
}

func (t *trace) Add(s string) {
	t.mu.Lock()
	t.events = append(t.events, s)
	t.mu.Unlock()
}

func (t *trace) Clear() {
	t.mu.Lock()
	t.events = nil
	t.mu.Unlock()
}

// The list is cut off under the lock, and walked without.
type lru struct {
	mu     sync.Mutex
	recent item
}

type item struct {
	prev, next *item
	drop       func()
}

func (l *lru) Push(i *item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i.prev, i.next = &l.recent, l.recent.next
	l.recent.next.prev = i
	l.recent.next = i
}

func (l *lru) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent.next, l.recent.prev = &l.recent, &l.recent
}

func (l *lru) EvictAll() {
	l.mu.Lock()
	back := l.recent.prev
	l.recent.next, l.recent.prev = &l.recent, &l.recent
	l.mu.Unlock()
	for i := back; i != &l.recent; i = i.prev {
		i.drop()
	}
}

// Updates come one by one; what they leave to a helper that locks for others,
// they read without.
type updater struct {
	mu   sync.Mutex
	name string
	next func(string)
}

func (u *updater) Update(name string) {
	if u.Name() != name {
		u.rename(name)
	}
	u.next(u.name)
}

func (u *updater) rename(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.name = name
}

func (u *updater) Name() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.name
}

func (u *updater) Title() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return "the " + u.name
}

// A type under another name has the same lock.
type transport struct {
	mu       sync.Mutex
	handlers map[int]func()
	idle     bool
}

type handlerMap transport

func (t *transport) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handlers = nil
	t.stopIfIdle()
}

func (t *transport) Stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stopIfIdle()
}

func (t *transport) stopIfIdle() { t.idle = len(t.handlers) == 0 }

func (h *handlerMap) Remove(id int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.handlers, id)
	(*transport)(h).stopIfIdle()
}

// A token in a channel is the lock of the writers.
type journal struct {
	token chan struct{}
	mu    sync.Mutex
	mem   []int
}

func (j *journal) Write(n int) {
	j.token <- struct{}{}
	j.mu.Lock()
	j.mem = append(j.mem, n)
	j.mu.Unlock()
	<-j.token
}

func (j *journal) Rotate() {
	j.token <- struct{}{}
	j.mu.Lock()
	j.mem = nil
	j.mu.Unlock()
	<-j.token
}

func (j *journal) Begin() int {
	j.token <- struct{}{}
	return len(j.mem)
}

func (j *journal) Snapshot() []int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]int(nil), j.mem...)
}

// What a method makes that is nil before is there before anything uses it.
type exchange struct {
	mu    sync.Mutex
	peers map[string]int
	calls chan int
}

func (x *exchange) Start() error {
	x.peers = make(map[string]int)
	x.calls = make(chan int, 8)
	return nil
}

func (x *exchange) Add(name string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peers[name]++
	x.calls <- len(x.peers)
}

func (x *exchange) Has(name string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	_, ok := x.peers[name]
	return ok
}

func (x *exchange) Len() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.peers)
}

func (x *exchange) Stop() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.peers = nil
}

// A hedge walks its paths with functions of its own, under the lock that the
// callers hold.
type hedge struct {
	mu    sync.Mutex
	index int
	top   *leaf
}

type leaf struct {
	name  string
	since int
	under map[string]*leaf
}

func (h *hedge) Insert(names []string) *leaf {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.index++
	return h.insert(names)
}

func (h *hedge) Remove(names []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.index++
	if l := h.walk(names, h.find); l != nil {
		l.since = h.index
	}
}

func (h *hedge) Reset() {
	h.mu.Lock()
	h.index = 0
	h.mu.Unlock()
}

func (h *hedge) insert(names []string) *leaf { return h.walk(names, h.ensure) }

func (h *hedge) walk(names []string, step func(*leaf, string) *leaf) *leaf {
	l := h.top
	for _, name := range names {
		if l = step(l, name); l == nil {
			return nil
		}
	}
	return l
}

func (h *hedge) ensure(l *leaf, name string) *leaf {
	next, ok := l.under[name]
	if !ok {
		next = &leaf{name: name, since: h.index, under: make(map[string]*leaf)}
		l.under[name] = next
	}
	return next
}

func (h *hedge) find(l *leaf, name string) *leaf {
	if next, ok := l.under[name]; ok {
		return next
	}
	return nil
}

// A page is made by whoever comes first, under the lock for reading: the Once keeps
// the others waiting.
var (
	listMu   sync.RWMutex
	listed   []string
	pageOnce sync.Once
	page     *strings.Builder
)

func pageOf() *strings.Builder {
	pageOnce.Do(func() {
		page = new(strings.Builder)
		page.WriteString("<ul>")
	})
	return page
}

func render() string {
	listMu.RLock()
	defer listMu.RUnlock()
	return pageOf().String() + strings.Join(listed, "")
}

func renderAll() int {
	listMu.RLock()
	defer listMu.RUnlock()
	return len(pageOf().String()) + len(listed)
}

func list(s string) {
	listMu.Lock()
	listed = append(listed, s)
	listMu.Unlock()
}

// rows hold closing for reading as long as their one user is at work, who need not keep
// others from what is his: it keeps the rows open.
type rows struct {
	closing sync.RWMutex
	closed  bool
	columns []string
	fetch   func([]string)
}

func (r *rows) next() bool {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if r.closed {
		return false
	}
	if r.columns == nil {
		r.columns = make([]string, 8)
	}
	r.fetch(r.columns)
	return true
}

func (r *rows) nextSet() bool {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if r.closed {
		return false
	}
	r.columns = nil
	return true
}

func (r *rows) scan(to []string) int {
	r.closing.RLock()
	defer r.closing.RUnlock()
	if r.closed {
		return 0
	}
	return copy(to, r.columns)
}

func (r *rows) close() {
	r.closing.Lock()
	defer r.closing.Unlock()
	r.closed = true
}

// lazy is made but once: done says so to those who do not take the lock.
type lazy struct {
	mu   sync.Mutex
	done atomic.Bool
	v    *int
}

func (l *lazy) get() *int {
	if l.done.Load() {
		return l.v
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done.Load() {
		l.v = new(int)
		l.done.Store(true)
	}
	return l.v
}

// -- what does not change once it is set --

type controls struct {
	mu   sync.Mutex
	list []any
	err  error
}

func (c *controls) put(it any) error {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return c.err
	}
	c.list = append(c.list, it)
	c.mu.Unlock()
	return nil
}

func (c *controls) get() (any, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return nil, c.err
	}
	if len(c.list) == 0 {
		return nil, nil
	}
	first := c.list[0]
	c.list = c.list[1:]
	return first, nil
}

func (c *controls) finish(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
}
