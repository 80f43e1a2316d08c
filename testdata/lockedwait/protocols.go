package lockedwait

import "sync"

// Goroutines that talk to each other in both directions, with the lock on the
// way, and their nearest neighbours that say under the lock that they wait.

// -- requests that carry their own answer --

type request struct {
	n    int
	done chan struct{}
}

// Actor asks its loop under the lock that the loop takes for each request.
type Actor struct {
	mu    sync.Mutex
	queue chan *request
	sum   int
}

func NewActor() *Actor {
	a := &Actor{queue: make(chan *request, 8)}
	go a.loop()
	return a
}

func (a *Actor) loop() {
	for r := range a.queue {
		a.mu.Lock() // related `^a\.mu is locked here, before the answer$`
		a.sum += r.n
		a.mu.Unlock()
		close(r.done) // related `^r\.done is closed here$`
	}
}

func (a *Actor) Ask(n int) {
	r := &request{n: n, done: make(chan struct{})}
	a.mu.Lock() // related `^a\.mu is locked here$`
	defer a.mu.Unlock()
	a.queue <- r
	<-r.done // want `^this receive from r\.done waits while a\.mu is held, which whoever closes it locks first, at line \d+$`
}

func (a *Actor) AskRepaired(n int) int {
	r := &request{n: n, done: make(chan struct{})}
	a.queue <- r
	<-r.done
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sum
}

// Keeper is stopped by a channel on which the answer is awaited.
type Keeper struct {
	mu   sync.RWMutex
	stop chan chan struct{}
	keep map[string]int
}

func NewKeeper() *Keeper {
	k := &Keeper{stop: make(chan chan struct{}, 1), keep: make(map[string]int)}
	go k.run()
	return k
}

func (k *Keeper) run() {
	for i := 0; ; i++ {
		select {
		case reply := <-k.stop:
			k.mu.Lock() // related `^k\.mu is locked here, before the answer$`
			clear(k.keep)
			k.mu.Unlock()
			reply <- struct{}{} // related `^reply is sent on here$`
			return
		default:
		}
	}
}

func (k *Keeper) Stop() {
	k.mu.RLock() // related `^k\.mu is read-locked here$`
	defer k.mu.RUnlock()
	reply := make(chan struct{})
	k.stop <- reply
	<-reply // want `^this receive from reply waits while k\.mu is read-locked, which its sender locks first, at line \d+$`
}

// -- defers --

// Deferring waits in a deferred call that runs before the one that unlocks.
type Deferring struct {
	mu sync.Mutex
	wg sync.WaitGroup
	n  int
}

func (d *Deferring) Run(n int) {
	d.mu.Lock() // related `^d\.mu is locked here$`
	defer d.mu.Unlock()
	defer d.wg.Wait() // want `^d\.wg\.Wait waits while d\.mu is held, which a goroutine that it waits for locks first, at line \d+$`
	for range n {
		d.wg.Add(1)
		go func() {
			defer d.wg.Done() // related `^this is what d\.wg waits for$` `^this is what d\.wg waits for$`
			d.add()
		}()
	}
}

// RunRepaired defers in the other order.
func (d *Deferring) RunRepaired(n int) {
	defer d.wg.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	for range n {
		d.wg.Add(1)
		go func() {
			defer d.wg.Done()
			d.add()
		}()
	}
}

func (d *Deferring) add() {
	d.mu.Lock() // related `^d\.mu is locked here, before the answer$` `^d\.mu is locked here, before the answer$`
	defer d.mu.Unlock()
	d.n++
}

// -- instances --

// A session is closed under its own lock, one after the other.
type session struct {
	mu   sync.Mutex
	done chan struct{}
	open bool
}

func startSession() *session {
	s := &session{done: make(chan struct{})}
	go func() {
		defer close(s.done) // related `^s\.done is closed here$`
		s.mu.Lock()         // related `^s\.mu is locked here, before the answer$`
		s.open = false
		s.mu.Unlock()
	}()
	return s
}

func closeSessions(all []*session) {
	for _, s := range all {
		s.mu.Lock() // related `^s\.mu is locked here$`
		<-s.done    // want `^this receive from s\.done waits while s\.mu is held, which whoever closes it locks first, at line \d+$`
		s.mu.Unlock()
	}
}

// A node waits for its children, each of which has a lock of its own.
type node struct {
	mu       sync.Mutex
	children []*node
	done     chan struct{}
	n        int
}

