// Package given gives timers a channel of its own.
package given

import "time"

func newTimer(d time.Duration) *time.Timer {
	c := make(chan time.Time, 1)
	t := time.AfterFunc(d, func() { c <- time.Now() })
	t.C = c
	return t
}

func drained() {
	t := newTimer(time.Hour)
	if !t.Stop() {
		<-t.C
	}
}
