package sharedrace

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// The constructor starts a goroutine that reads the field in each turn.
type client struct {
	conn net.Conn
	done chan struct{}
	name string
}

func newClient(conn net.Conn) *client {
	// races: a, b := net.Pipe(); c := newClient(a); b.Write([]byte{1}); c.Close()
	c := &client{conn: conn, done: make(chan struct{})}
	c.name = "x"
	go c.loop() // related `^the goroutine that has c\.conn starts here$` `^the goroutine that has c\.name starts here$`
	return c
}

func (c *client) loop() {
	defer close(c.done)
	buf := make([]byte, 10)
	for {
		if _, err := c.conn.Read(buf); err != nil { // related `^c\.conn is read here at the same time$`
			return
		}
		use(c.name) // related `^c\.name is read here at the same time$`
	}
}

func (c *client) Close() error {
	err := c.conn.Close()
	c.conn = nil // want `^c\.conn is written while a goroutine that newClient starts may be reading it at line \d+$`
	return err
}

func (c *client) SetName(name string) { c.name = name } // want `^c\.name is written while a goroutine that newClient starts may be reading it at line \d+$`

func (c *client) Name() string { return c.name }

// The same, but Close waits until the goroutine has ended.
type patient struct {
	conn net.Conn
	done chan struct{}
}

func newPatient(conn net.Conn) *patient {
	// ordered: a, _ := net.Pipe(); newPatient(a).Close()
	c := &patient{conn: conn, done: make(chan struct{})}
	go c.loop()
	return c
}

func (c *patient) loop() {
	defer close(c.done)
	for {
		if _, err := c.conn.Write(nil); err != nil {
			return
		}
	}
}

func (c *patient) Close() error {
	err := c.conn.Close()
	<-c.done
	c.conn = nil
	return err
}

// Started by a method, and stopped by another, which does not wait.
type ticker struct {
	quit  chan struct{}
	every time.Duration
	ticks int
	mu    sync.Mutex
	safe  int
}

func (t *ticker) Start() {
	// races: t := &ticker{quit: make(chan struct{})}; t.Start(); time.Sleep(5 * time.Millisecond); t.Ticks(); t.Safe(); t.Stop()
	t.every = time.Second
	go t.run() // related `^the goroutine that has t\.ticks starts here$` `^the goroutine that has t\.every starts here$`
}

func (t *ticker) run() {
	for {
		select {
		case <-t.quit:
			return
		case <-time.After(t.every): // related `^t\.every is read here at the same time$`
		}
		t.ticks++ // want `^t\.ticks is written by a goroutine that \(\*ticker\)\.Start starts, and may be read at the same time at line \d+$`
		t.mu.Lock()
		t.safe++
		t.mu.Unlock()
	}
}

func (t *ticker) Stop() {
	close(t.quit)
	t.every = 0 // want `^t\.every is written while a goroutine that \(\*ticker\)\.Start starts may be reading it at line \d+$`
}

func (t *ticker) Ticks() int { return t.ticks } // related `^t\.ticks is read here at the same time$`

func (t *ticker) Safe() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.safe
}

// SetEvery may be called before Start, for all that is seen.
func (t *ticker) SetEvery(d time.Duration) { t.every = d }

// A job tells when its result is there.
type job struct {
	done   chan struct{}
	result int
	err    error
}

func newJob() *job {
	// ordered: j := newJob(); j.Wait(); j.Result()
	j := &job{done: make(chan struct{})}
	go j.run()
	return j
}

func (j *job) run() {
	defer close(j.done)
	j.result = 3
}

func (j *job) Done() <-chan struct{} { return j.done }

func (j *job) Result() int { return j.result }

func (j *job) Wait() error {
	<-j.done
	return j.err
}

// The context ends the goroutine.
type service struct {
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	handler func()
	state   int
	calls   atomic.Int64
}

