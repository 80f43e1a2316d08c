package guarded

import "sync"

// The accounts that a configuration names are nobody else's until it is loaded.
type quota struct{ conns, subs int }

type account struct {
	quota
	name string
	mu   sync.RWMutex
	dest string
}

func newAccount(name string) *account {
	a := &account{name: name, quota: quota{-1, -1}}
	return a
}

func (a *account) Update(q quota, dest string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns, a.subs, a.dest = q.conns, q.subs, dest
}

func (a *account) Reset() {
	a.mu.Lock()
	a.conns, a.subs, a.dest = 0, 0, ""
	a.mu.Unlock()
}

func (a *account) Grow() {
	a.mu.Lock()
	a.conns++
	a.subs++
	a.dest += "+"
	a.mu.Unlock()
}

func (a *account) Full(n int) bool {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return n > a.conns+a.subs && a.dest != ""
}

type settings struct{ accounts []*account }

func load(v map[string]map[string]int) *settings {
	s := &settings{}
	for name, m := range v {
		a := newAccount(name)
		s.accounts = append(s.accounts, a)
		parseQuota(m, a)
		parseDest(m, a)
	}
	return s
}

func parseQuota(m map[string]int, a *account) {
	for k, v := range m {
		switch k {
		case "conns":
			a.conns = v
		case "subs":
			a.subs = v
		}
	}
}

func parseDest(m map[string]int, a *account) {
	set := func(k string) { a.dest = k }
	for k := range m {
		set(k)
	}
}

// The facts of a daemon are under its lock, those of its gate under another one.
type facts struct {
	host string
	port int
}

type daemon struct {
	mu    sync.Mutex
	facts facts
	gate  *gate
}

type gate struct {
	sync.RWMutex
	facts *facts
}

func (d *daemon) Move(host string, port int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.facts.host, d.facts.port = host, port
}

func (d *daemon) Listen(port int) {
	d.mu.Lock()
	d.facts.port = port
	d.mu.Unlock()
}

func (d *daemon) Close() {
	d.mu.Lock()
	d.facts.port = 0
	d.mu.Unlock()
}

func (d *daemon) GatePort() int {
	g := d.gate
	g.RLock()
	defer g.RUnlock()
	return g.facts.port
}
