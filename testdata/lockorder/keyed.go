package lockorder

import "sync"

// Locks by key, of which the map has a lock itself.

type keyed struct {
	sync.RWMutex
	locks map[string]*sync.Mutex
}

func (k *keyed) lock(key string) {
	k.Lock() // related `^k is locked here$`
	if _, ok := k.locks[key]; !ok {
		k.locks[key] = &sync.Mutex{}
	}
	k.locks[key].Lock() // want `^k\.locks\[key\] is locked while k is held, and line 35 locks them the other way round$`
	k.Unlock()
}

func (k *keyed) unlock(key string) {
	k.RLock()
	defer k.RUnlock()
	if mu, ok := k.locks[key]; ok {
		mu.Unlock()
	}
}

var byURL = &keyed{locks: make(map[string]*sync.Mutex)}

// Fetch holds the lock of url while it asks for that of the map to give it back.
func Fetch(url string, get func(string) string) string {
	byURL.lock(url) // related `^keyed\.locks\[\] is locked here$`
	got := get(url)
	byURL.unlock(url) // related `^byURL\.RWMutex is read-locked here, while keyed\.locks\[\] is held$`
	return got
}

// The repaired one gives the map's lock back before it waits for the key's.

type patient struct {
	sync.RWMutex
	locks map[string]*sync.Mutex
}

func (k *patient) lock(key string) {
	k.Lock()
	mu := k.locks[key]
	if mu == nil {
		mu = &sync.Mutex{}
		k.locks[key] = mu
	}
	k.Unlock()
	mu.Lock()
}

func (k *patient) unlock(key string) {
	k.RLock()
	defer k.RUnlock()
	k.locks[key].Unlock()
}

var patientByURL = &patient{locks: make(map[string]*sync.Mutex)}

func FetchPatiently(url string, get func(string) string) string {
	patientByURL.lock(url)
	defer patientByURL.unlock(url)
	return get(url)
}

// Stripes are locked one at a time, or from the first to the last.

type striped struct {
	mu      sync.Mutex
	stripes [16]sync.Mutex
	n       int
}

func (s *striped) add(i int) {
	s.stripes[i%16].Lock()
	defer s.stripes[i%16].Unlock()
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
}

func (s *striped) all(f func()) {
	for i := range s.stripes {
		s.stripes[i].Lock()
	}
	f()
	for i := range s.stripes {
		s.stripes[i].Unlock()
	}
}

// A table hands its rows out, which lock themselves.

type table struct {
	mu   sync.Mutex
	rows []sync.Mutex
}

func (t *table) row(i int) *sync.Mutex {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &t.rows[i]
}

func (t *table) visit(i int, f func()) {
	r := t.row(i)
	r.Lock()
	defer r.Unlock()
	f()
}

func (t *table) grow() {
	t.mu.Lock()
	t.rows = append(t.rows, sync.Mutex{})
	t.mu.Unlock()
}
