// Package dep waits for tickers on behalf of others.
package dep

import "time"

// Every calls f again and again, and does not return.
func Every(d time.Duration, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for range t.C {
		f()
	}
}

// Until calls f again and again until done is closed.
func Until(d time.Duration, done <-chan struct{}, f func()) {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			f()
		case <-done:
			return
		}
	}
}

// Go runs f on a goroutine of its own.
func Go(f func()) { go f() }
