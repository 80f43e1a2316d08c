package guarded

import (
	"sync"
	"sync/atomic"
)

// The limit of a peer is set under its lock. A test of how does without.
type peer struct {
	mu    sync.Mutex
	limit int32
	subs  map[string]bool
}

func (p *peer) atLimit() bool { return p.limit >= 0 && len(p.subs) >= int(p.limit) }

func lower(value *int32, limit int32) bool {
	if atomic.LoadInt32(value) <= limit {
		return false
	}
	atomic.StoreInt32(value, limit)
	return true
}

// apply is called with the lock held.
func (p *peer) apply(limit int32) bool { return lower(&p.limit, limit) }

func (p *peer) subscribe(name string, limit int32) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.apply(limit)
	if p.atLimit() {
		return false
	}
	p.subs[name] = true
	return true
}

// connect makes a peer that is served.
func connect(served chan<- *peer) *peer {
	p := &peer{limit: 5, subs: make(map[string]bool)}
	served <- p
	return p
}

func servePeers(peers []*peer, name string) {
	for _, p := range peers {
		go p.subscribe(name, 10)
	}
}

// A pool can be replaced by one that keeps accounts, by who sets the program up.
type pool interface{ Get(n int) []byte }

type accounting struct {
	pool
	mu    sync.Mutex
	given map[string]int
}

var current atomic.Pointer[pool]

// Track replaces the pool. Untrack undoes it.
func Track() {
	var p pool = &accounting{pool: *current.Load(), given: make(map[string]int)}
	current.Store(&p)
}

func Untrack(next func(trace string) (frame string, more bool)) (traces []string) {
	p := (*current.Load()).(*accounting)
	p.mu.Lock()
	defer p.mu.Unlock()
	current.Store(&p.pool)
	for trace := range p.given {
		for {
			frame, more := next(trace)
			if !more {
				break
			}
			traces = append(traces, frame)
		}
	}
	return traces
}

var _ = []any{servePeers, connect}
