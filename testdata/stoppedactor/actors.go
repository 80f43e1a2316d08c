// Package stoppedactor has waits for goroutines that may have been stopped.
package stoppedactor

import (
	"context"
	"errors"
	"sync"
)

type request struct {
	key    string
	answer chan int
}

type store struct {
	requests chan request
	events   chan int
	selected chan request
	buffered chan request
	tested   chan request
	drained  chan request
	locked   chan request
	done     chan struct{}
	mu       sync.Mutex
	closed   bool
}

func newStore() *store {
	s := &store{
		requests: make(chan request), events: make(chan int), selected: make(chan request), buffered: make(chan request, 8),
		tested: make(chan request), drained: make(chan request), locked: make(chan request), done: make(chan struct{}),
	}
	go s.loop()
	return s
}

func (s *store) loop() {
	for {
		select {
		case r := <-s.requests:
			s.serve(r)
		case s.events <- 1:
		case <-s.selected:
		case <-s.buffered:
		case <-s.tested:
		case <-s.locked:
		case <-s.drained:
		case <-s.done: // related `^here the loop that receives from s\.requests ends$` related `^here the loop that sends to s\.events ends$`
			for {
				select {
				case <-s.drained:
				default:
					return
				}
			}
		}
	}
}

func (s *store) serve(r request) { r.answer <- len(r.key) }

func (s *store) ask(key string) int {
	r := request{key, make(chan int, 1)}
	s.requests <- r // want `^this send on s\.requests blocks forever after the stop at line \d+: nothing receives from it then$`
	return <-r.answer
}

func (s *store) next() int {
	return <-s.events // want `^this receive from s\.events blocks forever after the stop at line \d+: nothing sends to it then$`
}

func (s *store) askSelecting(key string) error {
	select {
	case s.selected <- request{key: key}:
		return nil
	case <-s.done:
		return errors.New("closed")
	}
}

func (s *store) askBuffered(key string) { s.buffered <- request{key: key} }

func (s *store) askTesting(key string) error {
	if s.closed {
		return errors.New("closed")
	}
	s.tested <- request{key: key}
	return nil
}

func (s *store) askDrained(key string) { s.drained <- request{key: key} }

func (s *store) askLocked(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errors.New("closed")
	}
	s.locked <- request{key: key}
	return nil
}

func (s *store) stop() { close(s.done) }

// -- ended by a context --

type Hub struct {
	join  chan string
	leave chan string
}

func NewHub(ctx context.Context) *Hub {
	h := &Hub{join: make(chan string), leave: make(chan string)}
	go h.run(ctx)
	return h
}

func (h *Hub) run(ctx context.Context) {
	members := make(map[string]bool)
	for {
		select {
		case m := <-h.join:
			members[m] = true
		case m := <-h.leave:
			delete(members, m)
		case <-ctx.Done(): // related `^here the loop that receives from h\.join ends$`
			return
		}
	}
}

func (h *Hub) Join(m string) { h.put(m) }

func (h *Hub) put(m string) {
	h.join <- m // want `^this send on h\.join blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (h *Hub) Leave(ctx context.Context, m string) error {
	select {
	case h.leave <- m:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// -- generic, and the loop a literal with a label --

type box[T any] struct {
	in   chan T
	quit chan bool
}

func newBox[T any](f func(T)) *box[T] {
	b := &box[T]{in: make(chan T), quit: make(chan bool)}
	go func() {
	loop:
		for {
			select {
			case v := <-b.in:
				f(v)
			case <-b.quit: // related `^here the loop that receives from b\.in ends$`
				break loop
			}
		}
	}()
	return b
}

func (b *box[T]) put(v T) {
	b.in <- v // want `^this send on b\.in blocks forever after the stop at line \d+: nothing receives from it then$`
}

func (b *box[T]) stop() { b.quit <- true }

// -- neighbours --

// endless has no stop.
type endless struct {
	in   chan int
	tick chan int
}

func newEndless() *endless {
	e := &endless{in: make(chan int), tick: make(chan int)}
	go func() {
		for {
			select {
			case <-e.in:
			case <-e.tick:
			}
		}
	}()
	return e
}

func (e *endless) put(n int) { e.in <- n }

// neverStopped has a stop arm that nothing uses.
type neverStopped struct{ in, done chan int }

func newNeverStopped() *neverStopped {
	n := &neverStopped{in: make(chan int), done: make(chan int)}
	go func() {
		for {
			select {
			case <-n.in:
			case <-n.done:
				return
			}
		}
	}()
	return n
}

func (n *neverStopped) put(i int) { n.in <- i }

// closesIn ends its users by the close.
type closesOut struct {
	out  chan int
	done chan struct{}
}

func newClosesOut() *closesOut {
	c := &closesOut{out: make(chan int), done: make(chan struct{})}
	go func() {
		defer close(c.out)
		for {
			select {
			case c.out <- 1:
			case <-c.done:
				return
			}
		}
	}()
	return c
}

func (c *closesOut) next() int { return <-c.out }

func (c *closesOut) stop() { close(c.done) }

// given has a channel of others.
type given struct {
	in   chan int
	done chan struct{}
}

func newGiven(in chan int) *given {
	g := &given{in: in, done: make(chan struct{})}
	go func() {
		for {
			select {
			case <-g.in:
			case <-g.done:
				return
			}
		}
	}()
	return g
}

func (g *given) put(n int) { g.in <- n }

func (g *given) stop() { close(g.done) }
