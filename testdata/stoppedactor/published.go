package stoppedactor

import (
	"context"
	"errors"
	"sync"
)

// -- etcd: the status of a raft node that is stopped --

type etcdStatus struct{ term uint64 }

type etcdNode struct {
	propc  chan []byte
	status chan chan etcdStatus
	stop   chan struct{}
	done   chan struct{}
}

func startEtcdNode() *etcdNode {
	n := &etcdNode{
		propc:  make(chan []byte),
		status: make(chan chan etcdStatus),
		stop:   make(chan struct{}),
		done:   make(chan struct{}),
	}
	go n.run()
	return n
}

func (n *etcdNode) run() {
	var st etcdStatus
	for {
		select {
		case <-n.propc:
			st.term++
		case c := <-n.status:
			c <- st
		case <-n.stop: // related `^here the loop that receives from n\.status ends$`
			close(n.done)
			return
		}
	}
}

func (n *etcdNode) Stop() {
	select {
	case n.stop <- struct{}{}:
	case <-n.done:
		return
	}
	<-n.done
}

func (n *etcdNode) Propose(ctx context.Context, data []byte) error {
	select {
	case n.propc <- data:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-n.done:
		return errors.New("stopped")
	}
}

func (n *etcdNode) Status() etcdStatus {
	c := make(chan etcdStatus)
	n.status <- c // want `^this send on n\.status blocks forever after the stop at line \d+: nothing receives from it then$`
	return <-c
}

func (n *etcdNode) StatusFixed() etcdStatus {
	c := make(chan etcdStatus)
	select {
	case n.status <- c:
		return <-c
	case <-n.done:
		return etcdStatus{}
	}
}

// -- cockroach: the event demultiplexer of multiraft, whose client is told bare --

type roachEvent struct{ id int }

type roachDemux struct {
	events  chan any
	leaders chan roachEvent
}

type roachMultiRaft struct {
	events  chan any
	reqs    chan roachEvent
	stopper chan struct{}
}

func newRoachMultiRaft() *roachMultiRaft {
	m := &roachMultiRaft{events: make(chan any), reqs: make(chan roachEvent), stopper: make(chan struct{})}
	go m.loop()
	return m
}

func (m *roachMultiRaft) loop() {
	for {
		select {
		case <-m.stopper: // related `^here the loop that receives from m\.reqs ends$`
			return
		case r := <-m.reqs:
			m.handle(r)
		}
	}
}

func (m *roachMultiRaft) handle(r roachEvent) {
	if r.id == 0 {
		return
	}
}

func (m *roachMultiRaft) enqueue(r roachEvent) {
	m.reqs <- r // want `^this send on m\.reqs blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (m *roachMultiRaft) Step(ids ...int) {
	for _, id := range ids {
		m.enqueue(roachEvent{id})
	}
}

func (m *roachMultiRaft) Close() { close(m.stopper) }

// -- grpc: the balancer's watcher is told of each address --

type grpcUpdate struct{ addr string }

type grpcBalancer struct {
	addrCh   chan []grpcUpdate
	updateCh chan grpcUpdate
	ctx      context.Context //concurrencyvet:ignore ctxfield the connection's own
	cancel   context.CancelFunc
	mu       sync.Mutex
	addrs    []string
}

func newGrpcBalancer() *grpcBalancer {
	b := &grpcBalancer{addrCh: make(chan []grpcUpdate), updateCh: make(chan grpcUpdate)}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	go b.watch()
	return b
}

func (b *grpcBalancer) watch() {
	for {
		select {
		case u := <-b.updateCh:
			b.mu.Lock()
			b.addrs = append(b.addrs, u.addr)
			b.mu.Unlock()
		case <-b.ctx.Done(): // related `^here the loop that receives from b\.updateCh ends$`
			return
		}
	}
}

// Up is called by the transport, perhaps after the balancer is closed.
func (b *grpcBalancer) Up(addr string) {
	b.updateCh <- grpcUpdate{addr} // want `^this send on b\.updateCh blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (b *grpcBalancer) UpFixed(addr string) {
	select {
	case b.updateCh <- grpcUpdate{addr}:
	case <-b.ctx.Done():
	}
}

func (b *grpcBalancer) Close() { b.cancel() }

// -- kubernetes: a broadcaster of events, shut down while others send --

type kubeWatchEvent struct{ object any }

type kubeBroadcaster struct {
	incoming chan kubeWatchEvent
	stopped  chan struct{}
	once     sync.Once
	watchers map[int]chan kubeWatchEvent
}

func newKubeBroadcaster() *kubeBroadcaster {
	m := &kubeBroadcaster{
		incoming: make(chan kubeWatchEvent),
		stopped:  make(chan struct{}),
		watchers: map[int]chan kubeWatchEvent{},
	}
	go m.distribute()
	return m
}

func (m *kubeBroadcaster) distribute() {
	defer m.closeAll()
	for {
		select {
		case ev := <-m.incoming:
			for _, w := range m.watchers {
				select {
				case w <- ev:
				default:
				}
			}
		case <-m.stopped: // related `^here the loop that receives from m\.incoming ends$`
			return
		}
	}
}

func (m *kubeBroadcaster) closeAll() {
	for _, w := range m.watchers {
		close(w)
	}
}

