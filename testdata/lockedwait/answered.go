package lockedwait

import (
	"context"
	"sync"
	"time"

	"fixture.example/lockedwait/dep"
)

// Nothing in this file may wait for ever: the answer comes without the lock,
// comes before it, or the wait has another end.

// Buffered has room for what it is sent under its lock.
type Buffered struct {
	mu   sync.Mutex
	errs chan error
	n    int
}

func NewBuffered() *Buffered { return &Buffered{errs: make(chan error, 1)} }

func (b *Buffered) Fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.errs <- err
}

func (b *Buffered) Wait() error {
	b.mu.Lock()
	b.n++
	b.mu.Unlock()
	return <-b.errs
}

func bufferedLocal(jobs []int) int {
	var mu sync.Mutex
	results := make(chan int, len(jobs))
	for _, j := range jobs {
		go func() {
			mu.Lock()
			defer mu.Unlock()
			results <- j
		}()
	}
	mu.Lock()
	n := len(jobs)
	mu.Unlock()
	return n + <-results
}

// FreeReceiver receives without the lock.
type FreeReceiver struct {
	mu     sync.Mutex
	events chan int
	sum    int
}

func NewFreeReceiver() *FreeReceiver {
	f := &FreeReceiver{events: make(chan int)}
	go func() {
		for e := range f.events {
			println(e)
		}
	}()
	return f
}

func (f *FreeReceiver) Emit(e int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sum += e
	f.events <- e
}

// TwoReceivers has one receiver that needs no lock.
type TwoReceivers struct {
	mu   sync.Mutex
	jobs chan int
	sum  int
}

func NewTwoReceivers() *TwoReceivers {
	t := &TwoReceivers{jobs: make(chan int)}
	go t.counting()
	go t.printing()
	return t
}

func (t *TwoReceivers) counting() {
	for j := range t.jobs {
		t.mu.Lock()
		t.sum += j
		t.mu.Unlock()
	}
}

func (t *TwoReceivers) printing() {
	for j := range t.jobs {
		println(j)
	}
}

func (t *TwoReceivers) Add(j int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.jobs <- j
}

// AnswersFirst closes before it takes the lock.
type AnswersFirst struct {
	mu    sync.Mutex
	ready chan struct{}
	n     int
}

func NewAnswersFirst() *AnswersFirst {
	a := &AnswersFirst{ready: make(chan struct{})}
	go func() {
		close(a.ready)
		a.mu.Lock()
		a.n++
		a.mu.Unlock()
	}()
	return a
}

func (a *AnswersFirst) Get() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	<-a.ready
	return a.n
}

// UnlocksFirst waits behind its lock.
type UnlocksFirst struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	quit chan struct{}
	n    int
}

func (u *UnlocksFirst) Start() {
	u.quit = make(chan struct{})
	u.wg.Add(1)
	go func() {
		defer u.wg.Done()
		for {
			select {
			case <-u.quit:
				return
			case <-time.After(time.Second):
				u.mu.Lock()
				u.n++
				u.mu.Unlock()
			}
		}
	}()
}

func (u *UnlocksFirst) Stop() {
	u.mu.Lock()
	close(u.quit)
	u.mu.Unlock()
	u.wg.Wait()
}

// StopAndRelock unlocks for as long as it waits.
func (u *UnlocksFirst) StopAndRelock() {
	u.mu.Lock()
	defer u.mu.Unlock()
	close(u.quit)
	u.mu.Unlock()
	u.wg.Wait()
	u.mu.Lock()
}

func (u *UnlocksFirst) waitLocked() {
	u.mu.Unlock()
	defer u.mu.Lock()
	u.wg.Wait()
}

func (u *UnlocksFirst) StopByHelper() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.waitLocked()
}

// Timed gives up.
type Timed struct {
	mu   sync.Mutex
	reqs chan int
	n    int
}

func NewTimed() *Timed {
	t := &Timed{reqs: make(chan int)}
	go func() {
		for r := range t.reqs {
			t.mu.Lock()
			t.n += r
			t.mu.Unlock()
		}
	}()
	return t
}

func (t *Timed) Request(ctx context.Context, r int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.reqs <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Timed) RequestFor(d time.Duration, r int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case t.reqs <- r:
		return true
	case <-timer.C:
		return false
	}
}

func (t *Timed) TryRequest(r int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.reqs <- r:
		return true
	default:
		return false
	}
}

