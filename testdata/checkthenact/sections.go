package checkthenact

import "sync"

type conn struct{ addr string }

func dial(addr string) *conn { return &conn{addr} }

type pool struct {
	mu    sync.Mutex
	rw    sync.RWMutex
	conns map[string]*conn
	cur   *conn
	open  bool
	n     int
	list  []string
}

func (p *pool) Get(addr string) *conn {
	p.mu.Lock()
	c, ok := p.conns[addr] // related `^this is read before the lock is released$`
	p.mu.Unlock()
	if !ok {
		c = dial(addr)
		p.mu.Lock()
		p.conns[addr] = c // want `^what is written here depends on p\.conns\[addr\] as it was read on line 21, before p\.mu was unlocked and locked again: it may have changed since$`
		p.mu.Unlock()
	}
	return c
}

func (p *pool) Early(addr string) *conn {
	p.rw.RLock()
	c := p.conns[addr] // related `^this is read before the lock is released$`
	p.rw.RUnlock()
	if c != nil {
		return c
	}
	c = dial(addr)
	p.rw.Lock()
	defer p.rw.Unlock()
	p.conns[addr] = c // want `^what is written here depends on p\.conns\[addr\] as it was read on line 34, before p\.rw was unlocked and locked again: it may have changed since$`
	return c
}

func (p *pool) Current() *conn {
	p.mu.Lock()
	c := p.cur // related `^this is read before the lock is released$`
	p.mu.Unlock()
	if c == nil {
		c = dial("")
		p.mu.Lock()
		p.cur = c // want `^what is written here depends on p\.cur as it was read on line 48, before p\.mu was unlocked and locked again: it may have changed since$`
		p.mu.Unlock()
	}
	return c
}

func (p *pool) Open() {
	p.mu.Lock()
	open := p.open // related `^this is read before the lock is released$`
	p.mu.Unlock()
	if open {
		return
	}
	dial("")
	p.mu.Lock()
	p.open = true // want `^what is written here depends on p\.open as it was read on line 61, before p\.mu was unlocked and locked again: it may have changed since$`
	p.mu.Unlock()
}

func (p *pool) Count() {
	p.mu.Lock()
	n := p.n // related `^this is read before the lock is released$`
	p.mu.Unlock()
	n++
	p.mu.Lock()
	p.n = n // want `^what is written here is made from p\.n as it was read on line 74, before p\.mu was unlocked and locked again: it may have changed since$`
	p.mu.Unlock()
}

func (p *pool) AppendName(name string) {
	p.rw.RLock()
	list := p.list // related `^this is read before the lock is released$`
	p.rw.RUnlock()
	list = append(list, name)
	p.rw.Lock()
	p.list = list // want `^what is written here is made from p\.list as it was read on line 84, before p\.rw was unlocked and locked again: it may have changed since$`
	p.rw.Unlock()
}

func (p *pool) lookup(addr string) (*conn, bool) {
	p.rw.RLock()
	defer p.rw.RUnlock()
	c, ok := p.conns[addr]
	return c, ok
}

func (p *pool) insert(addr string, c *conn) {
	p.rw.Lock()
	defer p.rw.Unlock()
	p.conns[addr] = c
}

func (p *pool) insertDeep(addr string) { p.insert(addr, dial(addr)) }

func (p *pool) Deep(addr string) {
	if _, ok := p.lookup(addr); !ok { // related `^this is read before the lock is released$`
		p.insertDeep(addr) // want `^what is written here depends on p\.conns\[addr\] as it was read on line 108, before p\.rw was unlocked and locked again: it may have changed since$`
	}
}

func (p *pool) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.n
}

func (p *pool) setSize(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n = n
}

func (p *pool) Grow() { p.setSize(p.size() * 2) } // related `^this is read before the lock is released$` // want `^what is written here is made from p\.n as it was read on line 125, before p\.mu was unlocked and locked again: it may have changed since$`

var (
	globalMu sync.Mutex
	globals  = make(map[int]*conn)
)

func globalEntry(k int) *conn {
	globalMu.Lock()
	v, ok := globals[k] // related `^this is read before the lock is released$`
	globalMu.Unlock()
	if ok {
		return v
	}
	v = dial("")
	globalMu.Lock()
	globals[k] = v // want `^what is written here depends on globals\[k\] as it was read on line 134, before globalMu was unlocked and locked again: it may have changed since$`
	globalMu.Unlock()
	return v
}

func workers() int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for range 3 {
		wg.Go(func() {
			mu.Lock()
			old := n // related `^this is read before the lock is released$`
			mu.Unlock()
			mu.Lock()
			n = old + 1 // want `^what is written here is made from n as it was read on line 153, before mu was unlocked and locked again: it may have changed since$`
			mu.Unlock()
		})
	}
	wg.Wait()
	return n
}

type embedded struct {
	sync.Mutex
	seen map[string]bool
}

func (e *embedded) Mark(k string) {
	e.Lock()
	seen := e.seen[k] // related `^this is read before the lock is released$`
	e.Unlock()
	if !seen {
		e.Lock()
		e.seen[k] = true // want `^what is written here depends on e\.seen\[k\] as it was read on line 171, before e\.Mutex was unlocked and locked again: it may have changed since$`
		e.Unlock()
	}
}

// Names are numbered in turn.
type numbering struct {
	mu   sync.RWMutex
	ids  map[string]int
	last int
	size map[string]int
}

func (n *numbering) ID(name string) int {
	n.mu.RLock()
	id, ok := n.ids[name] // related `^this is read before the lock is released$`
	n.mu.RUnlock()
	if ok {
		return id
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last++
	n.ids[name] = n.last // want `^what is written here depends on n\.ids\[name\] as it was read on line \d+, before n\.mu was unlocked and locked again: it may have changed since$`
	return n.last
}

// What is computed is the same whoever does it.
func (n *numbering) Size(name string) int {
	n.mu.RLock()
	size, ok := n.size[name]
	n.mu.RUnlock()
	if ok {
		return size
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last++
	n.size[name] = len(name)
	return n.size[name]
}
