// Package order has goroutines that are in order for reasons which no
// WaitGroup or channel of theirs shows at once.
package order

import (
	"os/exec"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// lastCloses counts the senders that are left; the last one closes.
func lastCloses(hosts []string, connect func(string)) {
	done := make(chan struct{}, len(hosts))
	var left atomic.Int64
	left.Add(1)
	for _, host := range hosts {
		left.Add(1)
		go func() {
			connect(host)
			done <- struct{}{}
			if left.Add(-1) == 0 {
				close(done)
			}
		}()
	}
	if left.Add(-1) == 0 {
		close(done)
	}
	for range done {
	}
}

// lastClosesByAddress does so with a plain counter.
func lastClosesByAddress(hosts []string, connect func(string)) <-chan string {
	var left int32 = int32(len(hosts))
	out := make(chan string, len(hosts))
	for _, host := range hosts {
		go func() {
			connect(host)
			out <- host
			if atomic.AddInt32(&left, -1) == 0 {
				close(out)
			}
		}()
	}
	return out
}

// A bus replays the last event to a new subscriber on a goroutine that is
// handed the lock of its node.
type bus struct {
	mu    sync.Mutex
	nodes map[string]*node
}

type node struct {
	mu    sync.Mutex
	last  any
	sinks []chan any
}

type subscription struct {
	ch    chan any
	nodes []*node
	once  sync.Once
}

func (b *bus) withNode(name string, now, async func(*node)) {
	b.mu.Lock()
	n := b.nodes[name]
	n.mu.Lock()
	b.mu.Unlock()
	now(n)
	if async == nil {
		n.mu.Unlock()
	} else {
		go func() {
			defer n.mu.Unlock()
			async(n)
		}()
	}
}

func (b *bus) Subscribe(names []string) *subscription {
	out := &subscription{ch: make(chan any, 16), nodes: make([]*node, len(names))}
	for i, name := range names {
		b.withNode(name, func(n *node) {
			n.sinks = append(n.sinks, out.ch)
			out.nodes[i] = n
		}, func(n *node) {
			if l := n.last; l != nil {
				out.ch <- l
			}
		})
	}
	return out
}

func (s *subscription) Close() {
	s.once.Do(func() {
		for _, n := range s.nodes {
			n.mu.Lock()
			n.sinks = nil
			n.mu.Unlock()
		}
		close(s.ch)
	})
}

// serveAll receives as many errors as there are servers, one of them early.
func serveAll(servers []func() error, stop <-chan struct{}) (err error) {
	errs := make(chan error)
	for _, serve := range servers {
		go func() { errs <- serve() }()
	}
	left := len(servers)
	select {
	case <-stop:
	case err = <-errs:
		left--
	}
	for i := 0; i < left; i++ {
		<-errs
	}
	close(errs)
	return err
}

// serveOne starts a server if there is one.
func serveOne(serve func() error, n int) {
	errs := make(chan error)
	if serve != nil {
		go func() { errs <- serve() }()
	}
	for range n {
		<-errs
	}
	close(errs)
}

type recorder struct {
	actions chan int
}

func (r *recorder) wait(n int) {
	for range n {
		if <-r.actions < 0 {
			panic("no action")
		}
	}
}

// drainUntilTold closes once it has received what the other one sends last.
func drainUntilTold(t *testing.T, r *recorder, publish func()) {
	ch := make(chan struct{})
	go func() {
		defer close(ch)
		r.wait(2)
		for {
			select {
			case <-ch:
				return
			default:
				r.wait(1)
			}
		}
	}()
	publish()
	ch <- struct{}{}
	<-ch
}

// A process sends to the out channel of its session, and is awaited when killed.
type process struct {
	out  chan<- string
	done chan struct{}
	cmd  *exec.Cmd
}

func session(in <-chan string, failed <-chan error) {
	out := make(chan string)
	go func() {
		for range out {
		}
	}()
	defer close(out)
	procs := make(map[string]*process)
	for {
		select {
		case id := <-in:
			procs[id].kill()
			procs[id] = startProcess(id, out)
		case <-failed:
			for _, p := range procs {
				p.kill()
			}
			return
		}
	}
}

func startProcess(id string, dest chan<- string) *process {
	done := make(chan struct{})
	out := make(chan string)
	p := &process{out: out, done: done}
	go func() {
		defer close(done)
		for m := range out {
			dest <- id + m
		}
	}()
	if err := p.start(); err != nil {
		p.end(err)
		return nil
	}
	go func() { p.end(p.cmd.Wait()) }()
	return p
}

func (p *process) start() error {
	p.cmd = exec.Command("true")
	return p.cmd.Start()
}

func (p *process) kill() {
	if p == nil {
		return
	}
	p.cmd.Process.Kill()
	<-p.done
}

func (p *process) end(err error) {
	if err != nil {
		p.out <- err.Error()
	}
	p.out <- "end"
	close(p.out)
}

// An unbounded buffer closes its channel when its backlog is empty, and sends
// on it when it is not.
type unbounded[T any] struct {
	mu              sync.Mutex
	c               chan T
	closed, closing bool
	backlog         []T
}

func newUnbounded[T any]() *unbounded[T] { return &unbounded[T]{c: make(chan T, 1)} }

func (b *unbounded[T]) load() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.backlog) > 0 {
		select {
		case b.c <- b.backlog[0]:
			b.backlog = b.backlog[1:]
		default:
		}
	} else if b.closing && !b.closed {
		b.closed = true
		close(b.c)
	}
}

