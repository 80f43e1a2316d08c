package lockedwait

import (
	"sync"

	"golang.org/x/sync/errgroup"

	"fixture.example/lockedwait/dep"
)

// A wait is reported where it blocks, with the lock that is held, the calls on
// the way, and the other goroutine's half as related positions.

// Sender sends under the lock that the receiving loop takes for each value.
type Sender struct {
	mu     sync.Mutex
	events chan int
	sum    int
}

func NewSender() *Sender {
	s := &Sender{events: make(chan int)}
	go s.loop()
	return s
}

func (s *Sender) loop() {
	for e := range s.events { // related `^s\.events is received from here$`
		s.mu.Lock() // related `^s\.mu is locked here, before the answer$`
		s.sum += e
		s.mu.Unlock()
	}
}

func (s *Sender) Emit(e int) {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	s.events <- e // want `^this send on s\.events waits while s\.mu is held, which its receiver locks first, at line \d+$`
}

// EmitRepaired sends behind the lock.
func (s *Sender) EmitRepaired(e int) {
	s.mu.Lock()
	s.sum++
	s.mu.Unlock()
	s.events <- e
}

// Stopper waits for the end of a goroutine that takes the lock.
type Stopper struct {
	mu    sync.RWMutex
	quit  chan struct{}
	donec chan struct{}
	n     int
}

func (s *Stopper) Start() {
	s.quit = make(chan struct{})
	s.donec = make(chan struct{})
	go s.run()
}

func (s *Stopper) run() {
	defer close(s.donec) // related `^s\.donec is closed here$` `^s\.donec is closed here$` `^s\.donec is closed here$`
	for {
		select {
		case <-s.quit:
			return
		default:
		}
		s.tick()
	}
}

func (s *Stopper) tick() {
	s.mu.RLock() // related `^s\.mu is read-locked here, before the answer$` `^s\.mu is read-locked here, before the answer$` `^s\.mu is read-locked here, before the answer$`
	defer s.mu.RUnlock()
	if s.n > 3 {
		println(s.n)
	}
}

func (s *Stopper) Stop() {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	close(s.quit)
	s.wait() // related `^this call of s\.wait leads to the wait$`
}

func (s *Stopper) wait() { s.waitDeeper() } // related `^this call of s\.waitDeeper leads to the wait$`

func (s *Stopper) waitDeeper() {
	<-s.donec // want `^this receive from s\.donec waits while s\.mu is held, which whoever closes it read-locks first, at line \d+$`
}

// StopRepaired unlocks first.
func (s *Stopper) StopRepaired() {
	s.mu.Lock()
	close(s.quit)
	s.mu.Unlock()
	s.wait()
}

// StopOnPath waits in a branch of a loop.
func (s *Stopper) StopOnPath(ids []int) {
	for _, id := range ids {
		s.mu.Lock() // related `^s\.mu is locked here$`
		if id == s.n {
			<-s.donec // want `^this receive from s\.donec waits while s\.mu is held, which whoever closes it read-locks first, at line \d+$`
		}
		s.mu.Unlock()
	}
}

// -- groups --

// Workers are waited for under their lock.
type Workers struct {
	sync.Mutex
	wg   sync.WaitGroup
	done int
}

func (w *Workers) Start(n int) {
	for range n {
		w.wg.Add(1)
		go w.work()
	}
}

func (w *Workers) work() {
	defer w.wg.Done() // related `^this is what w\.wg waits for$`
	w.finish()
}

func (w *Workers) finish() {
	w.Lock() // related `^w is locked here, before the answer$`
	w.done++
	w.Unlock()
}

func (w *Workers) Wait() int {
	w.Lock() // related `^w is locked here$`
	defer w.Unlock()
	w.wg.Wait() // want `^w\.wg\.Wait waits while w is held, which a goroutine that it waits for locks first, at line \d+$`
	return w.done
}

