// Package dep locks for its callers.
package dep

import "sync"

// A Guard is a lock of its own making.
type Guard struct {
	mu sync.Mutex
	N  int
}

// Acquire locks g until Release.
func (g *Guard) Acquire() { g.mu.Lock() }

// Release unlocks g.
func (g *Guard) Release() { g.mu.Unlock() }

// Hold locks g and returns what unlocks it.
func (g *Guard) Hold() (release func()) {
	g.mu.Lock()
	return g.mu.Unlock
}

// With calls f while g is locked.
func (g *Guard) With(f func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f()
}

// LockBoth locks two mutexes for the caller.
func LockBoth(a, b *sync.Mutex) {
	a.Lock()
	b.Lock()
}

// UnlockBoth unlocks them, two calls deep.
func UnlockBoth(a, b *sync.Mutex) {
	unlock(b)
	unlock(a)
}

func unlock(mu *sync.Mutex) { mu.Unlock() }
