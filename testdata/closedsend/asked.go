package closedsend

import "sync"

// -- a flag that is asked under a lock, and a send behind it --

type asking struct {
	mu     sync.Mutex
	closed bool
	in     chan string
	wg     sync.WaitGroup
}

func (a *asking) send(m string) bool {
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return false
	}
	a.mu.Unlock()
	a.in <- m // want `^a\.in may be closed at line \d+ before this send, which does not hold asking\.mu$`
	return true
}

func (a *asking) close() {
	a.mu.Lock()
	if !a.closed {
		a.closed = true
		close(a.in) // related `^a\.in is closed here, under asking\.mu$`
	}
	a.mu.Unlock()
	a.wg.Wait()
}

// A flag the other way round, and a lock for readers.
type openAsking struct {
	mu   sync.RWMutex
	open bool
	in   chan string
}

func (o *openAsking) start() {
	o.mu.Lock()
	o.in, o.open = make(chan string), true
	o.mu.Unlock()
}

func (o *openAsking) send(m string) {
	o.mu.RLock()
	ok := o.open
	o.mu.RUnlock()
	if !ok {
		return
	}
	o.in <- m // want `^o\.in may be closed at line \d+ before this send, which does not hold openAsking\.mu$`
}

func (o *openAsking) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = false
	close(o.in) // related `^o\.in is closed here, under openAsking\.mu$`
}

// Silent: the lock is held at the send.
type holding struct {
	mu     sync.RWMutex
	closed bool
	in     chan string
}

func (h *holding) send(m string) bool {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if h.closed {
		return false
	}
	h.in <- m
	return true
}

func (h *holding) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.in)
	}
}

// Those who send are counted, and waited for.
type counting struct {
	mu      sync.Mutex
	idle    sync.Cond
	sending int
	closed  bool
	in      chan string
}

func (c *counting) send(m string) bool {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return false
	}
	c.sending++
	c.mu.Unlock()
	c.in <- m
	c.mu.Lock()
	c.sending--
	c.mu.Unlock()
	c.idle.Broadcast()
	return true
}

func (c *counting) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for c.sending > 0 {
		c.idle.Wait()
	}
	close(c.in)
}

// By a group.
type grouped struct {
	mu     sync.Mutex
	closed bool
	wg     sync.WaitGroup
	in     chan string
}

func (g *grouped) send(m string) bool {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		return false
	}
	g.wg.Add(1)
	g.mu.Unlock()
	defer g.wg.Done()
	g.in <- m
	return true
}

func (g *grouped) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.wg.Wait()
	g.mu.Lock()
	close(g.in)
	g.mu.Unlock()
}

// What is asked says nothing of the close.
type otherFlag struct {
	mu     sync.Mutex
	full   bool
	closed bool
	in     chan string
}

func (o *otherFlag) send(m string) bool {
	o.mu.Lock()
	if o.full {
		o.mu.Unlock()
		return false
	}
	o.mu.Unlock()
	o.in <- m
	return true
}

func (o *otherFlag) close() {
	o.mu.Lock()
	o.closed = true
	close(o.in)
	o.mu.Unlock()
}
