package leakedsend

import (
	"context"
	"errors"
)

// -- objects that are not returned --

type rawFrame struct {
	data []byte
	err  error
}

type frameFeed struct {
	recv   func() ([]byte, error)
	frames chan rawFrame
}

func openFeed(ctx context.Context, recv func() ([]byte, error)) (*frameFeed, error) {
	f := &frameFeed{recv: recv, frames: make(chan rawFrame)} // related `^f\.frames is made here, with room for 0$`
	go f.pump()
	if err := f.handshake(ctx); err != nil {
		return nil, err // related `^here the receiver of f\.frames returns$`
	}
	return f, nil
}

func (f *frameFeed) pump() {
	for {
		data, err := f.recv()
		f.frames <- rawFrame{data, err} // want `^this send on f\.frames may block forever: its receiver may be gone by line \d+$`
		if err != nil {
			return
		}
	}
}

func (f *frameFeed) handshake(ctx context.Context) error {
	select {
	case first := <-f.frames:
		if len(first.data) == 0 {
			return errors.New("nothing")
		}
		return first.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (f *frameFeed) next() rawFrame { return <-f.frames }

type stoppedFeed struct {
	recv   func() ([]byte, error)
	frames chan rawFrame
	done   chan struct{}
}

// openStopped stops its goroutine when it fails.
func openStopped(check func() error, recv func() ([]byte, error)) (*stoppedFeed, error) {
	f := &stoppedFeed{recv: recv, frames: make(chan rawFrame), done: make(chan struct{})}
	go f.pump()
	if err := check(); err != nil {
		close(f.done)
		return nil, err
	}
	return f, nil
}

func (f *stoppedFeed) pump() {
	for {
		data, err := f.recv()
		select {
		case f.frames <- rawFrame{data, err}:
		case <-f.done:
			return
		}
	}
}

type checkedFeed struct {
	recv   func() ([]byte, error)
	frames chan rawFrame
}

// openChecked starts its goroutine last.
func openChecked(check func() error, recv func() ([]byte, error)) (*checkedFeed, error) {
	f := &checkedFeed{recv: recv, frames: make(chan rawFrame)}
	if err := check(); err != nil {
		return nil, err
	}
	go f.pump()
	return f, nil
}

func (f *checkedFeed) pump() {
	for {
		data, err := f.recv()
		f.frames <- rawFrame{data, err}
	}
}

// keptFeed is returned with the error.
func keptFeed(check func() error, recv func() ([]byte, error)) (*checkedFeed, error) {
	f := &checkedFeed{recv: recv, frames: make(chan rawFrame)}
	go f.pump()
	return f, check()
}

func watchFrames(register func() error, next func() rawFrame) (<-chan rawFrame, error) {
	ch := make(chan rawFrame) // related `^ch is made here, with room for 0$`
	go func() {
		for {
			ch <- next() // want `^this send on ch may block forever: nobody has it to receive from after line \d+$`
		}
	}()
	if err := register(); err != nil {
		return nil, err // related `^here ch is not given to anybody who would receive from it$`
	}
	return ch, nil
}

// watchDrained takes what is sent when it fails.
func watchDrained(register func() error, next func() rawFrame) (<-chan rawFrame, error) {
	ch := make(chan rawFrame)
	go func() {
		defer close(ch)
		for f := next(); f.err == nil; f = next() {
			ch <- f
		}
	}()
	if err := register(); err != nil {
		for range ch {
		}
		return nil, err
	}
	return ch, nil
}

// watchGiven registers the channel, which may have a receiver then.
func watchGiven(register func(<-chan rawFrame) error, next func() rawFrame) (<-chan rawFrame, error) {
	ch := make(chan rawFrame)
	go func() {
		for {
			ch <- next()
		}
	}()
	if err := register(ch); err != nil {
		return nil, err
	}
	return ch, nil
}
