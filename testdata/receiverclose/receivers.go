// Package receiverclose closes channels that others send on.
package receiverclose

import (
	"context"
	"sync"
	"time"

	"fixture.example/receiverclose/dep"
)

// A worker's loop closes the channel that Submit sends on.
type worker struct {
	jobs chan int
	quit chan struct{}
}

func newWorker() *worker {
	w := &worker{jobs: make(chan int), quit: make(chan struct{})}
	go w.loop()
	return w
}

func (w *worker) loop() {
	for {
		select {
		case j := <-w.jobs: // related `^w\.jobs is received from here$`
			_ = j
		case <-w.quit:
			close(w.jobs) // want `^w\.jobs is closed by its receiver, which does not know of the send at line \d+$`
			return
		}
	}
}

func (w *worker) Submit(j int) { w.jobs <- j } // related `^w\.jobs is sent on here$`

func (w *worker) Stop() { close(w.quit) }

// A quietWorker lets the channel be.
type quietWorker struct {
	jobs chan int
	quit chan struct{}
}

func newQuietWorker() *quietWorker {
	w := &quietWorker{jobs: make(chan int), quit: make(chan struct{})}
	go w.loop()
	return w
}

func (w *quietWorker) loop() {
	for {
		select {
		case j := <-w.jobs:
			_ = j
		case <-w.quit:
			return
		}
	}
}

func (w *quietWorker) Submit(j int) {
	select {
	case w.jobs <- j:
	case <-w.quit:
	}
}

func (w *quietWorker) Stop() { close(w.quit) }

// A runner is run by its user.
type runner struct{ in chan string }

func newRunner() *runner { return &runner{in: make(chan string, 8)} }

func (r *runner) Run(ctx context.Context) {
	defer close(r.in) // want `^r\.in is closed by its receiver, which does not know of the send at line \d+$`
	for {
		select {
		case s := <-r.in: // related `^r\.in is received from here$`
			_ = s
		case <-ctx.Done():
			return
		}
	}
}

func (r *runner) Push(ctx context.Context, s string) error {
	select {
	case r.in <- s: // related `^r\.in is sent on here$`
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A poisoned consumer closes when a message tells it to.
type poisoned struct{ in chan int }

func newPoisoned() *poisoned {
	p := &poisoned{in: make(chan int)}
	go p.consume()
	return p
}

func (p *poisoned) consume() {
	for {
		v := <-p.in // related `^p\.in is received from here$`
		if v < 0 {
			p.finish()
			return
		}
	}
}

func (p *poisoned) finish() {
	close(p.in) // want `^p\.in is closed by its receiver, which does not know of the send at line \d+$`
}

func (p *poisoned) Put(v int) { p.in <- v } // related `^p\.in is sent on here$`

// A stage is generic.
type stage[T any] struct {
	in   chan T
	stop chan struct{}
}

func newStage[T any]() *stage[T] {
	s := &stage[T]{in: make(chan T), stop: make(chan struct{})}
	go s.run()
	return s
}

func (s *stage[T]) run() {
	for {
		select {
		case <-s.in: // related `^s\.in is received from here$`
		case <-s.stop:
			close(s.in) // want `^s\.in is closed by its receiver, which does not know of the send at line \d+$`
			return
		}
	}
}

func (s *stage[T]) Feed(v T) { s.in <- v } // related `^s\.in is sent on here$`

func (s *stage[T]) Stop() { close(s.stop) }

// A base is embedded.
type base struct {
	in   chan int
	done chan struct{}
}

type derived struct{ base }

func newDerived() *derived {
	d := &derived{base{in: make(chan int), done: make(chan struct{})}}
	go d.serve()
	return d
}

func (d *derived) serve() {
	for {
		select {
		case <-d.in: // related `^d\.in is received from here$`
		case <-d.done:
			close(d.in) // want `^d\.in is closed by its receiver, which does not know of the send at line \d+$`
			return
		}
	}
}

func (d *derived) Send(v int) { d.in <- v } // related `^d\.in is sent on here$`

func (d *derived) Close() { close(d.done) }

// A drained channel is closed by another package.
type drained struct{ ch chan int }

func newDrained() *drained {
	d := &drained{ch: make(chan int)}
	go d.drain()
	return d
}

func (d *drained) drain() { dep.Drain(d.ch) } // want `^d\.ch is closed by its receiver, which does not know of the send at line \d+$`

func (d *drained) Put(v int) { d.ch <- v } // related `^d\.ch is sent on here$`

// starter sends to the consumer that it has started.
func starter(events <-chan int, fail func(int) error) {
	ch := make(chan int)
	go func() {
		for {
			if err := fail(<-ch); err != nil { // related `^ch is received from here$`
				close(ch) // want `^ch is closed by its receiver, which does not know of the send at line \d+$`
				return
			}
		}
	}()
	for e := range events {
		ch <- e // related `^ch is sent on here$`
	}
}

// A flaggedWorker tells senders by a flag under a lock.
type flaggedWorker struct {
	mu     sync.Mutex
	closed bool
	jobs   chan int
	quit   chan struct{}
}

func newFlaggedWorker() *flaggedWorker {
	w := &flaggedWorker{jobs: make(chan int, 8), quit: make(chan struct{})}
	go w.loop()
	return w
}

func (w *flaggedWorker) loop() {
	for {
		select {
		case <-w.jobs:
		case <-w.quit:
			w.mu.Lock()
			w.closed = true
			close(w.jobs)
			w.mu.Unlock()
			return
		}
	}
}

func (w *flaggedWorker) Submit(j int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.jobs <- j
	return true
}

// A joined consumer waits for its senders.
type joined struct {
	in      chan int
	quit    chan struct{}
	senders sync.WaitGroup
}

func newJoined() *joined {
	j := &joined{in: make(chan int), quit: make(chan struct{})}
	go j.loop()
	return j
}

func (j *joined) loop() {
	for {
		select {
		case <-j.in:
		case <-j.quit:
			j.senders.Wait()
			close(j.in)
			return
		}
	}
}

func (j *joined) Put(v int) {
	j.senders.Add(1)
	defer j.senders.Done()
	select {
	case j.in <- v:
	case <-j.quit:
	}
}

// Only closed: a done channel, and one that its sole sender closes.
type producer struct {
	out  chan int
	done chan struct{}
}

func newProducer() *producer {
	p := &producer{out: make(chan int), done: make(chan struct{})}
	go p.produce()
	return p
}

func (p *producer) produce() {
	defer close(p.out)
	for i := 0; ; i++ {
		select {
		case p.out <- i:
		case <-p.done:
			return
		}
	}
}

func (p *producer) Next() (int, bool) {
	v, ok := <-p.out
	return v, ok
}

func (p *producer) Close() {
	close(p.done)
	for range p.out { // until the producer has closed it
	}
}

// A queue is closed by neither.
type queue struct{ ch chan int }

func newQueue() *queue { return &queue{ch: make(chan int, 8)} }

func (q *queue) Put(v int) { q.ch <- v }

func (q *queue) Get() (int, bool) {
	v, ok := <-q.ch
	return v, ok
}

func (q *queue) Close() { close(q.ch) }

// A reply is received once, and closed then.
type request struct{ reply chan int }

func (r *request) answer(v int) { r.reply <- v }

func ask(requests chan<- *request) int {
	r := &request{reply: make(chan int)}
	requests <- r
	v := <-r.reply
	close(r.reply)
	return v
}

func serveRequests(requests <-chan *request) {
	for r := range requests {
		r.answer(1)
	}
}

// fanIn is closed by who waits for all senders.
func fanIn(xs []int) (sum int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() { ch <- x })
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	for v := range ch {
		sum += v
	}
	return sum
}

// closedsend's: the send may follow the close.
func late() int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	select {
	case v := <-ch:
		return v
	case <-time.After(time.Second):
		close(ch)
		return 0
	}
}

