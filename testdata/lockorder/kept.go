package lockorder

import (
	"sync"

	"fixture.example/lockorder/dep"
)

// A reader has given its feed, in another package, what locks the reader.
type reader struct {
	mu    sync.Mutex
	ready bool
	n     int
	feed  *dep.Feed
}

func newReader() *reader {
	r := &reader{feed: new(dep.Feed)}
	r.feed.SetOnReplace(func() { r.setReady() })
	return r
}

func (r *reader) setReady() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ready = true
}

func (r *reader) read(k string) string {
	r.mu.Lock() // related `^r\.mu is locked here$`
	defer r.mu.Unlock()
	r.n++
	return r.feed.Get(k) // want `^r\.feed\.mu is read-locked by this call of r\.feed\.Get while r\.mu is held, and line 37 locks them the other way round$`
}

func (r *reader) sync(m map[string]string) {
	r.feed.Replace(m) // related `^r\.feed\.mu is locked here$` related `^r\.mu is locked here, while r\.feed\.mu is held$`
}

// A lateReader asks its feed with nothing locked.
type lateReader struct {
	mu   sync.Mutex
	n    int
	feed *dep.Feed
}

func newLateReader() *lateReader {
	r := &lateReader{feed: new(dep.Feed)}
	r.feed.SetOnReplace(r.reset)
	return r
}

func (r *lateReader) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n = 0
}

func (r *lateReader) read(k string) string {
	r.mu.Lock()
	r.n++
	r.mu.Unlock()
	return r.feed.Get(k)
}

func (r *lateReader) sync(m map[string]string) { r.feed.Replace(m) }
