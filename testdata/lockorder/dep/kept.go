package dep

import "sync"

// A Feed calls what it has been given under its lock.
type Feed struct {
	mu        sync.RWMutex
	onReplace func()
	store     map[string]string
}

// SetOnReplace lets f be called whenever the feed has something else.
func (f *Feed) SetOnReplace(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.onReplace = do
}

// Replace gives f another content.
func (f *Feed) Replace(m map[string]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.store = m
	if f.onReplace != nil {
		f.onReplace()
	}
}

// Get reads from f.
func (f *Feed) Get(k string) string {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.store[k]
}
