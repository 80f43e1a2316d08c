package doubleclose

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// dockerContainer is moby's container whose exit is announced by whoever sees
// it first, of several: the look and the close are not one step.
type dockerContainer struct {
	closed chan struct{}
	events chan string
}

func newDockerContainer() *dockerContainer {
	c := &dockerContainer{closed: make(chan struct{}), events: make(chan string)}
	go c.monitor() // related `^a goroutine that closes c\.closed starts here$`
	go c.watch()   // related `^a goroutine that closes c\.closed starts here$`
	return c
}

func (c *dockerContainer) monitor() {
	for range c.events {
	}
	c.markClosed()
}

func (c *dockerContainer) watch() {
	time.Sleep(time.Minute)
	c.markClosed()
}

func (c *dockerContainer) markClosed() {
	select {
	case <-c.closed:
	default:
		close(c.closed) // want `^c\.closed is closed here by two goroutines$`
	}
}

type dockerContainerFixed struct {
	once   sync.Once
	closed chan struct{}
	events chan string
}

func newDockerContainerFixed() *dockerContainerFixed {
	c := &dockerContainerFixed{closed: make(chan struct{}), events: make(chan string)}
	go c.monitor()
	go c.watch()
	return c
}

func (c *dockerContainerFixed) monitor() {
	for range c.events {
	}
	c.markClosed()
}

func (c *dockerContainerFixed) watch() {
	time.Sleep(time.Minute)
	c.markClosed()
}

func (c *dockerContainerFixed) markClosed() { c.once.Do(func() { close(c.closed) }) }

// kubeReflector stops on a signal and on the end of its watch.
func kubeReflector(watch func() error, resync <-chan time.Time) error {
	stop := make(chan struct{})
	defer close(stop) // want `^stop is closed at line \d+ before this close$`
	go func() {
		select {
		case <-resync:
		case <-stop:
		}
	}()
	for {
		if err := watch(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			close(stop) // related `^stop is closed here$`
			return err
		}
	}
}

func kubeReflectorFixed(watch func() error, resync <-chan time.Time) error {
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-resync:
		case <-stop:
		}
	}()
	for {
		if err := watch(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// kubeServer closes its stop channel in the signal handler's goroutine, and
// again when the server ends.
func kubeServer(signals <-chan string, serve func(stop <-chan struct{}) error) error {
	stop := make(chan struct{})
	go func() { // related `^a goroutine that closes stop starts here$`
		<-signals
		close(stop) // related `^stop is closed here$`
	}()
	err := serve(stop)
	close(stop) // want `^stop may be closed at line \d+ by another goroutine as well$`
	return err
}

// etcdWatcher's substream is closed on cancel and on the loss of the stream.
type etcdWatcher struct {
	ctx   context.Context
	donec chan struct{}
	errc  chan error
}

func newEtcdWatcher(ctx context.Context) *etcdWatcher {
	w := &etcdWatcher{ctx: ctx, donec: make(chan struct{}), errc: make(chan error)}
	go w.run() // related `^a goroutine that closes w\.donec starts here$`
	return w
}

func (w *etcdWatcher) run() {
	defer close(w.donec) // related `^w\.donec is closed here$`
	for {
		select {
		case <-w.ctx.Done():
			return
		case err := <-w.errc:
			if err != nil {
				return
			}
		}
	}
}

// Close is the second to close donec, if the loop has ended.
func (w *etcdWatcher) Close() error {
	close(w.donec) // want `^w\.donec may be closed at line \d+ by another goroutine as well$`
	return w.ctx.Err()
}

type etcdWatcherFixed struct {
	ctx    context.Context
	cancel context.CancelFunc
	donec  chan struct{}
	errc   chan error
}

func newEtcdWatcherFixed(ctx context.Context) *etcdWatcherFixed {
	w := &etcdWatcherFixed{donec: make(chan struct{}), errc: make(chan error)}
	w.ctx, w.cancel = context.WithCancel(ctx)
	go w.run()
	return w
}

func (w *etcdWatcherFixed) run() {
	defer close(w.donec)
	for {
		select {
		case <-w.ctx.Done():
			return
		case err := <-w.errc:
			if err != nil {
				return
			}
		}
	}
}

func (w *etcdWatcherFixed) Close() error {
	w.cancel()
	<-w.donec
	return w.ctx.Err()
}

// grpcTransport is closed by its reader and by its keepalive, each on error.
type grpcTransport struct {
	conn  net.Conn
	errCh chan struct{}
}

func newGRPCTransport(conn net.Conn) *grpcTransport {
	t := &grpcTransport{conn: conn, errCh: make(chan struct{})}
	go t.reader()    // related `^a goroutine that closes t\.errCh starts here$`
	go t.keepalive() // related `^a goroutine that closes t\.errCh starts here$`
	return t
}

func (t *grpcTransport) reader() {
	buf := make([]byte, 1024)
	for {
		if _, err := t.conn.Read(buf); err != nil {
			close(t.errCh) // related `^t\.errCh is closed here$`
			return
		}
	}
}

func (t *grpcTransport) keepalive() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if _, err := t.conn.Write([]byte("ping")); err != nil {
				close(t.errCh) // want `^t\.errCh may be closed at line \d+ by another goroutine as well$`
				return
			}
		case <-t.errCh:
			return
		}
	}
}

