package lockedwait

import (
	"context"
	"sync"
	"time"
)

// Faults of published programs, told again in a few lines each, with their
// repairs.

// -- etcd 6873: a broadcaster waits for its goroutine under its lock --

type broadcasts struct {
	mu      sync.Mutex
	updatec chan *broadcast
	donec   chan struct{}
	all     map[*broadcast]struct{}
}

type broadcast struct{ n int }

func newBroadcasts() *broadcasts {
	bs := &broadcasts{
		updatec: make(chan *broadcast, 1),
		donec:   make(chan struct{}),
		all:     make(map[*broadcast]struct{}),
	}
	go func() {
		defer close(bs.donec) // related `^bs\.donec is closed here$`
		for b := range bs.updatec {
			bs.coalesce(b)
		}
	}()
	return bs
}

func (bs *broadcasts) coalesce(b *broadcast) {
	bs.mu.Lock() // related `^bs\.mu is locked here, before the answer$`
	b.n++
	bs.mu.Unlock()
}

func (bs *broadcasts) update(b *broadcast) {
	select {
	case bs.updatec <- b:
	default:
	}
}

func (bs *broadcasts) stop() {
	bs.mu.Lock() // related `^bs\.mu is locked here$`
	defer bs.mu.Unlock()
	close(bs.updatec)
	<-bs.donec // want `^this receive from bs\.donec waits while bs\.mu is held, which whoever closes it locks first, at line \d+$`
}

func (bs *broadcasts) stopRepaired() {
	bs.mu.Lock()
	all := bs.all
	bs.all = nil
	bs.mu.Unlock()
	println(len(all))
	close(bs.updatec)
	<-bs.donec
}

// -- Docker 28462: a health check is stopped under the container's lock --

type container struct {
	sync.Mutex
	health *health
}

type health struct{ stop chan struct{} }

func (h *health) openMonitor() chan struct{} {
	h.stop = make(chan struct{})
	return h.stop
}

func (h *health) closeMonitor() {
	if h.stop != nil {
		h.stop <- struct{}{} // want `^this send on h\.stop waits while c is held, which its receiver locks first, at line \d+$`
	}
}

func (h *health) closeMonitorRepaired() {
	if h.stop != nil {
		close(h.stop)
	}
}

func monitor(c *container, stop chan struct{}) {
	for {
		select {
		case <-stop: // related `^stop is received from here$`
			return
		default:
			handleProbe(c)
		}
	}
}

func handleProbe(c *container) {
	c.Lock() // related `^c is locked here, before the answer$`
	defer c.Unlock()
	println(c.health != nil)
}

func updateHealth(c *container) {
	stop := c.health.openMonitor()
	go monitor(c, stop)
}

func stopHealth(c *container) { c.health.closeMonitor() } // related `^this call of c\.health\.closeMonitor leads to the wait$`

func stateChanged(c *container) {
	c.Lock() // related `^c is locked here$`
	defer c.Unlock()
	stopHealth(c) // related `^this call of stopHealth leads to the wait$`
}

func runContainer() {
	c := &container{health: new(health)}
	updateHealth(c)
	go stateChanged(c)
}

// -- Kubernetes 10182: a status manager sends under the lock --

type statusManager struct {
	lock     sync.RWMutex
	statuses map[string]int
	channel  chan bool
}

func newStatusManager() *statusManager {
	return &statusManager{statuses: make(map[string]int), channel: make(chan bool)}
}

func (m *statusManager) Start() {
	go func() {
		for range 10 {
			m.syncBatch()
		}
	}()
}

func (m *statusManager) syncBatch() {
	<-m.channel // related `^m\.channel is received from here$`
	m.delete("a")
}

func (m *statusManager) delete(name string) {
	m.lock.Lock() // related `^m\.lock is locked here, before the answer$`
	defer m.lock.Unlock()
	delete(m.statuses, name)
}

func (m *statusManager) set(name string) {
	m.lock.Lock() // related `^m\.lock is locked here$`
	defer m.lock.Unlock()
	m.statuses[name] = 1
	m.channel <- true // want `^this send on m\.channel waits while m\.lock is held, which its receiver locks first, at line \d+$`
}

