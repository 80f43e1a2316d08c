// Package spinloop has loops that look at something again and again.
package spinloop

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"fixture.example/spinloop/dep"
)

var done bool

func variable() {
	go func() {
		work()
		done = true
	}()
	for !done { // want `^this loop spins: it looks at done again and again, and waits for nothing$`
	}
}

func captured() {
	ready := false
	go func() { ready = true }()
	for !ready { // want `^this loop spins: it looks at ready again and again, and waits for nothing$`
	}
}

func field(n *node) {
	for !n.done { // want `^this loop spins: it looks at n\.done again and again, and waits for nothing$`
	}
}

func fieldInBody(n *node) {
	for { // want `^this loop spins: it looks at n\.done again and again, and waits for nothing$`
		if n.done {
			break
		}
	}
}

func atom(ready *atomic.Bool) {
	for !ready.Load() { // want `^this loop spins: it looks at ready again and again, and waits for nothing$`
	}
}

func atomFunc(n *int32) {
	for atomic.LoadInt32(n) > 0 { // want `^this loop spins: it looks at n again and again, and waits for nothing$`
	}
}

func yields(n *atomic.Int64) {
	for n.Load() > 0 { // want `^this loop spins: it looks at n again and again, and waits for nothing$`
		runtime.Gosched()
	}
}

func yieldsOnly() {
	for { // want `^this loop spins: it lets others run, but waits for nothing$`
		runtime.Gosched()
	}
}

func yieldsForVariable() {
	for !done { // want `^this loop spins: it lets others run, but waits for nothing$`
		runtime.Gosched()
	}
}

func counts(ready *atomic.Bool) int {
	n := 0
	for !ready.Load() { // want `^this loop spins: it looks at ready again and again, and waits for nothing$`
		n++
	}
	return n
}

func full(ch chan int) {
	for len(ch) == cap(ch) { // want `^this loop spins: it looks at ch again and again, and waits for nothing$`
	}
}

func empty() {
	for { // want `^this loop spins: it has no body and no end$`
	}
}

func (s *state) isDone() bool {
	s.mu.Lock() // related `^this is done in each turn of the loop, millions of times a second$`
	defer s.mu.Unlock()
	return s.done
}

func (s *state) byMethod() {
	for !s.isDone() { // want `^this loop spins: s\.isDone returns at once, and nothing else in the loop waits$`
	}
}

func (s *state) underLock() {
	for { // want `^this loop spins: it looks again and again at what s\.mu guards, and waits for nothing$`
		s.mu.Lock() // related `^this is done in each turn of the loop, millions of times a second$`
		if s.done {
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

type flagged struct {
	state
	closed atomic.Bool
}

func (f *flagged) isClosed() bool { return f.closed.Load() } // related `^this is done in each turn of the loop, millions of times a second$`
func (f *flagged) stopped() bool  { return f.isClosed() }

func twoDeep(f *flagged) {
	for !f.stopped() { // want `^this loop spins: f\.stopped returns at once, and nothing else in the loop waits$`
	}
}

func queue(stop *atomic.Bool, s *state) {
	for !stop.Load() { // want `^this loop spins: it looks at stop again and again, and waits for nothing$`
		s.mu.Lock()
		if len(s.in) == 0 {
			s.mu.Unlock()
			continue
		}
		s.in = s.in[1:]
		s.mu.Unlock()
		work()
	}
}

func untilDeadlineOrReady(ready *atomic.Bool, d time.Time) {
	for !ready.Load() { // want `^this loop spins: it looks at ready again and again, and waits for nothing$`
		if time.Now().After(d) {
			return
		}
	}
}

func context_(ctx context.Context) {
	for ctx.Err() == nil { // want `^this loop spins: it looks at ctx again and again, and waits for nothing$`
	}
}

func tries(mu *sync.Mutex) {
	for !mu.TryLock() { // want `^this loop spins: it looks at mu again and again, and waits for nothing$`
	}
}

func inMap(m *sync.Map) any {
	for { // want `^this loop spins: it looks at m again and again, and waits for nothing$`
		if v, ok := m.Load("key"); ok { // related `^this is done in each turn of the loop, millions of times a second$`
			return v
		}
	}
}

func generic[T any](p *atomic.Pointer[T]) *T {
	for p.Load() == nil { // want `^this loop spins: it looks at p again and again, and waits for nothing$`
	}
	return p.Load()
}

func otherPackage(f *dep.Flag) {
	for !f.IsSet() { // want `^this loop spins: f\.IsSet returns at once, and nothing else in the loop waits$`
	}
}

type readiness interface{ ready() bool }

type onlyReadiness struct{ v atomic.Bool }

func (r *onlyReadiness) ready() bool { return r.v.Load() } // related `^this is done in each turn of the loop, millions of times a second$`

func throughInterface(r readiness) {
	for !r.ready() { // want `^this loop spins: r\.ready returns at once, and nothing else in the loop waits$`
	}
}

func methodValue(r *onlyReadiness) {
	ready := r.ready
	for !ready() { // want `^this loop spins: ready returns at once, and nothing else in the loop waits$`
	}
}

func closure(n *atomic.Int32) {
	ready := func() bool { return n.Load() > 0 } // related `^this is done in each turn of the loop, millions of times a second$`
	for !ready() {                               // want `^this loop spins: it looks at n again and again, and waits for nothing$`
	}
}

func inGoroutine(ready *atomic.Bool, out chan int) {
	go func() {
		for !ready.Load() { // want `^this loop spins: it looks at ready again and again, and waits for nothing$`
		}
		out <- 1
	}()
}

func inDefer(n *atomic.Int32) {
	defer func() {
		for n.Load() > 0 { // want `^this loop spins: it looks at n again and again, and waits for nothing$`
			runtime.Gosched()
		}
	}()
	work()
}

// signal is the same object in each turn.
type signal struct{ set atomic.Bool }

func (f *signal) isSet() bool { return f.set.Load() } // related `^this is done in each turn of the loop, millions of times a second$`

func eitherFlag(a, b *signal, first bool) {
	f := a
	if !first {
		f = b
	}
	for !f.isSet() { // want `^this loop spins: f\.isSet returns at once, and nothing else in the loop waits$`
	}
}

// lockedFlag loads once in each turn, under a lock.
func lockedFlag(mu *sync.Mutex, f *signal) {
	for { // want `^this loop spins: it looks at f\.set again and again, and waits for nothing$`
		mu.Lock()
		set := f.set.Load() // related `^this is done in each turn of the loop, millions of times a second$`
		mu.Unlock()
		if set {
			return
		}
	}
}

// returning comes back, so that what is behind it goes on for ever.
func returning(f *signal) {
	f.isSet()
	for { // want `^this loop spins: it has no body and no end$`
	}
}

// handedOn comes back from what it is handed, as far as is known.
func handedOn(f func()) {
	f()
	for { // want `^this loop spins: it has no body and no end$`
	}
}
