package semleak

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
)

// -- a channel type with methods --

type gate chan struct{}

func newGate(n int) gate { return make(gate, n) }

func (g gate) enter() { g <- struct{}{} }
func (g gate) leave() { <-g }

func (g gate) tryEnter() bool {
	select {
	case g <- struct{}{}:
		return true
	default:
		return false
	}
}

func (g gate) acquire(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

type gatedFetcher struct{ g gate }

func newGatedFetcher() *gatedFetcher { return &gatedFetcher{g: newGate(8)} }

func (f *gatedFetcher) fetch(url string) error {
	f.g.enter() // want `^f\.g is not released at the return on line \d+$`
	resp, err := http.Get(url)
	if err != nil {
		return err // related `^this return does not release f\.g$`
	}
	resp.Body.Close()
	f.g.leave()
	return nil
}

func (f *gatedFetcher) fetchDeferred(url string) error {
	f.g.enter()
	defer f.g.leave()
	resp, err := http.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func (f *gatedFetcher) fetchIf(ctx context.Context, url string) error {
	if err := f.g.acquire(ctx); err != nil { // want `^f\.g is not released at the return on line \d+$`
		return err
	}
	if url == "" {
		return errors.New("no url") // related `^this return does not release f\.g$`
	}
	f.g.leave()
	return nil
}

func (f *gatedFetcher) fetchTry(url string) error {
	if !f.g.tryEnter() {
		return errors.New("busy")
	}
	defer f.g.leave()
	if url == "" {
		return errors.New("no url")
	}
	return nil
}

// Semaphore is one that other packages may use.
type Semaphore chan bool

// P takes a place.
func (s Semaphore) P() { s <- true }

// V gives it back.
func (s Semaphore) V() { <-s }

var files = make(Semaphore, 16)

func openLimited(name string) (*os.File, error) {
	files.P() // want `^files is not released at the return on line \d+$`
	f, err := os.Open(name)
	if err != nil {
		return nil, err // related `^this return does not release files$`
	}
	files.V()
	return f, nil
}

func gatedAll(urls []string) {
	g := make(gate, 4)
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		g.enter() // want `^g is not released at the return on line \d+$`
		go func() {
			defer wg.Done()
			if u == "" {
				return // related `^this return does not release g$`
			}
			http.Get(u)
			g.leave()
		}()
	}
	wg.Wait()
}

func gatedAllDeferred(urls []string) {
	g := gate(make(chan struct{}, 4))
	for _, u := range urls {
		g.enter()
		go func() {
			defer g.leave()
			if u == "" {
				return
			}
			http.Get(u)
		}()
	}
	for range cap(g) {
		g.enter()
	}
}

// gatedPool leaves the release to Put.
type gatedPool struct{ g gate }

func newGatedPool() *gatedPool { return &gatedPool{g: newGate(4)} }

func (p *gatedPool) Get(addr string) (net.Conn, error) {
	p.g.enter()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		p.g.leave()
		return nil, err
	}
	return c, nil
}

func (p *gatedPool) Put(c net.Conn) {
	c.Close()
	p.g.leave()
}

// gatedLeases hands out what is to be released.
type gatedLeases struct{ g gate }

func newGatedLeases() *gatedLeases { return &gatedLeases{g: newGate(4)} }

func (l *gatedLeases) byMethod(ctx context.Context) (func(), error) {
	if err := l.g.acquire(ctx); err != nil {
		return nil, err
	}
	if ctx.Value(l) == nil {
		l.g.leave()
		return nil, errors.New("no value")
	}
	return l.g.leave, nil
}

func (l *gatedLeases) byClosure(ctx context.Context) (func(), error) {
	if err := l.g.acquire(ctx); err != nil {
		return nil, err
	}
	if ctx.Value(l) == nil {
		l.g.leave()
		return nil, errors.New("no value")
	}
	return func() { l.g.leave() }, nil
}

type gatedLease struct {
	g    gate
	once sync.Once
}

func (l *gatedLease) Close() { l.once.Do(l.g.leave) }

func (l *gatedLeases) byObject(ctx context.Context) *gatedLease {
	if !l.g.tryEnter() {
		return nil
	}
	if ctx.Err() != nil {
		l.g.leave()
		return nil
	}
	return &gatedLease{g: l.g}
}

// wakeup is a signal, not a semaphore.
type wakeup chan struct{}

func (w wakeup) signal() { w <- struct{}{} }
func (w wakeup) wait()   { <-w }

func signals(n int) {
	w := make(wakeup, 8)
	go func() {
		for range n {
			w.wait()
		}
	}()
	for range n {
		w.signal()
	}
}
