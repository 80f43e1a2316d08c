package orphanop

import (
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
