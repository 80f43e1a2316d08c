package semleak

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/semaphore"
)

type pooled struct{ addr string }

// connPool gives a slot with each connection, which put takes back.
type connPool struct {
	slots chan struct{}
	dial  func(string) (*pooled, error)
}

func newConnPool(n int, dial func(string) (*pooled, error)) *connPool {
	return &connPool{slots: make(chan struct{}, n), dial: dial}
}

func (p *connPool) get(addr string) (*pooled, error) {
	p.slots <- struct{}{} // want `^p\.slots is not released at the return on line \d+$`
	c, err := p.dial(addr)
	if err != nil {
		return nil, err // related `^this return does not release p\.slots$`
	}
	return c, nil
}

func (p *connPool) getContext(ctx context.Context, addr string) (*pooled, error) {
	select {
	case p.slots <- struct{}{}: // want `^p\.slots is not released at the return on line \d+$`
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := p.dial(addr)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err) // related `^this return does not release p\.slots$`
	}
	return c, nil
}

func (p *connPool) getOrGiveBack(ctx context.Context, addr string) (*pooled, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c, err := p.dial(addr)
	if err != nil {
		p.put(nil)
		return nil, err
	}
	return c, nil
}

func (p *connPool) getDeferred(addr string) (c *pooled, err error) {
	p.slots <- struct{}{}
	defer func() {
		if err != nil {
			<-p.slots
		}
	}()
	if addr == "" {
		return nil, errors.New("no address")
	}
	return p.dial(addr)
}

func (p *connPool) put(*pooled) { <-p.slots }

type weightedPool struct {
	sem  *semaphore.Weighted
	dial func(string) (*pooled, error)
}

func (p *weightedPool) get(ctx context.Context, addr string) (*pooled, error) {
	if err := p.sem.Acquire(ctx, 1); err != nil { // want `^p\.sem is not released at the return on line \d+$`
		return nil, err
	}
	if addr == "" {
		return nil, errors.New("no address") // related `^this return does not release p\.sem$`
	}
	return p.dial(addr)
}

func (p *weightedPool) put(*pooled) { p.sem.Release(1) }

var errExhausted = errors.New("exhausted")

// session takes a slot for each stream, which the answer of the peer gives back.
type session struct {
	slots chan struct{}
	done  chan struct{}
	send  func() error
}

func newSession(n int) *session {
	return &session{slots: make(chan struct{}, n), done: make(chan struct{})}
}

func (s *session) open(id int) error {
	select {
	case s.slots <- struct{}{}: // want `^s\.slots is not released at the return on line \d+$`
	case <-s.done:
		return errors.New("closed")
	}
	if id < 0 {
		return errExhausted // related `^this return does not release s\.slots$`
	}
	if err := s.send(); err != nil {
		select {
		case <-s.slots:
		default:
		}
		return err
	}
	return nil
}

func (s *session) openTrying() error {
	select {
	case s.slots <- struct{}{}:
	case <-s.done:
		return errors.New("closed")
	}
	if err := s.send(); err != nil {
		select {
		case <-s.slots:
		default:
			println("nothing to give back")
		}
		return err
	}
	return nil
}

func (s *session) answered() {
	select {
	case <-s.slots:
	default:
	}
}
