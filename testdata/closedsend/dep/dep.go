// Package dep closes and sends for its callers.
package dep

// Finish closes ch.
func Finish(ch chan int) { finish(ch) }

func finish(ch chan<- int) { close(ch) }

// Produce sends on ch from a goroutine that nobody waits for.
func Produce(ch chan<- int) {
	go func() { ch <- 1 }()
}
