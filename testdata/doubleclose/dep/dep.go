// Package dep closes channels for its callers.
package dep

import "sync"

// Finish closes ch.
func Finish(ch chan int) { finish(ch) }

func finish(ch chan<- int) { close(ch) }

// CloseLater closes ch on a goroutine of its own.
func CloseLater(ch chan<- int) {
	go func() { close(ch) }()
}

// A Conn can be closed once.
type Conn struct{ done chan struct{} }

// Dial makes a Conn.
func Dial() *Conn { return &Conn{done: make(chan struct{})} }

// Close closes the connection.
func (c *Conn) Close() { close(c.done) }

// A Safe can be closed again and again.
type Safe struct {
	once sync.Once
	done chan struct{}
}

// NewSafe makes a Safe.
func NewSafe() *Safe { return &Safe{done: make(chan struct{})} }

// Close closes s.
func (s *Safe) Close() { s.once.Do(func() { close(s.done) }) }