func localGroup(jobs []int) (sum int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	mu.Lock() // related `^mu is locked here$`
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done() // related `^this is what wg waits for$`
			mu.Lock()       // related `^mu is locked here, before the answer$`
			sum += j
			mu.Unlock()
		}()
	}
	wg.Wait() // want `^wg\.Wait waits while mu is held, which a goroutine that it waits for locks first, at line \d+$`
	mu.Unlock()
	return sum
}

func localGroupRepaired(jobs []int) (sum int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			sum += j
			mu.Unlock()
		}()
	}
	wg.Wait()
	mu.Lock()
	defer mu.Unlock()
	return sum
}

func wgGo(jobs []int) (sum int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() { // related `^this is what wg waits for$`
			mu.Lock() // related `^mu is locked here, before the answer$`
			defer mu.Unlock()
			sum += j
		})
	}
	mu.Lock() // related `^mu is locked here$`
	defer mu.Unlock()
	wg.Wait() // want `^wg\.Wait waits while mu is held, which a goroutine that it waits for locks first, at line \d+$`
	return sum
}

// -- local variables --

func locals(n int) {
	var mu sync.Mutex
	ch := make(chan int)
	go func() {
		for v := range ch { // related `^ch is received from here$`
			mu.Lock() // related `^mu is locked here, before the answer$`
			println(v)
			mu.Unlock()
		}
	}()
	for i := range n {
		mu.Lock() // related `^mu is locked here$`
		ch <- i   // want `^this send on ch waits while mu is held, which its receiver locks first, at line \d+$`
		mu.Unlock()
	}
}

func receives() int {
	var mu sync.Mutex
	result := make(chan int)
	go func() {
		mu.Lock() // related `^mu is locked here, before the answer$`
		v := 3
		mu.Unlock()
		result <- v // related `^result is sent on here$`
	}()
	mu.Lock() // related `^mu is locked here$`
	defer mu.Unlock()
	return <-result // want `^this receive from result waits while mu is held, which its sender locks first, at line \d+$`
}

func parameters() {
	var mu sync.Mutex
	done := make(chan struct{})
	go worker(&mu, done)
	await(&mu, done)
}

func worker(mu *sync.Mutex, done chan<- struct{}) {
	mu.Lock() // related `^mu is locked here, before the answer$`
	defer mu.Unlock()
	close(done) // related `^done is closed here$`
}

func await(mu sync.Locker, done <-chan struct{}) {
	mu.Lock() // related `^mu is locked here$`
	defer mu.Unlock()
	<-done // want `^this receive from done waits while mu is held, which whoever closes it locks first, at line \d+$`
}

func (s *Stopper) locked(f func()) {
	s.mu.Lock() // related `^s\.mu is locked here$`
	defer s.mu.Unlock()
	f() // related `^this call of f leads to the wait$`
}

// StopByCallback waits in a function that is called under the lock.
func (s *Stopper) StopByCallback() {
	s.locked(func() {
		<-s.donec // want `^this receive from s\.donec waits while s\.mu is held, which whoever closes it read-locks first, at line \d+$`
	})
}

// -- selects --

// Broker waits for one of two goroutines, both of which need its lock.
type Broker struct {
	mu       sync.Mutex
	in, out  chan int
	received int
}

func NewBroker() *Broker {
	b := &Broker{in: make(chan int), out: make(chan int)}
	go b.feed()
	go b.drain()
	return b
}

func (b *Broker) feed() {
	for i := range 10 {
		b.mu.Lock()
		i += b.received
		b.mu.Unlock()
		b.in <- i
	}
}

func (b *Broker) drain() {
	for v := range b.out { // related `^b\.out is received from here$`
		b.mu.Lock() // related `^b\.mu is locked here, before the answer$`
		b.received += v
		b.mu.Unlock()
	}
}

func (b *Broker) Turn() {
	b.mu.Lock() // related `^b\.mu is locked here$`
	defer b.mu.Unlock()
	select { // want `^this select waits while b\.mu is held, which its receiver locks first, at line \d+$`
	case v := <-b.in:
		b.received += v
	case b.out <- b.received:
	}
}

// -- conditions --