func (m *statusManager) setRepaired(name string) {
	m.lock.Lock()
	m.statuses[name] = 1
	m.lock.Unlock()
	m.channel <- true
}

func runStatus() {
	m := newStatusManager()
	m.Start()
	go m.set("a")
	go m.set("b")
}

// -- Kubernetes 6632: a framer resets a timer under its write lock --

type connection struct{ closed chan bool }

type framer struct {
	reset chan bool
	lock  sync.Mutex
	conn  *connection
}

func (f *framer) monitor() {
	reset := f.reset
	timer := time.NewTimer(time.Second)
	for {
		select {
		case <-timer.C:
			return
		case <-reset:
			timer.Reset(time.Second)
		case <-f.conn.closed:
			f.lock.Lock() // related `^f\.lock is locked here, before the answer$`
			close(reset)  // related `^reset is closed here$`
			f.reset = nil
			f.lock.Unlock()
			return
		}
	}
}

func (f *framer) write() {
	f.lock.Lock() // related `^f\.lock is locked here$`
	defer f.lock.Unlock()
	if f.reset == nil {
		return
	}
	f.reset <- true // want `^this send on f\.reset waits while f\.lock is held, which whoever closes it locks first, at line \d+$`
}

func runFramer() {
	f := &framer{reset: make(chan bool), conn: &connection{closed: make(chan bool)}}
	go f.monitor()
	go func() { f.conn.closed <- true }()
	go f.write()
}

type framerRepaired struct {
	reset chan bool
	lock  sync.Mutex
	conn  *connection
}

func (f *framerRepaired) monitor() {
	reset := f.reset
	for {
		select {
		case <-reset:
		case <-f.conn.closed:
			go func() {
				for range reset {
				}
			}()
			f.lock.Lock()
			close(reset)
			f.reset = nil
			f.lock.Unlock()
			return
		}
	}
}

func (f *framerRepaired) write() {
	f.lock.Lock()
	defer f.lock.Unlock()
	if f.reset == nil {
		return
	}
	f.reset <- true
}

func runFramerRepaired() {
	f := &framerRepaired{reset: make(chan bool), conn: &connection{closed: make(chan bool)}}
	go f.monitor()
	go func() { f.conn.closed <- true }()
	go f.write()
}

// -- Kubernetes 1321: a mux distributes under the lock that Stop needs --

type mux struct {
	lock     sync.Mutex
	watchers map[int]*muxWatcher
}

type muxWatcher struct {
	result chan int
	m      *mux
	id     int
}

func newMux() *mux {
	m := &mux{watchers: make(map[int]*muxWatcher)}
	go m.loop()
	return m
}

func (m *mux) watch() *muxWatcher {
	w := &muxWatcher{result: make(chan int), m: m, id: len(m.watchers)}
	m.watchers[w.id] = w
	return w
}

func (m *mux) loop() {
	for range 100 {
		m.distribute()
	}
}

func (m *mux) distribute() {
	m.lock.Lock() // related `^m\.lock is locked here$`
	defer m.lock.Unlock()
	for _, w := range m.watchers {
		w.result <- 1 // want `^this send on w\.result waits while m\.lock is held, which whoever closes it locks first, at line \d+$`
	}
}

func (w *muxWatcher) stop() { w.m.stopWatching(w.id) }

func (m *mux) stopWatching(id int) {
	m.lock.Lock() // related `^m\.lock is locked here, before the answer$`
	defer m.lock.Unlock()
	w, ok := m.watchers[id]
	if !ok {
		return
	}
	delete(m.watchers, id)
	close(w.result) // related `^w\.result is closed here$`
}

func runMux() {
	m := newMux()
	w := m.watch()
	go w.stop()
}

// -- gRPC 1353: a balancer notifies under its lock --

type balancer interface {
	Start()
	Up() func()
	Notify() <-chan bool
	Close()
}

type roundRobin struct {
	mu     sync.Mutex
	addrCh chan bool
	done   bool
	n      int
}

func newBalancer() balancer { return &roundRobin{} }

