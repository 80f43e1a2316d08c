// Package fan spreads a channel over workers, and merges channels.
package fan

import "sync"

func worker(input <-chan int) <-chan int {
	output := make(chan int)
	go func() {
		defer close(output)
		for n := range input {
			output <- n * n
		}
	}()
	return output
}

func fanOut(input <-chan int, numWorkers int) []<-chan int {
	outputs := make([]<-chan int, numWorkers)
	for i := 0; i < numWorkers; i++ {
		outputs[i] = worker(input)
	}
	return outputs
}

func fanIn(inputs ...<-chan int) <-chan int {
	output := make(chan int)
	var wg sync.WaitGroup

	for _, in := range inputs {
		wg.Add(1)
		go func(ch <-chan int) {
			defer wg.Done()
			for v := range ch {
				output <- v
			}
		}(in)
	}

	go func() {
		wg.Wait()
		close(output)
	}()

	return output
}
