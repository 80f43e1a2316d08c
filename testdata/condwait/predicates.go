package condwait

import (
	"sync"
	"sync/atomic"
)

// -- what is waited for, changed without the lock --

type monitor struct {
	c       *sync.Cond
	started bool
	stopped bool
}

func newMonitor() *monitor {
	m := &monitor{c: sync.NewCond(&sync.Mutex{})}
	m.started = false
	return m
}

func (m *monitor) start() {
	m.started = true // want `^m\.started is written without the lock of m\.c: who waits for it may have tested it before, and miss the signal$`
	m.c.Broadcast()
}

func (m *monitor) stop() {
	defer m.c.Broadcast()
	m.stopped = true // want `^m\.stopped is written without the lock of m\.c: who waits for it may have tested it before, and miss the signal$`
}

func (m *monitor) wait() {
	m.c.L.Lock()
	defer m.c.L.Unlock()
	for !m.started && !m.stopped {
		m.c.Wait() // related `^m\.c\.Wait is called here$` `^m\.c\.Wait is called here$`
	}
}

// With the lock, of the function or of its callers.
type rightMonitor struct {
	mu    sync.Mutex
	c     sync.Cond
	n     int
	ready bool
	flag  atomic.Bool
	other int
}

func newRightMonitor() *rightMonitor {
	m := &rightMonitor{}
	m.c.L = &m.mu
	m.n = 1
	m.c.Broadcast()
	return m
}

func (m *rightMonitor) wait() {
	m.mu.Lock()
	for m.n > 0 && !m.ready && !m.flag.Load() {
		m.c.Wait()
	}
	m.mu.Unlock()
}

func (m *rightMonitor) step() {
	m.mu.Lock()
	m.n--
	m.mu.Unlock()
	m.c.Broadcast()
}

func (m *rightMonitor) set() {
	m.ready = true
	m.c.Broadcast()
}

func (m *rightMonitor) setUnderLock() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set()
}

func (m *rightMonitor) addLocked(n int) {
	m.n += n
	m.c.Signal()
}

func (m *rightMonitor) raise() {
	m.mu.Lock()
	m.flag.Store(true)
	m.mu.Unlock()
	m.other++
	m.c.Broadcast()
}

// The lock of readers is that of the Cond; who writes has it whole.
type manyReaders struct {
	mu   sync.RWMutex
	c    *sync.Cond
	open bool
}

func newManyReaders() *manyReaders {
	r := &manyReaders{}
	r.c = sync.NewCond(r.mu.RLocker())
	return r
}

func (r *manyReaders) wait() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for !r.open {
		r.c.Wait()
	}
}

func (r *manyReaders) set() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open = true
	r.c.Broadcast()
}

// Another lock does not do.
type otherLocks struct {
	mu, other sync.Mutex
	c         *sync.Cond
	open      bool
}

func newOtherLocks() *otherLocks {
	t := &otherLocks{}
	t.c = sync.NewCond(&t.mu)
	return t
}

func (t *otherLocks) wait() {
	t.mu.Lock()
	for !t.open {
		t.c.Wait() // related `^t\.c\.Wait is called here$`
	}
	t.mu.Unlock()
}

func (t *otherLocks) set() {
	t.other.Lock()
	t.open = true // want `^t\.open is written without the lock of t\.c: who waits for it may have tested it before, and miss the signal$`
	t.other.Unlock()
	t.c.Broadcast()
}
