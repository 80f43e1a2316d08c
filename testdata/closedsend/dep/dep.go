// Package dep closes and sends for its callers.
package dep

// Finish closes ch.
func Finish(ch chan int) { finish(ch) }

func finish(ch chan<- int) { close(ch) }

// Produce sends on ch from a goroutine that nobody waits for.
func Produce(ch chan<- int) {
	go func() { ch <- 1 }()
}

// Emit sends v on ch.
func Emit(ch chan<- int, v int) { emit(ch, v) }

func emit(ch chan<- int, v int) { ch <- v }

// A Feed has a channel that its users close.
type Feed struct{ C chan int }

// Push sends v.
func (f *Feed) Push(v int) { f.C <- v }

// Close closes the channel.
func (f *Feed) Close() { close(f.C) }

// A Guarded feed takes no more values once it is closed.
type Guarded struct {
	C      chan int
	closed bool
}

// Push sends v, if the feed is open.
func (g *Guarded) Push(v int) {
	if !g.closed {
		g.C <- v
	}
}

// Close closes the channel.
func (g *Guarded) Close() {
	if !g.closed {
		g.closed = true
		close(g.C)
	}
}
