// Package closes closes channels once, in the ways in which good code does.
package closes

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// once closes what several may want closed.
type once struct {
	sync.Once
	done chan struct{}
}

func newOnce() *once { return &once{done: make(chan struct{})} }

func (o *once) Close() error {
	o.Do(func() { close(o.done) })
	return nil
}

// withOnceFunc keeps the guard in a function value.
type withOnceFunc struct {
	done chan struct{}
	stop func()
}

func newWithOnceFunc() *withOnceFunc {
	w := &withOnceFunc{done: make(chan struct{})}
	w.stop = sync.OnceFunc(func() { close(w.done) })
	go func() {
		time.Sleep(time.Second)
		w.stop()
	}()
	return w
}

func (w *withOnceFunc) Close() { w.stop() }

// pending calls are settled by whoever takes them out of the map.
type call struct {
	done chan struct{}
	err  error
}

type client struct {
	mu      sync.Mutex
	pending map[int]*call
	conn    net.Conn
	closed  bool
}

func (c *client) take(id int) *call {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pending[id]
	delete(c.pending, id)
	return p
}

func (c *client) read() {
	buf := make([]byte, 1)
	for {
		if _, err := c.conn.Read(buf); err != nil {
			break
		}
		if p := c.take(int(buf[0])); p != nil {
			close(p.done)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, p := range c.pending {
		delete(c.pending, id)
		p.err = errors.New("closed")
		close(p.done)
	}
}

func newClient(conn net.Conn) *client {
	c := &client{pending: make(map[int]*call), conn: conn}
	go c.read()
	return c
}

// Close closes the connection, which ends the reader.
func (c *client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	return c.conn.Close()
}

// A hub owns the channels of its subscribers.
type subscriber struct{ out chan string }

type hub struct {
	subs       map[*subscriber]bool
	register   chan *subscriber
	unregister chan *subscriber
	messages   chan string
}

func (h *hub) run() {
	for {
		select {
		case s := <-h.register:
			h.subs[s] = true
		case s := <-h.unregister:
			if _, ok := h.subs[s]; ok {
				delete(h.subs, s)
				close(s.out)
			}
		case m := <-h.messages:
			for s := range h.subs {
				select {
				case s.out <- m:
				default:
					close(s.out)
					delete(h.subs, s)
				}
			}
		}
	}
}

// A loop says that it has ended; Close asks it to, once.
type loop struct {
	quit, done chan struct{}
	closing    atomic.Bool
}

func newLoop() *loop {
	l := &loop{quit: make(chan struct{}), done: make(chan struct{})}
	go l.run()
	return l
}

func (l *loop) run() {
	defer close(l.done)
	<-l.quit
}

func (l *loop) Close() {
	if l.closing.CompareAndSwap(false, true) {
		close(l.quit)
	}
	<-l.done
}

// A starter makes its channels anew.
type starter struct {
	mu   sync.Mutex
	stop chan struct{}
	wg   sync.WaitGroup
}

func (s *starter) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return
	}
	s.stop = make(chan struct{})
	s.wg.Add(1)
	go s.run(s.stop)
}

func (s *starter) run(stop <-chan struct{}) {
	defer s.wg.Done()
	<-stop
}

func (s *starter) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop == nil {
		return
	}
	close(s.stop)
	s.wg.Wait()
	s.stop = nil
}

// A latch is set by the first error of many.
type latch struct {
	mu   sync.Mutex
	err  error
	done chan struct{}
}

func newLatch() *latch { return &latch{done: make(chan struct{})} }

func (l *latch) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
		close(l.done)
	}
}

