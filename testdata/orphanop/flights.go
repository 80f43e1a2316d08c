package orphanop

import (
	"context"
	"errors"
	"sync"
)

type flight struct {
	done chan struct{}
	val  []byte
	err  error
}

type flights struct {
	mu   sync.Mutex
	vals map[string][]byte
	m    map[string]*flight
	load func(string) ([]byte, error)
}

func (c *flights) get(key string) ([]byte, error) {
	c.mu.Lock()
	if f, ok := c.m[key]; ok {
		c.mu.Unlock()
		<-f.done // related `^f\.done is waited for here$`
		return f.val, f.err
	}
	f := &flight{done: make(chan struct{})}
	c.m[key] = f
	c.mu.Unlock()
	f.val, f.err = c.load(key)
	c.mu.Lock()
	delete(c.m, key)
	if f.err != nil {
		c.mu.Unlock()
		return nil, f.err // want `^this return does not close f\.done: who waits for that at line \d+ blocks forever$`
	}
	c.vals[key] = f.val
	c.mu.Unlock()
	close(f.done)
	return f.val, nil
}

// A flight that is closed on each way, or given to nobody before the return.

type call struct {
	done chan struct{}
	err  error
}

type calls struct {
	mu sync.Mutex
	m  map[string]*call
	do func(string) error
}

var errKey = errors.New("no key")

func (c *calls) get(key string) error {
	c.mu.Lock()
	if f, ok := c.m[key]; ok {
		c.mu.Unlock()
		<-f.done
		return f.err
	}
	f := &call{done: make(chan struct{})}
	if key == "" {
		c.mu.Unlock()
		return errKey
	}
	c.m[key] = f
	c.mu.Unlock()
	f.err = c.do(key)
	c.mu.Lock()
	delete(c.m, key)
	c.mu.Unlock()
	if f.err != nil {
		close(f.done)
		return f.err
	}
	close(f.done)
	return nil
}

type deferredCall struct{ done chan struct{} }

type deferredCalls struct {
	mu sync.Mutex
	m  map[string]*deferredCall
}

func (c *deferredCalls) get(key string, do func() error) error {
	c.mu.Lock()
	if f, ok := c.m[key]; ok {
		c.mu.Unlock()
		<-f.done
		return nil
	}
	f := &deferredCall{done: make(chan struct{})}
	c.m[key] = f
	c.mu.Unlock()
	defer close(f.done)
	if err := do(); err != nil {
		return err
	}
	return nil
}

type asyncCall struct{ done chan struct{} }

type asyncCalls struct {
	mu sync.Mutex
	m  map[string]*asyncCall
}

func (c *asyncCalls) start(key string, do func()) *asyncCall {
	f := &asyncCall{done: make(chan struct{})}
	c.mu.Lock()
	c.m[key] = f
	c.mu.Unlock()
	go func() {
		do()
		close(f.done)
	}()
	return f
}

func (f *asyncCall) wait() { <-f.done }

// -- senders that end in a loop --

type addrNotifier interface{ Notify() <-chan []string }

func watchAddrs(n addrNotifier, done chan struct{}, reset func(string) error) {
	for addrs := range n.Notify() {
		for _, a := range addrs {
			if err := reset(a); err != nil {
				return // related `^the goroutine returns here without a send$`
			}
		}
		if done != nil {
			close(done)
			done = nil
		}
	}
}

func dialAddrs(n addrNotifier, reset func(string) error) {
	done := make(chan struct{})
	go watchAddrs(n, done, reset)
	<-done // want `^this receive from done may block forever: its sender may return at line \d+ without a send$`
}

func retryFirst(done chan struct{}, f func() error) {
	for {
		if err := f(); err != nil {
			return // related `^the goroutine returns here without a send$`
		}
		if done != nil {
			close(done)
			done = nil
		}
	}
}

func awaitFirst(f func() error) {
	done := make(chan struct{})
	go retryFirst(done, f)
	<-done // want `^this receive from done may block forever: its sender may return at line \d+ without a send$`
}

// The starter knows by another channel which way it goes.
func retryTold(done, failed chan struct{}, f func() error) {
	for {
		if err := f(); err != nil {
			close(failed)
			return
		}
		if done != nil {
			close(done)
			done = nil
		}
	}
}

