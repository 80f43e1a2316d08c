package lockorder

import "sync"

// Both orders are under the lock of the batch, which a method of an embedded struct
// takes and one of the outer struct releases.

type gateStore struct {
	mu    sync.RWMutex
	cache struct{ mu sync.RWMutex }
	batch *gateBuffered
}

type gateBatch struct {
	sync.Mutex
	s       *gateStore
	pending int
}

func (t *gateBatch) lock() { t.Mutex.Lock() }

func (t *gateBatch) LockOutside() { t.lock() }

func (t *gateBatch) commit() {
	t.s.mu.RLock()
	t.pending = 0
	t.s.mu.RUnlock()
}

func (t *gateBatch) Unlock() {
	if t.pending > 10 {
		t.commit()
	}
	t.Mutex.Unlock()
}

type gateBuffered struct{ gateBatch }

func (t *gateBuffered) Unlock() {
	if t.pending != 0 {
		t.s.cache.mu.Lock()
		t.gateBatch.commit()
		t.s.cache.mu.Unlock()
	}
	t.gateBatch.Unlock()
}

func (s *gateStore) SetHook() {
	s.batch.lock()
	defer s.batch.Unlock()
	s.batch.pending++
}

func (s *gateStore) Defrag() {
	s.batch.LockOutside()
	defer s.batch.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
}

func (s *gateStore) run() {
	for {
		s.SetHook()
	}
}

func newGateStore() *gateStore {
	s := &gateStore{}
	s.batch = &gateBuffered{gateBatch{s: s}}
	go s.run()
	return s
}
