package guarded

import (
	"sync"
	"sync/atomic"
)

// A retrier runs a callback once for all operations of one generation that fail.
type retrier struct {
	generation atomic.Uint32
	mu         sync.Mutex
	full       func()
}

func (r *retrier) current() uint32 { return r.generation.Load() }

// handle looks at the generation again under the lock: only the first of those that have
// failed stores.
func (r *retrier) handle(gen uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.generation.Load()
	if now == gen {
		r.generation.Store(gen + 1)
		r.full()
	}
}

func (r *retrier) do(write func() error) error {
	gen := r.current()
	err := write()
	if err != nil {
		r.handle(gen)
		err = write()
	}
	return err
}
