// Package dep receives and closes for its callers.
package dep

// Drain receives what is left and closes ch.
func Drain(ch chan int) {
	for {
		if v, ok := <-ch; !ok || v < 0 {
			break
		}
	}
	close(ch)
}
