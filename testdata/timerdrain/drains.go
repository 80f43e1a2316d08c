// Package timerdrain drains timers whose value is gone.
package timerdrain

import (
	"context"
	"time"

	"fixture.example/timerdrain/dep"
)

func use(...any) {}

func afterSelect(t *time.Timer, ch <-chan int) {
	select {
	case <-t.C: // related `^the value of the timer is received here$`
		use("fired")
	case v := <-ch:
		use(v)
	}
	if !t.Stop() {
		<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 15$`
	}
	t.Reset(time.Second)
}

func afterReceive(d time.Duration) {
	t := time.NewTimer(d)
	<-t.C // related `^the value of the timer is received here$`
	if !t.Stop() {
		<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 28$`
	}
}

func deferred(ch <-chan int) int {
	t := time.NewTimer(time.Second)
	defer func() {
		if !t.Stop() {
			<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 42$`
		}
	}()
	select {
	case <-t.C: // related `^the value of the timer is received here$`
		return 0
	case v := <-ch:
		return v
	}
}

func inLoop(ch <-chan int) {
	t := time.NewTimer(time.Second)
	for {
		if !t.Stop() {
			<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 59$`
		}
		t.Reset(time.Second)
		select {
		case v := <-ch:
			use(v)
		case <-t.C: // related `^the value of the timer is received here$`
			use("fired")
		}
	}
}

func stoppedTwice(t *time.Timer, b bool) {
	if b {
		t.Stop() // related `^the timer is stopped here$`
	}
	if !t.Stop() {
		<-t.C // want `^this receive may block for ever: the timer is stopped before, at line 67$`
	}
}

func drainedTwice(t *time.Timer) {
	if !t.Stop() { // related `^the timer is stopped here$`
		<-t.C
	}
	if !t.Stop() {
		<-t.C // want `^this receive may block for ever: the timer is stopped before, at line 75$`
	}
}

func stoppedInLoop(t *time.Timer, ch <-chan int) {
	for v := range ch {
		if !t.Stop() { // related `^the timer is stopped here$`
			<-t.C // want `^this receive may block for ever: the timer is stopped before, at line 85$`
		}
		use(v)
	}
}

func byVariable(t *time.Timer) {
	<-t.C // related `^the value of the timer is received here$`
	active := t.Stop()
	if !active {
		<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 93$`
	}
}

func equalsFalse(t *time.Timer) {
	<-t.C // related `^the value of the timer is received here$`
	if t.Stop() == false {
		<-t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 101$`
	}
}

func inverted(t *time.Timer) {
	if t.Stop() { // related `^the timer is stopped here$`
		<-t.C // want `^this receive blocks for ever: it follows a Stop that kept the timer from firing$`
	}
}

func ignored(t *time.Timer) {
	t.Stop() // related `^the timer is stopped here$`
	<-t.C    // want `^this receive blocks for ever if Stop has kept the timer from firing$`
}

func resetResult(t *time.Timer, d time.Duration) {
	if !t.Reset(d) { // related `^the timer is reset here$`
		<-t.C // want `^this receive waits for the timer anew: the result of Reset does not say that there is a value$`
	}
}

func resetResultByVariable(t *time.Timer, d time.Duration) {
	active := t.Reset(d) // related `^the timer is reset here$`
	if active {
		<-t.C // want `^this receive waits for the timer anew: the result of Reset does not say that there is a value$`
	}
}

func afterFunc() {
	t := time.AfterFunc(time.Second, func() { use("fired") }) // related `^the timer is made here$`
	if !t.Stop() {
		<-t.C // want `^this receive blocks for ever: a timer of AfterFunc has no channel$`
	}
}

type conn struct {
	timer *time.Timer
	in    chan int
}

func (c *conn) read() int {
	select {
	case v := <-c.in:
		return v
	case <-c.timer.C: // related `^the value of the timer is received here$`
		return 0
	}
}

func (c *conn) rearm() {
	if !c.timer.Stop() {
		<-c.timer.C // related `^this receive from the timer blocks$`
	}
	c.timer.Reset(time.Second)
}

func (c *conn) loop() {
	for {
		use(c.read())
		c.rearm() // want `^c\.rearm may block for ever: the value of the timer may be received before, at line 147$`
	}
}

func byHelper(ch <-chan int) {
	t := time.NewTimer(time.Second)
	for {
		select {
		case <-t.C: // related `^the value of the timer is received here$`
			use("fired")
		case v := <-ch:
			use(v)
		}
		dep.Drain(t) // want `^dep\.Drain may block for ever: the value of the timer may be received before, at line 170$`
		t.Reset(time.Second)
	}
}

func byGoroutine(d time.Duration, f func()) {
	t := time.NewTimer(d)
	go func() {
		<-t.C // related `^another goroutine receives the value of the timer here$`
		f()
	}()
	use("work")
	if !t.Stop() {
		<-t.C // want `^this receive may block for ever: another goroutine may receive the value of the timer, at line 183$`
	}
}

type session struct {
	idle *time.Timer
	done chan struct{}
}

func newSession() *session {
	s := &session{idle: time.NewTimer(time.Minute), done: make(chan struct{})}
	go s.watch()
	return s
}

func (s *session) watch() {
	for {
		select {
		case <-s.idle.C: // related `^another goroutine receives the value of the timer here$`
			use("idle")
		case <-s.done:
			return
		}
	}
}

// Close ends the session.
func (s *session) Close() {
	if !s.idle.Stop() {
		<-s.idle.C // want `^this receive may block for ever: another goroutine may receive the value of the timer, at line 206$`
	}
	close(s.done)
}

type debouncer struct {
	t *time.Timer
}

func (d *debouncer) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-d.t.C: // related `^the value of the timer is received here$`
	}
	if !d.t.Stop() {
		<-d.t.C // want `^this receive may block for ever: the value of the timer may be received before, at line 230$`
	}
	return nil
}
