// Package errgroup is a stub: it has the API of golang.org/x/sync/errgroup,
// and the least behaviour that goes with it.
package errgroup

import (
	"context"
	"sync"
)

// A Group is a set of goroutines that work on parts of one task.
type Group struct {
	cancel  context.CancelFunc
	running sync.WaitGroup
	limit   chan struct{}
	once    sync.Once
	err     error
}

// WithContext returns a group, and a context that ends when a function of the
// group fails, or when Wait returns.
func WithContext(ctx context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	return &Group{cancel: cancel}, ctx
}

// Go calls f in a new goroutine, and blocks until the limit lets it.
func (g *Group) Go(f func() error) {
	if g.limit != nil {
		g.limit <- struct{}{}
	}
	g.start(f)
}

// TryGo calls f in a new goroutine if the limit lets it.
func (g *Group) TryGo(f func() error) bool {
	if g.limit != nil {
		select {
		case g.limit <- struct{}{}:
		default:
			return false
		}
	}
	g.start(f)
	return true
}

func (g *Group) start(f func() error) {
	g.running.Add(1)
	go func() {
		defer g.finish()
		if err := f(); err != nil {
			g.once.Do(func() { g.fail(err) })
		}
	}()
}

func (g *Group) fail(err error) {
	g.err = err
	if g.cancel != nil {
		g.cancel()
	}
}

func (g *Group) finish() {
	if g.limit != nil {
		<-g.limit
	}
	g.running.Done()
}

// SetLimit limits the number of goroutines that run at once; a negative n
// removes the limit.
func (g *Group) SetLimit(n int) {
	g.limit = nil
	if n >= 0 {
		g.limit = make(chan struct{}, n)
	}
}

// Wait waits for all functions of the group, and returns the first error.
func (g *Group) Wait() error {
	g.running.Wait()
	if g.cancel != nil {
		g.cancel()
	}
	return g.err
}
