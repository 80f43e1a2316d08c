package noexit

import (
	"context"
	"errors"
	"io"
	"math/rand"
	"net"
	"sync"
	"time"
)

// -- kubernetes: the expiration of a status cache, started for each manager --

type kubeStatusManager struct {
	mu       sync.Mutex
	statuses map[string]string
	channel  chan string
	stopCh   chan struct{}
}

func newKubeStatusManager() *kubeStatusManager {
	return &kubeStatusManager{statuses: map[string]string{}, channel: make(chan string, 1000), stopCh: make(chan struct{})}
}

func kubeForever(f func(), period time.Duration) {
	for { // related `^this loop has no way out$`
		f()
		time.Sleep(period)
	}
}

func (m *kubeStatusManager) Start() {
	go kubeForever(func() { m.syncBatch() }, time.Second) // want `^this goroutine never ends: its loop has no way out$`
}

func (m *kubeStatusManager) syncBatch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k := range m.statuses {
		delete(m.statuses, k)
	}
}

func (m *kubeStatusManager) Stop() { close(m.stopCh) }

func kubeUntil(f func(), period time.Duration, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		f()
		select {
		case <-stop:
			return
		case <-time.After(period):
		}
	}
}

type kubeStatusManagerFixed struct {
	kubeStatusManager
}

func (m *kubeStatusManagerFixed) Start() {
	go kubeUntil(func() { m.syncBatch() }, time.Second, m.stopCh)
}

// -- grpc: the transport's reader goes on after an error --

type grpcTransport struct {
	conn   net.Conn
	frames chan []byte
	err    error
}

func newGrpcTransport(conn net.Conn) *grpcTransport {
	t := &grpcTransport{conn: conn, frames: make(chan []byte, 16)}
	go t.reader() // want `^this goroutine never ends: its loop has no way out$`
	return t
}

func (t *grpcTransport) reader() {
	buf := make([]byte, 1024)
	for { // related `^this loop has no way out$`
		n, err := t.conn.Read(buf)
		if err != nil {
			t.err = err
			continue
		}
		select {
		case t.frames <- buf[:n]:
		default:
		}
	}
}

type grpcTransportFixed struct {
	conn   net.Conn
	frames chan []byte
	err    error
}

func newGrpcTransportFixed(conn net.Conn) *grpcTransportFixed {
	t := &grpcTransportFixed{conn: conn, frames: make(chan []byte, 16)}
	go t.reader()
	return t
}

func (t *grpcTransportFixed) reader() {
	buf := make([]byte, 1024)
	for {
		n, err := t.conn.Read(buf)
		if err != nil {
			t.err = err
			return
		}
		select {
		case t.frames <- buf[:n]:
		default:
		}
	}
}

// -- istio: the agent's loop has a terminate channel and does not look at it --

type istioProxy interface {
	Run(config string) error
}

type istioAgent struct {
	proxy    istioProxy
	configCh chan string
	statusCh chan error
	retry    *time.Timer
}

func NewIstioAgent(p istioProxy) *istioAgent {
	a := &istioAgent{proxy: p, configCh: make(chan string), statusCh: make(chan error)}
	go a.loop(context.Background()) // want `^this goroutine never ends: its loop has no way out$`
	return a
}

func (a *istioAgent) loop(ctx context.Context) {
	var config string
	for { // related `^this loop has no way out$`
		var retry <-chan time.Time
		if a.retry != nil {
			retry = a.retry.C
		}
		select {
		case config = <-a.configCh:
			a.start(config)
		case err := <-a.statusCh:
			if errors.Is(err, io.EOF) {
				a.retry = time.NewTimer(time.Second)
			}
		case <-retry:
			a.start(config)
		}
	}
}

func (a *istioAgent) start(config string) {
	go func() {
		err := a.proxy.Run(config)
		a.statusCh <- err
	}()
}

type istioAgentFixed struct {
	proxy    istioProxy
	configCh chan string
	statusCh chan error
	retry    *time.Timer
}

func NewIstioAgentFixed(ctx context.Context, p istioProxy) *istioAgentFixed {
	a := &istioAgentFixed{proxy: p, configCh: make(chan string), statusCh: make(chan error)}
	go a.loop(ctx)
	return a
}

