package sharedrace

import (
	"testing"
	"time"
)

type poller struct {
	quit chan struct{}
	done chan struct{}
}

func startPoller() *poller {
	// races: startPoller().stop(); timeout = time.Millisecond
	p := &poller{quit: make(chan struct{}), done: make(chan struct{})}
	go p.run() // related `^the goroutine that has timeout starts here$`
	return p
}

func (p *poller) run() {
	defer close(p.done)
	for {
		select {
		case <-p.quit:
			return
		case <-time.After(timeout): // related `^timeout is read here at the same time$`
		}
	}
}

func (p *poller) stop() { close(p.quit) }

func (p *poller) stopAndWait() {
	close(p.quit)
	<-p.done
}

func TestSetWhileRunning(t *testing.T) {
	p := startPoller()
	defer p.stopAndWait()
	timeout = time.Millisecond // want `^timeout is written while a goroutine that startPoller starts may be reading it at line \d+$`
}

func TestRestoredWhileRunning(t *testing.T) {
	old := timeout
	timeout = time.Millisecond
	defer func() { timeout = old }() // want `^timeout is written while a goroutine that startPoller starts may be reading it at line \d+$`
	p := startPoller()
	defer p.stop()
}

func TestRestoredAfterEnd(t *testing.T) {
	old := timeout
	timeout = time.Millisecond
	defer func() { timeout = old }()
	p := startPoller()
	defer p.stopAndWait()
}

var flaky int

func TestParallel(t *testing.T) {
	for range 3 {
		t.Run("sub", func(t *testing.T) { // related `^the subtests run here$`
			t.Parallel()
			flaky++ // want `^flaky is written by subtests that run in parallel$`
		})
	}
}

// What a test does with both is not all that is done with them: see SetName.
func TestNamed(t *testing.T) {
	c := newClient(nil)
	c.SetName("a")
	c.Close()
}

// -- a variable that is set back while the goroutine still reads it --

var pollEvery = time.Millisecond

type backPoller struct{ stop chan struct{} }

func (p *backPoller) run() {
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(pollEvery): // related `^pollEvery is read here at the same time$`
		}
	}
}

func TestPollsOften(t *testing.T) {
	old := pollEvery
	pollEvery = time.Microsecond
	p := &backPoller{stop: make(chan struct{})}
	go p.run() // related `^the goroutine that has pollEvery starts here$`
	close(p.stop)
	pollEvery = old // want `^pollEvery is written while a goroutine that TestPollsOften starts may be reading it at line \d+$`
}

var pollRarely = time.Millisecond

func (p *backPoller) runRarely(done chan<- struct{}) {
	defer close(done)
	for {
		select {
		case <-p.stop:
			return
		case <-time.After(pollRarely):
		}
	}
}

func TestPollsRarely(t *testing.T) {
	old := pollRarely
	pollRarely = time.Microsecond
	p := &backPoller{stop: make(chan struct{})}
	done := make(chan struct{})
	go p.runRarely(done)
	close(p.stop)
	<-done
	pollRarely = old
}