func (rr *roundRobin) watchUpdates() error {
	rr.mu.Lock() // related `^rr\.mu is locked here$`
	defer rr.mu.Unlock()
	if rr.done {
		return nil
	}
	rr.addrCh <- true // want `^this send on rr\.addrCh waits while rr\.mu is held, which its receiver locks first, at line \d+$`
	return nil
}

func (rr *roundRobin) Start() {
	rr.mu.Lock()
	defer rr.mu.Unlock()
	rr.addrCh = make(chan bool)
	go func() {
		for range 10 {
			if rr.watchUpdates() != nil {
				return
			}
		}
	}()
}

func (rr *roundRobin) Up() func() { return func() { rr.down() } }

func (rr *roundRobin) down() {
	rr.mu.Lock() // related `^rr\.mu is locked here, before the answer$`
	defer rr.mu.Unlock()
	rr.n--
}

func (rr *roundRobin) Notify() <-chan bool { return rr.addrCh }

func (rr *roundRobin) Close() {
	rr.mu.Lock()
	defer rr.mu.Unlock()
	rr.done = true
}

type addrConn struct{ down func() }

func (ac *addrConn) tearDown() {
	if ac.down != nil {
		ac.down()
	}
}

type clientConn struct {
	b     balancer
	conns []*addrConn
}

func (cc *clientConn) lbWatcher() {
	for range cc.b.Notify() { // related `^cc\.b\.Notify\(\) is received from here$`
		for _, ac := range cc.conns {
			ac.tearDown()
		}
	}
}

func (cc *clientConn) reset() {
	ac := &addrConn{}
	ac.down = cc.b.Up()
	cc.conns = append(cc.conns, ac)
}

func runBalancer() {
	cc := &clientConn{b: newBalancer()}
	cc.b.Start()
	cc.reset()
	go cc.lbWatcher()
}

// -- CockroachDB 1055: a stopper waits for its workers under its lock --

type taskStopper struct {
	stopper  chan struct{}
	stopped  sync.WaitGroup
	mu       sync.Mutex
	drain    *sync.Cond
	draining bool
	tasks    int
}

func newTaskStopper() *taskStopper {
	s := &taskStopper{stopper: make(chan struct{})}
	s.drain = sync.NewCond(&s.mu)
	return s
}

func (s *taskStopper) RunWorker(f func()) {
	s.stopped.Add(1)
	go func() {
		defer s.stopped.Done() // related `^this is what s\.stopped waits for$`
		f()
	}()
}

func (s *taskStopper) ShouldStop() <-chan struct{} { return s.stopper }

func (s *taskStopper) StartTask() bool {
	s.mu.Lock() // related `^s\.mu is locked here, before the answer$`
	defer s.mu.Unlock()
	if s.draining {
		return false
	}
	s.tasks++
	return true
}

func (s *taskStopper) FinishTask() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tasks--
	s.drain.Signal()
}

func (s *taskStopper) Stop() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	s.draining = true
	for s.tasks > 0 {
		s.drain.Wait()
	}
	close(s.stopper)
	s.stopped.Wait() // want `^s\.stopped\.Wait waits while s\.mu is held, which a goroutine that it waits for locks first, at line \d+$`
}

func runTasks() {
	s := newTaskStopper()
	for range 3 {
		s.RunWorker(func() {
			for {
				select {
				case <-s.ShouldStop():
					return
				default:
				}
				if s.StartTask() {
					s.FinishTask()
				}
			}
		})
	}
	s.Stop()
}

// -- gRPC 1460: keepalive sleeps under the lock of the transport --

type transport struct {
	mu      sync.Mutex
	awaken  chan struct{}
	streams map[int]bool
}

func newTransport() *transport {
	t := &transport{awaken: make(chan struct{}, 1), streams: make(map[int]bool)}
	go t.keepalive()
	return t
}

func (t *transport) keepalive() {
	t.mu.Lock() // related `^t\.mu is locked here$`
	if len(t.streams) == 0 {
		<-t.awaken // want `^this receive from t\.awaken waits while t\.mu is held, which its sender locks first, at line \d+$`
	}
	t.mu.Unlock()
}

