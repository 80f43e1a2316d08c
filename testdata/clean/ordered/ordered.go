// Package ordered has accesses of several goroutines to what they share, each of
// which comes after the other, or is under one lock with it.
package ordered

import (
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// -- unpublished workers: nobody can send to them before the object is handed out --

type cache struct {
	workers workers
	latency *histogram
	name    string
}

type histogram struct{ n atomic.Int64 }

func (h *histogram) observe(d time.Duration) { h.n.Add(int64(d)) }

type task struct{ key string }

type workers struct {
	done  chan struct{}
	tasks chan task
	wg    sync.WaitGroup
}

func open(n int) *cache {
	c := &cache{}
	c.workers.start(c, n)
	c.latency = &histogram{}
	c.name = "cache"
	return c
}

func (w *workers) start(c *cache, n int) {
	done := make(chan struct{})
	tasks := make(chan task, n)
	w.done, w.tasks = done, tasks
	w.wg.Add(n)
	for range n {
		go func() {
			defer w.wg.Done()
			for {
				select {
				case <-done:
					return
				case t, ok := <-tasks:
					if !ok {
						return
					}
					start := time.Now()
					write(c.name, t.key)
					c.latency.observe(time.Since(start))
				}
			}
		}()
	}
}

func (c *cache) put(key string) {
	select {
	case c.workers.tasks <- task{key}:
	default:
	}
}

func (c *cache) close() {
	close(c.workers.done)
	c.workers.wg.Wait()
}

func write(name, key string) { os.Stdout.WriteString(name + key) }

// -- the same with one loop of the object's own --

type actor struct {
	requests chan func()
	quit     chan struct{}
	limit    int
}

func newActor(limit int) *actor {
	a := &actor{requests: make(chan func()), quit: make(chan struct{})}
	go a.loop()
	a.limit = limit
	return a
}

func (a *actor) loop() {
	n := 0
	for {
		select {
		case do := <-a.requests:
			if n++; n > a.limit {
				return
			}
			do()
		case <-a.quit:
			return
		}
	}
}

func (a *actor) stop() { close(a.quit) }

// -- a result that is waited for if the goroutine has been started --

type result struct{ err error }

type process struct {
	stop   <-chan struct{}
	result chan result
	pipes  []*os.File
	errs   chan error
	delay  time.Duration
}

func (p *process) run() error {
	if err := p.start(); err != nil {
		return err
	}
	return p.wait()
}

func (p *process) start() error {
	if p.delay < 0 {
		return os.ErrInvalid
	}
	if p.delay != 0 && p.stop != nil {
		results := make(chan result)
		p.result = results
		go p.watch(results)
	}
	return nil
}

func (p *process) watch(results chan<- result) {
	select {
	case results <- result{}:
		return
	case <-p.stop:
	}
	if p.errs != nil {
		for _, f := range p.pipes {
			f.Close()
		}
		p.errs = nil
	}
	results <- result{os.ErrDeadlineExceeded}
}

func (p *process) wait() error {
	var err error
	if p.result != nil {
		r := <-p.result
		err = r.err
	}
	for _, f := range p.pipes {
		f.Close()
	}
	p.pipes, p.errs = nil, nil
	return err
}

// -- a lock that all callers hold --

type client struct {
	mu    sync.Mutex
	track *tracking
	pause *time.Timer
}

type tracking struct {
	seen  map[string]time.Time
	timer *time.Timer
}

func (c *client) Request(reply string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trackReply(reply)
}

func (c *client) Pause(d time.Duration) {
	c.mu.Lock()
	c.updatePause(d)
	c.mu.Unlock()
}

// trackReply is called with the lock held.
func (c *client) trackReply(reply string) {
	if c.track == nil {
		c.track = &tracking{
			seen:  make(map[string]time.Time),
			timer: time.AfterFunc(time.Minute, c.prune),
		}
	}
	c.track.seen[reply] = time.Now()
}

func (c *client) prune() {
	c.mu.Lock()
	if c.track != nil {
		c.track.timer.Stop()
		c.track = nil
	}
	c.mu.Unlock()
}

// updatePause is called with the lock held.
func (c *client) updatePause(d time.Duration) {
	if c.pause != nil {
		stopAndClear(&c.pause)
	}
	if d == 0 {
		return
	}
	c.pause = time.AfterFunc(d, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		stopAndClear(&c.pause)
	})
}

