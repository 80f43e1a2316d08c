package checkthenact

import "sync"

type keyed struct {
	mu   sync.Mutex
	refs int
}

type keyLocks struct{ m sync.Map }

func (l *keyLocks) of(key string) *keyed {
	if v, ok := l.m.Load(key); ok { // related `^this is the entry that it depends on$`
		return v.(*keyed)
	}
	e := &keyed{}
	l.m.Store(key, e) // want `^l\.m\.Store depends on the entry that was loaded on line 13: another goroutine may have changed it in between$`
	return e
}

func (l *keyLocks) Lock(key string) {
	e := l.of(key)
	e.mu.Lock()
	e.refs++
}

func (l *keyLocks) Unlock(key string) {
	v, ok := l.m.Load(key)
	if !ok {
		panic("not locked")
	}
	v.(*keyed).mu.Unlock()
}

// With releases by another way what the entry has been locked by: it is not held
// from the start.
func (l *keyLocks) With(key string, f func()) {
	l.Lock(key)
	defer l.Unlock(key)
	f()
}
