package condwait

import "sync"

// -- a gate that opens for good --

type gate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func newGate() *gate {
	g := &gate{}
	g.cond = sync.NewCond(&g.mu)
	return g
}

func (g *gate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait() // related `^g\.cond\.Wait is called here$`
	}
}

func (g *gate) release() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Signal() // want `^g\.cond\.Signal wakes one of several goroutines that wait for what holds from then on: nothing wakes the others$`
}

func manyAtTheGate(n int) {
	g := newGate()
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() { // related `^several goroutines that wait are started here$`
			defer wg.Done()
			g.wait()
		}()
	}
	g.release()
	wg.Wait()
}

// -- variables of a function, and a start for each of two --

func bothWait() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	wait := func() {
		mu.Lock()
		for !ready {
			cond.Wait() // related `^cond\.Wait is called here$`
		}
		mu.Unlock()
	}
	go wait() // related `^several goroutines that wait are started here$`
	go wait()
	mu.Lock()
	ready = true
	cond.Signal() // want `^cond\.Signal wakes one of several goroutines that wait for what holds from then on: nothing wakes the others$`
	mu.Unlock()
}

// -- a countdown, waited for by what wg.Go starts --

type countdown struct {
	mu   sync.Mutex
	zero sync.Cond
	left int
}

func newCountdown(n int) *countdown {
	c := &countdown{left: n}
	c.zero.L = &c.mu
	return c
}

func (c *countdown) step() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left--
	if c.left == 0 {
		c.zero.Signal() // want `^c\.zero\.Signal wakes one of several goroutines that wait for what holds from then on: nothing wakes the others$`
	}
}

func (c *countdown) wait() {
	c.mu.Lock()
	for c.left > 0 {
		c.zero.Wait() // related `^c\.zero\.Wait is called here$`
	}
	c.mu.Unlock()
}

func countDown() {
	c := newCountdown(1)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { c.wait() }) // related `^several goroutines that wait are started here$`
	}
	c.step()
	wg.Wait()
}

// -- silent: all are woken --

type openGate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func (g *openGate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait()
	}
}

func (g *openGate) release() {
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Broadcast()
}

func manyAtTheOpenGate(n int) {
	g := &openGate{}
	g.cond = sync.NewCond(&g.mu)
	for range n {
		go g.wait()
	}
	g.release()
}

// One waits.
type ownGate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func (g *ownGate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait()
	}
}

func oneAtTheGate() {
	g := &ownGate{}
	g.cond = sync.NewCond(&g.mu)
	go g.wait()
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Signal()
}

// Who is woken wakes the next.
type chainGate struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func (g *chainGate) wait() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for !g.open {
		g.cond.Wait()
	}
	g.cond.Signal()
}

func chainAtTheGate(n int) {
	g := &chainGate{}
	g.cond = sync.NewCond(&g.mu)
	for range n {
		go g.wait()
	}
	g.mu.Lock()
	g.open = true
	g.mu.Unlock()
	g.cond.Signal()
}

// As many signals as waiters.
func asManySignals(n int) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	for range n {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			for !ready {
				cond.Wait()
			}
		}()
	}
	mu.Lock()
	ready = true
	mu.Unlock()
	for range n {
		cond.Signal()
	}
}

// What is waited for is taken by who is woken.
type tokens struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func (t *tokens) take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.n == 0 {
		t.cond.Wait()
	}
	t.n--
}

func (t *tokens) put() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	t.cond.Signal()
}

func takeTokens(n int) {
	t := &tokens{}
	t.cond = sync.NewCond(&t.mu)
	for range n {
		go t.take()
	}
	t.put()
}

// A flag that is taken back.
type turnstile struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func (t *turnstile) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for !t.open {
		t.cond.Wait()
	}
	t.open = false
}

func (t *turnstile) admit() {
	t.mu.Lock()
	t.open = true
	t.mu.Unlock()
	t.cond.Signal()
}

func passTurnstile(n int) {
	t := &turnstile{}
	t.cond = sync.NewCond(&t.mu)
	for range n {
		go t.pass()
	}
	t.admit()
}

// Others may open it, as often as they like.
type Door struct {
	mu   sync.Mutex
	cond *sync.Cond
	open bool
}

func (d *Door) Wait() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.open {
		d.cond.Wait()
	}
}

func (d *Door) Open() {
	d.mu.Lock()
	d.open = true
	d.mu.Unlock()
	d.cond.Signal()
}

func manyAtTheDoor(d *Door, n int) {
	for range n {
		go d.Wait()
	}
}

// The Cond is handed to others.
func handedCond(n int, wake func(*sync.Cond)) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	for range n {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			for !ready {
				cond.Wait()
			}
		}()
	}
	mu.Lock()
	ready = true
	mu.Unlock()
	cond.Signal()
	wake(cond)
}

// One goroutine waits again and again.
func againAndAgain() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() {
		for range 3 {
			mu.Lock()
			for !ready {
				cond.Wait()
			}
			mu.Unlock()
		}
	}()
	mu.Lock()
	ready = true
	mu.Unlock()
	cond.Signal()
}
