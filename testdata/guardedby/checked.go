package guardedby

import "sync"

type endpoints struct {
	mu    sync.Mutex
	table map[string]string
	list  []string
	gen   int
	rw    sync.RWMutex
	names []string
}

// What is checked again under the lock is checked without it first: the lock is for all
// that come by, and of those one may be writing.
func (e *endpoints) load() map[string]string {
	if e.table != nil { // want `^e\.table is read without e\.mu, under which it is written once and read 2 times$`
		return e.table
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.table == nil {
		e.table = map[string]string{} // related `^e\.table is written under e\.mu here$`
	}
	return e.table
}

// Here the first check is under a lock as well.
func (e *endpoints) loadNames() []string {
	e.rw.RLock()
	names := e.names
	e.rw.RUnlock()
	if names != nil {
		return names
	}
	e.rw.Lock()
	defer e.rw.Unlock()
	if e.names == nil {
		e.names = []string{"a"}
	}
	return e.names
}

// It is not checked again: who else calls this is not told.
func (e *endpoints) loadList() []string {
	if e.list != nil {
		return e.list
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = []string{"a"}
	return e.list
}

// Only its own goroutine writes it, and needs no lock to read it.
func (e *endpoints) run(c chan bool) {
	for range c {
		if e.gen > 3 {
			continue
		}
		e.mu.Lock()
		if e.gen < 3 {
			e.gen++
		}
		e.mu.Unlock()
	}
}

func newEndpoints(c chan bool) *endpoints {
	e := &endpoints{}
	go e.run(c)
	return e
}

func (e *endpoints) generation() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gen
}

// Package variables.
var (
	instanceMu sync.Mutex
	instance   *endpoints
)

func Instance() *endpoints {
	if instance == nil { // want `^instance is read without instanceMu, under which it is written$`
		instanceMu.Lock()
		defer instanceMu.Unlock()
		if instance == nil {
			instance = &endpoints{} // related `^instance is written under instanceMu here$`
		}
	}
	return instance
}