func newService(ctx context.Context) *service {
	// races: s := newService(context.Background()); time.Sleep(5 * time.Millisecond); s.Kill()
	ctx, cancel := context.WithCancel(ctx)
	s := &service{cancel: cancel}
	s.wg.Add(1)
	go func() { // related `^the goroutine that has s\.state starts here$`
		defer s.wg.Done()
		for {
			select {
			case <-ctx.Done():
				return
			default:
				s.state++ // want `^s\.state is written by a goroutine that newService starts, and may be written at the same time at line \d+$`
				s.calls.Add(1)
			}
		}
	}()
	return s
}

func (s *service) Stop() {
	// ordered: newService(context.Background()).Stop()
	s.cancel()
	s.wg.Wait()
	use(s.state)
}

func (s *service) Kill() {
	s.state = -1 // related `^s\.state is written here at the same time$`
	s.cancel()
}

// All is done by one goroutine, which others ask by channel.
type actor struct {
	reqs  chan int
	reply chan int
	sum   int
}

func newActor() *actor {
	// ordered: a := newActor(); a.Add(1); a.Sum()
	a := &actor{reqs: make(chan int), reply: make(chan int)}
	go a.loop()
	return a
}

func (a *actor) loop() {
	for n := range a.reqs {
		a.sum += n
		a.reply <- a.sum
	}
}

func (a *actor) Add(n int) int {
	a.reqs <- n
	return <-a.reply
}

func (a *actor) Sum() int {
	a.reqs <- 0
	<-a.reply
	return a.sum
}

// A map is written by the goroutine and read by a method.
type registry struct {
	entries map[string]int
	in      chan string
}

func newRegistry() *registry {
	// races: r := newRegistry(); r.in <- "x"; r.Len()
	r := &registry{entries: map[string]int{}, in: make(chan string)}
	go r.collect() // related `^the goroutine that has r\.entries\[s\] starts here$`
	return r
}

func (r *registry) collect() {
	for s := range r.in {
		r.add(s)
	}
}

func (r *registry) add(s string) { r.entries[s]++ } // want `^r\.entries\[s\] is written by a goroutine that newRegistry starts, and may be read at the same time at line \d+$`

func (r *registry) Len() int { return len(r.entries) } // related `^r\.entries is read here at the same time$`

// Options are applied before the goroutine starts.
type option func(*worker)

type worker struct {
	size int
	in   chan int
}

func withSize(n int) option { return func(w *worker) { w.size = n } }

func newWorker(opts ...option) *worker {
	// ordered: newWorker(withSize(1)).Size()
	w := &worker{in: make(chan int)}
	for _, o := range opts {
		o(w)
	}
	w.setup()
	go w.run()
	return w
}

func (w *worker) setup() { w.size++ }

func (w *worker) run() {
	for n := range w.in {
		use(n, w.size)
	}
}

func (w *worker) Size() int { return w.size }

// Two goroutines of two methods.
type pump struct {
	moved int
	lost  int
}

func (p *pump) StartIn() {
	// races: p := &pump{}; p.StartIn(); p.StartOut()
	go func() { // related `^the goroutine that has p\.moved starts here$`
		for {
			p.moved++ // want `^p\.moved is written by a goroutine that \(\*pump\)\.StartIn starts, and may be written at the same time at line \d+$`
			time.Sleep(time.Second)
		}
	}()
}

func (p *pump) StartOut() {
	go func() {
		for {
			p.moved-- // related `^p\.moved is written here at the same time$`
			time.Sleep(time.Second)
		}
	}()
}

// Generic, embedded.
type base[T any] struct{ val T }

type holder[T any] struct {
	base[T]
	in chan T
}

func newHolder[T any]() *holder[T] {
	// races: h := newHolder[int](); h.in <- 1; h.Val()
	h := &holder[T]{in: make(chan T)}
	go h.loop() // related `^the goroutine that has h\.val starts here$`
	return h
}

func (h *holder[T]) loop() {
	for v := range h.in {
		h.val = v // want `^h\.val is written by a goroutine that newHolder starts, and may be read at the same time at line \d+$`
	}
}

func (h *holder[T]) Val() T { return h.val } // related `^h\.val is read here at the same time$`

