package timerleak

import "time"

// -- tickers whose channel is handed to the loop --

type handedLimiter struct {
	tokens chan bool
	done   chan struct{}
}

func newHandedLimiter(d time.Duration) *handedLimiter {
	l := &handedLimiter{tokens: make(chan bool)}
	l.start(d)
	return l
}

func (l *handedLimiter) start(d time.Duration) {
	go l.loop(time.NewTicker(d).C) // related `^the goroutine starts here$` // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
}

func (l *handedLimiter) loop(ticks <-chan time.Time) {
	for range ticks { // related `^the loop waits for the ticker here, and nothing ends it$`
		l.tokens <- true
	}
}

func (l *handedLimiter) startStoppable(d time.Duration) {
	go l.loopUntilDone(time.NewTicker(d).C)
}

func (l *handedLimiter) loopUntilDone(ticks <-chan time.Time) {
	for {
		select {
		case <-ticks:
		case <-l.done:
			return
		}
		select {
		case l.tokens <- true:
		case <-l.done:
			return
		}
	}
}

func refill(ticks <-chan time.Time, out chan<- struct{}) {
	for {
		<-ticks // related `^the loop waits for the ticker here, and nothing ends it$`
		select {
		case out <- struct{}{}:
		default:
		}
	}
}

func newTickTokens(d time.Duration) <-chan struct{} {
	out := make(chan struct{}, 8)
	go refill(time.Tick(d), out) // related `^the goroutine starts here$` // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
	return out
}

func someTicks(ticks <-chan time.Time, n int) {
	for range n {
		<-ticks
	}
}

func newSomeTicks(d time.Duration, n int) {
	go someTicks(time.Tick(d), n)
}