// one answer, received.
func oneAnswer() int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	v := <-ch
	close(ch)
	return v
}

// loopback is filled and drained by one goroutine.
func loopback(n int) {
	ch := make(chan int, n)
	for i := range n {
		ch <- i
	}
	for range n {
		<-ch
	}
	close(ch)
}

// A relay receives, and sends what it could not handle again.
type relay struct {
	ch   chan int
	quit chan struct{}
}

func newRelay() *relay {
	r := &relay{ch: make(chan int, 8), quit: make(chan struct{})}
	go r.loop()
	return r
}

func (r *relay) loop() {
	for {
		select {
		case v := <-r.ch:
			if v > 0 {
				r.ch <- v - 1
			}
		case <-r.quit:
			close(r.ch)
			return
		}
	}
}

// told closes when its only sender has said that it is done.
type told struct {
	in   chan int
	eof  chan struct{}
	quit chan struct{}
}

func newTold(xs []int) *told {
	t := &told{in: make(chan int), eof: make(chan struct{})}
	go t.loop()
	go t.send(xs)
	return t
}

func (t *told) send(xs []int) {
	for _, x := range xs {
		t.in <- x
	}
	close(t.eof)
}

func (t *told) loop() {
	for {
		select {
		case <-t.in:
		case <-t.eof:
			close(t.in)
			return
		}
	}
}

var (
	events = make(chan int)
	stop   = make(chan struct{})
)

// Listen receives from a package variable, and closes it.
func Listen() {
	for {
		select {
		case <-events: // related `^events is received from here$`
		case <-stop:
			close(events) // want `^events is closed by its receiver, which does not know of the send at line \d+$`
			return
		}
	}
}

// Emit sends on it.
func Emit(v int) { events <- v } // related `^events is sent on here$`

var (
	lines    = make(chan string)
	linesEnd = make(chan struct{})
)

// Print is told by who sends that nothing more comes.
func Print() {
	for {
		select {
		case <-lines:
		case <-linesEnd:
			close(lines)
			return
		}
	}
}

// Feed sends, and says when it is done.
func Feed(text []string) {
	for _, l := range text {
		lines <- l
	}
	close(linesEnd)
}

// A consumer ends its range at a mark.
type consumer struct{ in chan int }

func (c *consumer) Consume() {
	for v := range c.in { // related `^c\.in is received from here$`
		if v < 0 {
			close(c.in) // want `^c\.in is closed by its receiver, which does not know of the send at line \d+$`
			return
		}
	}
}

func (c *consumer) Produce(v int) { c.in <- v } // related `^c\.in is sent on here$`

// A batch is received in full, and then closed, by a method.
type batch struct{ results chan int }

func (b *batch) Put(v int) { b.results <- v } // related `^b\.results is sent on here$`

func (b *batch) Collect(n int) (sum int) {
	for range n {
		sum += <-b.results // related `^b\.results is received from here$`
	}
	close(b.results) // want `^b\.results is closed by its receiver, which does not know of the send at line \d+$`
	return sum
}

// A pool takes idle ones out, and closes behind a flag.
type idlers struct {
	mu     sync.Mutex
	closed bool
	idle   chan int
}

func (p *idlers) Put(v int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	select {
	case p.idle <- v:
	default:
	}
}

func (p *idlers) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	for {
		select {
		case <-p.idle:
			continue
		default:
		}
		break
	}
	close(p.idle)
}

// doubleclose's: the range has ended because somebody has closed the channel.
type ranger struct{ in chan int }

func (r *ranger) Run() {
	for range r.in {
	}
	close(r.in)
}

func (r *ranger) Put(v int) { r.in <- v }
