package tests

import (
	"sync"
	"testing"
)

func requireNoError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

type shelf struct {
	mu    sync.RWMutex
	books int
}

func (s *shelf) sort() error
func (s *shelf) dust() error

// TestShelf releases the lock before it fails, which a failure in between would not.
func TestShelf(t *testing.T) {
	var s shelf
	err := s.dust()
	requireNoError(t, err)
	s.mu.RLock()
	if err = s.sort(); err != nil {
		s.mu.RUnlock()
		requireNoError(t, err)
	}
	if err = s.dust(); err != nil {
		s.mu.RUnlock()
		requireNoError(t, err)
	}
	s.mu.RUnlock()
	t.Run("captured", func(t *testing.T) {
		s.mu.RLock()
		if err = s.dust(); err != nil {
			s.mu.RUnlock()
			requireNoError(t, err)
		}
		s.mu.RUnlock()
	})
}
