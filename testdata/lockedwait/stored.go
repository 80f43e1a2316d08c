package lockedwait

import "sync"

// What a goroutine calls before it answers is known by a field: it is given what a
// function returns, or a map of methods.

type tokenKeeper struct {
	added  chan string
	stop   chan struct{}
	forget func(string)
}

type keptTokens struct {
	mu   sync.Mutex
	all  map[string]bool
	keep *tokenKeeper
}

func newTokenKeeper(forget func(string)) *tokenKeeper {
	k := &tokenKeeper{added: make(chan string), stop: make(chan struct{}), forget: forget}
	go k.run()
	return k
}

func (k *tokenKeeper) run() {
	for {
		select {
		case t := <-k.added: // related `^k\.added is received from here$`
			k.forget(t)
		case <-k.stop:
			return
		}
	}
}

func (k *tokenKeeper) add(t string) {
	k.added <- t // want `^this send on k\.added waits while t\.mu is held, which its receiver locks first, at line \d+$`
}

func forgetter(t *keptTokens) func(string) {
	return func(token string) {
		t.mu.Lock() // related `^t\.mu is locked here, before the answer$`
		defer t.mu.Unlock()
		delete(t.all, token)
	}
}

func (t *keptTokens) enable() { t.keep = newTokenKeeper(forgetter(t)) }

func (t *keptTokens) assign(token string) {
	t.mu.Lock() // related `^t\.mu is locked here$`
	t.all[token] = true
	t.keep.add(token) // related `^this call of t\.keep\.add leads to the wait$`
	t.mu.Unlock()
}

// -- an cmdAgent ends under the lock that its handlers take --

type cmdAgent struct {
	mu       sync.Mutex
	sum      int
	work     chan int
	quit     chan struct{}
	done     chan struct{}
	handlers map[bool]func(int)
}

func newCmdAgent() *cmdAgent {
	a := &cmdAgent{work: make(chan int), quit: make(chan struct{}), done: make(chan struct{})}
	a.handlers = map[bool]func(int){true: a.add}
	go a.run()
	return a
}

func (a *cmdAgent) add(n int) {
	a.mu.Lock() // related `^a\.mu is locked here, before the answer$`
	a.sum += n
	a.mu.Unlock()
}

func (a *cmdAgent) run() {
	defer close(a.done) // related `^a\.done is closed here$`
	for {
		select {
		case n := <-a.work:
			if h, ok := a.handlers[n > 0]; ok {
				h(n)
			}
		case <-a.quit:
			return
		}
	}
}

func (a *cmdAgent) end() {
	a.mu.Lock() // related `^a\.mu is locked here$`
	defer a.mu.Unlock()
	close(a.quit)
	<-a.done // want `^this receive from a\.done waits while a\.mu is held, which whoever closes it locks first, at line \d+$`
}

func (a *cmdAgent) endUnlocked() int {
	close(a.quit)
	<-a.done
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sum
}

// -- beside it runs a goroutine that has nothing to say about the wait --

func sendBeside() {
	a := newCmdAgent()
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		select {
		case a.work <- 1:
		default:
		}
	}()
	wg.Wait()
	a.end()
}
