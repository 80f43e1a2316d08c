// Package cancels has cancel functions in good hands, or none worth calling.
package cancels

import (
	"context"
	"errors"
	"time"
)

var errBusy = errors.New("busy")

// -- closures in objects --

type source interface{ next() error }

// A stub is made of functions, as those of tests are.
type stub struct {
	onNext func() error
}

func (s *stub) next() error { return s.onNext() }

type reader struct{ from source }

func newReader(from source) *reader { return &reader{from: from} }

func (r *reader) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := r.from.next(); err != nil {
			return err
		}
	}
	return nil
}

// endByStub ends the context when the stub is asked for more.
func endByStub(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	from := &stub{onNext: func() error {
		go func() {
			time.Sleep(time.Millisecond)
			cancel(errBusy)
		}()
		return nil
	}}
	return newReader(from).run(ctx)
}

// endEachByStub lets one closure end what the variable holds at the time.
func endEachByStub(ctx context.Context) error {
	var cancel context.CancelCauseFunc
	r := newReader(&stub{onNext: func() error {
		cancel(errBusy)
		return nil
	}})
	var once context.Context
	once, cancel = context.WithCancelCause(ctx)
	if err := r.run(once); err != nil {
		return err
	}
	once, cancel = context.WithCancelCause(ctx)
	if err := r.run(once); err != nil {
		return err
	}
	for range 3 {
		once, cancel = context.WithCancelCause(ctx)
		if err := r.run(once); err != nil {
			return err
		}
	}
	return nil
}

// -- contexts that nothing holds on to --

// A service ends with Close.
type service struct {
	done    <-chan struct{}
	cancel  context.CancelFunc
	stopped chan struct{}
	name    string
}

type setting func(*service) error

// newService leaves nothing behind if it fails: nothing waits yet.
func newService(name string, settings ...setting) (*service, error) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &service{done: ctx.Done(), cancel: cancel, stopped: make(chan struct{})}
	for _, set := range settings {
		if err := set(s); err != nil {
			return nil, err
		}
	}
	err := describe(func(text string) error {
		s.name = name + text
		return nil
	})
	if err != nil {
		return nil, err
	}
	go s.run()
	return s, nil
}

func describe(give func(string) error) error { return give("!") }

func (s *service) run() {
	defer close(s.stopped)
	<-s.done
}

// Close ends the service.
func (s *service) Close() {
	s.cancel()
	<-s.stopped
}

// panics has no parent to derive from, and so gets no cancel function.
func panics() (message any) {
	defer func() { message = recover() }()
	_, _ = context.WithCancel(nil)
	return nil
}

// -- goroutines that outlive a turn --

type answer struct {
	text string
	err  error
}

// race starts another try whenever the last one takes long. Each is needed
// until one of them answers.
func race(ctx context.Context, tries int, try func(context.Context) answer) answer {
	answers := make(chan answer, tries)
	late := time.NewTicker(time.Second)
	defer late.Stop()
	start := func(ctx context.Context) { answers <- try(ctx) }
	for {
		select {
		case <-late.C:
			if tries--; tries >= 0 {
				ctx, cancel := context.WithCancel(ctx)
				defer cancel()
				go start(ctx)
			}
		case a := <-answers:
			if a.err == nil || tries <= 0 {
				return a
			}
		}
	}
}
