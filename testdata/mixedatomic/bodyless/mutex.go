// Package bodyless implements a lock, which waits by what is not written in Go.
package bodyless

import "sync/atomic"

// A Mutex is a lock.
type Mutex struct {
	state int32
	sema  uint32
}

func semacquire(s *uint32)

// TryLock takes the lock if nobody has it.
func (m *Mutex) TryLock() bool {
	old := m.state
	return old == 0 && atomic.CompareAndSwapInt32(&m.state, old, 1)
}

// Lock takes the lock.
func (m *Mutex) Lock() {
	for !m.TryLock() {
		semacquire(&m.sema)
		m.state = 0
	}
}
