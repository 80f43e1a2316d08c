package guardedby

import (
	"sync"

	"fixture.example/guardedby/dep"
)

// A helper that is called with the lock held but once.
type list struct {
	mu    sync.Mutex
	items []string
}

func (l *list) appendLocked(s string) {
	l.items = append(l.items, s) // related `^l\.items is (read|written) here$`
}

func (l *list) Add(s string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.appendLocked(s)
}

func (l *list) AddTwo(s string) {
	l.mu.Lock()
	l.appendLocked(s)
	l.mu.Unlock()
	l.appendLocked(s) // want `^l\.appendLocked is called without l\.mu, which it needs to be held$`
}

func (l *list) Clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = nil
}

func (l *list) First() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.items[0]
}

// By its name alone nobody would know.
type ring struct {
	mu   sync.Mutex
	head int
	size int
}

func (r *ring) advance() {
	r.head = (r.head + 1) % r.size // related `^r\.head is written here$`
}

func (r *ring) Next() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.advance()
	return r.head
}

func (r *ring) Skip() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.step()
	r.head++
}

func (r *ring) step() { r.advance() } // the caller has the lock

func (r *ring) Jump() {
	r.advance() // want `^r\.advance is called without r\.mu, which it needs to be held$`
}

func (r *ring) Rewind() {
	r.mu.Lock()
	r.head = 0
	r.mu.Unlock()
}

// A comment states the lock.
type stated struct {
	mu sync.Mutex

	// guarded by mu
	a int
	b int // +checklocks:mu
	c int // counts what is guarded by others
}

func (s *stated) Inc() {
	s.a++ // want `^s\.a is written without s\.mu, which guards it by its comment$`
	s.b++ // want `^s\.b is written without s\.mu, which guards it by its comment$`
	s.c++
}

func newStated() *stated {
	s := &stated{}
	s.a = 1
	return s
}

func (s *stated) Held() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.a, s.b = 1, 2
}

// The comment is in another package.
func names(r *dep.Registry) int {
	return len(r.Names) // want `^r\.Names is read without r\.Mu, which guards it by its comment$`
}

func namesHeld(r *dep.Registry) int {
	r.Mu.Lock()
	defer r.Mu.Unlock()
	return len(r.Names)
}

func ownNames() *dep.Registry {
	r := dep.NewRegistry()
	return r
}
