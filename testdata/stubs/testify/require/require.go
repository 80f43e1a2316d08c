// Package require is a stub: it has a part of the API of
// github.com/stretchr/testify/require, and the behaviour that goes with it.
package require

import "time"

// A TestingT is what the functions need of a *testing.T.
type TestingT interface {
	Errorf(format string, args ...any)
	FailNow()
}

// Assertions has the functions as methods.
type Assertions struct{ t TestingT }

// New returns the functions bound to t.
func New(t TestingT) *Assertions { return &Assertions{t} }

func check(t TestingT, ok bool, what string) {
	if !ok {
		t.Errorf("%s", what)
		t.FailNow()
	}
}

// NoError fails the test now if err is not nil.
func NoError(t TestingT, err error, _ ...any) { check(t, err == nil, "unexpected error") }

// Error fails the test now if err is nil.
func Error(t TestingT, err error, _ ...any) { check(t, err != nil, "no error") }

// Equal fails the test now if the values differ.
func Equal(t TestingT, want, got any, _ ...any) { check(t, want == got, "not equal") }

// True fails the test now if the value is false.
func True(t TestingT, value bool, _ ...any) { check(t, value, "not true") }

// Nil fails the test now if the value is not nil.
func Nil(t TestingT, value any, _ ...any) { check(t, value == nil, "not nil") }

// FailNow fails the test now.
func FailNow(t TestingT, what string, _ ...any) { check(t, false, what) }

// NoError fails the test now if err is not nil.
func (a *Assertions) NoError(err error, _ ...any) { NoError(a.t, err) }

// Equal fails the test now if the values differ.
func (a *Assertions) Equal(want, got any, _ ...any) { Equal(a.t, want, got) }

// True fails the test now if the value is false.
func (a *Assertions) True(value bool, _ ...any) { True(a.t, value) }

// Eventually fails the test now if condition, which is called on another goroutine,
// does not hold in time.
func Eventually(t TestingT, condition func() bool, waitFor, tick time.Duration, _ ...any) {
	ch := make(chan bool, 1)
	timer, ticker := time.NewTimer(waitFor), time.NewTicker(tick)
	defer timer.Stop()
	defer ticker.Stop()
	for tickC := ticker.C; ; {
		select {
		case <-timer.C:
			check(t, false, "never satisfied")
			return
		case <-tickC:
			tickC = nil
			go func() { ch <- condition() }()
		case holds := <-ch:
			if holds {
				return
			}
			tickC = ticker.C
		}
	}
}