func (b *unbounded[T]) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closing {
		return
	}
	b.closing = true
	if len(b.backlog) == 0 {
		b.closed = true
		close(b.c)
	}
}

func useUnbounded(stop <-chan struct{}) {
	b := newUnbounded[int]()
	go func() {
		<-stop
		b.close()
	}()
	for range b.c {
		b.load()
	}
	b.close()
	b.load()
}

// A worker counts itself, which the first answer shows to have happened.
type worker struct {
	wg   sync.WaitGroup
	reqs <-chan int
}

func newWorker(reqs <-chan int) *worker { return &worker{reqs: reqs} }

func (w *worker) loop() {
	w.wg.Add(1)
	defer w.wg.Done()
	for range w.reqs {
		time.Sleep(time.Millisecond)
	}
}

func oneRequest() {
	reqs := make(chan int)
	w := newWorker(reqs)
	go w.loop()
	reqs <- 1
	close(reqs)
	w.wg.Wait()
}

// A listener is counted before it starts; its loop may count further ones.
type listener struct {
	mu      sync.Mutex
	wg      sync.WaitGroup
	accept  func() error
	closeFn func() error
	named   map[string]func()
}

type listeners struct {
	mu  sync.Mutex
	all map[string]*listener
}

func (s *listeners) listen(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.all[name]
	if ok {
		return l.add(name)
	}
	closeFn := func() error { return nil }
	l = &listener{named: make(map[string]func()), closeFn: closeFn}
	s.all[name] = l
	if err := l.add(name); err != nil {
		l.Close()
		return err
	}
	l.wg.Add(1)
	go l.run()
	return nil
}

func (l *listener) add(name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.named[name] = func() { l.remove(name) }
	return nil
}

func (l *listener) remove(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.named, name)
	if len(l.named) == 0 {
		l.closeFn()
		l.mu.Unlock()
		l.wg.Wait()
		l.mu.Lock()
	}
}

func (l *listener) run() {
	defer l.Close()
	defer l.wg.Done()
	for l.accept() == nil {
		l.wg.Add(1)
		go func() {
			defer l.wg.Done()
			time.Sleep(time.Millisecond)
		}()
	}
}

func (l *listener) Close() error {
	l.mu.Lock()
	err := l.closeFn()
	l.mu.Unlock()
	l.wg.Wait()
	return err
}

// A reader joins the goroutines of one generation before the next one starts.
type reader struct {
	mu   sync.Mutex
	join sync.WaitGroup
	next chan *generation
	stop chan struct{}
}

