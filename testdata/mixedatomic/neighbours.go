package mixedatomic

import (
	"fmt"
	"sync"
	"sync/atomic"
)

// -- parts of different structs --

// traffic is counted atomically by some that have it, and under a lock by others.
type traffic struct{ in, out int64 }

type server struct {
	traffic
	name string
}

type tenant struct {
	stats struct {
		sync.Mutex
		traffic
		routed traffic
	}
}

func (s *server) received(t *tenant, n int64) {
	atomic.AddInt64(&s.in, n)
	t.stats.Lock()
	t.stats.in += n
	t.stats.routed.in += n
	t.stats.Unlock()
}

func (t *tenant) report() {
	t.stats.Lock()
	defer t.stats.Unlock()
	fmt.Println(t.stats.in, t.stats.routed.in)
}

func (s *server) sent(n int64) {
	atomic.AddInt64(&s.out, n) // related `^this access is atomic$`
}

func (s *server) both() int64 {
	return s.out // want `^s\.out is read plainly, and accessed atomically at line \d+$`
}

// load is in one kind of struct alone, so a pointer leads there.
type load struct{ jobs int32 }

type machine struct{ load load }

func (l *load) start() { atomic.AddInt32(&l.jobs, 1) } // related `^this access is atomic$`

func (m *machine) busy() bool {
	m.load.start()
	return m.load.jobs > 3 // want `^m\.load\.jobs is read plainly, and accessed atomically at line \d+$`
}

// -- objects that nobody else has --

type hits struct{ n, missed int64 }

type cache interface{ snapshot() *hits }

type local struct{ hits hits }

func (l *local) hit() { atomic.AddInt64(&l.hits.n, 1) }

func (l *local) snapshot() *hits {
	if l == nil {
		return nil
	}
	h := hits{n: atomic.LoadInt64(&l.hits.n)}
	h.missed = atomic.LoadInt64(&l.hits.missed)
	return &h
}

type noCache struct{}

func (noCache) snapshot() *hits { return &hits{} }

func printed(c cache) {
	if s := c.snapshot(); s != nil {
		fmt.Println(s.n, s.missed)
	}
}

// A trace is used again when nobody has it any more.
type trace struct {
	refs  int32
	title string
}

var free = make(chan *trace, 100)

func newTrace() *trace {
	select {
	case t := <-free:
		return t
	default:
		return &trace{}
	}
}

func (t *trace) ref() { atomic.AddInt32(&t.refs, 1) }

func (t *trace) unref() {
	if atomic.AddInt32(&t.refs, -1) == 0 {
		put(t)
	}
}

func put(t *trace) {
	t.reset()
	select {
	case free <- t:
	default:
	}
}

func (t *trace) reset() {
	t.title = ""
	t.refs = 0
}

var spans = sync.Pool{New: func() any { return new(span) }}

type span struct{ users int32 }

func (s *span) use() { atomic.AddInt32(&s.users, 1) }

func (s *span) done() {
	if atomic.AddInt32(&s.users, -1) == 0 {
		s.users = 0
		spans.Put(s)
	}
}

// -- locks that callers hold, if others have the object at all --

type block struct {
	mu    sync.RWMutex
	first uint64
}

type store struct {
	mu     sync.Mutex
	blocks []*block
}

func open(n uint64) *store {
	s := &store{}
	b := &block{}
	b.rebuild(n)
	s.blocks = append(s.blocks, b)
	return s
}

func (b *block) rebuild(n uint64) {
	if b.first < n {
		atomic.StoreUint64(&b.first, n)
	}
}

func (s *store) compact(n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.blocks {
		b.mu.Lock()
		b.rebuild(n)
		if b.first > 3 {
			atomic.StoreUint64(&b.first, b.first-1)
		}
		b.mu.Unlock()
	}
}

func (s *store) firsts() (sum uint64) {
	for _, b := range s.blocks {
		sum += atomic.LoadUint64(&b.first)
	}
	return sum
}

// -- objects made by all callers, whatever these have started before --

type client struct {
	mu   sync.Mutex
	mcl  int32
	subs map[string]*sub
}

type sub struct{ weight int32 }

type hub struct {
	mu      sync.Mutex
	clients []*client
}

func (h *hub) limit(n int32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.clients {
		atomic.StoreInt32(&c.mcl, n) // related `^this access is atomic$`
	}
}

func (c *client) init(n int32) {
	c.mcl = n
	if c.mcl == 0 {
		c.mcl = 1024
	}
}

func (c *client) watch() {
	c.mu.Lock()
	defer c.mu.Unlock()
}

func (h *hub) accept(n int32) {
	c := &client{}
	go c.watch()
	c.mu.Lock()
	c.init(n)
	c.mu.Unlock()
	h.mu.Lock()
	h.clients = append(h.clients, c)
	h.mu.Unlock()
}

func (h *hub) internal(n int32) *client {
	c := &client{subs: make(map[string]*sub)}
	c.init(n)
	return c
}

func (c *client) parse() int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mcl // want `^c\.mcl is read plainly, and accessed atomically at line \d+$`
}

// -- objects that are not known --

func (c *client) weigh(key string, n int32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.subs[key]; s != nil {
		atomic.StoreInt32(&s.weight, n)
	}
}

// close has taken the subs out before it looks at them.
func (c *client) close() (sum int32) {
	var subs []*sub
	c.mu.Lock()
	for _, s := range c.subs {
		subs = append(subs, s)
	}
	c.subs = nil
	c.mu.Unlock()
	for _, s := range subs {
		sum += s.weight
	}
	return sum
}

// announce changes a copy.
func announce(s *sub, n int32, queue bool, f func(*sub)) {
	if queue {
		other := *s
		s = &other
	}
	if queue {
		s.weight = n
	}
	f(s)
}

