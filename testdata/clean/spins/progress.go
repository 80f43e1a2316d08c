package spins

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A wakeup is a Cond whose waiters look at a ring that is filled without the lock.
type wakeup struct {
	mu   *sync.Mutex
	cond sync.Cond
	ring *ring
}

func (w *wakeup) init(mu *sync.Mutex, r *ring) { w.mu, w.ring, w.cond.L = mu, r, w }
func (w *wakeup) Wait()                        { w.cond.Wait() }
func (w *wakeup) Lock()                        { w.mu.Lock() }

func (w *wakeup) Unlock() {
	w.mu.Unlock()
	if !w.ring.empty() {
		w.cond.Signal()
	}
}

type ring struct{ headTail atomic.Uint64 }

func (r *ring) empty() bool {
	both := r.headTail.Load()
	return both>>32 == both&(1<<32-1)
}

func (r *ring) pop() { r.headTail.Add(1 << 32) }

// popAll waits for what there is to pop.
func popAll(r *ring, closed *atomic.Bool) {
	var (
		mu sync.Mutex
		w  wakeup
	)
	w.init(&mu, r)
	mu.Lock()
	defer mu.Unlock()
	for {
		for {
			if closed.Load() {
				return
			}
			if !r.empty() {
				break
			}
			w.Wait()
		}
		r.pop()
	}
}

// An outbox is flushed by one goroutine at a time.
type outbox struct {
	mu       sync.Mutex
	flushing bool
	pending  int
	write    func(n int) int
}

func (o *outbox) flush() bool {
	if o.flushing {
		o.mu.Unlock()
		runtime.Gosched()
		o.mu.Lock()
		return false
	}
	o.flushing = true
	defer func() { o.flushing = false }()
	if o.pending == 0 {
		return true
	}
	n := o.pending
	o.mu.Unlock()
	n = o.write(n)
	o.mu.Lock()
	o.pending -= n
	return true
}

func (o *outbox) flushAll() {
	for done := false; !done; {
		o.mu.Lock()
		if o.pending > 0 {
			o.flush()
		} else {
			done = true
		}
		o.mu.Unlock()
	}
}

func (o *outbox) flushLocked() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.pending > 0 {
		o.flush()
	}
}

// same looks at each of the channels once.
func same(n int, chans ...chan int) bool {
	for _, ch := range chans {
		if len(ch) != n {
			return false
		}
	}
	return true
}

func balanced(a, b, c chan int) bool { return same(0, a, b) || same(1, b, c) }

var _ = []any{popAll, (*outbox).flushAll, (*outbox).flushLocked, balanced}

// The loop looks under the lock at what it works off itself.
type outbound struct {
	mu       sync.Mutex
	pending  int
	flushing bool
}

func (o *outbound) flush() bool {
	if o.flushing {
		o.mu.Unlock()
		runtime.Gosched()
		o.mu.Lock()
		return false
	}
	o.flushing = true
	defer func() { o.flushing = false }()
	o.pending = 0
	return true
}

func (o *outbound) flushAll() {
	for done := false; !done; {
		o.mu.Lock()
		if o.pending > 0 {
			o.flush()
		} else {
			done = true
		}
		o.mu.Unlock()
	}
}