func newNode() *node {
	n := &node{done: make(chan struct{})}
	go func() {
		defer close(n.done)
		n.mu.Lock()
		n.n++
		n.mu.Unlock()
	}()
	return n
}

func (n *node) stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.children {
		<-c.done
	}
}

// -- a function that locks and returns the unlock function --

func (d *Deferring) lock() func() {
	d.mu.Lock() // related `^d\.mu is locked here$`
	return d.mu.Unlock
}

func (d *Deferring) RunLocked() {
	defer d.lock()()
	d.wg.Add(1)
	go func() {
		d.add()
		d.wg.Done()
	}()
	d.wg.Wait() // want `^d\.wg\.Wait waits while d\.mu is held, which a goroutine that it waits for locks first, at line \d+$`
}

// -- said under the lock --

// Waiters are counted under the lock, and woken one by one.
type Waiters struct {
	mu    sync.Mutex
	n     int
	ready bool
	wake  chan struct{}
	list  []chan int
}

func NewWaiters() *Waiters { return &Waiters{wake: make(chan struct{})} }

func (w *Waiters) Wait() {
	w.mu.Lock()
	w.n++
	w.mu.Unlock()
	<-w.wake
}

func (w *Waiters) Wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n > 0 {
		w.n--
		w.wake <- struct{}{}
	}
}

func (w *Waiters) WakeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ; w.n > 0; w.n-- {
		w.wake <- struct{}{}
	}
}

func (w *Waiters) WakeEarly() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n == 0 {
		return
	}
	w.n--
	w.wake <- struct{}{}
}

// Topic sends to those that have subscribed under the lock.
type Topic struct {
	mu   sync.Mutex
	subs map[*sub]bool
}

type sub struct{ ch chan int }

func (t *Topic) Listen() int {
	s := &sub{ch: make(chan int)}
	t.mu.Lock()
	t.subs[s] = true
	t.mu.Unlock()
	return <-s.ch
}

func (t *Topic) Publish(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for s := range t.subs {
		s.ch <- n
		delete(t.subs, s)
	}
}

// Flagged waits only if the other side has not said under the lock that it is
// over, which is no help.
type Flagged struct {
	mu      sync.Mutex
	running bool
	done    chan struct{}
}

func (f *Flagged) Start() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = true
	f.done = make(chan struct{})
	go f.run()
}

func (f *Flagged) run() {
	f.mu.Lock() // related `^f\.mu is locked here, before the answer$`
	f.running = false
	f.mu.Unlock()
	close(f.done) // related `^f\.done is closed here$`
}

func (f *Flagged) Stop() {
	f.mu.Lock() // related `^f\.mu is locked here$`
	defer f.mu.Unlock()
	if !f.running {
		return
	}
	<-f.done // want `^this receive from f\.done waits while f\.mu is held, which whoever closes it locks first, at line \d+$`
}

// -- relays --

// Pipeline waits for its second stage, which waits for the first, which needs
// the lock.
type Pipeline struct {
	mu          sync.Mutex
	first, last chan struct{}
	n           int
}

func NewPipeline() *Pipeline {
	p := &Pipeline{first: make(chan struct{}), last: make(chan struct{})}
	go p.one()
	go p.two()
	return p
}

func (p *Pipeline) one() {
	p.mu.Lock() // related `^p\.mu is locked here, before the answer$`
	p.n++
	p.mu.Unlock()
	close(p.first) // related `^p\.first is closed here$`
}

func (p *Pipeline) two() {
	<-p.first     // related `^this receive from p\.first waits for that before the answer$`
	close(p.last) // related `^p\.last is closed here$`
}

func (p *Pipeline) Wait() int {
	p.mu.Lock() // related `^p\.mu is locked here$`
	defer p.mu.Unlock()
	<-p.last // want `^this receive from p\.last waits while p\.mu is held, which whoever closes it waits for first, at line \d+$`
	return p.n
}

// FreePipeline has a first stage that does without the lock.
type FreePipeline struct {
	mu          sync.Mutex
	first, last chan struct{}
	n           int
}

func NewFreePipeline() *FreePipeline {
	p := &FreePipeline{first: make(chan struct{}), last: make(chan struct{})}
	go func() { close(p.first) }()
	go func() {
		<-p.first
		close(p.last)
	}()
	return p
}

func (p *FreePipeline) Wait() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	<-p.last
	return p.n
}
