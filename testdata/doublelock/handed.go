package doublelock

import (
	"context"
	"errors"
	"sync"
)

// A session hands its read lock to the function that releases it.
type session struct {
	closing sync.RWMutex
	once    sync.Once
	unlock  func(error)
	conn    *sync.Mutex
	done    bool
}

func (s *session) release(error) { s.closing.RUnlock() }

func (s *session) grab(ctx context.Context) (*sync.Mutex, func(error), error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	s.closing.RLock()
	if s.done {
		s.closing.RUnlock()
		return nil, nil, errors.New("done")
	}
	return s.conn, s.release, nil
}

func (s *session) grabCached() (*sync.Mutex, func(error), error) {
	if s.done {
		return nil, nil, errors.New("done")
	}
	s.once.Do(func() { s.unlock = s.release })
	s.closing.RLock()
	return s.conn, s.unlock, nil
}

func under(l sync.Locker, f func()) {
	l.Lock()
	defer l.Unlock()
	f()
}

// prepare shares its error with a literal.
func (s *session) prepare(ctx context.Context, n int) (int, error) {
	conn, release, err := s.grab(ctx)
	if err != nil {
		return 0, err
	}
	defer release(nil)
	under(conn, func() { n, err = checked(n) })
	if err != nil {
		return 0, err
	}
	return n, nil
}

// raw releases in a deferred literal.
func (s *session) raw(f func(int) error) (err error) {
	var conn *sync.Mutex
	var release func(error)
	conn, release, err = s.grabCached()
	if err != nil {
		return
	}
	panics := true
	conn.Lock()
	defer func() {
		conn.Unlock()
		if panics {
			err = errors.New("bad")
		}
		release(err)
	}()
	err = f(1)
	panics = false
	return
}

func checked(n int) (int, error) {
	if n > 3 {
		return 0, errors.New("too many")
	}
	return n, nil
}

func (s *session) close() {
	s.closing.Lock()
	defer s.closing.Unlock()
	s.done = true
}

func open() (*session, error) { return &session{conn: new(sync.Mutex)}, nil }

func preparesTwice(ctx context.Context) error {
	s, err := open()
	if err != nil {
		return err
	}
	if _, err := s.prepare(ctx, 1); err != nil {
		return err
	}
	s.prepare(ctx, 2)
	s.close()
	return nil
}

func closesBehindRaw() {
	s, err := open()
	if err != nil {
		return
	}
	if err := s.raw(func(int) error { return nil }); err != nil {
		return
	}
	s.close()
}

// -- a lock of what an object is made with, which a callee is handed beside it --

type itemRegistry struct {
	mu    sync.RWMutex
	items map[int]bool
}

type itemVisitor interface{ visit(id int) bool }

func (r *itemRegistry) each(v itemVisitor) {
	r.mu.RLock() // related `^r\.mu is read-locked since here$`
	defer r.mu.RUnlock()
	for id := range r.items {
		if !v.visit(id) { // related `^this call leads to where r\.mu is read-locked again$`
			return
		}
	}
}

func (r *itemRegistry) has(id int) bool {
	r.mu.RLock() // related `^r\.mu is read-locked again here$`
	defer r.mu.RUnlock()
	return r.items[id]
}

func (r *itemRegistry) add(id int) {
	r.mu.Lock()
	r.items[id] = true
	r.mu.Unlock()
}

type itemCounter struct {
	of *itemRegistry
	n  int
}

func (c *itemCounter) visit(id int) bool {
	if c.of.has(id) { // related `^this call leads to where r\.mu is read-locked again$`
		c.n++
	}
	return true
}

func (r *itemRegistry) count() int {
	c := &itemCounter{of: r}
	r.each(c) // want `^r\.mu is read-locked again by this call of r\.each while it is read-locked since line \d+$`
	return c.n
}

// Of another registry.
func (r *itemRegistry) countIn(other *itemRegistry) int {
	c := &itemCounter{of: other}
	r.each(c)
	return c.n
}
