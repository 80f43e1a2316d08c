package doublelock

import (
	"slices"
	"sync"
)

// A registry calls the functions that were registered with it. Which it may call is told
// by what is put into its map, or handed to what puts it there.
type registry struct {
	mu       sync.RWMutex
	values   map[string]string
	handlers map[string][]func(string)
	any      []func(string)
}

func (r *registry) register(kind string, h func(string)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.handlers == nil {
		r.handlers = make(map[string][]func(string))
	}
	r.handlers[kind] = append(r.handlers[kind], h)
}

func (r *registry) registerAny(h func(string)) { r.any = append(r.any, h) }

func (r *registry) get(k string) string {
	r.mu.RLock() // related `^r\.mu is read-locked here$`
	defer r.mu.RUnlock()
	return r.values[k]
}

func (r *registry) set(kind, k, v string) {
	r.mu.Lock() // related `^r\.mu is held since here$`
	defer r.mu.Unlock()
	r.values[k] = v
	for _, h := range r.handlers[kind] {
		h(k) // want `^r\.mu is read-locked by this call of h while it is held since line 35$`
	}
}

func (r *registry) setAny(k, v string) {
	r.mu.Lock() // related `^r\.mu is held since here$`
	defer r.mu.Unlock()
	r.values[k] = v
	for _, h := range r.any {
		h(k) // want `^r\.mu is read-locked by this call of h while it is held since line 44$`
	}
}

func (r *registry) setThenCall(kind, k, v string) {
	r.mu.Lock()
	r.values[k] = v
	hs := slices.Clone(r.handlers[kind])
	r.mu.Unlock()
	for _, h := range hs {
		h(k)
	}
}

func (r *registry) setThenCallAll(k, v string) {
	r.mu.Lock()
	r.values[k] = v
	r.mu.Unlock()
	for _, h := range r.any {
		h(k)
	}
}

type follower struct {
	registry *registry
	seen     map[string]string
}

func follow(r *registry) *follower {
	f := &follower{registry: r, seen: make(map[string]string)}
	r.register("followed", f.note)
	r.registerAny(func(k string) { f.note(k) }) // related `^this call leads to where r\.mu is read-locked$`
	return f
}

func (f *follower) note(k string) { f.seen[k] = f.registry.get(k) } // related `^this call leads to where r\.mu is read-locked$`

// A mirror is told of the changes of one registry and asks another one.
type mirror struct {
	from, to *registry
}

func reflect(from, to *registry) *mirror {
	m := &mirror{from, to}
	from.registerLast(m.copy)
	return m
}

func (m *mirror) copy(k string) { m.to.set("mirrored", k, "") }

func (r *registry) registerLast(h func(string)) {
	lasts.mu.Lock()
	defer lasts.mu.Unlock()
	lasts.last[r] = h
}

var lasts = struct {
	mu   sync.Mutex
	last map[*registry]func(string)
}{last: make(map[*registry]func(string))}

func (r *registry) tellLast(k string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lasts.last[r](k)
}
