package leakedsend

import (
	"context"
	"errors"
	"time"
)

// pending is made by a constructor and waited for by a method.
type pending struct{ done chan error }

func newPending(f func() error) *pending {
	p := &pending{done: make(chan error)} // related `^p\.done is made here, with room for 0$`
	go func() {
		p.done <- f() // want `^this send on p\.done may block forever: its receiver may be gone by line \d+$`
	}()
	return p
}

func (p *pending) wait(d time.Duration) error {
	select {
	case err := <-p.done:
		return err
	case <-time.After(d):
		return errors.New("timeout")
	}
}

func waitsForPending(f func() error) error {
	return newPending(f).wait(time.Second) // related `^here the receiver of p\.done returns$`
}

type pendingWithRoom struct{ done chan error }

func newPendingWithRoom(f func() error) *pendingWithRoom {
	p := &pendingWithRoom{done: make(chan error, 1)}
	go func() { p.done <- f() }()
	return p
}

func (p *pendingWithRoom) wait(d time.Duration) error {
	select {
	case err := <-p.done:
		return err
	case <-time.After(d):
		return errors.New("timeout")
	}
}

func waitsForPendingWithRoom(f func() error) error { return newPendingWithRoom(f).wait(time.Second) }

// looksBefore looks whether it is to end, and then sends though nobody receives.
func looksBefore(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make(chan int) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			default:
			}
			out <- i // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		}
	}()
	for v := range out {
		if v > 10 {
			break
		}
	}
} // related `^here the receiver of out ends$`

func looksMeanwhile(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	out := make(chan int)
	go func() {
		defer close(out)
		for i := 0; ; i++ {
			select {
			case <-ctx.Done():
				return
			case out <- i:
			}
		}
	}()
	for v := range out {
		if v > 10 {
			break
		}
	}
}

// -- an object that is asked for what does not come to the send --

type dispatcher struct {
	calls  chan int
	events []int
}

func newDispatcher() *dispatcher { return &dispatcher{calls: make(chan int)} }

func (d *dispatcher) dispatch(m any) {
	switch m := m.(type) {
	case string:
		d.events = append(d.events, len(m))
	case int:
		d.calls <- m
	}
}

func (d *dispatcher) call() int { return <-d.calls }

func dispatchEvents() {
	d := newDispatcher()
	go func() {
		for range 100 {
			d.dispatch("event")
		}
	}()
}
