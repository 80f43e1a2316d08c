package guardedby

import "sync"

// -- what helpers do under the lock of their callers --

type registry struct {
	mu    sync.RWMutex
	types map[string]string
	cache map[string][]string
	ready bool
	uses  int
}

func (r *registry) add(name, t string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.types[name] = t
	r.drop(name)
}

func (r *registry) names(name string) []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if c, ok := r.cache[name]; ok {
		return c
	}
	return r.fill(name)
}

func (r *registry) fill(name string) []string {
	out := []string{r.types[name]}
	r.cache[name] = out // want `^r\.cache\[name\] is written while r\.mu is held for reading only$`
	r.markReady()
	return out
}

func (r *registry) markReady() {
	r.ready = true // related `^r\.ready is written as well$`
}

func (r *registry) isReady() bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.ready
}

// This one is called under the lock in either way: which of them writes is not told.
func (r *registry) drop(name string) {
	if r.uses++; len(r.types) > 1 {
		delete(r.cache, name)
	}
}

func (r *registry) dropSome(name string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.drop(name)
}

// -- what is checked again by a helper --

var (
	loadMu sync.Mutex
	loaded map[string]string
)

func load() {
	loadMu.Lock()
	defer loadMu.Unlock()
	if loaded == nil {
		loaded = make(map[string]string) // related `^loaded is written under loadMu here$`
	}
}

func get() map[string]string {
	if loaded == nil { // want `^loaded is read without loadMu, under which it is written$`
		load()
	}
	return loaded
}
