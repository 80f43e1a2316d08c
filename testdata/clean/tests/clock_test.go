package tests

import (
	"testing"
	"time"
)

// A clock of tests stands still while nobody sleeps by it.
type clock interface {
	Now() time.Time
	Sleep(d time.Duration)
}

type wall struct{}

func (wall) Now() time.Time        { return time.Now() }
func (wall) Sleep(d time.Duration) { time.Sleep(d) }

type fake struct{ now time.Time }

func (f *fake) Now() time.Time        { return f.now }
func (f *fake) Sleep(d time.Duration) { f.now = f.now.Add(d) }

type limiter struct {
	clock clock
	rate  time.Duration
}

func newLimiter() *limiter { return newLimiterWithClock(wall{}) }

func newLimiterWithClock(c clock) *limiter { return &limiter{c, time.Second} }

func (l *limiter) accept() { l.clock.Sleep(l.rate) }

// The goroutines go by the wall clock.
func TestManyAccept(t *testing.T) {
	l := newLimiter()
	accepted := make(chan bool)
	for range 10 {
		go func() {
			l.accept()
			accepted <- true
		}()
	}
	for range 10 {
		<-accepted
	}
}

func TestAccept(t *testing.T) {
	f := &fake{}
	l := newLimiterWithClock(f)
	l.accept()
	if f.now.IsZero() {
		t.Error("no time")
	}
}