func allOf(ctx context.Context, works []func(context.Context) error) error {
	l := newLatch()
	var wg sync.WaitGroup
	for _, work := range works {
		wg.Go(func() {
			if err := work(ctx); err != nil {
				l.fail(err)
			}
		})
	}
	wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// pipeline closes each stage's output by its sole sender.
func pipeline(ctx context.Context, xs []int) <-chan int {
	squares, sums := make(chan int), make(chan int)
	go func() {
		defer close(squares)
		for _, x := range xs {
			select {
			case squares <- x * x:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(sums)
		sum := 0
		for s := range squares {
			sum += s
			select {
			case sums <- sum:
			case <-ctx.Done():
				return
			}
		}
	}()
	return sums
}

// handoff closes ready on success, and leaves it on failure.
func handoff(listen func() (net.Listener, error)) (net.Listener, error) {
	ready := make(chan struct{})
	go func() {
		<-ready
	}()
	l, err := listen()
	if err != nil {
		close(ready)
		return nil, err
	}
	close(ready)
	return l, nil
}

// firstTick closes at the first of many ticks.
func firstTick(ticks <-chan time.Time, ready chan<- struct{}) {
	first := true
	for range ticks {
		if first {
			close(ready)
			first = false
		}
	}
}

// closeOnFirst lets the zero value of the variable say that it is closed.
func closeOnFirst(events <-chan error) {
	ready := make(chan struct{})
	started := ready
	go func() { <-started }()
	for err := range events {
		if err == nil && ready != nil {
			close(ready)
			ready = nil
		}
	}
}

// retry has a channel for each attempt.
func retry(attempt func(stop <-chan struct{}) error) error {
	for {
		stop := make(chan struct{})
		err := attempt(stop)
		close(stop)
		if err == nil {
			return nil
		}
	}
}

// stopped asks a helper under the lock.
type stopped struct {
	mu   sync.RWMutex
	done chan struct{}
}

func newStopped() *stopped {
	s := &stopped{done: make(chan struct{})}
	go s.watch()
	return s
}

func (s *stopped) isStopped() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

func (s *stopped) watch() {
	time.Sleep(time.Minute)
	s.Stop()
}

func (s *stopped) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isStopped() {
		return
	}
	close(s.done)
}

// A tree's nodes have channels of their own.
type node struct {
	done     chan struct{}
	children []*node
}

func (n *node) close() {
	for _, c := range n.children {
		c.close()
	}
	close(n.done)
}

func grow(depth int) *node {
	n := &node{done: make(chan struct{})}
	if depth > 0 {
		n.children = append(n.children, grow(depth-1), grow(depth-1))
	}
	return n
}

func useTree() {
	t := grow(3)
	defer t.close()
	<-t.children[0].done
}

// eitherEnd closes at one of two places, by the result.
func eitherEnd(work func() (bool, error)) error {
	done := make(chan struct{})
	ok, err := work()
	if err != nil {
		close(done)
		return err
	}
	if ok {
		go func() {
			defer close(done)
			_, _ = work()
		}()
		return nil
	}
	close(done)
	return nil
}

// ack closes the message's own channel.
type message struct{ ack chan struct{} }

func acks(in <-chan *message) {
	for m := range in {
		close(m.ack)
	}
}

func post(out chan<- *message) {
	for range 3 {
		m := &message{ack: make(chan struct{})}
		out <- m
		<-m.ack
	}
}

// barrier is opened by the last to arrive.
type barrier struct {
	mu   sync.Mutex
	left int
	open chan struct{}
}

func newBarrier(n int) *barrier { return &barrier{left: n, open: make(chan struct{})} }

func (b *barrier) wait() {
	b.mu.Lock()
	b.left--
	if b.left == 0 {
		close(b.open)
	}
	b.mu.Unlock()
	<-b.open
}

func meet(n int) {
	b := newBarrier(n)
	var wg sync.WaitGroup
	for range n {
		wg.Go(b.wait)
	}
	wg.Wait()
}

// A service is enabled and disabled again and again, with a channel for each
// turn.
type service struct {
	mu      sync.Mutex
	cancel  context.CancelFunc
	running chan struct{}
}

func (s *service) Enable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	s.running = make(chan struct{})
	go s.background(ctx)
}

func (s *service) Disable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
		<-s.running
	}
}

func (s *service) Close() { s.Disable() }

func newService() *service {
	s := new(service)
	s.Enable()
	return s
}

func (s *service) background(ctx context.Context) {
	defer close(s.running)
	<-ctx.Done()
}

// A listener's end is closed by its own goroutine, or by who removes one that
// was never started.
type listener struct {
	events   chan int
	finished chan struct{}
}

func (l *listener) run() {
	defer close(l.finished)
	for range l.events {
	}
}

type processor struct {
	mu        sync.Mutex
	started   bool
	listeners map[*listener]bool
}

func (p *processor) add(l *listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.listeners[l] = true
	if p.started {
		go l.run()
	}
}

func (p *processor) remove(l *listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.listeners[l] {
		return
	}
	delete(p.listeners, l)
	if p.started {
		close(l.events)
	} else {
		close(l.finished)
	}
}

func (p *processor) start() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.listeners {
		go l.run()
	}
	p.started = true
}

// An ambient service is enabled when it is made, and by its own goroutine.
type ambient struct {
	service *service
	changed chan bool
}

func newAmbient(on bool) *ambient {
	s := new(service)
	if on {
		s.Enable()
	}
	a := &ambient{service: s, changed: make(chan bool)}
	go a.watch()
	return a
}

func (a *ambient) Close() { close(a.changed) }

func (a *ambient) watch() {
	for on := range a.changed {
		if on {
			a.service.Enable()
		} else {
			a.service.Disable()
		}
	}
}

// group runs a method value.
type group struct{ wg sync.WaitGroup }

func (g *group) start(f func()) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f()
	}()
}

func (p *processor) startIn(g *group, l *listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started {
		g.start(l.run)
	}
}

// proxied gives its channel to code that is not seen, and closes it when that
// has answered all that was sent.
func proxied(in []int) {
	ch := make(chan int)
	out := proxy(ch)
	go func() {
		for _, i := range in {
			ch <- i
		}
	}()
	for n := 0; ; {
		select {
		case <-out:
			n++
		case <-time.After(time.Second):
			return
		}
		if n >= len(in) {
			break
		}
	}
	go func() {
		defer close(ch)
		for _, i := range in {
			ch <- i
		}
	}()
}

var proxy func(<-chan int) <-chan int
