// Package futures runs functions of others.
package futures

import "sync"

// A Group runs one function for each key at a time.
type Group struct {
	mu    sync.Mutex
	calls map[string]*call
}

type call struct{ waiting []chan<- error }

// Start runs f, unless a function runs for the key. The channel that it returns gets the
// result.
func (g *Group) Start(key string, f func() error) <-chan error {
	ch := make(chan error, 1)
	g.mu.Lock()
	if c := g.calls[key]; c != nil {
		c.waiting = append(c.waiting, ch)
		g.mu.Unlock()
		return ch
	}
	if g.calls == nil {
		g.calls = make(map[string]*call)
	}
	c := &call{waiting: []chan<- error{ch}}
	g.calls[key] = c
	g.mu.Unlock()
	go g.run(key, c, f)
	return ch
}

func (g *Group) run(key string, c *call, f func() error) {
	defer func() {
		if v := recover(); v != nil {
			panic(v)
		}
	}()
	err := f()
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, key)
	for _, ch := range c.waiting {
		ch <- err
	}
}
