// Package orphanop has operations that nothing answers.
package orphanop

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"fixture.example/orphanop/dep"
	"golang.org/x/sync/errgroup"
)

func work() int { return 1 }

// -- nobody at all --

func nothingSends() int {
	ch := make(chan int)
	return <-ch // want `^this receive from ch blocks forever: nothing sends to it or closes it$`
}

func forgottenSend() {
	done := make(chan struct{})
	go func() { work() }()
	<-done // want `^this receive from done blocks forever: nothing sends to it or closes it$`
}

func closes() {
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	<-done
}

func nothingReceives() {
	ch := make(chan int)
	ch <- work() // want `^this send on ch blocks forever: nothing receives from it$`
}

func enoughRoom() {
	ch := make(chan int, 1)
	ch <- work()
}

func noDefault(ctx context.Context) {
	ch := make(chan int)
	select {
	case n := <-ch:
		_ = n
	case <-ctx.Done():
	}
	select {
	case ch <- 1:
	default:
	}
}

func inDep() {
	ch := make(chan int)
	dep.Put(ch, 1) // want `^a send on ch by this call blocks forever: nothing receives from it$`
}

func generic[T any](t T) T {
	ch := make(chan T)
	return <-ch // want `^this receive from ch blocks forever: nothing sends to it or closes it$`
}

// -- the same goroutine --

func toItself() int {
	ch := make(chan int)
	ch <- work() // want `^this send on ch blocks forever: nothing receives from it yet$`
	return <-ch  // related `^this receive comes only later$`
}

func toItselfWithRoom() int {
	ch := make(chan int, 1)
	ch <- work()
	return <-ch
}

func put(ch chan int, n int) {
	ch <- n // want `^this send on ch blocks forever: nothing receives from it yet$`
}

func toItselfByHelper() int {
	ch := make(chan int)
	put(ch, 1)
	return <-ch // related `^this receive comes only later$`
}

func beforeReceiver() {
	ch := make(chan int)
	ch <- work() // want `^this send on ch blocks forever: nothing receives from it yet$`
	go func() {
		work()
		<-ch // related `^this receive comes only later$`
	}()
}

func afterReceiver() {
	ch := make(chan int)
	go func() {
		work()
		<-ch
	}()
	ch <- work()
}

func beforeReturn(ns []int) <-chan int {
	out := make(chan int)
	for _, n := range ns {
		out <- n // want `^this send on out blocks forever: nothing receives from it yet$`
	}
	close(out)
	return out
}

func beforeReturnWithRoom(ns []int) <-chan int {
	out := make(chan int, len(ns))
	for _, n := range ns {
		out <- n
	}
	close(out)
	return out
}

func onGoroutine(ns []int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for _, n := range ns {
			out <- n
		}
	}()
	return out
}

func beyondRoom() {
	ch := make(chan int, 2)
	ch <- 1
	ch <- 2
	ch <- 3 // want `^this send on ch blocks forever: it has room for 2, and nothing receives from it yet$`
	go func() {
		for range 3 {
			<-ch // related `^this receive comes only later$`
		}
	}()
}

func beyondRoomByLoop() {
	ch := make(chan int, 2)
	for i := 0; i < 5; i++ {
		ch <- i // want `^this send on ch blocks forever: it has room for 2, and nothing receives from it yet$`
	}
	close(ch)
	for n := range ch { // related `^this receive comes only later$`
		_ = n
	}
}

func beyondRoomByRange() {
	ch := make(chan int, 3)
	for i := range 4 {
		ch <- i // want `^this send on ch blocks forever: it has room for 3, and nothing receives from it$`
	}
}

func withinRoomByLoop() {
	ch := make(chan int, 5)
	for i := 0; i < 5; i++ {
		ch <- i
	}
	close(ch)
	for n := range ch {
		_ = n
	}
}

func unknownNumber(ns []int) {
	ch := make(chan int, 2)
	for i := range ns {
		ch <- i
	}
	<-ch
}

func alternatives(err error) error {
	errc := make(chan error, 1)
	if err != nil {
		errc <- err
	} else {
		errc <- errors.New("none")
	}
	return <-errc
}

func beforeSender() {
	ch := make(chan int)
	<-ch                    // want `^this receive from ch blocks forever: nothing has been started that sends to it$`
	go func() { ch <- 1 }() // related `^this comes only later$`
}

func closedLater() {
	done := make(chan struct{})
	<-done      // want `^this receive from done blocks forever: nothing has been started that closes it$`
	close(done) // related `^this comes only later$`
}

func surplus() int {
	ch := make(chan int)
	go func() { ch <- 1 }() // related `^this is sent only once$`
	a := <-ch
	b := <-ch // want `^this receive from ch blocks forever: all that is sent has been received before$`
	return a + b
}

