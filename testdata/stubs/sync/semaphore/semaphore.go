// Package semaphore is a stub: it has the API of
// golang.org/x/sync/semaphore, and the least behaviour that goes with it.
package semaphore

import (
	"context"
	"sync"
)

// A Weighted bounds concurrent access to a resource.
type Weighted struct {
	mu   sync.Mutex
	free int64
	wake chan struct{} // closed and replaced when there is more to be had
}

// NewWeighted returns a semaphore of the given combined weight.
func NewWeighted(n int64) *Weighted {
	return &Weighted{free: n, wake: make(chan struct{})}
}

// Acquire acquires the weight n; it blocks until it has it or ctx is done.
func (s *Weighted) Acquire(ctx context.Context, n int64) error {
	for {
		wake, ok := s.take(n)
		if ok {
			return nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// TryAcquire acquires the weight n if that is possible without blocking.
func (s *Weighted) TryAcquire(n int64) bool {
	_, ok := s.take(n)
	return ok
}

func (s *Weighted) take(n int64) (wake <-chan struct{}, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free < n {
		return s.wake, false
	}
	s.free -= n
	return nil, true
}

// Release gives the weight n back.
func (s *Weighted) Release(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free += n
	close(s.wake)
	s.wake = make(chan struct{})
}