// The goroutine ends before the constructor returns.
type loader struct{ data []int }

func newLoader() *loader {
	l := &loader{}
	var wg sync.WaitGroup
	wg.Go(func() { l.data = []int{1} })
	wg.Wait()
	return l
}

func (l *loader) Data() []int { return l.data }

// Started while the package is initialised.
var rate = 10

func init() {
	go func() { // related `^the goroutine that has rate starts here$`
		for {
			time.Sleep(time.Duration(rate)) // related `^rate is read here at the same time$`
		}
	}()
}

// races: SetRate(1)
func SetRate(n int) { rate = n } // want `^rate is written while a goroutine that init starts may be reading it at line \d+$`

func Rate() int { return rate }

// Of a goroutine per call each has an object of its own.
type request struct{ n int }

func serve(n int) {
	r := &request{n: n}
	go r.handle()
}

func (r *request) handle() { r.n++ }

func (r *request) N() int { return r.n }

// What the goroutine reads when it starts it has read by the time of Restart.
type session struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newSession(ctx context.Context) *session {
	// ordered: newSession(context.Background())
	ctx, cancel := context.WithCancel(ctx)
	s := &session{ctx: ctx, cancel: cancel}
	go s.run()
	return s
}

func (s *session) run() { <-s.ctx.Done() }

func (s *session) Restart(ctx context.Context) {
	s.cancel()
	s.ctx, s.cancel = context.WithCancel(ctx)
}

// Nil means that it is done with, while the loop goes on.
type listener struct {
	ln net.Listener
}

func (l *listener) Start() { go l.accept() } // related `^the goroutine that has l\.ln starts here$`

func (l *listener) accept() {
	for {
		conn, err := l.ln.Accept() // related `^l\.ln is read here at the same time$`
		use(conn, err)
	}
}

func (l *listener) Close() {
	l.ln.Close()
	l.ln = nil // want `^l\.ln is written while a goroutine that \(\*listener\)\.Start starts may be reading it at line \d+$`
}

// Of an interface with one implementation the method is known.
type tracker interface{ track() }

type steps struct{ n int }

func (s *steps) track() { s.n++ } // want `^s\.n is written by a goroutine that newSteps starts, and may be read at the same time at line \d+$`

func newSteps() *steps {
	// races: newSteps().Count()
	s := &steps{}
	var t tracker = s
	go func() { // related `^the goroutine that has s\.n starts here$`
		for {
			t.track()
		}
	}()
	return s
}

func (s *steps) Count() int { return s.n } // related `^s\.n is read here at the same time$`

// A method value.
type meter struct{ n int }

func (m *meter) run() {
	for {
		m.step()
	}
}

func (m *meter) step() { m.n++ } // want `^m\.n is written by a goroutine that newMeter starts, and may be read at the same time at line \d+$`

func newMeter() *meter {
	// races: newMeter().N()
	m := &meter{}
	run := m.run
	go run() // related `^the goroutine that has m\.n starts here$`
	return m
}

func (m *meter) N() int { return m.n } // related `^m\.n is read here at the same time$`

// The condition of a loop.
type ticking struct{ stopped bool }

func newTicking() *ticking {
	// races: newTicking().Stop()
	t := &ticking{}
	go t.run() // related `^the goroutine that has t\.stopped starts here$`
	return t
}

func (t *ticking) run() {
	for !t.stopped { // related `^t\.stopped is read here at the same time$`
		time.Sleep(time.Second)
	}
}

func (t *ticking) Stop() {
	t.stopped = true // want `^t\.stopped is written while a goroutine that newTicking starts may be reading it at line \d+$`
}

// The condition of a loop that waits for the function to have decided.
type stepping struct {
	stopped bool
	steps   chan bool
}

func newStepping() *stepping {
	s := &stepping{steps: make(chan bool)}
	go s.run()
	return s
}

func (s *stepping) run() {
	for range s.steps {
		if s.stopped {
			return
		}
	}
}

func (s *stepping) Stop() {
	s.stopped = true
	s.steps <- true
}
