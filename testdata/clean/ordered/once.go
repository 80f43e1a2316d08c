package ordered

import (
	"context"
	"sync"
	"time"

	"fixture.example/clean/ordered/futures"
)

// -- what a lock lets only the first one set, who starts what uses it --

type debouncer struct {
	mu      sync.Mutex
	timer   *time.Timer
	every   time.Duration
	changed chan struct{}
	ended   <-chan struct{}
}

func newDebouncer(ctx context.Context) *debouncer {
	return &debouncer{every: time.Second, changed: make(chan struct{}, 1), ended: ctx.Done()}
}

func (d *debouncer) onChange() {
	d.mu.Lock()
	if d.timer != nil {
		d.mu.Unlock()
		select {
		case d.changed <- struct{}{}:
		case <-d.ended:
		}
		return
	}
	d.timer = time.NewTimer(d.every)
	d.mu.Unlock()
	go func() {
		for {
			select {
			case <-d.ended:
				d.timer.Stop()
				return
			case <-d.timer.C:
			case <-d.changed:
			}
		}
	}()
}

func changesTwice(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	d := newDebouncer(ctx)
	d.onChange()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range 4 {
			d.onChange()
		}
	}()
	<-sent
	cancel()
}

// -- the channel that a function of another package returns, for what it runs --

var hook = func(key string) error { return nil }

var running sync.WaitGroup

func lookUp(ctx context.Context, g *futures.Group, key string) error {
	running.Add(1)
	ch := g.Start(key, func() error { return hook(key) })
	select {
	case <-ctx.Done():
		go func() {
			<-ch
			running.Done()
		}()
		return ctx.Err()
	case err := <-ch:
		running.Done()
		return err
	}
}

func withHook(ctx context.Context, g *futures.Group, h func(string) error) error {
	old := hook
	defer func() { hook = old }()
	defer running.Wait()
	hook = h
	return lookUp(ctx, g, "key")
}
