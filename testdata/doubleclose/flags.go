package doubleclose

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"
)

// A hasty flag is tested and set by two goroutines with no lock.
type hasty struct {
	closed bool
	ch     chan int
}

func (h *hasty) Close() {
	if !h.closed {
		h.closed = true
		close(h.ch) // want `^h\.ch is closed here by two goroutines$`
	}
}

func hastyTwice() {
	h := &hasty{ch: make(chan int)}
	go h.Close() // related `^a goroutine that closes h\.ch starts here$`
	go h.Close() // related `^a goroutine that closes h\.ch starts here$`
}

func hastyOnce() {
	h := &hasty{ch: make(chan int)}
	h.Close()
	h.Close()
}

// An atomic flag that is loaded, then stored, does no better.
type loadThenStore struct {
	closed int32
	ch     chan int
}

func (l *loadThenStore) Close() {
	if atomic.LoadInt32(&l.closed) == 1 {
		return
	}
	atomic.StoreInt32(&l.closed, 1)
	close(l.ch) // want `^l\.ch is closed by each of the goroutines that run this$`
}

func loadThenStoreEach() {
	l := &loadThenStore{ch: make(chan int)}
	for range 2 {
		go l.Close() // related `^a goroutine that closes l\.ch starts here$`
	}
}

func capturedFlag(n int) <-chan struct{} {
	done := make(chan struct{})
	closed := false
	for range n {
		go func() { // related `^a goroutine that closes done starts here$`
			if !closed {
				closed = true
				close(done) // want `^done is closed by each of the goroutines that run this$`
			}
		}()
	}
	return done
}

// unlocked sets its flag under the lock, and closes behind it.
type unlocked struct {
	mu     sync.Mutex
	closed bool
	ch     chan int
}

func (u *unlocked) Close() {
	u.mu.Lock()
	if u.closed {
		u.mu.Unlock()
		return
	}
	u.closed = true
	u.mu.Unlock()
	close(u.ch)
}

func unlockedTwice() {
	u := &unlocked{ch: make(chan int)}
	go u.Close()
	go u.Close()
}

// A daemon is shut down by a signal and by its user.
type daemon struct {
	quit chan struct{}
	wg   sync.WaitGroup
}

func newDaemon() *daemon { return &daemon{quit: make(chan struct{})} }

func (d *daemon) Shutdown() {
	close(d.quit) // want `^d\.quit is closed here both by a goroutine and by others$`
	d.wg.Wait()
}

func (d *daemon) HandleSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	go func() { // related `^a goroutine that closes d\.quit starts here$`
		<-c
		d.Shutdown()
	}()
}

// onceAndNot has a Once in one of two places.
type onceAndNot struct {
	once sync.Once
	ch   chan int
}

func newOnceAndNot() *onceAndNot {
	m := &onceAndNot{ch: make(chan int)}
	go m.run() // related `^a goroutine that closes m\.ch starts here$`
	return m
}

func (m *onceAndNot) run() { m.once.Do(func() { close(m.ch) }) } // related `^m\.ch is closed here$`

func (m *onceAndNot) Close() {
	close(m.ch) // want `^m\.ch may be closed at line \d+ by another goroutine as well$`
}

// timer callbacks run on goroutines of their own.
func afterTimer(work func()) {
	done := make(chan struct{})
	t := time.AfterFunc(time.Second, func() { close(done) }) // related `^done is closed here$` `^a goroutine that closes done starts here$`
	defer t.Stop()
	work()
	close(done) // want `^done may be closed at line \d+ by another goroutine as well$`
}

func afterStoppedTimer(work func()) {
	done := make(chan struct{})
	t := time.AfterFunc(time.Second, func() { close(done) })
	work()
	if t.Stop() {
		close(done)
	}
}

func afterStoppedContext(ctx context.Context, work func()) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { close(done) })
	work()
	if stop() {
		close(done)
	}
}

// A signalled goroutine and another, each with a channel made anew.
type renewed struct {
	mu sync.Mutex
	ch chan struct{}
}

func newRenewed() *renewed { return &renewed{ch: make(chan struct{})} }

func (r *renewed) Notify() {
	r.mu.Lock()
	close(r.ch)
	r.ch = make(chan struct{})
	r.mu.Unlock()
}

func useRenewed(r *renewed) {
	go r.Notify()
	go r.Notify()
	r.Notify()
}