func stopAndClear(t **time.Timer) {
	if *t == nil {
		return
	}
	(*t).Stop()
	*t = nil
}

// -- a lock that another object has by its address --

type keeper struct {
	mu     *sync.Mutex
	tokens map[string]time.Time
	drop   func(string)
	quit   chan struct{}
}

func (k *keeper) run() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			k.mu.Lock()
			for token, end := range k.tokens {
				if time.Now().After(end) {
					k.drop(token)
					delete(k.tokens, token)
				}
			}
			k.mu.Unlock()
		case <-k.quit:
			return
		}
	}
}

func (k *keeper) add(token string) { k.tokens[token] = time.Now().Add(time.Minute) }

type store struct {
	mu     sync.Mutex
	users  map[string]string
	keeper *keeper
}

func (s *store) enable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	drop := func(token string) {
		if _, ok := s.users[token]; ok {
			delete(s.users, token)
		}
	}
	s.keeper = &keeper{mu: &s.mu, tokens: make(map[string]time.Time), drop: drop, quit: make(chan struct{})}
	go s.keeper.run()
}

func (s *store) assign(user, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[token] = user
	if s.keeper != nil {
		s.keeper.add(token)
	}
}

func (s *store) disable() {
	s.mu.Lock()
	k := s.keeper
	s.keeper = nil
	s.users = make(map[string]string)
	s.mu.Unlock()
	if k != nil {
		close(k.quit)
	}
}

func useStore() {
	s := &store{users: make(map[string]string)}
	s.enable()
	s.assign("a", "b")
	s.disable()
}

// -- an element for each --

func hog(do func(int) int, y *int) {
	n := *y
	for range 100 {
		n = do(n)
	}
	*y = n
}

func hogs(do func(int) int) int {
	var wg sync.WaitGroup
	var salts [10]int
	for i := range 10 {
		wg.Add(1)
		go func(j int) {
			around(func() { hog(do, &salts[j]) })
			wg.Done()
		}(i)
	}
	wg.Wait()
	return salts[0]
}

func around(do func()) { do() }

// -- who has the token counts --

func tokens() int {
	done := make(chan bool)
	wakes := make(chan bool)
	count := 0
	run := func(limit int, counter *int, wake chan bool) {
		for {
			select {
			case <-done:
				return
			case <-wake:
				for range limit {
					*counter++
				}
				wake <- true
			}
		}
	}
	for range 2 {
		go run(1000, &count, wakes)
	}
	wakes <- true
	time.Sleep(100 * time.Millisecond)
	close(done)
	<-wakes
	return count
}

var _ = []any{open, (*cache).put, (*cache).close, newActor, (*actor).stop, (*process).run, useStore, hogs, tokens}

// -- RWMutexes: readers at once, writers alone --

type registry struct {
	mu    sync.RWMutex
	names map[string]int
	hits  int64
}

func (r *registry) lookup(name string) (int, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n, ok := r.names[name]
	bumpHits(&r.hits)
	return n, ok
}

func (r *registry) add(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names[name]++
}

func (r *registry) fill(names []string) int64 {
	var wg sync.WaitGroup
	for _, name := range names {
		wg.Go(func() {
			if _, ok := r.lookup(name); !ok {
				r.add(name)
			}
		})
	}
	wg.Wait()
	return atomic.LoadInt64(&r.hits)
}

// bumpHits is handed the address of what is read atomically everywhere.
func bumpHits(n *int64) { atomic.AddInt64(n, 1) }

func largest(numbers []int) (most int) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	for _, n := range numbers {
		wg.Go(func() {
			mu.RLock()
			less := n <= most
			mu.RUnlock()
			if less {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			most = max(most, n)
		})
	}
	wg.Wait()
	return most
}

// -- objects that are completed before a goroutine gets them, or looks --

type feed struct {
	in     chan string
	handle func(string)
	ready  chan struct{}
}

func (f *feed) loop() {
	<-f.ready
	for s := range f.in {
		f.handle(s)
	}
}

func newFeed(in chan string, handle func(string)) *feed {
	f := &feed{in: in, ready: make(chan struct{})}
	go f.loop()
	f.handle = handle
	close(f.ready)
	return f
}

func newFeedOf(in chan string, handle func(string)) *feed {
	f := &feed{in: in, ready: make(chan struct{})}
	f.handle = handle
	close(f.ready)
	go f.loop()
	return f
}
