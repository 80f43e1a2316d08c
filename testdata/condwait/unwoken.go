package condwait

import (
	"errors"
	"sync"
)

type addOn struct {
	name   string
	active bool
	err    error
	cond   *sync.Cond
}

func newAddOn() *addOn { return &addOn{cond: sync.NewCond(&sync.Mutex{})} }

func (p *addOn) ended() bool { return p.active || p.err != nil }

func (p *addOn) wait() error {
	p.cond.L.Lock()
	defer p.cond.L.Unlock()
	for !p.ended() {
		p.cond.Wait() // related `^p\.cond\.Wait is called here$`
	}
	return p.err
}

func (p *addOn) activate(dial func() error) error {
	if err := dial(); err != nil {
		p.cond.L.Lock()
		p.err = err // want `^this ends the wait for p\.cond, but the return at line \d+ wakes nobody: who waits sleeps on$`
		p.cond.L.Unlock()
		return err // related `^here nobody has been woken$`
	}
	p.cond.L.Lock()
	p.active = true
	p.cond.Broadcast()
	p.cond.L.Unlock()
	return nil
}

type wicket struct {
	mu     sync.Mutex
	cond   *sync.Cond
	queue  []int
	closed bool
}

func newWicket() *wicket {
	g := &wicket{}
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *wicket) next() (int, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.queue) == 0 && !g.closed {
		g.cond.Wait() // related `^g\.cond\.Wait is called here$`
	}
	if len(g.queue) == 0 {
		return 0, false
	}
	v := g.queue[0]
	g.queue = g.queue[1:]
	return v, true
}

func (g *wicket) close(quiet bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true // want `^this ends the wait for g\.cond, but the return at line \d+ wakes nobody: who waits sleeps on$`
	if quiet {
		return // related `^here nobody has been woken$`
	}
	g.cond.Broadcast()
}

// Silent: all ways wake, the callers do, the wait goes on, or nobody waits for that.

type hatch struct {
	mu     sync.Mutex
	cond   *sync.Cond
	opened bool
	err    error
	knocks int
}

func newHatch() *hatch {
	d := &hatch{}
	d.cond = sync.NewCond(&d.mu)
	d.opened = false
	return d
}

func (d *hatch) wait() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.opened && d.err == nil {
		d.cond.Wait()
	}
	return d.err
}

func (d *hatch) open(check func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	defer d.cond.Broadcast()
	if err := check(); err != nil {
		d.err = err
		return err
	}
	d.opened = true
	return nil
}

func (d *hatch) fail(why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if why == "" {
		d.err = errors.New("no reason")
		d.wake()
		return
	}
	d.err = errors.New(why)
	d.cond.Broadcast()
}

func (d *hatch) wake() { d.cond.Broadcast() }

func (d *hatch) again() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.knocks++; d.knocks > 3 {
		d.err = nil
		d.opened = false
		return
	}
	d.cond.Broadcast()
}

func (d *hatch) setLocked(err error) bool {
	if err != nil {
		d.err = err
		return true
	}
	d.cond.Signal()
	return false
}

func (d *hatch) set(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.setLocked(err) {
		d.cond.Broadcast()
	}
}

// -- flags that nobody is told of --

type keyQueue struct {
	mu      sync.Mutex
	cond    *sync.Cond
	keys    []string
	closing bool
}

func newKeyQueue() *keyQueue {
	q := &keyQueue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *keyQueue) add(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.keys = append(q.keys, key)
	q.cond.Signal()
}

func (q *keyQueue) get() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.keys) == 0 && !q.closing {
		q.cond.Wait() // related `^q\.cond\.Wait is called here$`
	}
	if len(q.keys) == 0 {
		return "", false
	}
	key := q.keys[0]
	q.keys = q.keys[1:]
	return key, true
}

func (q *keyQueue) shutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closing = true // want `^this ends the wait for q\.cond, but the return at line \d+ wakes nobody: who waits sleeps on$`
} // related `^here nobody has been woken$`

// The caller wakes them.
type calledQueue struct {
	mu      sync.Mutex
	cond    *sync.Cond
	n       int
	closing bool
}

func newCalledQueue() *calledQueue {
	q := &calledQueue{}
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *calledQueue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.n == 0 && !q.closing {
		q.cond.Wait()
	}
	return q.n
}

func (q *calledQueue) setClosing() { q.closing = true }

func (q *calledQueue) wake() { q.cond.Broadcast() }

func (q *calledQueue) close() {
	q.mu.Lock()
	q.setClosing()
	q.mu.Unlock()
	q.wake()
}

// A goroutine wakes them all the time.
type tickedQueue struct {
	mu      sync.Mutex
	cond    *sync.Cond
	n       int
	closing bool
}

func newTickedQueue() *tickedQueue {
	q := &tickedQueue{}
	q.cond = sync.NewCond(&q.mu)
	go q.tick()
	return q
}

func (q *tickedQueue) tick() {
	for range 1000 {
		q.cond.Broadcast()
	}
}

func (q *tickedQueue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.n == 0 && !q.closing {
		q.cond.Wait()
	}
	return q.n
}

func (q *tickedQueue) close() {
	q.mu.Lock()
	q.closing = true
	q.mu.Unlock()
}