func (m *kubeBroadcaster) Action(obj any) {
	m.incoming <- kubeWatchEvent{obj} // want `^this send on m\.incoming blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (m *kubeBroadcaster) Shutdown() { m.once.Do(func() { close(m.stopped) }) }

// -- syncthing: the folder's loop hands out its state --

type syncthingFolder struct {
	scan    chan chan error
	delay   chan int
	ctx     context.Context //concurrencyvet:ignore ctxfield the service's own
	pulling bool
}

func (f *syncthingFolder) Serve(ctx context.Context) {
	f.ctx = ctx
	for {
		select {
		case <-ctx.Done(): // related `^here the loop that receives from f\.delay ends$`
			return
		case errc := <-f.scan:
			errc <- nil
		case d := <-f.delay:
			f.pulling = d > 0
		}
	}
}

func newSyncthingFolder() *syncthingFolder {
	return &syncthingFolder{scan: make(chan chan error), delay: make(chan int)}
}

func (f *syncthingFolder) DelayScan(n int) {
	f.delay <- n // want `^this send on f\.delay blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (f *syncthingFolder) Scan() error {
	errc := make(chan error)
	select {
	case f.scan <- errc:
		return <-errc
	case <-f.ctx.Done():
		return f.ctx.Err()
	}
}

// -- hugo: the loop gives out numbers, until it is closed --

type hugoPager[T any] struct {
	next chan T
	quit chan struct{}
	make func(int) T
}

func newHugoPager[T any](mk func(int) T) *hugoPager[T] {
	p := &hugoPager[T]{next: make(chan T), quit: make(chan struct{}), make: mk}
	go p.serve()
	return p
}

func (p *hugoPager[T]) serve() {
	for i := 0; ; i++ {
		select {
		case p.next <- p.make(i):
		case <-p.quit: // related `^here the loop that sends to p\.next ends$`
			return
		}
	}
}

func (p *hugoPager[T]) Next() T {
	return <-p.next // want `^this receive from p\.next blocks forever after the stop at line \d+: nothing sends to it then$`
}

func (p *hugoPager[T]) Close() { close(p.quit) }

// -- objects that their one user stops when it needs them no more --

type ownWorker struct {
	in   chan string
	done chan struct{}
}

func newOwnWorker() *ownWorker {
	return &ownWorker{in: make(chan string), done: make(chan struct{})}
}

func (w *ownWorker) start() {
	go func() {
		for {
			select {
			case <-w.in:
			case <-w.done:
				return
			}
		}
	}()
}

func (w *ownWorker) Add(s string) { w.in <- s }

func (w *ownWorker) Stop() { close(w.done) }

func processOwn(items []string) {
	w := newOwnWorker()
	w.start()
	defer w.Stop()
	for _, it := range items {
		w.Add(it)
	}
}

type lateWorker struct {
	in   chan string
	done chan struct{}
}

func newLateWorker() *lateWorker {
	return &lateWorker{in: make(chan string), done: make(chan struct{})}
}

func (w *lateWorker) start() {
	go func() {
		for {
			select {
			case <-w.in:
			case <-w.done: // related `^here the loop that receives from w\.in ends$`
				return
			}
		}
	}()
}

func (w *lateWorker) Add(s string) {
	w.in <- s // want `^this send on w\.in blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (w *lateWorker) Stop() { close(w.done) }

func processLate(items []string) {
	w := newLateWorker()
	w.start()
	for _, it := range items {
		w.Add(it)
	}
	w.Stop()
	w.Add("the end")
}

type sharedWorker struct {
	in   chan string
	done chan struct{}
}

func (w *sharedWorker) run() {
	for {
		select {
		case <-w.in:
		case <-w.done: // related `^here the loop that receives from w\.in ends$`
			return
		}
	}
}

func (w *sharedWorker) Add(s string) {
	w.in <- s // want `^this send on w\.in blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (w *sharedWorker) Stop() { close(w.done) }

var workers = make(map[string]*sharedWorker)

func processShared(name string, items []string) {
	w := &sharedWorker{in: make(chan string), done: make(chan struct{})}
	workers[name] = w
	go w.run()
	defer w.Stop()
	for _, it := range items {
		w.Add(it)
	}
}

type stopper interface{ Stop() }

func stopAll(ss ...stopper) {
	for _, s := range ss {
		s.Stop()
	}
}

type lentWorker struct {
	in   chan string
	done chan struct{}
}

func (w *lentWorker) run() {
	for {
		select {
		case <-w.in:
		case <-w.done:
			return
		}
	}
}

func (w *lentWorker) Stop() { close(w.done) }

// processLent: others have the worker only when all is sent.
func processLent() {
	w := &lentWorker{in: make(chan string), done: make(chan struct{})}
	go w.run()
	w.in <- "one"
	stopAll(w)
}

// A loop in an embedded struct, and goroutines that are started for whoever asks for it.
type emitter struct {
	updates chan int
	stop    chan struct{}
	total   int
}

func newEmitter() *emitter { return &emitter{updates: make(chan int), stop: make(chan struct{})} }

func (e *emitter) serve() {
	for {
		select {
		case u := <-e.updates:
			e.total += u
		case <-e.stop: // related `^here the loop that receives from e\.updates ends$`
			return
		}
	}
}

func (e *emitter) report(u int) {
	e.updates <- u // want `^this send on e\.updates blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (e *emitter) Stop() { close(e.stop) }

type Puller struct {
	*emitter
	next func(file string) (int, error)
}

func NewPuller(next func(string) (int, error)) *Puller {
	p := &Puller{emitter: newEmitter(), next: next}
	go p.serve()
	return p
}

func (p *Puller) pull(file string) error {
	for {
		n, err := p.next(file)
		p.report(n)
		if err != nil {
			return err
		}
	}
}

func (p *Puller) Queue(file string, failed func(error)) {
	go func() {
		if err := p.pull(file); err != nil {
			failed(err)
		}
	}()
}