func awaitTold(f func() error) {
	done, failed := make(chan struct{}), make(chan struct{})
	go retryTold(done, failed, f)
	select {
	case <-done:
	case <-failed:
	}
}

type batchCall struct {
	done chan struct{}
	out  int
}

type batcher struct {
	mu   sync.Mutex
	cur  *batchCall
	load func() int
}

// Who has made the call closes it; the others wait.
func (c *batcher) get() int {
	c.mu.Lock()
	b, leader := c.cur, false
	if b == nil {
		b, leader = &batchCall{done: make(chan struct{})}, true
		c.cur = b
	}
	c.mu.Unlock()
	if leader {
		b.out = c.load()
		c.mu.Lock()
		c.cur = nil
		c.mu.Unlock()
		close(b.done)
	}
	<-b.done
	return b.out
}

// The same, told by what was there at first.
func (c *batcher) lead() int {
	c.mu.Lock()
	b := c.cur
	leader := b == nil
	if leader {
		b = &batchCall{done: make(chan struct{})}
		c.cur = b
	}
	c.mu.Unlock()
	if leader {
		c.mu.Lock()
		c.cur = nil
		c.mu.Unlock()
		b.out = c.load()
		close(b.done)
	} else {
		<-b.done
	}
	return b.out
}

// -- flights that one function finds or makes, and another one fills --

type sharedCall[V any] struct {
	done chan struct{}
	val  V
	err  error
}

type sharedCalls[V any] struct {
	load func(ctx context.Context, key string) (V, error)
	mu   sync.Mutex
	all  map[string]*sharedCall[V]
}

func (c *sharedCalls[V]) lookup(key string) (cl *sharedCall[V], owner bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cl, ok := c.all[key]; ok {
		return cl, false
	}
	cl = &sharedCall[V]{done: make(chan struct{})}
	c.all[key] = cl
	return cl, true
}

func (c *sharedCalls[V]) fill(ctx context.Context, key string, cl *sharedCall[V]) (V, error) {
	v, err := c.load(ctx, key)
	if err != nil {
		c.mu.Lock()
		delete(c.all, key)
		c.mu.Unlock()
		if errors.Is(err, context.Canceled) {
			return v, err // related `^here the request is not answered$`
		}
		cl.err = err
		close(cl.done) // related `^this is an answer$`
		return v, err
	}
	cl.val = v
	close(cl.done)
	return v, nil
}

func (c *sharedCalls[V]) get(ctx context.Context, key string) (V, error) {
	cl, owner := c.lookup(key)
	if owner {
		return c.fill(ctx, key, cl)
	}
	<-cl.done // want `^this receive from cl\.done may block forever: who answers goes on without an answer at line \d+$`
	return cl.val, cl.err
}

// The owner closes it in any case.
type ownedCall struct {
	done chan struct{}
	val  int
	err  error
}

type ownedCalls struct {
	load func(key string) (int, error)
	mu   sync.Mutex
	all  map[string]*ownedCall
}

func (c *ownedCalls) lookup(key string) (cl *ownedCall, owner bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cl, ok := c.all[key]; ok {
		return cl, false
	}
	cl = &ownedCall{done: make(chan struct{})}
	c.all[key] = cl
	return cl, true
}

func (c *ownedCalls) fill(key string, cl *ownedCall) (int, error) {
	v, err := c.load(key)
	if err != nil {
		cl.err = err
		return 0, err
	}
	cl.val = v
	return v, nil
}

func (c *ownedCalls) get(key string) (int, error) {
	cl, owner := c.lookup(key)
	if owner {
		defer close(cl.done)
		return c.fill(key, cl)
	}
	<-cl.done
	return cl.val, cl.err
}

// The connection is made again by whoever has failed.
type connecting struct {
	dial  func() error
	ready chan struct{}
}

func newConnecting(dial func() error) *connecting {
	return &connecting{dial: dial, ready: make(chan struct{})}
}

func (c *connecting) connect() error {
	if err := c.dial(); err != nil {
		return err
	}
	close(c.ready)
	return nil
}

func (c *connecting) start() error {
	for range 3 {
		if err := c.connect(); err == nil {
			return nil
		}
	}
	return errors.New("no connection")
}

// Start connects, and may be called again.
func (c *connecting) Start() error { return c.connect() }

func (c *connecting) wait() { <-c.ready }