// -- the lock may be held --

type table struct {
	mu    sync.RWMutex
	slots []uint64
}

func (t *table) fill(n uint64) {
	for i := range t.slots {
		atomic.CompareAndSwapUint64(&t.slots[i], 0, n)
	}
}

func (t *table) get(n uint64) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	t.fill(n)
}

func (t *table) grow(n uint64) {
	go t.fill(n)
}

func (t *table) drop() (sum uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fill(1)
	for i := range t.slots {
		sum += t.slots[i]
	}
	return sum
}

// -- a lock keeps writers apart, who read what they alone write --

type window struct {
	mu   sync.Mutex
	last uint64
}

func (w *window) advance(n uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last < n {
		atomic.StoreUint64(&w.last, n)
	}
}

func (w *window) get() uint64 { return atomic.LoadUint64(&w.last) }

func restart(w *window) { atomic.StoreUint64(&w.last, 0) }

// -- pointers to what is accessed atomically --

type rpcs struct {
	succeeded *uint64
	perHost   []*uint64
	failed    uint64
	slots     []uint64
}

func newRPCs() *rpcs { return &rpcs{succeeded: new(uint64)} }

func (r *rpcs) host(n *uint64) {
	r.perHost = append(r.perHost, n)
	atomic.AddUint64(r.perHost[0], 1)
	if r.perHost[0] == nil {
		r.perHost[0] = n
	}
}

func (r *rpcs) succeed()       { atomic.AddUint64(r.succeeded, 1) }
func (r *rpcs) clear() uint64  { return atomic.SwapUint64(r.succeeded, 0) }
func (r *rpcs) counts() bool   { return r.succeeded != nil }
func (r *rpcs) use(n *uint64)  { r.succeeded = n }
func (r *rpcs) fail()          { atomic.AddUint64(&r.failed, 1) }   // related `^this access is atomic$`
func (r *rpcs) failures() bool { return r.failed > 0 }              // want `^r\.failed is read plainly, and accessed atomically at line \d+$`
func (r *rpcs) slot()          { atomic.AddUint64(&r.slots[0], 1) } // related `^this access is atomic$`
func (r *rpcs) taken() bool    { return r.slots[0] > 0 }            // want `^r\.slots\[0\] is read plainly, and accessed atomically at line \d+$`

// -- locks that some callers hold, of either side --

type numbers struct {
	mu   sync.Mutex
	next int64
}

func (f *numbers) alloc() int64 { return atomic.AddInt64(&f.next, 1) - 1 } // related `^this access is atomic$`

func (f *numbers) reuse(n int64) {
	for {
		old := f.next // want `^f\.next is read plainly, and accessed atomically at line \d+$`
		if old != n+1 || atomic.CompareAndSwapInt64(&f.next, old, n) {
			return
		}
	}
}

func (f *numbers) Locked() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reuse(f.alloc())
}

func (f *numbers) Unlocked() { f.reuse(f.alloc()) }

// Whoever takes the last reference away has the record for itself, and may give it
// back as it was made.
type counted struct {
	refs int32
	body []byte
}

func (r *counted) ref() { atomic.AddInt32(&r.refs, 1) }

func (r *counted) unref() {
	if atomic.AddInt32(&r.refs, -1) == 0 {
		giveBack(r)
	}
}

func (r *counted) release() {
	left := atomic.AddInt32(&r.refs, -1)
	if left != 0 {
		return
	}
	giveBack(r)
}

var returned = make(chan *counted, 10)

func giveBack(r *counted) {
	r.reset()
	select {
	case returned <- r:
	default:
	}
}

func (r *counted) reset() {
	r.body = nil
	r.refs = 0
}

// Here nobody is known to be the last.
type uncounted struct {
	idle   int32
	misses int32
}

func (u *uncounted) use() {
	atomic.AddInt32(&u.idle, -1)  // related `^this access is atomic$`
	atomic.AddInt32(&u.misses, 1) // related `^this access is atomic$`
}

func (u *uncounted) refresh() {
	if atomic.LoadInt32(&u.idle) == 0 {
		u.idle = 1 // want `^u\.idle is written plainly, and accessed atomically at line 433$`
	}
	if atomic.AddInt32(&u.misses, 1) > 5 {
		u.misses = 0 // want `^u\.misses is written plainly, and accessed atomically at line 434$`
	}
}

// What a chain of fields leads to is not what an early part of the chain is.
type (
	host     struct{ js *works }
	works    struct{ streams []*stream }
	stream   struct{ consumers []*reader }
	reader   struct{ node *node }
	node     struct{ t *carrier }
	carrier  struct{ client *limited }
	limited  struct{ pay int32 }
	assigned struct{ consumer *reader }
)

func lower(value *int32, limit int32) {
	if atomic.LoadInt32(value) > limit {
		atomic.StoreInt32(value, limit)
	}
}

func (l *limited) lower() { lower(&l.pay, 7) }

func (h *host) lowerAll(i, j int) { h.js.streams[i].consumers[j].node.t.client.lower() }

func (a *assigned) carrier() *carrier { return a.consumer.node.t }

func (a *assigned) drop() { a.consumer.node.t = nil }

// What a function does under a lock that it takes itself is not done without for its
// callers.
type quota struct {
	mu    sync.Mutex
	limit int32
	n     int
}

func (q *quota) isFull() bool { return q.n >= int(q.limit) } // with the lock

func (q *quota) apply(limit int32) { lower(&q.limit, limit) } // with the lock

func (q *quota) set(limit int32) {
	q.mu.Lock()
	q.apply(limit)
	q.mu.Unlock()
}

func (q *quota) add() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.isFull() {
		return false
	}
	q.n++
	return true
}

func setAll(all []*quota) {
	for _, q := range all {
		q.set(7)
	}
}
