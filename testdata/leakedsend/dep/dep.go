// Package dep starts work for others.
package dep

import "sync"

// Start sends the result of f on the channel that it returns.
func Start(f func() int) <-chan int {
	ch := make(chan int)
	go func() { ch <- f() }()
	return ch
}

// StartRoomy does so with room for the result.
func StartRoomy(f func() int) <-chan int {
	ch := make(chan int, 1)
	go func() { ch <- f() }()
	return ch
}

// Numbers is the head of a pipeline.
func Numbers(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

// Squares is a stage of one.
func Squares(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- v * v
		}
	}()
	return out
}

// Ask sends n on out, by a function that it hands on.
func Ask(n int, out chan<- int) {
	go call(n, func(n int) { out <- n })
}

func call(n int, f func(int)) { f(n) }

// A Stream is read by whoever opens it.
type Stream struct {
	items chan int
	stop  chan struct{}
	once  sync.Once

	mu  sync.Mutex
	err error
}

// Open starts a stream.
func Open(n int) *Stream {
	s := &Stream{items: make(chan int), stop: make(chan struct{})}
	go s.loop(n)
	return s
}

func (s *Stream) loop(n int) {
	defer close(s.items)
	for i := range n {
		select {
		case s.items <- i:
		case <-s.stop:
			return
		}
	}
}

// Items returns what to range over.
func (s *Stream) Items() <-chan int { return s.items }

// Err returns the first error.
func (s *Stream) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Close ends the stream.
func (s *Stream) Close() { s.once.Do(func() { close(s.stop) }) }
