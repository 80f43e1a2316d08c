package busyselect

import (
	"context"
	"runtime"
	"time"

	"fixture.example/busyselect/dep"
)

type mailbox struct {
	in    chan int
	done  chan struct{}
	polls int
}

func (m *mailbox) tryGet() (int, bool) {
	select {
	case v := <-m.in:
		return v, true
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		return 0, false
	}
}

func (m *mailbox) tryGetDeep() (v int, ok bool) {
	v, ok = m.tryGet()
	return v, ok
}

func (m *mailbox) count() { m.polls++ }

func (m *mailbox) loop() {
	for {
		v, ok := m.tryGet() // want `^this loop spins: m\.tryGet returns at once by the default of a select, and nothing else in the loop blocks$`
		if !ok {
			continue
		}
		run(v)
	}
}

func (m *mailbox) loopDeep() {
	for {
		if v, ok := m.tryGetDeep(); ok { // want `^this loop spins: m\.tryGetDeep returns at once by the default of a select, and nothing else in the loop blocks$`
			run(v)
			return
		}
	}
}

func (m *mailbox) countsInHelper() {
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case v := <-m.in:
			run(v)
		case <-m.done:
			return
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			m.count()
		}
	}
}

func yieldTwice() {
	runtime.Gosched()
	runtime.Gosched()
}

func yieldsInHelper(done <-chan struct{}) {
	for {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-done:
			return
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			yieldTwice()
		}
	}
}

// isDone is used as a condition.
func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		return false
	}
}

func waitsForDone(done <-chan struct{}) {
	for !isDone(done) { // want `^this loop spins: isDone returns at once by the default of a select, and nothing else in the loop blocks$`
	}
}

func waitsForContext(ctx context.Context) {
	for {
		if isDone(ctx.Done()) { // want `^this loop spins: isDone returns at once by the default of a select, and nothing else in the loop blocks$`
			return
		}
		runtime.Gosched()
	}
}

func isReady[T any](ch <-chan T) (ready bool) {
	select {
	case <-ch:
		ready = true
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
	}
	return ready
}

func waitsGeneric(ch chan string) {
	for !isReady(ch) { // want `^this loop spins: isReady returns at once by the default of a select, and nothing else in the loop blocks$`
	}
}

func waitsByClosure(ch <-chan int) {
	ready := func() bool {
		select {
		case <-ch:
			return true
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			return false
		}
	}
	for {
		if ready() { // want `^this loop spins: ready returns at once by the default of a select, and nothing else in the loop blocks$`
			return
		}
	}
}

func waitsByMethodValue(m *mailbox) int {
	get := m.tryGet
	for {
		if v, ok := get(); ok { // want `^this loop spins: get returns at once by the default of a select, and nothing else in the loop blocks$`
			return v
		}
	}
}

type source interface{ poll() bool }

type queue struct{ c chan int }

func (q *queue) poll() bool {
	select {
	case v := <-q.c:
		run(v)
		return true
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		return false
	}
}

func waitsByInterface(s source) {
	for !s.poll() { // want `^this loop spins: s\.poll returns at once by the default of a select, and nothing else in the loop blocks$`
	}
}

type server struct {
	mailbox
	boxes map[string]*dep.Box
}

func (s *server) serve() {
	for {
		if v, ok := s.tryGet(); ok { // want `^this loop spins: s\.tryGet returns at once by the default of a select, and nothing else in the loop blocks$`
			run(v)
		}
	}
}

func otherPackage(ch <-chan int) int {
	for {
		if v, ok := dep.TryGet(ch); ok { // want `^this loop spins: dep\.TryGet returns at once by the default of a select, and nothing else in the loop blocks$`
			return v
		}
	}
}

func otherPackageDeep(ch <-chan int) int {
	for {
		v, ok := dep.TryGetDeep(ch) // want `^this loop spins: dep\.TryGetDeep returns at once by the default of a select, and nothing else in the loop blocks$`
		if !ok {
			continue
		}
		return v
	}
}

func otherPackageMethod(b *dep.Box) {
	for !b.TryPut(1) { // want `^this loop spins: b\.TryPut returns at once by the default of a select, and nothing else in the loop blocks$`
		runtime.Gosched()
	}
}

// until has the loop, its callers have the select.
func until(try func() bool) {
	for !try() {
	}
}

func passesPoll(done <-chan struct{}) {
	until(func() bool {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-done:
			return true
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			return false
		}
	})
}

func passesPollFar(done <-chan struct{}) {
	dep.Until(func() bool {
		select { // want `^select with a default spins: nothing in the loop around it blocks$`
		case <-done:
			return true
		default: // related `^this default is taken in each turn of the loop, until a case is ready$`
			return false
		}
	})
}

func retriesUntil(m *mailbox, timeout time.Duration) bool {
	start := time.Now()
	for time.Since(start) < timeout {
		if _, ok := m.tryGet(); ok { // want `^this loop spins: m\.tryGet returns at once by the default of a select, and nothing else in the loop blocks$`
			return true
		}
	}
	return false
}

type nextSource interface{ next() (int, bool) }

type channelSource struct{ c chan int }

func (s channelSource) next() (int, bool) {
	select {
	case v := <-s.c:
		return v, true
	default: // related `^this default is taken in each turn of the loop, until a case is ready$`
		return 0, false
	}
}

func valueReceiver(s channelSource) int {
	for {
		if v, ok := s.next(); ok { // want `^this loop spins: s\.next returns at once by the default of a select, and nothing else in the loop blocks$`
			return v
		}
	}
}

func valueBehindInterface(s nextSource) int {
	for {
		if v, ok := s.next(); ok { // want `^this loop spins: s\.next returns at once by the default of a select, and nothing else in the loop blocks$`
			return v
		}
	}
}

func valueReceiverThatPauses(s channelSource) int {
	for {
		if v, ok := s.next(); ok {
			return v
		}
		time.Sleep(time.Millisecond)
	}
}
