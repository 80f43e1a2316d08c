package lockedwait

import "sync"

// A buffer that is full makes a send wait, and one that is filled again and again is
// full one day.

type Mailer struct {
	mu     sync.Mutex
	sent   map[string]int
	outbox chan string
	quit   chan struct{}
}

func NewMailer() *Mailer {
	m := &Mailer{sent: make(map[string]int), outbox: make(chan string, 8), quit: make(chan struct{})}
	go m.run()
	return m
}

func (m *Mailer) run() {
	for {
		select {
		case to := <-m.outbox: // related `^m\.outbox is received from here$`
			m.note(to)
		case <-m.quit:
			return
		}
	}
}

func (m *Mailer) note(to string) {
	m.mu.Lock() // related `^m\.mu is locked here, before the answer$`
	m.sent[to]++
	m.mu.Unlock()
}

func (m *Mailer) Mail(to string) {
	m.mu.Lock() // related `^m\.mu is locked here$`
	defer m.mu.Unlock()
	m.sent[to] = 0
	m.outbox <- to // want `^this send on m\.outbox waits while m\.mu is held, which its receiver locks first, at line 33$`
}

func (m *Mailer) Close() { close(m.quit) }

// The keeper of tokens is called by any number of goroutines.

type userTokens struct {
	mu     sync.Mutex
	live   map[string]bool
	keeper *userKeeper
}

type userKeeper struct {
	added  chan string
	done   chan struct{}
	remove func(string)
}

func newUserTokens() *userTokens {
	t := &userTokens{live: make(map[string]bool)}
	t.keeper = &userKeeper{added: make(chan string, 1), done: make(chan struct{}), remove: t.drop}
	go t.keeper.run()
	return t
}

func (k *userKeeper) run() {
	for {
		select {
		case id := <-k.added: // related `^k\.added is received from here$`
			k.remove(id)
		case <-k.done:
			return
		}
	}
}

func (t *userTokens) drop(id string) {
	t.mu.Lock() // related `^t\.mu is locked here, before the answer$`
	defer t.mu.Unlock()
	delete(t.live, id)
}

func (t *userTokens) assign(id string) {
	t.mu.Lock() // related `^t\.mu is locked here$`
	t.live[id] = true
	t.keeper.added <- id // want `^this send on t\.keeper\.added waits while t\.mu is held, which its receiver locks first, at line 80$`
	t.mu.Unlock()
}

func assignUsers() {
	t := newUserTokens()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { t.assign("user") })
	}
	wg.Wait()
	close(t.keeper.done)
}

// None of these is reported.

// A Caller's replies have room: each is received once.
type Caller struct {
	mu    sync.Mutex
	calls map[int]*pending
	next  int
}

type pending struct{ done chan error }

func NewCaller() *Caller { return &Caller{calls: make(map[int]*pending)} }

func (c *Caller) Call() error {
	p := &pending{done: make(chan error, 1)}
	c.mu.Lock()
	c.next++
	c.calls[c.next] = p
	c.mu.Unlock()
	return <-p.done
}

func (c *Caller) CallAgain() error {
	for range 3 {
		p := &pending{done: make(chan error, 1)}
		c.mu.Lock()
		c.next++
		c.calls[c.next] = p
		c.mu.Unlock()
		if err := <-p.done; err == nil {
			return nil
		}
	}
	return nil
}

func (c *Caller) Reply(id int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.calls[id]; p != nil {
		delete(c.calls, id)
		p.done <- err
	}
}

// A Relay takes the lock behind the loop that empties the buffer.
type Relay struct {
	mu    sync.Mutex
	lines chan string
	n     int
}

func NewRelay() *Relay {
	r := &Relay{lines: make(chan string, 4)}
	go r.run()
	return r
}

func (r *Relay) run() {
	n := 0
	for range r.lines {
		n++
	}
	r.mu.Lock()
	r.n = n
	r.mu.Unlock()
}

func (r *Relay) Put(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines <- s
}

// The buffer of a local channel has room for all.
func roomForAll() int {
	var mu sync.Mutex
	total := 0
	results := make(chan int, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for v := range results {
			mu.Lock()
			total += v
			mu.Unlock()
		}
	}()
	mu.Lock()
	for i := range 4 {
		results <- i
	}
	mu.Unlock()
	close(results)
	<-done
	return total
}

// A Signal is dropped when one is waiting already.
type Signal struct {
	mu   sync.Mutex
	wake chan struct{}
	n    int
}

func NewSignal() *Signal {
	s := &Signal{wake: make(chan struct{}, 1)}
	go s.run()
	return s
}

func (s *Signal) run() {
	for range s.wake {
		s.mu.Lock()
		s.n--
		s.mu.Unlock()
	}
}

func (s *Signal) Wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