func (t *Timed) RequestAfter(r int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.reqs <- r:
	case <-time.After(time.Second):
	}
}

// Quitting has an arm that Close ends without the lock.
type Quitting struct {
	mu   sync.Mutex
	reqs chan int
	quit chan struct{}
	once sync.Once
	n    int
}

func NewQuitting() *Quitting {
	q := &Quitting{reqs: make(chan int), quit: make(chan struct{})}
	go func() {
		for r := range q.reqs {
			q.mu.Lock()
			q.n += r
			q.mu.Unlock()
		}
	}()
	return q
}

func (q *Quitting) Request(r int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case q.reqs <- r:
	case <-q.quit:
	}
}

func (q *Quitting) Close() { q.once.Do(func() { close(q.quit) }) }

// OtherLock guards something else with the goroutine's lock.
type OtherLock struct {
	mu, inner sync.Mutex
	done      chan struct{}
	n         int
}

func NewOtherLock() *OtherLock {
	o := &OtherLock{done: make(chan struct{})}
	go func() {
		defer close(o.done)
		o.inner.Lock()
		o.n++
		o.inner.Unlock()
	}()
	return o
}

func (o *OtherLock) Wait() {
	o.mu.Lock()
	defer o.mu.Unlock()
	<-o.done
}

// OtherObject is answered by a goroutine that locks its parent's lock.
type OtherObject struct {
	mu     sync.Mutex
	parent *OtherObject
	done   chan struct{}
	n      int
}

func (o *OtherObject) Start() {
	o.done = make(chan struct{})
	go func() {
		defer close(o.done)
		o.parent.mu.Lock()
		o.parent.n++
		o.parent.mu.Unlock()
	}()
}

func (o *OtherObject) Wait() {
	o.mu.Lock()
	defer o.mu.Unlock()
	<-o.done
}

func otherLocal() {
	var a, b sync.Mutex
	done := make(chan struct{})
	go func() {
		b.Lock()
		defer b.Unlock()
		close(done)
	}()
	a.Lock()
	defer a.Unlock()
	<-done
}

type cell struct {
	mu sync.Mutex
	n  int
}

func otherCell() {
	a, b := &cell{}, &cell{}
	done := make(chan struct{})
	go func() {
		b.mu.Lock()
		b.n++
		b.mu.Unlock()
		close(done)
	}()
	a.mu.Lock()
	defer a.mu.Unlock()
	<-done
}

// OneCond is waited for with its own lock alone.
type OneCond struct {
	mu   sync.Mutex
	cond *sync.Cond
	n    int
}

func NewOneCond() *OneCond {
	o := &OneCond{}
	o.cond = sync.NewCond(&o.mu)
	return o
}

func (o *OneCond) Wait() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.n == 0 {
		o.cond.Wait()
	}
}

func (o *OneCond) WaitByL() {
	o.cond.L.Lock()
	for o.n == 0 {
		o.cond.Wait()
	}
	o.cond.L.Unlock()
}

func (o *OneCond) Signal() {
	o.mu.Lock()
	o.n++
	o.mu.Unlock()
	o.cond.Broadcast()
}

// TwoConds has a second lock that the signaller does not need.
type TwoConds struct {
	mu, gate sync.Mutex
	cond     *sync.Cond
	n        int
}