type generation struct {
	wg   sync.WaitGroup
	done chan struct{}
}

func (g *generation) start(f func(done <-chan struct{})) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		f(g.done)
	}()
}

func (r *reader) subscribe(parts []func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.join.Add(len(parts))
	for _, p := range parts {
		go func() {
			defer r.join.Done()
			p()
		}()
	}
}

func (r *reader) run(parts []func()) {
	for {
		var g *generation
		select {
		case g = <-r.next:
		case <-r.stop:
			return
		}
		r.subscribe(parts)
		g.start(func(done <-chan struct{}) {
			select {
			case <-done:
			case <-r.stop:
			}
			r.join.Wait()
		})
	}
}

func newReader(parts []func()) *reader {
	r := &reader{next: make(chan *generation), stop: make(chan struct{})}
	go r.run(parts)
	return r
}

func (r *reader) close() { close(r.stop) }

// A quota wakes all that wait for it by a new channel.
type quota struct {
	mu      sync.Mutex
	wake    chan struct{}
	free    int
	waiting int
}

func newQuota() *quota {
	q := &quota{wake: make(chan struct{}, 1)}
	go q.refill()
	return q
}

func (q *quota) do(f func() bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return f()
}

func (q *quota) release() {
	q.do(func() bool {
		q.free++
		if q.free > 0 && q.waiting > 0 {
			select {
			case q.wake <- struct{}{}:
			default:
			}
		}
		return true
	})
}

func (q *quota) refill() {
	var updates []func()
	for n := range 3 {
		update := func() {
			q.free += n
			if q.waiting > 0 {
				close(q.wake)
				q.wake = make(chan struct{}, 1)
			}
		}
		updates = append(updates, update)
	}
	q.do(func() bool {
		for _, f := range updates {
			f()
		}
		return true
	})
	go q.release()
}

// three receives from each of the three goroutines.
func three() {
	ch := make(chan int, 100)
	done := make(chan bool)
	for range 3 {
		go func() {
			ch <- 1
			done <- true
		}()
	}
	for range 3 {
		<-done
	}
	close(ch)
}

// tried sends only with the lock, and only before the close.
func tried(mu *sync.Mutex) {
	ch := make(chan int, 100)
	closed := false
	go func() {
		if mu.TryLock() {
			if !closed {
				ch <- 1
			}
			mu.Unlock()
		}
	}()
	mu.Lock()
	closed = true
	close(ch)
	mu.Unlock()
}

// relayed waits for goroutines which the worker must have answered.
func relayed() {
	reqs := make(chan int)
	w := newWorker(reqs)
	go w.loop()
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() { reqs <- i })
	}
	wg.Wait()
	close(reqs)
	w.wg.Wait()
}

// A registry and the log in it have one lock, which the log was handed.
type registry struct {
	mu  sync.Mutex
	log record
	n   int
}

type record struct {
	mu    *sync.Mutex
	lines []string
}

func (r *record) init(mu *sync.Mutex) { r.mu = mu }

func (r *record) add(s string) {
	r.mu.Lock()
	r.lines = append(r.lines, s)
	r.mu.Unlock()
}

// flush is called with the lock held, and lets go of it for the writer.
func (r *record) flush(write func([]string)) {
	lines := r.lines
	r.lines = nil
	r.mu.Unlock()
	write(lines)
	r.mu.Lock()
}

func newRegistry() *registry {
	g := new(registry)
	g.log.init(&g.mu)
	return g
}

func (g *registry) count(write func([]string)) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	g.log.flush(write)
	return g.n
}

// reset is called with the lock held, and lets go of it for the writer.
func (g *registry) reset(write func([]string)) {
	n := g.n
	g.mu.Unlock()
	write(make([]string, n))
	g.mu.Lock()
	g.n = 0
}

func (g *registry) drain(write func([]string)) {
	g.log.mu.Lock()
	defer g.log.mu.Unlock()
	g.log.lines = nil
	g.reset(write)
}