// Queue waits for a Cond while it holds a second lock, which Put needs.
type Queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	stats sync.Mutex
	items []int
	puts  int
}

func NewQueue() *Queue {
	q := new(Queue)
	q.cond = sync.NewCond(&q.mu)
	return q
}

func (q *Queue) Put(v int) {
	q.stats.Lock() // related `^q\.stats is locked here, before the answer$`
	q.puts++
	q.stats.Unlock()
	q.mu.Lock()
	q.items = append(q.items, v)
	q.mu.Unlock()
	q.cond.Signal() // related `^q\.cond is signalled here$`
}

func (q *Queue) Get() int {
	q.stats.Lock() // related `^q\.stats is locked here$`
	defer q.stats.Unlock()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait() // want `^q\.cond\.Wait waits while q\.stats is held, which whoever signals it locks first, at line \d+$`
	}
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

// GetRepaired holds only the lock of the Cond.
func (q *Queue) GetRepaired() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait()
	}
	return q.items[0]
}

// -- readers --

// Readers wait for one another while a writer waits for both.
type Readers struct {
	mu    sync.RWMutex
	ready chan struct{}
	n     int
}

func (r *Readers) Prepare() {
	r.ready = make(chan struct{})
	go func() {
		r.mu.RLock() // related `^r\.mu is read-locked here, before the answer$`
		println(r.n)
		r.mu.RUnlock()
		close(r.ready) // related `^r\.ready is closed here$`
	}()
}

func (r *Readers) Read() int {
	r.mu.RLock() // related `^r\.mu is read-locked here$`
	defer r.mu.RUnlock()
	<-r.ready // want `^this receive from r\.ready waits while r\.mu is read-locked, which whoever closes it read-locks first, at line \d+$`
	return r.n
}

func (r *Readers) Write(n int) {
	r.mu.Lock() // related `^r\.mu is locked here, which keeps further readers out$`
	r.n = n
	r.mu.Unlock()
}

// -- generic, embedded, interface --

// Generic hands values over under its lock.
type Generic[T any] struct {
	mu   sync.Mutex
	ch   chan T
	last T
}

func NewGeneric[T any]() *Generic[T] { return &Generic[T]{ch: make(chan T)} }

func (g *Generic[T]) Put(v T) {
	g.mu.Lock() // related `^g\.mu is locked here$`
	defer g.mu.Unlock()
	g.ch <- v // want `^this send on g\.ch waits while g\.mu is held, which its receiver locks first, at line \d+$`
}

func (g *Generic[T]) Take() T {
	g.mu.Lock() // related `^g\.mu is locked here, before the answer$`
	last := g.last
	g.mu.Unlock()
	_ = last
	return <-g.ch // related `^g\.ch is received from here$`
}

type base struct {
	mu   sync.Mutex
	stop chan struct{}
}

// Derived embeds its lock and its channel.
type Derived struct {
	base
	n int
}

func NewDerived() *Derived {
	d := new(Derived)
	d.stop = make(chan struct{})
	go d.loop()
	return d
}

func (d *Derived) loop() {
	for {
		select {
		case <-d.stop: // related `^d\.stop is received from here$`
			return
		default:
			d.mu.Lock() // related `^d\.mu is locked here, before the answer$`
			d.n++
			d.mu.Unlock()
		}
	}
}

func (d *Derived) Close() {
	d.mu.Lock() // related `^d\.mu is locked here$`
	defer d.mu.Unlock()
	d.stop <- struct{}{} // want `^this send on d\.stop waits while d\.mu is held, which its receiver locks first, at line \d+$`
}

type handler interface{ handle(int) }

// Hub sends under its lock to a loop whose handler takes it.
type Hub struct {
	mu  sync.Mutex
	ch  chan int
	h   handler
	cnt int
}

type counter struct{ hub *Hub }

func (c *counter) handle(n int) {
	c.hub.mu.Lock() // related `^c\.hub\.mu is locked here, before the answer$`
	c.hub.cnt += n
	c.hub.mu.Unlock()
}

