// Package dep starts work for others.
package dep

// Start sends the result of f on the channel that it returns.
func Start(f func() int) <-chan int {
	ch := make(chan int)
	go func() { ch <- f() }()
	return ch
}

// StartRoomy does so with room for the result.
func StartRoomy(f func() int) <-chan int {
	ch := make(chan int, 1)
	go func() { ch <- f() }()
	return ch
}

// Numbers is the head of a pipeline.
func Numbers(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

// Squares is a stage of one.
func Squares(in <-chan int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- v * v
		}
	}()
	return out
}

// Ask sends n on out, by a function that it hands on.
func Ask(n int, out chan<- int) {
	go call(n, func(n int) { out <- n })
}

func call(n int, f func(int)) { f(n) }
