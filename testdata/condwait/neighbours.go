package condwait

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"fixture.example/condwait/dep"
)

// Nothing in this file is reported.

type queue struct {
	mu     sync.Mutex
	cond   *sync.Cond
	items  []int
	closed bool
	ready  bool
	n      int
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *queue) empty() bool { return len(q.items) == 0 }

func (q *queue) pop() (int, bool) {
	if len(q.items) == 0 {
		return 0, false
	}
	x := q.items[0]
	q.items = q.items[1:]
	return x, true
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	x := q.items[0]
	q.items = q.items[1:]
	return x
}

func (q *queue) getByLocker() int {
	q.cond.L.Lock()
	defer q.cond.L.Unlock()
	for q.empty() && !q.closed {
		q.cond.Wait()
	}
	x, _ := q.pop()
	return x
}

func (q *queue) getByBreak() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if len(q.items) > 0 {
			break
		}
		if q.closed {
			return 0, false
		}
		q.cond.Wait()
	}
	return q.pop()
}

func (q *queue) getByReturn() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if x, ok := q.pop(); ok {
			return x, true
		}
		q.cond.Wait()
	}
}

func (q *queue) getBySwitch() (int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case len(q.items) > 0:
			return q.pop()
		case q.closed:
			return 0, false
		default:
			q.cond.Wait()
		}
	}
}

func (q *queue) testAfterwards() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		q.cond.Wait()
		if q.ready {
			break
		}
	}
}

func (q *queue) byGoto() int {
	q.mu.Lock()
	defer q.mu.Unlock()
retry:
	if x, ok := q.pop(); ok {
		return x
	}
	q.n++
	q.cond.Wait()
	q.n--
	if q.closed {
		return 0
	}
	goto retry
}

// worker waits in an inner loop of its endless one.
func (q *queue) worker(handle func(int)) {
	for {
		q.mu.Lock()
		for len(q.items) == 0 && !q.closed {
			q.cond.Wait()
		}
		if q.closed {
			q.mu.Unlock()
			return
		}
		x, _ := q.pop()
		q.mu.Unlock()
		handle(x)
	}
}

// idler comes back to the test, with nothing done in between.
func (q *queue) idler(handle func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if q.empty() {
			q.cond.Wait()
			continue
		}
		x, _ := q.pop()
		handle(x)
	}
}

func (q *queue) idlerElse(handle func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if x, ok := q.pop(); ok {
			handle(x)
		} else {
			q.cond.Wait()
		}
	}
}

// drainer takes what there is, which may be nothing.
func (q *queue) drainer(handle func(int)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if len(q.items) == 0 {
			q.cond.Wait()
		}
		for _, x := range q.items {
			handle(x)
		}
		q.items = nil
	}
}

// list tests what it takes after the wait.
type list struct {
	mu   sync.Mutex
	cond *sync.Cond
	head *element
	done bool
}

type element struct {
	next *element
}

func newList() *list {
	l := new(list)
	l.cond = sync.NewCond(&l.mu)
	return l
}

func (l *list) loop(handle func(*element)) {
	for {
		l.mu.Lock()
		if l.head == nil && !l.done {
			l.cond.Wait()
		}
		e := l.head
		if e != nil {
			l.head = e.next
		}
		done := l.done
		l.mu.Unlock()
		if done {
			return
		}
		if e != nil {
			handle(e)
		}
	}
}

var errTimeout = errors.New("timeout")

// testOnce gives up if the condition does not hold after one wait.
func (q *queue) testOnce() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.ready {
		q.cond.Wait()
		if !q.ready {
			return errTimeout
		}
	}
	return nil
}

func (q *queue) withTimeout(d time.Duration) bool {
	late := false
	t := time.AfterFunc(d, func() {
		q.mu.Lock()
		late = true
		q.mu.Unlock()
		q.cond.Broadcast()
	})
	defer t.Stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.ready && !late {
		q.cond.Wait()
	}
	return q.ready
}

func (q *queue) withContext(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.cond.Broadcast()
	})
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.ready {
		q.cond.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// -- the loop, or the lock, in a caller --

func (q *queue) pause() {
	q.cond.Wait() // related `^q\.cond\.Wait is called here$`
}

func (q *queue) pauseCounted() {
	q.n++
	q.pause()
	q.n--
}

func (q *queue) waitNonEmptyLocked() {
	for len(q.items) == 0 {
		q.cond.Wait() // related `^q\.cond\.Wait is called here$`
	}
}

func (q *queue) loopsHere() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.pauseCounted()
	}
	x, _ := q.pop()
	return x
}

func (q *queue) locksHere() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waitNonEmptyLocked()
	x, _ := q.pop()
	return x
}

// AwaitLocked is for callers elsewhere, too.
func (q *queue) AwaitLocked() {
	for !q.ready {
		q.cond.Wait()
	}
}

func (q *queue) lock()   { q.mu.Lock() }
func (q *queue) unlock() { q.mu.Unlock() }

func (q *queue) byHelpers() {
	q.lock()
	defer q.unlock()
	for !q.ready {
		q.cond.Wait()
	}
}

func (q *queue) locked(f func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f()
}

func (q *queue) byCallback() {
	q.locked(func() {
		for !q.ready {
			q.cond.Wait()
		}
	})
}

func (q *queue) until(holds func() bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !holds() {
		q.cond.Wait()
	}
}

