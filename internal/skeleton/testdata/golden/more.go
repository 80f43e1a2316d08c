package golden

import (
	"context"
	"log"
	"sync"
	"sync/atomic"
	"time"

	"golden.test/dep"
)

func sendRecv(a chan<- int, b <-chan int) { a <- <-b }

func ranged(ch chan int) (n int) {
	for v := range ch {
		n += v
	}
	return n
}

func blocked() { select {} }

func timeoutArm(ch chan int) bool {
	select {
	case <-ch:
		return true
	case <-time.After(time.Second):
		return false
	}
}

func onlyDefault(ch chan int) {
	select {
	case ch <- 1:
	default:
	}
}

func conditionalDefer(mu *sync.Mutex, b bool) {
	if b {
		mu.Lock()
		defer mu.Unlock()
	}
}

func recovers() {
	defer func() { _ = recover() }()
	panic("x")
}

func fatal(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func once(o *sync.Once, ch chan int) { o.Do(func() { close(ch) }) }

func pooled(p *sync.Pool) { p.Put(p.Get()) }

func counter(n *atomic.Int64) int64 { return n.Add(1) }

func condition(c *sync.Cond, ready *bool) {
	c.L.Lock()
	for !*ready {
		c.Wait()
	}
	c.L.Unlock()
}

func readers(mu *sync.RWMutex) {
	mu.RLock()
	defer mu.RUnlock()
}

type embedding struct{ sync.Mutex }

func (e *embedding) do() {
	e.Lock()
	e.Unlock()
}

type locker interface{ do() }

func throughInterface(l locker) { l.do() }

func methodValue(e *embedding) {
	f := e.do
	go f()
}

func generic[T any](ch chan T, v T) { ch <- v }

func instance(ch chan int) { generic(ch, 1) }

type hooks struct{ onStop func() }

func newHooks(ch chan int) *hooks { return &hooks{onStop: func() { close(ch) }} }

func (h *hooks) stop() { h.onStop() }

func elements(chs []chan int, m map[string]chan int) {
	for _, ch := range chs {
		close(ch)
	}
	close(m["x"])
}

func imported(ctx context.Context, ch chan int, wg *sync.WaitGroup) {
	go dep.Worker(wg)
	dep.Run(func() { ch <- 1 })
	dep.Go(func() { ch <- 2 })
	dep.Finish(ch)
	_, cancel := dep.Stoppable(ctx)
	defer cancel()
	if ctx.Err() != nil {
		dep.Die()
	}
	wg.Wait()
}

func timers() {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	k := time.NewTicker(time.Second)
	for range k.C {
		t.Reset(time.Second)
	}
}

func waitGroupGo(wg *sync.WaitGroup, ch chan int) {
	wg.Go(func() { ch <- 1 })
	wg.Wait()
}

func recursive(n int, ch chan int) {
	if n > 0 {
		recursive(n-1, ch)
	}
	ch <- n
}

func quiet(xs []int) (n int) {
	for _, x := range xs {
		n += x
	}
	return n
}

// A by value receiver, of which only references are used.
type valued struct {
	ch chan int
	n  int
}

func (v valued) send() { v.ch <- v.n }

// A copy that changes is another one.
func (v valued) renew() {
	v.ch = make(chan int, 1)
	v.ch <- v.n
}

func rangeOverUnknown(seq func(func(int) bool), ch chan int) {
	for v := range seq {
		if v < 0 {
			break
		}
		ch <- v
	}
}

// capturedCounter comes behind its loop: the counter of each turn is another variable.
func capturedCounter(work func(int)) {
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Go(func() { work(i) })
	}
	wg.Wait()
}
