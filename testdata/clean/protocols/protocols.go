// Package protocols has channels and timers whose users agree on more than the
// operations say.
package protocols

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

type message struct{ kind, text string }

// untilEnd ends with the message that is the last one sent.
func untilEnd(texts []string) (n int) {
	messages := make(chan *message)
	go func() {
		for _, t := range texts {
			messages <- &message{kind: "out", text: t}
		}
		messages <- &message{kind: "end"}
	}()
	for m := range messages {
		if m.kind == "end" {
			return n
		}
		n++
	}
	return n
}

// lastOne is told by the last of those who count.
func lastOne(n int) {
	done := make(chan bool)
	var finished atomic.Int32
	for range n {
		go func() {
			if finished.Add(1) == int32(n) {
				done <- true
			}
		}()
	}
	<-done
}

// firstError lets the first of two errors through.
func firstError(first, second func() error) error {
	errc := make(chan error, 1)
	go func() {
		defer close(errc)
		sent := false
		send := func(err error) {
			if !sent {
				errc <- err
				sent = true
			}
		}
		if err := first(); err != nil {
			send(err)
		}
		if err := second(); err != nil {
			send(err)
		}
	}()
	return <-errc
}

// firstErrorOfAll keeps the first error, and waits for all.
func firstErrorOfAll(jobs []func() error) error {
	errc := make(chan error, 1)
	var wg sync.WaitGroup
	var once sync.Once
	for _, job := range jobs {
		wg.Go(func() {
			if err := job(); err != nil {
				once.Do(func() { errc <- err })
			}
		})
	}
	wg.Wait()
	select {
	case err := <-errc:
		return err
	default:
		return nil
	}
}

// idle stops the timer with the first connection, and sets it with the last.
func idle(came, gone <-chan struct{}, timeout time.Duration) bool {
	active := 0
	timer := time.NewTimer(timeout)
	for {
		select {
		case _, ok := <-came:
			if !ok {
				return false
			}
			if active == 0 && !timer.Stop() {
				<-timer.C
			}
			active++
		case <-gone:
			active--
			if active == 0 {
				timer.Reset(timeout)
			}
		case <-timer.C:
			return true
		}
	}
}

// signalingCloser says when it is closed, by whoever has it as a Closer.
type signalingCloser struct {
	io.Reader
	closed chan bool
}

func (s *signalingCloser) Close() error {
	close(s.closed)
	return nil
}

type child struct{ rwc io.ReadCloser }

func newChild(rwc io.ReadCloser) *child { return &child{rwc} }

func (c *child) serve() { _ = c.rwc.Close() }

func closedByChild(r io.Reader) {
	sc := &signalingCloser{r, make(chan bool)}
	newChild(sc).serve()
	<-sc.closed
}

// slots are taken with a stream, and given back by the answer to it.
type slots struct {
	free chan struct{}
	done chan struct{}
	send func() error
}

func newSlots(n int, send func() error) *slots {
	return &slots{free: make(chan struct{}, n), done: make(chan struct{}), send: send}
}

func (s *slots) open(ctx context.Context) error {
	select {
	case s.free <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	case <-s.done:
		return errors.New("closed")
	}
	if err := s.send(); err != nil {
		select {
		case <-s.free:
		default:
		}
		return err
	}
	return nil
}

func (s *slots) answered() {
	select {
	case <-s.free:
	default:
	}
}

func (s *slots) close() { close(s.done) }
