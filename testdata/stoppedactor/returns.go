package stoppedactor

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// -- loops that may have left when they are told to --

type heart struct {
	w     io.Writer
	stopc chan struct{}
}

func newHeart(w io.Writer) *heart {
	h := &heart{w: w, stopc: make(chan struct{})}
	go h.beat()
	return h
}

func (h *heart) beat() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-h.stopc:
			return
		case <-tick.C:
			if _, err := h.w.Write([]byte("beat")); err != nil {
				return // related `^here the loop that receives from h\.stopc ends$`
			}
		}
	}
}

func (h *heart) Stop() {
	h.stopc <- struct{}{} // want `^this send on h\.stopc blocks forever once the loop has returned at line \d+: nothing receives from it then$`
}

type follower struct {
	stopc chan struct{}
	lines chan string
}

func newFollower(ctx context.Context) *follower {
	f := &follower{stopc: make(chan struct{}), lines: make(chan string, 1)}
	go f.follow(ctx)
	return f
}

func (f *follower) follow(ctx context.Context) {
	for {
		select {
		case <-f.stopc:
			return
		case <-ctx.Done(): // related `^here the loop that receives from f\.stopc ends$`
			return
		case f.lines <- "line":
		}
	}
}

func (f *follower) Stop() {
	f.stopc <- struct{}{} // want `^this send on f\.stopc blocks forever after the stop at line \d+: nothing receives from it then$`
}

// -- and their neighbours --

// closingHeart closes what a stop waits for as well.
type closingHeart struct {
	w     io.Writer
	stopc chan struct{}
	done  chan struct{}
}

func newClosingHeart(w io.Writer) *closingHeart {
	h := &closingHeart{w: w, stopc: make(chan struct{}), done: make(chan struct{})}
	go h.beat()
	return h
}

func (h *closingHeart) beat() {
	defer close(h.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-h.stopc:
			return
		case <-tick.C:
			if _, err := h.w.Write([]byte("beat")); err != nil {
				return
			}
		}
	}
}

func (h *closingHeart) Stop() {
	select {
	case h.stopc <- struct{}{}:
	case <-h.done:
	}
}

// flaggedHeart tells by a flag that it is gone.
type flaggedHeart struct {
	w     io.Writer
	stopc chan struct{}
	gone  atomic.Bool
}

func newFlaggedHeart(w io.Writer) *flaggedHeart {
	h := &flaggedHeart{w: w, stopc: make(chan struct{})}
	go h.beat()
	return h
}

func (h *flaggedHeart) beat() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-h.stopc:
			return
		case <-tick.C:
			if _, err := h.w.Write([]byte("beat")); err != nil {
				h.gone.Store(true)
				return
			}
		}
	}
}

func (h *flaggedHeart) Stop() {
	if !h.gone.Load() {
		h.stopc <- struct{}{}
	}
}

// removedHeart takes itself off the list of those that are stopped.
type removedHeart struct {
	w     io.Writer
	stopc chan struct{}
	list  *heartList
}

type heartList struct {
	mu  sync.Mutex
	all map[*removedHeart]bool
}

func (l *heartList) remove(h *removedHeart) {
	l.mu.Lock()
	delete(l.all, h)
	l.mu.Unlock()
}

func newRemovedHeart(w io.Writer, l *heartList) *removedHeart {
	h := &removedHeart{w: w, stopc: make(chan struct{}), list: l}
	go h.beat()
	return h
}

func (h *removedHeart) beat() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-h.stopc:
			return
		case <-tick.C:
			if _, err := h.w.Write([]byte("beat")); err != nil {
				h.list.remove(h)
				return
			}
		}
	}
}

func (h *removedHeart) stop() { h.stopc <- struct{}{} }

func (l *heartList) Stop() {
	for h := range l.all {
		h.stop()
	}
}

// sentHeart leaves because of a stop alone.
type sentHeart struct {
	stopc chan bool
	beats int
}

func newSentHeart() *sentHeart {
	h := &sentHeart{stopc: make(chan bool)}
	go h.beat()
	return h
}

func (h *sentHeart) beat() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-h.stopc:
			if now {
				return
			}
		case <-tick.C:
			h.beats++
		}
	}
}

func (h *sentHeart) Stop() { h.stopc <- true }
