package leakedcancel

import (
	"context"
	"sync"
	"time"
)

// What nothing waits for, and what something does.

type looper struct {
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
}

func (l *looper) loop() {
	defer close(l.ended)
	<-l.ctx.Done()
}

func (l *looper) Close() { l.cancel() }

func newLooper(check func() error) (*looper, error) {
	ctx, cancel := context.WithCancel(context.Background())
	l := &looper{ctx: ctx, cancel: cancel, ended: make(chan struct{})}
	if err := check(); err != nil {
		return nil, err // nothing waits for the context yet
	}
	go l.loop()
	return l, nil
}

func newLooperAssigned(check func() error) (*looper, error) {
	l := &looper{ended: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.TODO())
	if err := check(); err != nil {
		return nil, err
	}
	return l, nil
}

func startedTooEarly(check func() error) (*looper, error) {
	l := &looper{ended: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background()) // want `^l\.cancel is not called on the path to the return on line 51$`
	if err := check(); err != nil {
		return nil, err
	}
	go func() { <-l.ctx.Done() }()
	if err := check(); err != nil {
		return nil, err // related `^this return is reached without a call of l\.cancel$`
	}
	return l, nil
}

func handedTooEarly(check func(context.Context) error) (*looper, error) {
	ctx, cancel := context.WithCancel(context.Background()) // want `^cancel is not called on the path to the return on line 60$`
	l := &looper{ctx: ctx, cancel: cancel, ended: make(chan struct{})}
	if err := check(ctx); err != nil {
		return nil, err // related `^this return is reached without a call of cancel$`
	}
	return l, nil
}

func withTimer(check func() error) (*looper, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour) // want `^cancel is not called on the path to the return on line 69$`
	l := &looper{ctx: ctx, cancel: cancel, ended: make(chan struct{})}
	if err := check(); err != nil {
		return nil, err // related `^this return is reached without a call of cancel$`
	}
	return l, nil
}

func withParent(parent context.Context, check func() error) (*looper, error) {
	ctx, cancel := context.WithCancel(parent) // want `^cancel is not called on the path to the return on line 78$`
	l := &looper{ctx: ctx, cancel: cancel, ended: make(chan struct{})}
	if err := check(); err != nil {
		return nil, err // related `^this return is reached without a call of cancel$`
	}
	return l, nil
}

// What an object that is handed on has, and what stays here.

type hooks struct{ onEnd func() }

var installed struct {
	sync.Mutex
	last *hooks
}

func (h *hooks) install() {
	installed.Lock()
	defer installed.Unlock()
	installed.last = h
}

func inHooks(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	h := &hooks{onEnd: func() { cancel() }}
	h.install()
	return ping(ctx)
}

func inHooksTooLate(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 108$`
	if err := ping(ctx); err != nil {
		return err // related `^this return is reached without a call of cancel$`
	}
	h := &hooks{onEnd: func() { cancel() }}
	h.install()
	return nil
}

func inHooksUnused(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx) // want `^cancel is not called on the path to the return on line 118$`
	_ = &hooks{onEnd: func() { cancel() }}
	return ping(ctx) // related `^this return is reached without a call of cancel$`
}

// Goroutines that outlive the turn, and one that does not.

func startsInLoop(ctx context.Context, names <-chan string, serve func(context.Context, string)) {
	for name := range names {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		go serve(ctx, name)
	}
}

func joinsInLoop(ctx context.Context, names <-chan string, serve func(context.Context, string)) {
	for name := range names {
		ctx, cancel := context.WithCancel(ctx) // want `^cancel is called when the function returns, not in each turn of the loop on line 132$`
		defer cancel()                         // related `^this defer statement piles up calls of cancel$`
		done := make(chan struct{})
		go func() {
			defer close(done)
			serve(ctx, name)
		}()
		<-done
	}
}