func (a *istioAgentFixed) loop(ctx context.Context) {
	var config string
	for {
		var retry <-chan time.Time
		if a.retry != nil {
			retry = a.retry.C
		}
		select {
		case config = <-a.configCh:
			a.start(ctx, config)
		case err := <-a.statusCh:
			if errors.Is(err, io.EOF) {
				a.retry = time.NewTimer(time.Second)
			}
		case <-retry:
			a.start(ctx, config)
		case <-ctx.Done():
			return
		}
	}
}

func (a *istioAgentFixed) start(ctx context.Context, config string) {
	go func() {
		err := a.proxy.Run(config)
		select {
		case a.statusCh <- err:
		case <-ctx.Done():
		}
	}()
}

// -- kubernetes: processorListener's two goroutines, of which nothing closes the input --

type kubeListener struct {
	addCh  chan any
	nextCh chan any
	handle func(any)
}

func newKubeListener(handle func(any)) *kubeListener {
	l := &kubeListener{addCh: make(chan any), nextCh: make(chan any), handle: handle}
	go l.run() // want `^this goroutine never ends: nothing closes l\.nextCh, which it ranges over$`
	go l.pop()
	return l
}

func (l *kubeListener) add(n any) { l.addCh <- n }

func (l *kubeListener) stop() { close(l.addCh) }

func (l *kubeListener) run() {
	for next := range l.nextCh { // related `^it ranges over l\.nextCh here$`
		l.handle(next)
	}
}

func (l *kubeListener) pop() {
	for n := range l.addCh {
		l.nextCh <- n
	}
}

type kubeListenerFixed struct {
	addCh  chan any
	nextCh chan any
	handle func(any)
}

func newKubeListenerFixed(handle func(any)) *kubeListenerFixed {
	l := &kubeListenerFixed{addCh: make(chan any), nextCh: make(chan any), handle: handle}
	go l.run()
	go l.pop()
	return l
}

func (l *kubeListenerFixed) add(n any) { l.addCh <- n }

func (l *kubeListenerFixed) stop() { close(l.addCh) }

func (l *kubeListenerFixed) run() {
	for next := range l.nextCh {
		l.handle(next)
	}
}

func (l *kubeListenerFixed) pop() {
	defer close(l.nextCh)
	for n := range l.addCh {
		l.nextCh <- n
	}
}

// -- cockroach: gossip's bootstrap loop, which its group waits for --

type roachGossip struct {
	wg        sync.WaitGroup
	stalledCh chan struct{}
	bootstrap chan struct{}
}

func (g *roachGossip) start() {
	g.wg.Add(1)
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		defer g.wg.Done()
		for { // related `^this loop has no way out$`
			select {
			case <-g.stalledCh:
			case <-g.bootstrap:
			case <-time.After(time.Duration(rand.Int63n(int64(time.Second)))):
			}
			g.maybeSignal()
		}
	}()
}

func (g *roachGossip) maybeSignal() {
	select {
	case g.stalledCh <- struct{}{}:
	default:
	}
}

// -- moby: the log rotation's follower --

type mobyFollower struct {
	lines  chan string
	rotate chan struct{}
	done   chan struct{}
}

// Follow starts a goroutine for each reader of the log.
func (f *mobyFollower) Follow(r io.Reader) {
	go func() { // want `^this goroutine never ends: its loop has no way out$`
		buf := make([]byte, 4096)
		for { // related `^this loop has no way out$`
			n, err := r.Read(buf)
			if err == io.EOF {
				<-f.rotate
				continue
			}
			f.lines <- string(buf[:n])
		}
	}()
}

// FollowFixed ends with the follower.
func (f *mobyFollower) FollowFixed(r io.Reader) {
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := r.Read(buf)
			if err == io.EOF {
				select {
				case <-f.rotate:
					continue
				case <-f.done:
					return
				}
			}
			f.lines <- string(buf[:n])
		}
	}()
}

// -- serving: the stat reporter of an autoscaler, generic over what it collects --

type servingCollector[T any] struct {
	collect func() (T, error)
	out     chan T
}

func NewServingCollector[T any](collect func() (T, error)) *servingCollector[T] {
	c := &servingCollector[T]{collect: collect, out: make(chan T, 100)}
	c.launch()
	return c
}

func (c *servingCollector[T]) launch() {
	go c.scrape() // want `^this goroutine never ends: its loop has no way out$`
}

func (c *servingCollector[T]) scrape() {
	for { // related `^this loop has no way out$`
		if v, err := c.collect(); err == nil {
			c.out <- v
		}
		time.Sleep(time.Second)
	}
}
