package spinloop

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"fixture.example/spinloop/dep"
)

func work() {}

var unknown func() bool

func sleeps(ready *atomic.Bool) {
	for !ready.Load() {
		time.Sleep(time.Millisecond)
	}
}

func ticks(ready *atomic.Bool, t *time.Ticker) {
	for !ready.Load() {
		<-t.C
	}
}

func retries(n *atomic.Int64) {
	for {
		old := n.Load()
		if n.CompareAndSwap(old, old+1) {
			return
		}
	}
}

func retriesMax(n *atomic.Int64, v int64) {
	for {
		old := n.Load()
		if v <= old {
			return
		}
		if n.CompareAndSwap(old, v) {
			return
		}
	}
}

type spinLock struct{ v atomic.Uint32 }

func (l *spinLock) lock() {
	for !l.v.CompareAndSwap(0, 1) {
		runtime.Gosched()
	}
}

func (l *spinLock) lockSwap() {
	for l.v.Swap(1) == 1 {
		runtime.Gosched()
	}
}

func (l *spinLock) lockTested() {
	for {
		if l.v.Load() == 1 {
			runtime.Gosched()
			continue
		}
		if l.v.CompareAndSwap(0, 1) {
			return
		}
	}
}

type seqLock struct {
	seq  atomic.Uint64
	a, b int
}

func (l *seqLock) read() (a, b int) {
	for {
		s := l.seq.Load()
		if s%2 == 1 {
			continue
		}
		a, b = l.a, l.b
		if l.seq.Load() == s {
			return a, b
		}
	}
}

func bounded(ready *atomic.Bool, done chan int) {
	for i := 0; i < 100; i++ {
		if ready.Load() {
			return
		}
		runtime.Gosched()
	}
	<-done
}

func boundedByCondition(ready *atomic.Bool, mu *sync.Mutex) {
	for i := 0; !ready.Load() && i < 30; i++ {
	}
	mu.Lock()
	defer mu.Unlock()
}

func yieldsForSomeTurns(ready *atomic.Bool) {
	for i := 0; !ready.Load(); i++ {
		if i < 10 {
			runtime.Gosched()
			continue
		}
		time.Sleep(time.Millisecond)
	}
}

func works(stop *atomic.Bool, f func()) {
	for !stop.Load() {
		f()
	}
}

func calls(stop *atomic.Bool) {
	for !stop.Load() {
		if !unknown() {
			return
		}
	}
}

func walks(head *atomic.Pointer[node]) int {
	n := 0
	for at := head.Load(); at != nil; at = at.next.Load() {
		n++
	}
	return n
}

type node struct {
	next  atomic.Pointer[node]
	after *node
	done  bool
}

func follows(n *node) *node {
	for n.after != nil {
		n = n.after
	}
	return n
}

func each(flags []atomic.Bool) (n int) {
	for i := range flags {
		if flags[i].Load() {
			n++
		}
	}
	return n
}

func eachLocked(ss []*state) (n int) {
	for _, s := range ss {
		s.mu.Lock()
		if s.done {
			n++
		}
		s.mu.Unlock()
	}
	return n
}

func sums(xs []int) (n int) {
	for i := 0; i < len(xs); i++ {
		n += xs[i]
	}
	return n
}

func finds(xs []int, x int) bool {
	for len(xs) > 0 {
		if xs[0] == x {
			return true
		}
		xs = xs[1:]
	}
	return false
}

type state struct {
	mu   sync.Mutex
	cond *sync.Cond
	done bool
	n    int
	in   []byte
	pos  int

	parent *state
}

func (s *state) waits() {
	s.mu.Lock()
	for !s.done {
		s.cond.Wait()
	}
	s.mu.Unlock()
}

func (s *state) writes() {
	for {
		s.mu.Lock()
		s.n++
		if s.n > 10 {
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

func (s *state) drains() {
	for {
		s.mu.Lock()
		if len(s.in) == 0 {
			s.mu.Unlock()
			return
		}
		s.in = s.in[1:]
		s.mu.Unlock()
	}
}

func (s *state) skip() {
	for s.pos < len(s.in) && s.in[s.pos] == ' ' {
		s.pos++
	}
}

func (s *state) peek() byte { return s.in[s.pos] }
func (s *state) next()      { s.pos++ }

func (s *state) skipByMethods() {
	for s.peek() == ' ' {
		s.next()
	}
}

func drainsChannel(ch chan int) {
	for len(ch) > 0 {
		<-ch
	}
}

func polls(ctx context.Context, ch chan int) {
	for ctx.Err() == nil {
		select {
		case <-ch:
		case <-time.After(time.Second):
		}
	}
}

func hits(f *dep.Flag) {
	for !f.IsSet() {
		f.Hit()
	}
}

func untilDeadline(d time.Time) {
	for time.Now().Before(d) {
	}
}

func daemon() {
	select {}
}

func scans(m *sync.Map, keys []string) {
	for _, k := range keys {
		if _, ok := m.Load(k); ok {
			return
		}
	}
}

func local() int {
	x := 1
	for x < 100 {
		x *= 2
	}
	return x
}

func throughPointer(p *int) {
	for *p < 10 {
		*p++
	}
}

func accumulates(stop *atomic.Bool, xs []int) {
	for !stop.Load() {
		for _, x := range xs {
			process(x)
		}
	}
}

func process(x int) { shared = append(shared, x) }

var shared []int

func prints(stop *atomic.Bool, x int) {
	for !stop.Load() {
		println(x)
		fmt.Println(x)
	}
}

func computes(stop *atomic.Bool, xs []int) {
	for !stop.Load() {
		sums(xs)
	}
}

func fills(stop *atomic.Bool, s *state) {
	for !stop.Load() {
		s.writes()
	}
}

func ancestors(s *state) *state {
	for p := s.parent; p != nil; p = p.parent {
		p.mu.Lock()
		defer p.mu.Unlock()
		if !p.done {
			return p
		}
	}
	return nil
}

func notifies(s *state, out chan int) {
	for ; s != nil; s = s.parent {
		s.mu.Lock()
		if s.done {
			s.mu.Unlock()
			continue
		}
		s.mu.Unlock()
		out <- 1
	}
}

// panics never comes to its loop.
func panics() {
	panic("not implemented")
	for {
	}
}
