// Package dep drains timers.
package dep

import "time"

// Drain stops t and empties its channel.
func Drain(t *time.Timer) {
	if !t.Stop() {
		<-t.C
	}
}

// TryDrain does not wait.
func TryDrain(t *time.Timer) {
	if !t.Stop() {
		select {
		case <-t.C:
		default:
		}
	}
}
