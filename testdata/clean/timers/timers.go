// Package timers waits for time to pass, as one does.
package timers

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Poll calls f until it is done, with an interruptible sleep between.
func Poll(ctx context.Context, d time.Duration, f func() (bool, error)) error {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		done, err := f()
		if err != nil || done {
			return err
		}
		t.Reset(d)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
			break
		}
	}
}

// A Debouncer calls a function once things have been quiet for a while.
type Debouncer struct {
	events chan struct{}
	done   chan struct{}
	once   sync.Once
}

// NewDebouncer returns a debouncer for f.
func NewDebouncer(quiet time.Duration, f func()) *Debouncer {
	d := &Debouncer{events: make(chan struct{}), done: make(chan struct{})}
	go d.run(quiet, f)
	return d
}

func (d *Debouncer) run(quiet time.Duration, f func()) {
	t := time.NewTimer(quiet)
	if !t.Stop() {
		<-t.C
	}
	running := false
	for {
		select {
		case <-d.events:
			if running && !t.Stop() {
				<-t.C
			}
			t.Reset(quiet)
			running = true
		case <-t.C:
			running = false
			f()
		case <-d.done:
			t.Stop()
			return
		}
	}
}

// Event tells of an event.
func (d *Debouncer) Event() {
	select {
	case d.events <- struct{}{}:
	case <-d.done:
	}
}

// Close ends the debouncer.
func (d *Debouncer) Close() { d.once.Do(func() { close(d.done) }) }

// A Limiter lets so many through in each second.
type Limiter struct {
	tokens chan struct{}
	done   chan struct{}
}

// NewLimiter returns a limiter, or an error if rate is not positive.
func NewLimiter(rate int) (*Limiter, error) {
	if rate <= 0 {
		return nil, errors.New("rate is not positive")
	}
	l := &Limiter{tokens: make(chan struct{}, rate), done: make(chan struct{})}
	t := time.NewTicker(time.Second / time.Duration(rate))
	go func() {
		defer t.Stop()
		for {
			select {
			case <-t.C:
				select {
				case l.tokens <- struct{}{}:
				default:
				}
			case <-l.done:
				return
			}
		}
	}()
	return l, nil
}

// Wait waits for a token.
func (l *Limiter) Wait(ctx context.Context) error {
	select {
	case <-l.tokens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the limiter.
func (l *Limiter) Close() { close(l.done) }

// Merge sends what comes from a and b until both are closed. A nil channel
// switches its case off.
func Merge(ctx context.Context, a, b <-chan int, out chan<- int) {
	var pending []int
	for a != nil || b != nil || len(pending) > 0 {
		var send chan<- int
		var next int
		if len(pending) > 0 {
			send, next = out, pending[0]
		}
		select {
		case v, ok := <-a:
			if !ok {
				a = nil
				break
			}
			pending = append(pending, v)
		case v, ok := <-b:
			if !ok {
				b = nil
				break
			}
			pending = append(pending, v)
		case send <- next:
			pending = pending[1:]
		case <-ctx.Done():
			return
		}
	}
}

// Optional has a channel only if it is asked for.
type Optional struct {
	Trace chan<- string
	local chan string
}

// Tell sends s to whoever listens.
func (o *Optional) Tell(s string) {
	if o.Trace != nil {
		o.Trace <- s
	}
	if o.local == nil {
		return
	}
	o.local <- s
}
