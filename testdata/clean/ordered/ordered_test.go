package ordered

import (
	"context"
	"sync"
	"testing"
	"time"
)

// -- a context that is copied --

type queryKey struct{}

type events struct {
	mu  sync.Mutex
	ctx context.Context
	ch  chan<- int
}

func (e *events) closeAfter() {
	<-e.ctx.Done()
	e.mu.Lock()
	close(e.ch)
	e.ch = nil
	e.mu.Unlock()
}

func register(ctx context.Context) (context.Context, <-chan int) {
	ch := make(chan int, 10)
	e := &events{ch: ch, ctx: ctx}
	go e.closeAfter()
	return context.WithValue(ctx, queryKey{}, e), ch
}

func TestEvents(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	ctx, ch := register(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		t.Log(ctx.Value(queryKey{}))
	}()
	cancel()
	wg.Wait()
	<-ch
}

// -- a request that the goroutine causes --

type caller interface{ Call(context.Context) error }

func serveAt(t *testing.T, intercept func()) string {
	t.Helper()
	return listen(intercept)
}

var listen func(func()) string
var dial func(string) caller

func TestRequestSeen(t *testing.T) {
	seen := make(chan struct{}, 1)
	addr := serveAt(t, func() { seen <- struct{}{} })
	c := dial(addr)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	go func() {
		c.Call(ctx)
	}()
	expectRequest(t, seen)
	ctx, cancel = context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := c.Call(ctx); err == nil {
		t.Error("no error")
	}
}

func expectRequest(t *testing.T, ch chan struct{}) {
	t.Helper()
	select {
	case <-time.After(time.Second):
		t.Fatal("no request")
	case <-ch:
	}
}

// -- a clock that only the test has --

type clock interface {
	Now() time.Time
	Sleep(time.Duration)
}

type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time        { return c.now }
func (c *fakeClock) Sleep(d time.Duration) { c.now = c.now.Add(d) }

type limiter interface {
	Accept()
	Stop()
}

type bucket struct {
	clock clock
	n     int
}

func newBucket(c clock) limiter { return &bucket{clock: c} }

func (b *bucket) Accept() {
	if now := b.clock.Now(); now.IsZero() {
		b.clock.Sleep(time.Second)
	}
}

func (b *bucket) Stop() {}

type never struct{ quit chan struct{} }

func newNever() limiter {
	return &never{quit: make(chan struct{})}
}

func (n *never) Accept() { <-n.quit }
func (n *never) Stop()   { close(n.quit) }

type realClock struct{}

func (realClock) Now() time.Time        { return time.Now() }
func (realClock) Sleep(d time.Duration) { time.Sleep(d) }

func TestManyAccept(t *testing.T) {
	l := newBucket(realClock{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { l.Accept() })
	}
	wg.Wait()
}

func TestFakeClock(t *testing.T) {
	c := &fakeClock{now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}
	l := newBucket(c)
	for range 3 {
		l.Accept()
		c.Sleep(time.Second)
	}
}

func TestNever(t *testing.T) {
	l := newNever()
	finished := false
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		l.Accept()
		finished = true
		wg.Done()
	}()
	time.Sleep(time.Second)
	if finished {
		t.Error("Accept does not block")
	}
	l.Stop()
	wg.Wait()
	if !finished {
		t.Error("Accept blocks")
	}
}
