// Package singleflight is a stub: it has the API of
// golang.org/x/sync/singleflight, and the least behaviour that goes with it.
package singleflight

import "sync"

// A Group is a name space in which each call is made once at a time.
type Group struct {
	mu    sync.Mutex
	calls map[string]*call
}

// A Result is what DoChan sends.
type Result struct {
	Val    any
	Err    error
	Shared bool
}

type call struct {
	done   chan struct{}
	result Result
}

// Do calls fn, or waits for the call of the same key that is under way.
func (g *Group) Do(key string, fn func() (any, error)) (v any, err error, shared bool) {
	c, first := g.join(key)
	if first {
		g.run(key, c, fn)
	}
	<-c.done
	return c.result.Val, c.result.Err, !first
}

// DoChan is like Do, but sends the result on a channel.
func (g *Group) DoChan(key string, fn func() (any, error)) <-chan Result {
	ch := make(chan Result, 1)
	c, first := g.join(key)
	go func() {
		if first {
			g.run(key, c, fn)
		}
		<-c.done
		ch <- c.result
	}()
	return ch
}

func (g *Group) join(key string) (c *call, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.calls[key]; c != nil {
		return c, false
	}
	if g.calls == nil {
		g.calls = make(map[string]*call)
	}
	c = &call{done: make(chan struct{})}
	g.calls[key] = c
	return c, true
}

func (g *Group) run(key string, c *call, fn func() (any, error)) {
	defer close(c.done)
	defer g.Forget(key)
	c.result.Val, c.result.Err = fn()
}

// Forget makes the next call of the key a new one.
func (g *Group) Forget(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, key)
}
