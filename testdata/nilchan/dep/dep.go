// Package dep operates on channels that it is handed.
package dep

// Produce sends to out.
func Produce(out chan<- int) {
	for i := range 3 {
		out <- i
	}
}

// Sum receives from in until it is closed.
func Sum(in <-chan int) int {
	sum := 0
	for v := range in {
		sum += v
	}
	return sum
}

// Offer sends to out if that is there.
func Offer(out chan<- int, v int) {
	if out != nil {
		out <- v
	}
}

// Serve blocks until stop is closed, and for ever if it is nil.
func Serve(stop <-chan struct{}) {
	<-stop
}

// A Source has an exported channel.
type Source struct {
	C chan int
}
