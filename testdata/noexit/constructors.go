package noexit

import (
	"context"
	"errors"
	"time"
)

type ticking struct {
	ctx    context.Context
	cancel context.CancelFunc
	n      int
}

func (t *ticking) loop() {
	k := time.NewTicker(time.Second)
	defer k.Stop()
	for {
		select {
		case <-k.C:
			t.n++
		case <-t.ctx.Done():
			return
		}
	}
}

func (t *ticking) init() error { return errors.New("x") }

func (t *ticking) Close() { t.cancel() }

func newTicking() (*ticking, error) {
	t := &ticking{}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.loop() // want `^this go statement starts a goroutine that ends with a context only, which is not cancelled at the return at line 37$`
	if err := t.init(); err != nil {
		return nil, err // related `^this return leaves the goroutine behind$`
	}
	return t, nil
}

func newTickingBefore() (*ticking, error) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &ticking{ctx: ctx, cancel: cancel}
	go t.loop() // want `^this go statement starts a goroutine that ends with a context only, which is not cancelled at the return at line 47$`
	if err := t.init(); err != nil {
		return nil, err // related `^this return leaves the goroutine behind$`
	}
	return t, nil
}

func (t *ticking) start(ctx context.Context) {
	t.ctx, t.cancel = context.WithCancel(ctx)
	go t.loop()
}

func newTickingByHelper() (*ticking, error) {
	t := &ticking{}
	t.start(context.Background()) // want `^this call starts a goroutine that ends with a context only, which is not cancelled at the return at line 61$`
	if err := t.init(); err != nil {
		return nil, err // related `^this return leaves the goroutine behind$`
	}
	return t, nil
}

func newTickingClosed() (*ticking, error) {
	t := &ticking{}
	t.start(context.Background())
	if err := t.init(); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

func newTickingDeferred() (t *ticking, err error) {
	t = &ticking{}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	go t.loop()
	defer func() {
		if err != nil {
			t.Close()
		}
	}()
	if err := t.init(); err != nil {
		return nil, err
	}
	return t, nil
}

func newTickingCancelled() (*ticking, error) {
	ctx, cancel := context.WithCancel(context.Background())
	t := &ticking{ctx: ctx, cancel: cancel}
	go t.loop()
	if err := t.init(); err != nil {
		cancel()
		return nil, err
	}
	return t, nil
}

func useTicking() error {
	t := &ticking{}
	t.start(context.Background()) // want `^this call starts a goroutine that ends with a context only, which is not cancelled at the return at line 106$`
	if err := t.init(); err != nil {
		return err // related `^this return leaves the goroutine behind$`
	}
	t.Close()
	return nil
}

func openTicking() *ticking {
	t := &ticking{}
	t.start(context.Background())
	return t
}

func useOpened() error {
	t := openTicking() // want `^this call starts a goroutine that ends with a context only, which is not cancelled at the return at line 121$`
	if err := t.init(); err != nil {
		return err // related `^this return leaves the goroutine behind$`
	}
	t.Close()
	return nil
}