func twoOfTwo() int {
	ch := make(chan int)
	go func() { ch <- 1 }()
	go func() { ch <- 2 }()
	return <-ch + <-ch
}

func pingPong() {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for n := range ping {
			pong <- n
		}
		close(pong)
	}()
	ping <- 1
	<-pong
	close(ping)
	<-pong
}

// -- ranges --

func sumOf(ns []int) (total int) {
	ch := make(chan int)
	go func() {
		for _, n := range ns {
			ch <- n
		}
	}()
	for n := range ch { // want `^this range over ch never ends: nothing closes it$`
		total += n
	}
	return total
}

func sumOfClosed(ns []int) (total int) {
	ch := make(chan int)
	go func() {
		defer close(ch)
		for _, n := range ns {
			ch <- n
		}
	}()
	for n := range ch {
		total += n
	}
	return total
}

func sumOfAfterWait(ns []int) (total int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for _, n := range ns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- n
		}()
	}
	go wg.Wait()
	for n := range ch { // want `^this range over ch never ends: nothing closes it$`
		total += n
	}
	return total
}

func readerIsAwaited(ns []int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for n := range ch { // want `^this range over ch never ends: nothing closes it$`
			_ = n
		}
	}()
	for _, n := range ns {
		ch <- n
	}
	wg.Wait() // related `^here its end is waited for, forever$`
}

func readerIsAwaitedByDone(ns []int) {
	ch := make(chan int)
	done := make(chan bool)
	go func() {
		for n := range ch { // want `^this range over ch never ends: nothing closes it$`
			_ = n
		}
		done <- true
	}()
	for _, n := range ns {
		ch <- n
	}
	<-done // related `^here its end is waited for, forever$`
}

func readerLivesOn(ns []int) {
	ch := make(chan int)
	go func() {
		for n := range ch { // want `^this range over ch never ends: nothing closes it$`
			_ = n
		}
	}()
	for _, n := range ns {
		ch <- n
	}
}

func groupAwaits(ns []int) error {
	ch := make(chan int)
	var g errgroup.Group
	g.Go(func() error {
		for n := range ch { // want `^this range over ch never ends: nothing closes it$`
			_ = n
		}
		return nil
	})
	for _, n := range ns {
		ch <- n
	}
	return g.Wait() // related `^here its end is waited for, forever$`
}

func closedBeforeWait(ns []int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		for n := range ch {
			_ = n
		}
	}()
	for _, n := range ns {
		ch <- n
	}
	close(ch)
	wg.Wait()
}

func leavesLoop() int {
	ch := make(chan int)
	go func() {
		for i := range 10 {
			ch <- i
		}
	}()
	for n := range ch {
		if n == 9 {
			return n
		}
	}
	return 0
}

func endlessSender() {
	ch := make(chan int)
	go func() {
		for {
			ch <- work()
			time.Sleep(time.Second)
		}
	}()
	for n := range ch {
		_ = n
	}
}

func handedOut(register func(chan<- int)) {
	ch := make(chan int)
	register(ch)
	for n := range ch {
		_ = n
	}
}

func closedByCallee() {
	ch := make(chan int)
	go produce(ch)
	for n := range ch {
		_ = n
	}
}

func produce(ch chan<- int) {
	defer close(ch)
	ch <- 1
}

func timerChannels() {
	<-time.After(time.Second)
	t := time.NewTimer(time.Second)
	<-t.C
}

func switchedOff(a, b chan int) {
	for a != nil || b != nil {
		select {
		case _, ok := <-a:
			if !ok {
				a = nil
			}
		case _, ok := <-b:
			if !ok {
				b = nil
			}
		}
	}
}

func blocksOnPurpose() { <-make(chan struct{}) }

// deferredReceive is due only once the sender has been started.
func deferredReceive(dial func() error, fatal func()) {
	if err := dial(); err != nil {
		panic(err)
	}
	done := make(chan error)
	go func() { done <- dial() }()
	defer func() { <-done }()
	defer func() {
		if recover() != nil {
			fatal()
		}
	}()
}

// capturedElsewhere is handed to code that calls it at a time of its own.
func capturedElsewhere(submit func(func())) {
	started := make(chan struct{})
	submit(func() { close(started) })
	<-started
}

type registry struct{ chans []chan int }

func (r *registry) add(ch chan int) chan int {
	r.chans = append(r.chans, ch)
	return ch
}

func kept(r *registry) int {
	ch := r.add(make(chan int))
	other := make(chan int)
	r.add(other)
	return <-ch + <-other
}

// -- fields --

type server struct {
	done    chan struct{}
	stopped chan struct{}
	shown   chan struct{}
}

func newServer() *server {
	s := &server{done: make(chan struct{}), stopped: make(chan struct{}), shown: make(chan struct{})}
	go s.run()
	return s
}