type grpcTransportFixed struct {
	conn  net.Conn
	mu    sync.Mutex
	state int
	errCh chan struct{}
}

const closing = 1

func newGRPCTransportFixed(conn net.Conn) *grpcTransportFixed {
	t := &grpcTransportFixed{conn: conn, errCh: make(chan struct{})}
	go t.reader()
	go t.keepalive()
	return t
}

func (t *grpcTransportFixed) reader() {
	buf := make([]byte, 1024)
	for {
		if _, err := t.conn.Read(buf); err != nil {
			t.Close()
			return
		}
	}
}

func (t *grpcTransportFixed) keepalive() {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if _, err := t.conn.Write([]byte("ping")); err != nil {
				t.Close()
				return
			}
		case <-t.errCh:
			return
		}
	}
}

func (t *grpcTransportFixed) Close() error {
	t.mu.Lock()
	if t.state == closing {
		t.mu.Unlock()
		return nil
	}
	t.state = closing
	t.mu.Unlock()
	close(t.errCh)
	return t.conn.Close()
}

// cockroachStopper drains and stops: both ways close the stopper.
type cockroachStopper struct {
	stopper chan struct{}
	tasks   sync.WaitGroup
}

func newCockroachStopper() *cockroachStopper {
	return &cockroachStopper{stopper: make(chan struct{})}
}

func (s *cockroachStopper) Stop() {
	s.tasks.Wait()
	close(s.stopper) // related `^this is what closes s\.stopper$`
}

func cockroachServer(start func(*cockroachStopper) error) error {
	s := newCockroachStopper()
	defer s.Stop() // want `^s\.stopper is closed at line \d+ and again by this call of s\.Stop$`
	if err := start(s); err != nil {
		s.Stop() // related `^s\.stopper is closed here$`
		return err
	}
	return nil
}

func cockroachServerFixed(start func(*cockroachStopper) error) error {
	s := newCockroachStopper()
	if err := start(s); err != nil {
		s.Stop()
		return err
	}
	defer s.Stop()
	return start(s)
}

// syncthingService is stopped by its supervisor, and stops itself on failure.
type syncthingService struct {
	stop chan struct{}
}

func newSyncthingService() *syncthingService { return &syncthingService{stop: make(chan struct{})} }

func (s *syncthingService) Serve(scan func() error) {
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		if err := scan(); err != nil {
			s.Stop()
		}
	}
}

func (s *syncthingService) Stop() {
	close(s.stop) // want `^s\.stop is closed here both by a goroutine and by others$`
}

func syncthingSupervise(scan func() error) {
	s := newSyncthingService()
	go s.Serve(scan) // related `^a goroutine that closes s\.stop starts here$`
	time.Sleep(time.Minute)
	s.Stop()
}

// natsClient closes its channel in each of its subscriptions' goroutines.
type natsClient struct{ done chan struct{} }

func newNATSClient() *natsClient { return &natsClient{done: make(chan struct{})} }

func natsDrain(c *natsClient, subs []io.Reader) {
	for _, sub := range subs {
		go func() { // related `^a goroutine that closes c\.done starts here$`
			_, _ = io.Copy(io.Discard, sub)
			close(c.done) // want `^c\.done is closed by each of the goroutines that run this$`
		}()
	}
}

func natsDrainFixed(c *natsClient, subs []io.Reader) {
	left := int64(len(subs))
	for _, sub := range subs {
		go func() {
			_, _ = io.Copy(io.Discard, sub)
			if atomic.AddInt64(&left, -1) == 0 {
				close(c.done)
			}
		}()
	}
}