func NewTwoConds() *TwoConds {
	t := &TwoConds{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

func (t *TwoConds) Wait() {
	t.gate.Lock()
	defer t.gate.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.n == 0 {
		t.cond.Wait()
	}
}

func (t *TwoConds) Signal() {
	t.mu.Lock()
	t.n++
	t.mu.Unlock()
	t.cond.Broadcast()
}

// -- order --

// joinedFirst waits for the goroutine that locks before it locks itself.
func joinedFirst() int {
	var mu sync.Mutex
	locked := make(chan struct{})
	result := make(chan int)
	go func() {
		mu.Lock()
		mu.Unlock()
		close(locked)
		result <- 1
	}()
	<-locked
	mu.Lock()
	defer mu.Unlock()
	return <-result
}

func startedBehind() {
	var mu sync.Mutex
	done := make(chan struct{})
	mu.Lock()
	go func() {
		close(done)
	}()
	<-done
	mu.Unlock()
	go func() {
		mu.Lock()
		mu.Unlock()
	}()
}

// senderAlone sends under the lock that the receiver has released for good.
func senderAlone() {
	var mu sync.Mutex
	ch := make(chan int)
	mu.Lock()
	mu.Unlock()
	go func() {
		mu.Lock()
		defer mu.Unlock()
		ch <- 1
	}()
	<-ch
}

// lockedBehind takes the lock behind the only receive.
func lockedBehind() {
	var mu sync.Mutex
	ch := make(chan int)
	go func() {
		mu.Lock()
		defer mu.Unlock()
		ch <- 1
	}()
	v := <-ch
	mu.Lock()
	println(v)
	mu.Unlock()
}

// makesAndStops has its object to itself.
func makesAndStops() *UnlocksFirst {
	u := new(UnlocksFirst)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.wg.Wait()
	return u
}

// -- channels that code unseen knows --

// Public can be received from by anybody.
type Public struct {
	mu sync.Mutex
	C  chan int
	n  int
}

func NewPublic() *Public { return &Public{C: make(chan int)} }

func (p *Public) Put(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.C <- n
}

func (p *Public) Take() int {
	p.mu.Lock()
	p.n++
	p.mu.Unlock()
	return <-p.C
}

// Given has its channel from its caller.
type Given struct {
	mu  sync.Mutex
	out chan<- int
	n   int
}

func NewGiven(out chan int) *Given {
	g := &Given{out: out}
	go func() {
		for v := range out {
			g.mu.Lock()
			g.n += v
			g.mu.Unlock()
		}
	}()
	return g
}

func (g *Given) Put(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.out <- n
}

// Handed gives its channel out.
type Handed struct {
	mu  sync.Mutex
	out chan int
	n   int
}

func NewHanded() *Handed { return &Handed{out: make(chan int)} }

func (h *Handed) Out() <-chan int { return h.out }

func (h *Handed) Put(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out <- n
}

func (h *Handed) Take() int {
	h.mu.Lock()
	h.n++
	h.mu.Unlock()
	return <-h.out
}

// -- groups --

// FreeWorkers do without the lock.
type FreeWorkers struct {
	mu  sync.Mutex
	wg  sync.WaitGroup
	sum int
}

func (f *FreeWorkers) Run(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range n {
		f.wg.Add(1)
		go func() {
			defer f.wg.Done()
			println(i)
		}()
	}
	f.wg.Wait()
}

func (f *FreeWorkers) Add(n int) {
	f.mu.Lock()
	f.sum += n
	f.mu.Unlock()
}

// perTurn has a lock of its own for each turn.
func perTurn(c *dep.Cache) {
	for range 3 {
		var mu sync.Mutex
		var wg sync.WaitGroup
		wg.Go(func() { println(c.Get("a")) })
		mu.Lock()
		wg.Wait()
		mu.Unlock()
	}
}

// donesBefore counts down, then locks.
func donesBefore(n *int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		wg.Done()
		mu.Lock()
		*n++
		mu.Unlock()
	}()
	mu.Lock()
	wg.Wait()
	mu.Unlock()
}

// tries does not wait for the lock.
func tries() {
	var mu sync.Mutex
	done := make(chan struct{})
	go func() {
		defer close(done)
		if mu.TryLock() {
			mu.Unlock()
		}
	}()
	mu.Lock()
	<-done
	mu.Unlock()
}

// readsOnly has no writer.
func readsOnly() {
	var mu sync.RWMutex
	done := make(chan struct{})
	go func() {
		defer close(done)
		mu.RLock()
		mu.RUnlock()
	}()
	mu.RLock()
	<-done
	mu.RUnlock()
}

// The receive that the first send meets comes before the lock, in every turn.
func signalStealing() {
	for range 1000 {
		var m sync.Mutex
		cond := sync.NewCond(&m)
		ch := make(chan struct{})
		go func() {
			m.Lock()
			ch <- struct{}{}
			cond.Wait()
			m.Unlock()
			ch <- struct{}{}
		}()
		<-ch
		m.Lock()
		cond.Broadcast()
		m.Unlock()
		<-ch
	}
}

// The lock that a Cond has is that of an unnamed struct, which the Cond is in as well.
type rotation struct {
	mu struct {
		sync.Mutex
		cond *sync.Cond
		n    int
	}
}

func newRotation() *rotation {
	r := &rotation{}
	r.mu.cond = sync.NewCond(&r.mu)
	go r.rotate()
	return r
}

func (r *rotation) rotate() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mu.n++
	r.mu.cond.Signal()
}

func (r *rotation) wait() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.mu.n == 0 {
		r.mu.cond.Wait()
	}
}
