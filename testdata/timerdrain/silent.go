package timerdrain

import (
	"context"
	"sync"
	"time"

	"fixture.example/timerdrain/dep"
)

func placedRight(ch <-chan int) {
	t := time.NewTimer(time.Second)
	for {
		select {
		case v := <-ch:
			use(v)
			if !t.Stop() {
				<-t.C
			}
		case <-t.C:
			use("fired")
		}
		t.Reset(time.Second)
	}
}

func returnsWhenFired(ctx context.Context, ch <-chan int) {
	t := time.NewTimer(time.Second)
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			return
		case v := <-ch:
			use(v)
			if !t.Stop() {
				<-t.C
			}
			t.Reset(time.Second)
		}
	}
}

func doesNotWait(t *time.Timer, ch <-chan int) {
	select {
	case <-t.C:
	case <-ch:
	}
	if !t.Stop() {
		select {
		case <-t.C:
		default:
		}
	}
	dep.TryDrain(t)
}

func madeStopped(ch <-chan int) {
	t := time.NewTimer(time.Hour)
	if !t.Stop() {
		<-t.C
	}
	for v := range ch {
		t.Reset(time.Second)
		select {
		case <-t.C:
		case <-ch:
			if !t.Stop() {
				<-t.C
			}
		}
		use(v)
	}
}

func flagged(ch <-chan int) {
	t := time.NewTimer(time.Second)
	fired := false
	select {
	case <-t.C:
		fired = true
	case v := <-ch:
		use(v)
	}
	if !t.Stop() && !fired {
		<-t.C
	}
}

type timer struct {
	t    *time.Timer
	read bool
}

func (t *timer) wait(ch <-chan int) {
	select {
	case <-t.t.C:
		t.read = true
	case v := <-ch:
		use(v)
	}
}

func (t *timer) reset(d time.Duration) {
	if !t.t.Stop() && !t.read {
		<-t.t.C
	}
	t.read = false
	t.t.Reset(d)
}

func (t *timer) loop(ch <-chan int) {
	for {
		t.wait(ch)
		t.reset(time.Second)
	}
}

func madeAnew(ch <-chan int) {
	for {
		t := time.NewTimer(time.Second)
		select {
		case <-t.C:
			return
		case v := <-ch:
			use(v)
		}
		if !t.Stop() {
			<-t.C
		}
	}
}

func resetBetween(t *time.Timer) {
	<-t.C
	t.Reset(time.Second)
	use("work")
	if !t.Stop() {
		<-t.C
	}
}

func resetByHelper(t *time.Timer) {
	<-t.C
	again(t)
	if !t.Stop() {
		<-t.C
	}
}

func again(t *time.Timer) { t.Reset(time.Second) }

func resetUnseen(t *time.Timer, f func(*time.Timer)) {
	<-t.C
	f(t)
	if !t.Stop() {
		<-t.C
	}
}

func sleeps(t *time.Timer) {
	t.Reset(time.Second)
	<-t.C
	t.Reset(time.Second)
	<-t.C
}

func resultUnused(t *time.Timer) bool {
	return t.Reset(time.Second)
}

func counts(t *time.Timer, wg *sync.WaitGroup) {
	if t.Stop() {
		wg.Done()
	}
	if !t.Reset(time.Second) {
		wg.Add(1)
	}
}

func otherTimer(a, b *time.Timer) {
	<-a.C
	if !b.Stop() {
		<-b.C
	}
}

func tickers(t *time.Ticker) {
	<-t.C
	t.Stop()
	t.Reset(time.Second)
	<-t.C
}

func returnsIfStopped(t *time.Timer) {
	if t.Stop() {
		return
	}
	<-t.C
}

type watched struct {
	idle *time.Timer
	done chan struct{}
	gone chan struct{}
}

func newWatched() *watched {
	w := &watched{idle: time.NewTimer(time.Minute), done: make(chan struct{}), gone: make(chan struct{})}
	go w.watch()
	return w
}

func (w *watched) watch() {
	defer close(w.gone)
	for {
		select {
		case <-w.idle.C:
			w.idle.Reset(time.Minute)
		case <-w.done:
			return
		}
	}
}

// Close waits for the goroutine first.
func (w *watched) Close() {
	close(w.done)
	<-w.gone
	if !w.idle.Stop() {
		<-w.idle.C
	}
}

func resetByType(ch <-chan any) {
	t := time.NewTimer(0)
	for {
		select {
		case <-ch:
			if !t.Stop() {
				<-t.C
			}
			t.Reset(time.Second)
		case <-t.C:
			if d, ok := (<-ch).(time.Duration); ok {
				t.Reset(d)
			}
		}
	}
}

type heartbeat struct {
	t    *time.Timer
	done chan struct{}
}

func newHeartbeat() *heartbeat {
	h := &heartbeat{t: time.NewTimer(time.Minute), done: make(chan struct{})}
	go h.beat()
	return h
}

func (h *heartbeat) beat() {
	for {
		select {
		case <-h.t.C:
			use("beat")
			h.t.Reset(time.Minute)
		case <-h.done:
			return
		}
	}
}

// Close may have to wait for the next beat, but not for ever.
func (h *heartbeat) Close() {
	if !h.t.Stop() {
		<-h.t.C
	}
	close(h.done)
}

// byCount resets the timer when nothing is under way, and stops it when
// something comes.
func byCount(came, gone <-chan struct{}, idle time.Duration) bool {
	active := 0
	timer := time.NewTimer(idle)
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
				timer.Reset(idle)
			}
		case <-timer.C:
			return true
		}
	}
}

func stopOrReset(t *time.Timer, again bool) bool {
	if again {
		return t.Reset(time.Hour)
	}
	return t.Stop()
}

func byEither(a, b *time.Timer, again bool) {
	select {
	case <-a.C:
		if !stopOrReset(b, again) {
			<-b.C
		}
	case <-b.C:
	}
}
