package doublelock

import "sync"

// -- a part that refers to what it is a part of --

type notifier interface{ notify(string) }

type supervisor struct {
	mu  sync.Mutex
	log []string
	out notifier
}

type journal struct {
	of   *supervisor
	mute bool
}

func newSupervisor() *supervisor {
	s := &supervisor{}
	s.out = &journal{of: s}
	return s
}

func (j *journal) notify(what string) {
	j.of.mu.Lock() // related `^j\.of\.mu is locked again here$`
	defer j.of.mu.Unlock()
	j.of.log = append(j.of.log, what)
}

func (s *supervisor) restart() {
	s.mu.Lock() // related `^s\.mu is held since here$`
	s.log = nil
	s.out.notify("restart") // want `^s\.mu is locked again by this call of s\.out\.notify while it is held since line \d+$`
	s.mu.Unlock()
}

func (s *supervisor) stop() {
	s.mu.Lock()
	s.log = nil
	s.mu.Unlock()
	s.out.notify("stop")
}

// -- a method of the object that has the function --

type gauge struct {
	mu      sync.Mutex
	n       int
	changed func(int)
}

func newGauge() *gauge {
	g := &gauge{}
	g.changed = g.count
	return g
}

func (g *gauge) count(by int) {
	g.mu.Lock() // related `^g\.mu is locked again here$`
	g.n += by
	g.mu.Unlock()
}

func (g *gauge) set(n int) {
	g.mu.Lock() // related `^g\.mu is held since here$`
	defer g.mu.Unlock()
	g.n = n
	g.changed(1) // want `^g\.mu is locked again by this call of g\.changed while it is held since line \d+$`
}

func (g *gauge) add(n int) {
	g.mu.Lock()
	g.n += n
	g.mu.Unlock()
	g.changed(1)
}

// -- which is another one, or not known --

type branch struct {
	mu   sync.Mutex
	next *branch
	up   *branch
	n    int
}

func grow(b, above *branch) { b.next = &branch{up: above} }

func (b *branch) lift() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next.up.mu.Lock()
	b.next.up.n++
	b.next.up.mu.Unlock()
}

func attach(g, other *gauge) { g.also(other) }

func (g *gauge) also(other *gauge) *relay { return &relay{g: g, tell: other.count} }

type relay struct {
	g    *gauge
	tell func(int)
}

func (r *relay) set(n int) {
	r.g.mu.Lock()
	defer r.g.mu.Unlock()
	r.g.n = n
	r.tell(1)
}
