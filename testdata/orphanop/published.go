package orphanop

import (
	"context"
	"errors"
	"sync"
	"time"
)

// -- moby: the wait channel of a container that could not be looked up --

type mobyClient struct{ version string }

func (c *mobyClient) inspect(id string) error {
	if id == "" {
		return errors.New("no such container " + c.version)
	}
	return nil
}

// containerWait sends the error before anybody has the channel.
func (c *mobyClient) containerWait(ctx context.Context, id string) (<-chan int, <-chan error) {
	codes := make(chan int)
	errc := make(chan error)
	if err := c.inspect(id); err != nil {
		errc <- err // want `^this send on errc blocks forever: nothing receives from it yet$`
		return codes, errc
	}
	go func() {
		select {
		case codes <- 0:
		case <-ctx.Done():
		}
	}()
	return codes, errc
}

func (c *mobyClient) containerWaitFixed(ctx context.Context, id string) (<-chan int, <-chan error) {
	codes := make(chan int)
	errc := make(chan error, 1)
	if err := c.inspect(id); err != nil {
		errc <- err
		return codes, errc
	}
	go func() {
		select {
		case codes <- 0:
		case <-ctx.Done():
		}
	}()
	return codes, errc
}

// -- moby: a plugin whose activation fails wakes nobody --

type mobyPlugin struct {
	name         string
	activateWait *sync.Cond
	activated    bool
	activateErr  error
}

func newMobyPlugin(name string) *mobyPlugin {
	return &mobyPlugin{name: name, activateWait: sync.NewCond(&sync.Mutex{})}
}

func (p *mobyPlugin) waitActive() error {
	p.activateWait.L.Lock()
	defer p.activateWait.L.Unlock()
	for !p.activated && p.activateErr == nil {
		p.activateWait.Wait() // want `^this wait for p\.activateWait blocks forever: nothing signals it$`
	}
	return p.activateErr
}

func (p *mobyPlugin) activate(dial func(string) error) error {
	p.activateWait.L.Lock()
	defer p.activateWait.L.Unlock()
	if p.activated {
		return nil
	}
	if err := dial(p.name); err != nil {
		p.activateErr = err
		return err
	}
	p.activated = true
	return nil
}

func mobyHandle(names []string, dial func(string) error) {
	for _, name := range names {
		p := newMobyPlugin(name)
		go func() { _ = p.activate(dial) }()
		_ = p.waitActive()
	}
}

type mobyPluginFixed struct {
	name         string
	activateWait *sync.Cond
	activated    bool
	activateErr  error
}

func newMobyPluginFixed(name string) *mobyPluginFixed {
	return &mobyPluginFixed{name: name, activateWait: sync.NewCond(&sync.Mutex{})}
}

func (p *mobyPluginFixed) waitActive() error {
	p.activateWait.L.Lock()
	defer p.activateWait.L.Unlock()
	for !p.activated && p.activateErr == nil {
		p.activateWait.Wait()
	}
	return p.activateErr
}

func (p *mobyPluginFixed) activate(dial func(string) error) error {
	p.activateWait.L.Lock()
	defer p.activateWait.L.Unlock()
	defer p.activateWait.Broadcast()
	if p.activated {
		return nil
	}
	if err := dial(p.name); err != nil {
		p.activateErr = err
		return err
	}
	p.activated = true
	return nil
}

// -- cockroach: the compactor nudges itself before its loop runs --

type roachStopper struct {
	stopc chan struct{}
	wg    sync.WaitGroup
}

func newRoachStopper() *roachStopper { return &roachStopper{stopc: make(chan struct{})} }

func (s *roachStopper) runWorker(ctx context.Context, f func(context.Context)) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		f(ctx)
	}()
}

func (s *roachStopper) stop() {
	close(s.stopc)
	s.wg.Wait()
}

type roachCompactor struct {
	ch       chan struct{}
	minDelay time.Duration
}

func newRoachCompactor() *roachCompactor {
	return &roachCompactor{ch: make(chan struct{}, 1), minDelay: time.Second}
}

func (c *roachCompactor) start(ctx context.Context, s *roachStopper, process func() bool) {
	c.ch <- struct{}{}
	s.runWorker(ctx, func(ctx context.Context) {
		var timer time.Timer
		for {
			select {
			case <-c.ch:
				timer.Reset(c.minDelay)
			case <-timer.C:
				if process() {
					return
				}
			case <-s.stopc:
				return
			}
		}
	})
}

func (c *roachCompactor) suggest() {
	select {
	case c.ch <- struct{}{}:
	default:
	}
}

func roachStart(ctx context.Context, process func() bool) {
	s := newRoachStopper()
	c := newRoachCompactor()
	c.suggest()
	c.start(ctx, s, process) // the first nudge has filled the channel: a deadlock if it comes first
	s.stop()
}

// -- kubernetes: a watcher sends its first events before its consumer runs --

type kubeEvent struct {
	kind, key string
}

type kubeCacheWatcher struct {
	input  chan kubeEvent
	result chan kubeEvent
	filter func(kubeEvent) bool
}

func newKubeCacheWatcher(initial []kubeEvent, filter func(kubeEvent) bool) *kubeCacheWatcher {
	w := &kubeCacheWatcher{
		input:  make(chan kubeEvent),
		result: make(chan kubeEvent),
		filter: filter,
	}
	for _, ev := range initial {
		w.sendEvent(ev)
	}
	go w.process()
	return w
}

