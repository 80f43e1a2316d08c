package lockleak

import (
	"context"
	"errors"
	"sync"
)

// What a function returns tells its callers whether they have to release the lock.

var errShut = errors.New("closed")

type gate struct {
	mu     sync.RWMutex
	closed bool
	conn   string
}

func (g *gate) enter(ctx context.Context) error {
	g.mu.RLock() // want `^g\.mu is still read-locked at the return on line 30$`
	if g.conn != "" {
		return nil
	}
	if err := ctx.Err(); err != nil {
		g.mu.RUnlock()
		return err
	}
	g.conn = "?"
	if g.closed {
		return errShut // related `^this return leaves g\.mu read-locked$`
	}
	g.mu.RUnlock()
	return errors.New("no connection")
}

func (g *gate) leave() { g.mu.RUnlock() }

func (g *gate) do(ctx context.Context) (string, error) {
	if err := g.enter(ctx); err != nil {
		return "", err
	}
	defer g.leave()
	return g.conn, nil
}

func (g *gate) enterOrNot() bool {
	g.mu.Lock() // want `^g\.mu is still locked at the return on line 49$`
	if g.closed {
		return false // related `^this return leaves g\.mu locked$`
	}
	if g.conn == "" {
		g.mu.Unlock()
		return false
	}
	return true
}

func (g *gate) doOrNot() string {
	if !g.enterOrNot() {
		return ""
	}
	defer g.mu.Unlock()
	return g.conn
}

func (g *gate) tryEnter() bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	return true
}

func (g *gate) doOrTry() string {
	if !g.tryEnter() {
		return ""
	}
	defer g.mu.Unlock()
	return g.conn
}

// look leaves the lock to its callers, whatever it returns.
func (g *gate) look() error {
	g.mu.Lock()
	if g.closed {
		return errShut
	}
	return nil
}

func (g *gate) looked() error {
	err := g.look()
	g.mu.Unlock()
	return err
}