func (s *server) run() {
	defer close(s.stopped)
	<-s.done // want `^this receive from s\.done blocks forever: nothing sends to it or closes it$`
}

func (s *server) Wait() {
	<-s.stopped
	<-s.shown
}

func (s *server) Shown() chan<- struct{} { return s.shown }

// -- conditions --

type queue struct {
	mu    sync.Mutex
	cond  *sync.Cond
	other *sync.Cond
	items []int
}

func newQueue() *queue {
	q := &queue{}
	q.cond = sync.NewCond(&q.mu)
	q.other = sync.NewCond(&q.mu)
	return q
}

func (q *queue) get() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.cond.Wait() // want `^this wait for q\.cond blocks forever: nothing signals it$`
	}
	return q.items[0]
}

func (q *queue) put(n int) {
	q.mu.Lock()
	q.items = append(q.items, n)
	q.mu.Unlock()
	q.other.Signal()
}

func (q *queue) getOther() {
	q.mu.Lock()
	for len(q.items) == 0 {
		q.other.Wait()
	}
	q.mu.Unlock()
}

func localCond(ready *bool) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		*ready = true
		mu.Unlock()
	}()
	mu.Lock()
	for !*ready {
		c.Wait() // want `^this wait for c blocks forever: nothing signals it$`
	}
	mu.Unlock()
}

func localCondSignalled(ready *bool) {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	go func() {
		mu.Lock()
		*ready = true
		mu.Unlock()
		c.Broadcast()
	}()
	mu.Lock()
	for !*ready {
		c.Wait()
	}
	mu.Unlock()
}

func condByParameter(c *sync.Cond) {
	c.L.Lock()
	c.Wait()
	c.L.Unlock()
}

// -- objects that others have by an interface --

type signalingCloser struct {
	io.Reader
	closed chan bool
}

func (s *signalingCloser) Close() error {
	close(s.closed)
	return nil
}

type child struct{ rwc io.ReadCloser }

func newChild(rwc io.ReadCloser) *child { return &child{rwc} }

func (c *child) serve() { _ = c.rwc.Close() }

func closedByChild(r io.Reader) {
	sc := &signalingCloser{r, make(chan bool)}
	newChild(sc).serve()
	<-sc.closed
}

type unsignaled struct{ done chan bool }

func (u *unsignaled) run(f func()) {
	go f()
	<-u.done // want `^this receive from u\.done blocks forever: nothing sends to it or closes it$`
}

func runsUnsignaled(f func()) { (&unsignaled{make(chan bool)}).run(f) }

// notifier tells nobody.
type notifier struct{ ch chan int }

func newNotifier() *notifier { return &notifier{ch: make(chan int)} }

func (n *notifier) notify(v int) {
	n.ch <- v // want `^this send on n\.ch blocks forever: nothing receives from it$`
}

func (n *notifier) try(v int) {
	select {
	case n.ch <- v:
	default:
	}
}

type heardNotifier struct{ ch chan int }

func newHeardNotifier() *heardNotifier { return &heardNotifier{ch: make(chan int)} }

func (n *heardNotifier) notify(v int) { n.ch <- v }

func (n *heardNotifier) events() <-chan int { return n.ch }

type roomyNotifier struct{ ch chan int }

func newRoomyNotifier() *roomyNotifier { return &roomyNotifier{ch: make(chan int, 1)} }

func (n *roomyNotifier) notify(v int) { n.ch <- v }

// -- objects that a constructor gives their channel --

type outcome struct {
	errs chan error
	n    int
}

func newOutcome() *outcome { return &outcome{errs: make(chan error)} }

func (o *outcome) check(s string) {
	if s == "" {
		o.errs <- errors.New("empty") // want `^this send on o\.errs blocks forever: nothing receives from it yet$`
		return
	}
	o.n++
}

type consent struct{ errs chan error }

func newConsent() *consent { return &consent{errs: make(chan error)} }

func newRoomyConsent() *consent { return &consent{errs: make(chan error, 1)} }

func (o *consent) confirm() {
	o.errs <- nil
}

func checks(s string) error {
	o := newOutcome()
	o.check(s)
	return <-o.errs // related `^this receive comes only later$`
}

func confirmsWithRoom() error {
	o := newRoomyConsent()
	o.confirm()
	return <-o.errs
}

func confirmsBeside() error {
	o := newConsent()
	go o.confirm()
	return <-o.errs
}

// A turnstile is known by what it is a part of as well.
type turnstile struct{ open chan bool }

func newTurnstile() *turnstile { return &turnstile{open: make(chan bool)} }

func (t *turnstile) release() { t.open <- true }

type visitor struct{ t *turnstile }

func (v *visitor) enter() { <-v.t.open }

func visits(visit func(*visitor)) {
	t := newTurnstile()
	visit(&visitor{t: t})
	t.release()
}
