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

// A caller that has made the object, and has told a goroutine of it, is no better than
// any other.
type chunk struct {
	mu   sync.Mutex
	size int
	used int
}

func (c *chunk) shrink() {
	c.used = c.size / 2 // want `^c\.used is written without c\.mu, under which it is written 3 times$`
}

func (c *chunk) settle() { c.shrink() }

func (c *chunk) grow(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += n
	c.used++ // related `^c\.used is written under c\.mu here$`
}

func (c *chunk) use() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used++
	if c.used > c.size {
		c.settle()
	}
}

func (c *chunk) free() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.used = 0
}

func (c *chunk) loop() {
	for range 10 {
		c.use()
		c.grow(1)
		c.free()
	}
}

func NewChunk(size int) *chunk {
	c := &chunk{size: size}
	go c.loop()
	c.settle()
	return c
}