func (t *transport) newStream() {
	t.mu.Lock() // related `^t\.mu is locked here, before the answer$`
	t.streams[1] = true
	if len(t.streams) == 1 {
		select {
		case t.awaken <- struct{}{}: // related `^t\.awaken is sent on here$`
		default:
		}
	}
	t.mu.Unlock()
}

// -- Istio 16224: events are handled under the lock that their creator holds --

type configMonitor struct {
	handlers []func(int)
	events   chan int
}

func newConfigMonitor() *configMonitor { return &configMonitor{events: make(chan int)} }

func (m *configMonitor) schedule(e int) { m.events <- e } // want `^this send on m\.events waits while lock is held, which its receiver locks first, at line \d+$`

func (m *configMonitor) onEvent(h func(int)) { m.handlers = append(m.handlers, h) }

func (m *configMonitor) run(stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		case e := <-m.events: // related `^m\.events is received from here$`
			m.process(e)
		}
	}
}

func (m *configMonitor) process(e int) {
	for _, h := range m.handlers {
		h(e)
	}
}

func runConfig() {
	m := newConfigMonitor()
	var lock sync.Mutex
	stop := make(chan struct{})
	defer close(stop)
	m.onEvent(func(int) {
		lock.Lock() // related `^lock is locked here, before the answer$`
		defer lock.Unlock()
	})
	go m.run(stop)
	for i := range 5 {
		lock.Lock()   // related `^lock is locked here$`
		m.schedule(i) // related `^this call of m\.schedule leads to the wait$`
		lock.Unlock()
	}
}

// -- Kubernetes 26980: a listener offers what it has under its lock --

type processor struct {
	lock    sync.Mutex
	cond    *sync.Cond
	pending []int
	next    chan int
}

func newProcessor() *processor {
	p := &processor{next: make(chan int)}
	p.cond = sync.NewCond(&p.lock)
	return p
}

func (p *processor) add(n int) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.pending = append(p.pending, n)
	p.cond.Broadcast()
}

func (p *processor) pop(stop <-chan struct{}) {
	p.lock.Lock() // related `^p\.lock is locked here$`
	defer p.lock.Unlock()
	for {
		for len(p.pending) == 0 {
			select {
			case <-stop:
				return
			default:
			}
			p.cond.Wait()
		}
		n := p.pending[0]
		p.pending = p.pending[1:]
		select { // want `^this select waits while p\.lock is held, which whoever closes it waits for first, at line \d+$`
		case <-stop:
			return
		case p.next <- n:
		}
	}
}

func runProcessor() {
	p := newProcessor()
	stop := make(chan struct{})
	defer close(stop) // related `^stop is closed here$`
	p.add(1)
	go p.pop(stop)
	result := make(chan struct{})
	go func() {
		p.lock.Lock() // related `^p\.lock is locked here, before the answer$`
		close(result) // related `^result is closed here$`
		p.lock.Unlock()
	}()
	<-result // related `^this receive from result waits for that before the answer$`
}

// -- Docker 21233-like: progress is reported under the lock of the transfer --

type transfer struct {
	mu       sync.Mutex
	watchers map[*watcher]bool
	running  chan struct{}
}

type watcher struct {
	release chan struct{}
	running chan struct{}
}

func newTransfer(progress <-chan int) *transfer {
	t := &transfer{watchers: make(map[*watcher]bool), running: make(chan struct{})}
	go t.broadcast(progress)
	return t
}

func (t *transfer) broadcast(progress <-chan int) {
	for range progress {
		t.mu.Lock() // related `^t\.mu is locked here, before the answer$`
		println(len(t.watchers))
		t.mu.Unlock()
	}
	close(t.running) // related `^t\.running is closed here$`
}

func (t *transfer) finish() {
	t.mu.Lock() // related `^t\.mu is locked here$`
	defer t.mu.Unlock()
	<-t.running // want `^this receive from t\.running waits while t\.mu is held, which whoever closes it locks first, at line \d+$`
}

func (t *transfer) finishWith(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.running:
	case <-ctx.Done():
	}
}