func waitFor(c *sync.Cond, holds func() bool) {
	for !holds() {
		c.Wait()
	}
}

func (q *queue) byParam() {
	q.mu.Lock()
	defer q.mu.Unlock()
	waitFor(q.cond, func() bool { return q.ready })
}

// -- which lock a Cond has --

type readers struct {
	rw    sync.RWMutex
	cond  *sync.Cond
	wcond *sync.Cond
	ready bool
}

func newReaders() *readers {
	r := new(readers)
	r.cond = sync.NewCond(r.rw.RLocker())
	r.wcond = sync.NewCond(&r.rw)
	return r
}

func (r *readers) read() {
	r.rw.RLock()
	defer r.rw.RUnlock()
	for !r.ready {
		r.cond.Wait()
	}
}

func (r *readers) write() {
	r.rw.Lock()
	defer r.rw.Unlock()
	for r.ready {
		r.wcond.Wait()
	}
}

type embedded struct {
	sync.Mutex
	*sync.Cond
	ready bool
}

func newEmbedded() *embedded {
	e := new(embedded)
	e.Cond = sync.NewCond(e)
	return e
}

func (e *embedded) await() {
	e.Lock()
	defer e.Unlock()
	for !e.ready {
		e.Wait()
	}
}

type byValue struct {
	mu    sync.Mutex
	cond  sync.Cond
	ready bool
}

func newByValue() *byValue {
	b := new(byValue)
	b.cond.L = &b.mu
	return b
}

func (b *byValue) await() {
	b.mu.Lock()
	for !b.ready {
		b.cond.Wait()
	}
	b.mu.Unlock()
}

type parent struct {
	mu    sync.Mutex
	child *child
}

type child struct {
	cond  *sync.Cond
	ready bool
}

func newParent() *parent {
	p := &parent{child: new(child)}
	p.child.cond = sync.NewCond(&p.mu)
	return p
}

func (c *child) await() {
	for !c.ready {
		c.cond.Wait()
	}
}

func (p *parent) await() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.child.await()
}

// pacer is given a lock that it does not know.
type pacer struct {
	level atomic.Int64
	fill  *sync.Cond
}

func newPacer(mu *sync.Mutex) *pacer { return &pacer{fill: sync.NewCond(mu)} }

func (p *pacer) add(n int64) {
	for p.level.Load() >= 10 {
		p.fill.Wait()
	}
	p.level.Add(n)
}

type database struct {
	mu    sync.Mutex
	pacer *pacer
}

func newDatabase() *database {
	db := new(database)
	db.pacer = newPacer(&db.mu)
	return db
}

func (db *database) write(n int64) {
	db.mu.Lock()
	defer db.mu.Unlock()
	db.pacer.add(n)
}

func local() int {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	n := 0
	for range 3 {
		go func() {
			mu.Lock()
			n++
			cond.Signal()
			mu.Unlock()
		}()
	}
	mu.Lock()
	defer mu.Unlock()
	for n < 3 {
		cond.Wait()
	}
	return n
}

// Locker of its own.
type spin struct{ held atomic.Bool }

func (s *spin) Lock() {
	for !s.held.CompareAndSwap(false, true) {
		time.Sleep(time.Millisecond)
	}
}
func (s *spin) Unlock() { s.held.Store(false) }

type spinning struct {
	spin  spin
	cond  *sync.Cond
	ready bool
}

func newSpinning() *spinning {
	s := new(spinning)
	s.cond = sync.NewCond(&s.spin)
	return s
}

func (s *spinning) await() {
	s.spin.Lock()
	defer s.spin.Unlock()
	for !s.ready {
		s.cond.Wait()
	}
}

// Monitor wraps a Cond for others.
type Monitor struct {
	mu   sync.Mutex
	cond *sync.Cond
}

func NewMonitor() *Monitor {
	m := new(Monitor)
	m.cond = sync.NewCond(&m.mu)
	return m
}

func (m *Monitor) Lock()   { m.mu.Lock() }
func (m *Monitor) Unlock() { m.mu.Unlock() }

// Wait is called in a loop, with the monitor locked.
func (m *Monitor) Wait() { m.cond.Wait() }

func conditional(q *queue, needLock bool) {
	if needLock {
		q.mu.Lock()
	}
	for !q.ready {
		q.cond.Wait()
	}
	if needLock {
		q.mu.Unlock()
	}
}

func remembers(q *queue) {
	q.mu.Lock()
	n := len(q.items)
	for n == 0 {
		q.cond.Wait()
		n = len(q.items)
	}
	q.mu.Unlock()
}

type generic[T any] struct {
	mu    sync.Mutex
	cond  *sync.Cond
	items []T
}

func newGeneric[T any]() *generic[T] {
	g := new(generic[T])
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *generic[T]) get() T {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.items) == 0 {
		g.cond.Wait()
	}
	return g.items[0]
}

func otherPackage(g *dep.Gate) {
	g.Await()
	g.Lock()
	defer g.Unlock()
	g.AwaitLocked()
	for !g.Open {
		g.Pause()
	}
	for !g.Open {
		g.Cond.Wait()
	}
}

// -- the lock is handed to the goroutine --

func handed(q *queue) {
	q.mu.Lock()
	go func() {
		defer q.mu.Unlock()
		for !q.ready {
			q.cond.Wait()
		}
	}()
}
