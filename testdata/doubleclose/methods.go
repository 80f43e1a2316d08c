package doubleclose

import (
	"sync"
	"sync/atomic"
)

type conn struct{ done chan struct{} }

func newConn() *conn { return &conn{done: make(chan struct{})} }

func (c *conn) Close() { close(c.done) } // related `^this is what closes c\.done$` `^c\.done is closed here$`

func calledTwice(work func() error) error {
	c := newConn()
	defer c.Close() // want `^c\.done is closed at line \d+ and again by this call of c\.Close$`
	if err := work(); err != nil {
		c.Close() // related `^c\.done is closed here$`
		return err
	}
	return nil
}

func calledOncePerConn(work func() error) error {
	a, b := newConn(), newConn()
	defer a.Close()
	defer b.Close()
	return work()
}

func methodValue(c *conn) {
	f := c.Close
	f()       // related `^c\.done is closed here$`
	c.Close() // want `^c\.done is closed at line \d+ and again by this call of c\.Close$`
}

type closer interface{ Close() }

func throughInterface(c *conn) {
	var i closer = c
	i.Close() // related `^c\.done is closed here$`
	c.Close() // want `^c\.done is closed at line \d+ and again by this call of c\.Close$`
}

type session struct {
	conn
	name string
}

func embedded(s *session) {
	s.Close()
	close(s.done) // want `^s\.done is closed at line \d+ before this close$`
}

// two methods close the same channel.
type pump struct {
	quit chan struct{}
}

func newPump() *pump { return &pump{quit: make(chan struct{})} }

func (p *pump) Stop() { close(p.quit) } // related `^p\.quit is closed here$`

func (p *pump) Shutdown() {
	close(p.quit) // want `^p\.quit may be closed at line \d+ as well$`
}

// A promise is settled once, one way or the other.
type promise struct {
	done chan struct{}
	val  int
	err  error
}

func newPromise() *promise { return &promise{done: make(chan struct{})} }

func (p *promise) Resolve(v int) {
	p.val = v
	close(p.done) // want `^p\.done is closed at line \d+ before this close$`
}

func (p *promise) Reject(err error) {
	p.err = err
	close(p.done) // related `^p\.done is closed here$`
}

func settle(p *promise, work func() (int, error)) {
	v, err := work()
	if err != nil {
		p.Reject(err)
		return
	}
	p.Resolve(v)
}

func settleTwice(p *promise, work func() (int, error)) {
	v, err := work()
	if err != nil {
		p.Reject(err)
	}
	p.Resolve(v) // the return is missing
}

// once guards it.
type guarded struct {
	once sync.Once
	done chan struct{}
}

func newGuarded() *guarded { return &guarded{done: make(chan struct{})} }

func (g *guarded) Close() { g.once.Do(func() { close(g.done) }) }

func (g *guarded) Stop() { g.once.Do(g.finish) }

func (g *guarded) finish() { close(g.done) }

func guardedTwice(g *guarded) {
	g.Close()
	g.Stop()
	g.Close()
}

// flagged has a flag under a lock.
type flagged struct {
	mu     sync.Mutex
	closed bool
	done   chan struct{}
}

func newFlagged() *flagged {
	f := &flagged{done: make(chan struct{})}
	go f.run()
	return f
}

func (f *flagged) run() { f.Close() }

func (f *flagged) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	f.closed = true
	close(f.done)
	return nil
}

func flaggedTwice(f *flagged) {
	f.Close()
	f.Close()
}

// swapped has an atomic flag.
type swapped struct {
	closed atomic.Bool
	state  int32
	done   chan struct{}
}

func newSwapped() *swapped {
	s := &swapped{done: make(chan struct{})}
	go s.run()
	return s
}

func (s *swapped) run() { s.Abort() }

func (s *swapped) Close() {
	if s.closed.CompareAndSwap(false, true) {
		close(s.done)
	}
}

func (s *swapped) Abort() {
	if s.closed.Swap(true) {
		return
	}
	close(s.done)
}

func swappedTwice(s *swapped) {
	s.Close()
	s.Abort()
	s.Close()
}

// begun asks a method whether it is the first.
type begun struct {
	mu      sync.Mutex
	closing bool
	done    chan struct{}
}

func newBegun() *begun { return &begun{done: make(chan struct{})} }

func (b *begun) begin() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return false
	}
	b.closing = true
	return true
}

func (b *begun) Close() {
	if !b.begin() {
		return
	}
	close(b.done)
}

func begunTwice(b *begun) {
	defer b.Close()
	b.Close()
}

// restarted makes its channel anew.
type restarted struct {
	mu   sync.Mutex
	quit chan struct{}
}

func (r *restarted) Start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.quit = make(chan struct{})
	go r.run(r.quit)
}

func (r *restarted) run(quit chan struct{}) { <-quit }

func (r *restarted) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.quit != nil {
		close(r.quit)
		r.quit = nil
	}
}

func (r *restarted) Restart() {
	r.Stop()
	r.Start()
	r.Stop()
}

// A broadcast wakes all and goes on with another channel.
type broadcast struct {
	mu sync.Mutex
	ch chan struct{}
}

func newBroadcast() *broadcast { return &broadcast{ch: make(chan struct{})} }

func (b *broadcast) Signal() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.ch)
	b.ch = make(chan struct{})
}

func (b *broadcast) Wake() {
	for range 3 {
		b.Signal()
	}
}

var (
	quitting = make(chan struct{})
	working  = make(chan struct{})
)

// Begin starts a goroutine that closes what Quit closes.
func Begin(work func()) {
	go func() { // related `^a goroutine that closes quitting starts here$`
		work()
		close(quitting) // related `^quitting is closed here$`
	}()
	go func() {
		defer close(working)
		work()
	}()
}

// Quit closes a package variable.
func Quit() {
	close(quitting) // want `^quitting may be closed at line \d+ by another goroutine as well$`
}
