// Command patterns stops a worker by a done channel, and awaits a result.
package main

import (
	"fmt"
	"time"
)

func worker(done <-chan struct{}) {
	for {
		select {
		case <-done:
			fmt.Println("Worker stopped")
			return
		default:
			fmt.Println("Working...")
			time.Sleep(500 * time.Millisecond)
		}
	}
}

func compute(n int) <-chan int {
	result := make(chan int)
	go func() {
		defer close(result)
		time.Sleep(time.Second)
		result <- n * n
	}()
	return result
}

func main() {
	done := make(chan struct{})
	go worker(done)
	time.Sleep(2 * time.Second)
	close(done)

	resultCh := compute(5)
	result := <-resultCh
	fmt.Println("Result:", result)
}
