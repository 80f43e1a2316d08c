package order

import (
	"context"
	"errors"
	"sync"
)

var errBad = errors.New("bad connection")

// A pooled connection holds a read lock while its raw one is out, and gives
// it back by a method value, as database/sql's Conn.
type pooled struct {
	mu     sync.RWMutex
	raw    *raw
	closed bool
}

type raw struct {
	sync.Mutex
	n int
}

type giveBack func(error)

func (s *pooled) grab(context.Context) (*raw, giveBack, error) {
	if s.closed {
		return nil, nil, errBad
	}
	s.mu.RLock()
	return s.raw, s.unlockOrClose, nil
}

func (s *pooled) unlockOrClose(err error) {
	s.mu.RUnlock()
	if errors.Is(err, errBad) {
		s.close()
	}
}

func (s *pooled) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

// Raw calls f with the connection.
func (s *pooled) Raw(f func(*raw) error) (err error) {
	var r *raw
	var release giveBack
	r, release, err = s.grab(nil)
	if err != nil {
		return
	}
	panicked := true
	r.Lock()
	defer func() {
		r.Unlock()
		if panicked {
			err = errBad
		}
		release(err)
	}()
	err = f(r)
	panicked = false
	return
}
