package orphanop

import "time"

// -- requests that are no more than a channel to answer on --

type pointBatch struct {
	write   func([]int) error
	points  chan int
	flushes chan chan error
	stop    chan struct{}
}

func newPointBatch(write func([]int) error) *pointBatch {
	b := &pointBatch{write: write, points: make(chan int), flushes: make(chan chan error), stop: make(chan struct{})}
	go b.loop()
	return b
}

func (b *pointBatch) loop() {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var buf []int
	for {
		var done chan error
		select {
		case <-b.stop:
			return
		case p := <-b.points:
			buf = append(buf, p)
			continue
		case done = <-b.flushes:
			if len(buf) == 0 {
				continue // related `^here the request is not answered$`
			}
		case <-t.C:
		}
		err := b.write(buf)
		buf = nil
		if done != nil {
			done <- err // related `^this is an answer$`
		}
	}
}

func (b *pointBatch) flush() error {
	done := make(chan error, 1)
	b.flushes <- done
	return <-done // want `^this receive from done may block forever: who answers goes on without an answer at line \d+$`
}

func (b *pointBatch) close() { close(b.stop) }

// All requests are answered.
type calmBatch struct {
	write   func([]int) error
	points  chan int
	flushes chan chan error
	stop    chan struct{}
}

func newCalmBatch(write func([]int) error) *calmBatch {
	b := &calmBatch{write: write, points: make(chan int), flushes: make(chan chan error), stop: make(chan struct{})}
	go b.loop()
	return b
}

func (b *calmBatch) loop() {
	var buf []int
	for {
		select {
		case <-b.stop:
			return
		case p := <-b.points:
			buf = append(buf, p)
		case done := <-b.flushes:
			if len(buf) == 0 {
				done <- nil
				continue
			}
			done <- b.write(buf)
			buf = nil
		}
	}
}

func (b *calmBatch) flush() error {
	done := make(chan error, 1)
	b.flushes <- done
	return <-done
}

func (b *calmBatch) close() { close(b.stop) }

// Requests are kept, and answered later.
type lateBatch struct {
	write   func([]int) error
	points  chan int
	flushes chan chan error
	stop    chan struct{}
}

func newLateBatch(write func([]int) error) *lateBatch {
	b := &lateBatch{write: write, points: make(chan int), flushes: make(chan chan error), stop: make(chan struct{})}
	go b.loop()
	return b
}

func (b *lateBatch) loop() {
	var buf []int
	var waiting []chan error
	for {
		select {
		case <-b.stop:
			return
		case p := <-b.points:
			buf = append(buf, p)
			for _, done := range waiting {
				done <- b.write(buf)
			}
			waiting = nil
		case done := <-b.flushes:
			waiting = append(waiting, done)
			if len(buf) == 0 {
				continue
			}
		}
	}
}

func (b *lateBatch) flush() error {
	done := make(chan error, 1)
	b.flushes <- done
	return <-done
}

func (b *lateBatch) close() { close(b.stop) }

// Who asks waits no longer than a second.
type briefBatch struct {
	write   func() error
	flushes chan chan error
	stop    chan struct{}
	idle    bool
}

func newBriefBatch(write func() error) *briefBatch {
	b := &briefBatch{write: write, flushes: make(chan chan error), stop: make(chan struct{})}
	go b.loop()
	return b
}

func (b *briefBatch) loop() {
	for {
		select {
		case <-b.stop:
			return
		case done := <-b.flushes:
			if b.idle {
				continue
			}
			done <- b.write()
		}
	}
}

func (b *briefBatch) flush() error {
	done := make(chan error, 1)
	b.flushes <- done
	select {
	case err := <-done:
		return err
	case <-time.After(time.Second):
		return nil
	}
}

func (b *briefBatch) close() { close(b.stop) }
