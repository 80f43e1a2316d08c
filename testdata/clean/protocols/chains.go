package protocols

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// -- stages each of which reads what the last one writes --

func tokenRing(n, laps int) int {
	n = max(n, 1)
	first := make(chan int)
	in := first
	for range n {
		out := make(chan int)
		go func(in <-chan int, out chan<- int) {
			defer close(out)
			for v := range in {
				out <- v + 1
			}
		}(in, out)
		in = out
	}
	last, v := in, 0
	for range laps {
		first <- v
		v = <-last
	}
	close(first)
	<-last
	return v
}

func daisyChain(n int) int {
	leftmost := make(chan int)
	left, right := leftmost, leftmost
	for range n {
		right = make(chan int)
		go func(l, r chan int) { l <- 1 + <-r }(left, right)
		left = right
	}
	go func(c chan int) { c <- 1 }(right)
	return <-leftmost
}

func addOne(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- v + 1
		}
	}()
	return out
}

func addMany(n int) (s int) {
	head := make(chan int)
	go func() {
		defer close(head)
		for i := range 10 {
			head <- i
		}
	}()
	tail := (<-chan int)(head)
	for range n {
		tail = addOne(tail)
	}
	for v := range tail {
		s += v
	}
	return s
}

type chainLink struct{ in, out chan int }

func (l chainLink) run() { l.out <- 1 + <-l.in }

func linked(n int) int {
	src := make(chan int)
	in := src
	for range n {
		l := chainLink{in, make(chan int)}
		go l.run()
		in = l.out
	}
	src <- 1
	return <-in
}

// -- channels that a literal or a method makes anew --

func steward(done <-chan struct{}, timeout time.Duration, start func(<-chan struct{}) <-chan struct{}) {
	var wardDone chan struct{}
	var beats <-chan struct{}
	startWard := func() {
		wardDone = make(chan struct{})
		beats = start(wardDone)
	}
	startWard()
	defer func() { close(wardDone) }()
	for {
		select {
		case <-beats:
		case <-time.After(timeout):
			close(wardDone)
			startWard()
		case <-done:
			return
		}
	}
}

type restartable struct {
	stop chan struct{}
	wg   sync.WaitGroup
}

func (r *restartable) start() {
	stop := make(chan struct{})
	r.stop = stop
	r.wg.Add(1)
	go func() {
		defer r.wg.Done()
		<-stop
	}()
}

func (r *restartable) halt() {
	close(r.stop)
	r.wg.Wait()
}

func cycle(n int) {
	r := &restartable{}
	r.start()
	for range n {
		r.halt()
		r.start()
	}
	r.halt()
}

func epochs(n int, f func(int, <-chan struct{})) {
	var cur chan struct{}
	begin := func() { cur = make(chan struct{}) }
	end := func() { close(cur) }
	for i := range n {
		begin()
		f(i, cur)
		end()
	}
}

// Runs by itself from the start, whoever could run it as well.
type Runner struct{ quit, done chan struct{} }

// NewRunner returns one that runs.
func NewRunner() *Runner {
	r := &Runner{make(chan struct{}), make(chan struct{})}
	go r.Run()
	return r
}

// Run runs.
func (r *Runner) Run() {
	defer close(r.done)
	<-r.quit
}

// Close ends it.
func (r *Runner) Close() {
	close(r.quit)
	<-r.done
}

// -- the winner of many --

type wonCell struct {
	state atomic.Uint32
	val   string
	ready chan struct{}
}

func (c *wonCell) put(s string) bool {
	if !c.state.CompareAndSwap(0, 1) {
		return false
	}
	c.val = s
	close(c.ready)
	return true
}

func fastest(fs ...func() string) string {
	c := &wonCell{ready: make(chan struct{})}
	for _, f := range fs {
		go func() { c.put(f()) }()
	}
	if len(fs) == 0 {
		c.put("")
	}
	<-c.ready
	return c.val
}

func firstToken(fs []func() int) (res int) {
	token := make(chan struct{}, 1)
	token <- struct{}{}
	var wg sync.WaitGroup
	for _, f := range fs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v := f()
			select {
			case <-token:
				res = v
			default:
			}
		}()
	}
	wg.Wait()
	return res
}

// -- loops that ask a channel in some turns only --

type feedSub struct {
	updates chan int
	closing chan chan error
}

func (s *feedSub) loop(fetch func() []int) {
	var fetchDone chan []int
	var pending []int
	for {
		var startFetch <-chan time.Time
		if fetchDone == nil && len(pending) < 10 {
			startFetch = time.After(time.Second)
		}
		var first int
		var updates chan int
		if len(pending) > 0 {
			first = pending[0]
			updates = s.updates
		}
		select {
		case <-startFetch:
			fetchDone = make(chan []int, 1)
			go func() { fetchDone <- fetch() }()
		case r := <-fetchDone:
			fetchDone = nil
			pending = append(pending, r...)
		case errc := <-s.closing:
			errc <- nil
			close(s.updates)
			return
		case updates <- first:
			pending = pending[1:]
		}
	}
}

// -- as many goroutines as answers --

func ackClose(n int) (got int) {
	out := make(chan int)
	quit := make(chan struct{})
	gone := make(chan struct{})
	for i := range n {
		go func() {
			defer func() { gone <- struct{}{} }()
			for {
				select {
				case out <- i:
				case <-quit:
					return
				}
			}
		}()
	}
	if n == 0 {
		return 0
	}
	for range 10 {
		<-out
		got++
	}
	close(quit)
	for range n {
		<-gone
	}
	return got
}

// MergedSubs counts who has ended.
type MergedSubs struct {
	subs    []<-chan int
	updates chan int
	quit    chan struct{}
	errs    chan error
}

// NewMergedSubs merges.
func NewMergedSubs(subs ...<-chan int) *MergedSubs {
	m := &MergedSubs{subs: subs, updates: make(chan int), quit: make(chan struct{}), errs: make(chan error)}
	for _, s := range subs {
		go func() {
			for {
				var it int
				select {
				case it = <-s:
				case <-m.quit:
					m.errs <- context.Canceled
					return
				}
				select {
				case m.updates <- it:
				case <-m.quit:
					m.errs <- nil
					return
				}
			}
		}()
	}
	return m
}

// Close waits for all.
func (m *MergedSubs) Close() (err error) {
	close(m.quit)
	for range m.subs {
		if e := <-m.errs; e != nil {
			err = e
		}
	}
	close(m.updates)
	return err
}

func useMerged(a, b <-chan int) error {
	for range 3 {
		m := NewMergedSubs(a, b)
		<-m.updates
		if err := m.Close(); err != nil {
			return err
		}
	}
	return nil
}
