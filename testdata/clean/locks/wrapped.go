package locks

import "sync"

// A sender wraps another one, and calls back before it: what a stream has made
// around the sender that it was given knows that stream's lock, not the next one's.
type sender interface{ completed(id int) }

type hooked struct {
	sender
	onCompleted func()
}

func (h *hooked) completed(int) { h.onCompleted() }

type stream struct {
	sender
	half       *half
	mu         sync.Mutex
	sent, read bool
}

type half struct{ sender sender }

func (h *half) end() { h.sender.completed(0) }

type conn struct {
	mu   sync.Mutex
	left int
}

func (c *conn) completed(int) {
	c.mu.Lock()
	c.left--
	c.mu.Unlock()
}

func newStream(s sender) *stream {
	str := &stream{sender: s}
	str.half = &half{&hooked{sender: s, onCompleted: func() {
		str.mu.Lock()
		str.sent = true
		str.check()
		str.mu.Unlock()
	}}}
	return str
}

func (s *stream) check() {
	if s.sent && s.read {
		s.sender.completed(1)
	}
}

func runStream(c *conn) {
	s := newStream(c)
	s.half.end()
}

// A settings asks others, which have been added to it by name: those have callbacks of
// their own.
type settings struct {
	lookup func(string) *settings
}

type table struct {
	mu    sync.Mutex
	named map[string]*settings
}

func newTable() (*table, *settings) {
	t := &table{named: map[string]*settings{}}
	s := &settings{lookup: func(name string) *settings {
		t.mu.Lock()
		defer t.mu.Unlock()
		if n := t.named[name]; n != nil {
			if n.lookup != nil {
				return n.lookup(name)
			}
			return n
		}
		return nil
	}}
	return t, s
}

func (t *table) add(name string, s *settings) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.named[name] = s
}

// A pool wraps the hook that it finds with one of its own: the one that it calls is the
// other, which knows nothing of the pool's lock.
type pool struct {
	mu    sync.Mutex
	conns map[int]string
	cfg   *poolConfig
}

type poolConfig struct {
	onState func(id int, state string)
}

func (p *pool) wrap() {
	old := p.cfg.onState
	p.cfg.onState = func(id int, state string) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.conns[id] = state
		if old != nil {
			old(id, state)
		}
	}
}

func (p *pool) wrapTwice() {
	next := p.cfg.onState
	if next == nil {
		next = func(int, string) {}
	}
	p.cfg.onState = func(id int, state string) {
		p.mu.Lock()
		next(id, state)
		p.mu.Unlock()
	}
}