func NewHub() *Hub {
	h := &Hub{ch: make(chan int)}
	h.h = &counter{h}
	go func() {
		for {
			h.h.handle(<-h.ch) // related `^h\.ch is received from here$`
		}
	}()
	return h
}

func (h *Hub) Send(n int) {
	h.mu.Lock() // related `^h\.mu is locked here$`
	h.ch <- n   // want `^this send on h\.ch waits while h\.mu is held, which its receiver locks first, at line \d+$`
	h.mu.Unlock()
}

// -- package level --

var (
	stateMu sync.Mutex
	state   int
	changes = make(chan int)
)

func watchChanges() {
	for c := range changes { // related `^changes is received from here$`
		stateMu.Lock() // related `^stateMu is locked here, before the answer$`
		state = c
		stateMu.Unlock()
	}
}

func StartWatching() { go watchChanges() }

func Change(n int) {
	stateMu.Lock() // related `^stateMu is locked here$`
	defer stateMu.Unlock()
	if state != n {
		changes <- n // want `^this send on changes waits while stateMu is held, which its receiver locks first, at line \d+$`
	}
}

// -- another package --

func depGroup(c *dep.Cache) {
	var mu sync.Mutex
	var p dep.Pool
	for range 3 {
		p.Go(func() { // related `^this is what p\.wg waits for$`
			mu.Lock() // related `^mu is locked here, before the answer$`
			println(c.Get("x"))
			mu.Unlock()
		})
	}
	mu.Lock() // related `^mu is locked here$`
	p.Wait()  // want `^this call of p\.Wait waits while mu is held, which a goroutine that it waits for locks first, at line \d+$`
	mu.Unlock()
}

func depLock(c *dep.Cache) {
	done := make(chan struct{})
	go func() {
		defer close(done)   // related `^done is closed here$`
		println(c.Get("x")) // related `^c\.mu is locked here, before the answer$`
	}()
	c.Update(func() { dep.Await(done) }) // related `^c\.mu is locked here$` // want `^this call of dep\.Await waits while c\.mu is held, which whoever closes it locks first, at line \d+$`
}

func depSend(mu *sync.Mutex) {
	ch := make(chan int)
	go func() {
		for v := range ch {
			mu.Lock()
			println(v)
			mu.Unlock()
		}
	}()
	for i := range 3 {
		mu.Lock()
		dep.Put(ch, i)
		mu.Unlock()
	}
}

func errGroup(jobs []int) (sum int, err error) {
	var mu sync.Mutex
	var g errgroup.Group
	for _, j := range jobs {
		g.Go(func() error { // related `^this is what g waits for$`
			mu.Lock() // related `^mu is locked here, before the answer$`
			defer mu.Unlock()
			sum += j
			return nil
		})
	}
	mu.Lock() // related `^mu is locked here$`
	defer mu.Unlock()
	return sum, g.Wait() // want `^g\.Wait waits while mu is held, which a goroutine that it waits for locks first, at line \d+$`
}

// -- function values --

// Hooks calls what was registered.
type Hooks struct {
	mu   sync.Mutex
	done chan struct{}
	hook func()
	n    int
}

func NewHooks() *Hooks {
	h := &Hooks{done: make(chan struct{})}
	h.hook = h.count
	return h
}

func (h *Hooks) count() {
	h.mu.Lock() // related `^h\.mu is locked here, before the answer$`
	h.n++
	h.mu.Unlock()
}

func (h *Hooks) Start() {
	go func() {
		h.hook()
		close(h.done) // related `^h\.done is closed here$`
	}()
}

func (h *Hooks) Stop() {
	h.mu.Lock() // related `^h\.mu is locked here$`
	defer h.mu.Unlock()
	<-h.done // want `^this receive from h\.done waits while h\.mu is held, which whoever closes it locks first, at line \d+$`
}

func methodValue(s *Stopper) {
	stop := s.waitDeeper
	s.mu.Lock()
	defer s.mu.Unlock()
	stop()
}