func (w *kubeCacheWatcher) sendEvent(ev kubeEvent) {
	if w.filter(ev) {
		w.result <- ev // want `^this send on w\.result blocks forever: nothing receives from it yet$`
	}
}

func (w *kubeCacheWatcher) process() {
	defer close(w.result)
	for ev := range w.input {
		w.sendEvent(ev)
	}
}

func (w *kubeCacheWatcher) add(ev kubeEvent)             { w.input <- ev }
func (w *kubeCacheWatcher) stop()                        { close(w.input) }
func (w *kubeCacheWatcher) resultChan() <-chan kubeEvent { return w.result }

type kubeCacheWatcherFixed struct {
	input  chan kubeEvent
	result chan kubeEvent
	filter func(kubeEvent) bool
}

func newKubeCacheWatcherFixed(initial []kubeEvent, filter func(kubeEvent) bool) *kubeCacheWatcherFixed {
	w := &kubeCacheWatcherFixed{
		input:  make(chan kubeEvent),
		result: make(chan kubeEvent),
		filter: filter,
	}
	go w.process(initial)
	return w
}

func (w *kubeCacheWatcherFixed) sendEvent(ev kubeEvent) {
	if w.filter(ev) {
		w.result <- ev
	}
}

func (w *kubeCacheWatcherFixed) process(initial []kubeEvent) {
	defer close(w.result)
	for _, ev := range initial {
		w.sendEvent(ev)
	}
	for ev := range w.input {
		w.sendEvent(ev)
	}
}

func (w *kubeCacheWatcherFixed) add(ev kubeEvent)             { w.input <- ev }
func (w *kubeCacheWatcherFixed) stop()                        { close(w.input) }
func (w *kubeCacheWatcherFixed) resultChan() <-chan kubeEvent { return w.result }

// -- cockroach: rows of an inbound stream are never ended on the error path --

type roachRowChannel struct {
	rows chan string
	err  error
}

func roachInbound(n int, next func(int) (string, error)) ([]string, error) {
	rc := &roachRowChannel{rows: make(chan string)}
	go func() {
		for i := range n {
			row, err := next(i)
			if err != nil {
				rc.err = err
				return
			}
			rc.rows <- row
		}
	}()
	var out []string
	for row := range rc.rows { // want `^this range over rc\.rows never ends: nothing closes it$`
		out = append(out, row)
	}
	return out, rc.err
}

func roachInboundFixed(n int, next func(int) (string, error)) ([]string, error) {
	rc := &roachRowChannel{rows: make(chan string)}
	go func() {
		defer close(rc.rows)
		for i := range n {
			row, err := next(i)
			if err != nil {
				rc.err = err
				return
			}
			rc.rows <- row
		}
	}()
	var out []string
	for row := range rc.rows {
		out = append(out, row)
	}
	return out, rc.err
}

// -- cockroach: the consistency queue waits for checks that only a stop would give --

type roachChecksum struct {
	ready  chan struct{}
	result string
}

type roachReplica struct {
	mu     sync.Mutex
	checks map[int]*roachChecksum
}

func (r *roachReplica) compute(id int) string {
	c := &roachChecksum{ready: make(chan struct{})}
	r.mu.Lock()
	r.checks[id] = c
	r.mu.Unlock()
	go func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		c.result = "sum"
	}()
	<-c.ready // want `^this receive from c\.ready blocks forever: nothing sends to it or closes it$`
	return c.result
}

type roachChecksumFixed struct {
	ready  chan struct{}
	result string
}

type roachReplicaFixed struct {
	mu     sync.Mutex
	checks map[int]*roachChecksumFixed
}

func (r *roachReplicaFixed) compute(id int) string {
	c := &roachChecksumFixed{ready: make(chan struct{})}
	r.mu.Lock()
	r.checks[id] = c
	r.mu.Unlock()
	go func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		c.result = "sum"
		close(c.ready)
	}()
	<-c.ready
	return c.result
}

// -- etcd: the report goroutine of a benchmark prints only when the results end --

type etcdReport struct {
	results chan time.Duration
	stats   []time.Duration
}

func newEtcdReport() *etcdReport { return &etcdReport{results: make(chan time.Duration, 16)} }

func (r *etcdReport) Results() chan<- time.Duration { return r.results }

func (r *etcdReport) run() <-chan string {
	donec := make(chan string, 1)
	go func() {
		defer close(donec)
		for d := range r.results { // want `^this range over r\.results never ends: nothing closes it$`
			r.stats = append(r.stats, d)
		}
		donec <- "done"
	}()
	return donec
}

func etcdBench(n int, put func() error) string {
	r := newEtcdReport()
	rc := r.run()
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			start := time.Now()
			_ = put()
			r.results <- time.Since(start)
		}()
	}
	wg.Wait()
	return <-rc // related `^here its end is waited for, forever$`
}

// -- grpc: the benchmark client's workers report to a channel that is read once too often --

func grpcProbe(addrs []string, dial func(string) error) error {
	errc := make(chan error, 1)
	go func() {
		errc <- dial(addrs[0]) // related `^this is sent only once$`
	}()
	if err := <-errc; err != nil {
		return err
	}
	return <-errc // want `^this receive from errc blocks forever: all that is sent has been received before$`
}

func grpcProbeFixed(addrs []string, dial func(string) error) error {
	errc := make(chan error, 2)
	for _, a := range addrs[:2] {
		go func() {
			errc <- dial(a)
		}()
	}
	if err := <-errc; err != nil {
		return err
	}
	return <-errc
}
