package protocols

import (
	"context"
	"errors"
	"sync"
	"time"
)

// waitsAtEachEnd has a deferred wait: by the first way out control leaves before
// anything is sent, by the other one behind the start of the receiver.
func waitsAtEachEnd(accept, dial func() error) error {
	ch := make(chan bool)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Add(1)
	go func() {
		defer wg.Done()
		if accept() != nil {
			close(ch)
			return
		}
		ch <- true
	}()
	if err := dial(); err != nil {
		return errors.New("no connection")
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-ch
	}()
	return nil
}

func source(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func stage(ctx context.Context, in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			select {
			case out <- v * v:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// firstSquare stops the stages of its pipeline when it has what it wants.
func firstSquare(ctx context.Context, n, least int) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for v := range stage(ctx, source(ctx, n)) {
		if v >= least {
			return v
		}
	}
	return -1
}

// places is a semaphore with methods.
type places chan struct{}

func newPlaces(n int) places { return make(places, n) }

func (p places) take() { p <- struct{}{} }
func (p places) give() { <-p }

type lender struct{ places places }

func newLender() *lender { return &lender{places: newPlaces(4)} }

// lend leaves it to the borrower to give the place back.
func (l *lender) lend(ctx context.Context) (func(), error) {
	l.places.take()
	if err := ctx.Err(); err != nil {
		l.places.give()
		return nil, err
	}
	return l.places.give, nil
}

// asked has room for the answer that nobody waits for any more.
type asked struct {
	mu      sync.Mutex
	pending map[int]chan string
}

func (a *asked) ask(ctx context.Context, id int) (string, error) {
	ch := make(chan string, 1)
	a.mu.Lock()
	a.pending[id] = ch
	a.mu.Unlock()
	select {
	case s := <-ch:
		return s, nil
	case <-ctx.Done():
		a.mu.Lock()
		delete(a.pending, id)
		a.mu.Unlock()
		return "", ctx.Err()
	}
}

func (a *asked) answer(id int, s string) {
	a.mu.Lock()
	ch := a.pending[id]
	delete(a.pending, id)
	a.mu.Unlock()
	if ch != nil {
		ch <- s
	}
}

// stepper serves until it is stopped, and its users wait for that as well.
type stepper struct {
	commands chan int
	done     chan struct{}
	sum      int
}

func newStepper() *stepper {
	s := &stepper{commands: make(chan int), done: make(chan struct{})}
	go s.run()
	return s
}

func (s *stepper) run() {
	for s.step() {
	}
}

func (s *stepper) step() bool {
	select {
	case n := <-s.commands:
		s.sum += n
		return true
	case <-s.done:
		return false
	}
}

func (s *stepper) do(n int) bool {
	select {
	case s.commands <- n:
		return true
	case <-s.done:
		return false
	}
}

func (s *stepper) stop() { close(s.done) }

// countsCalls is told of each call that is not answered, and waits for two of them.
func countsCalls(register func(call func() error)) error {
	called := make(chan struct{}, 2)
	register(func() error {
		called <- struct{}{}
		return errors.New("no answer")
	})
	for range 2 {
		select {
		case <-called:
		case <-time.After(time.Second):
			return errors.New("timeout")
		}
	}
	return nil
}
