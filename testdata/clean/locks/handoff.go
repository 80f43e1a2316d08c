// Package locks uses mutexes as well-known modules do.
package locks

import "sync"

// A reader has a Cond made under its own lock, as net/http's connReader.
type reader struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func (r *reader) lock() {
	r.mu.Lock()
	if r.cond == nil {
		r.cond = sync.NewCond(&r.mu)
	}
}

func (r *reader) unlock() { r.mu.Unlock() }

func (r *reader) add() {
	r.lock()
	defer r.unlock()
	r.n++
}

// A Gate has the shape of RWMutex.TryLock: who gets true unlocks.
type Gate struct {
	mu     sync.Mutex
	closed bool
}

// TryEnter reports whether the gate has been entered.
func (g *Gate) TryEnter() bool {
	if !g.mu.TryLock() {
		return false
	}
	if g.closed {
		g.mu.Unlock()
		return false
	}
	return true
}

// Leave lets the next one enter.
func (g *Gate) Leave() { g.mu.Unlock() }

// Rows hold a lock from Scan to Next, as database/sql's do.
type Rows struct {
	mu   sync.RWMutex
	hold bool
	raw  []byte
	err  error
}

// Scan keeps the rows from being closed as long as the caller uses raw.
func (r *Rows) Scan() ([]byte, error) {
	r.mu.RLock()
	if r.err != nil {
		r.mu.RUnlock()
		return nil, r.err
	}
	if r.hold {
		r.mu.RUnlock()
	}
	r.hold = true
	return r.raw, nil
}

// Next gives up what Scan has returned.
func (r *Rows) Next() {
	if r.hold {
		r.hold = false
		r.mu.RUnlock()
	}
}

func scanElsewhere(r *Rows) {
	done := make(chan bool)
	go func() {
		defer close(done)
		r.Scan()
	}()
	<-done
	r.Next()
}
