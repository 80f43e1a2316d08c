// Package csp holds the two counters of 5.1.
package csp

import "sync"

var (
	total int
	mu    sync.Mutex
)

func increment() {
	mu.Lock()
	total++
	mu.Unlock()
}

func counter(deltas chan int, done chan<- int) {
	count := 0
	for delta := range deltas {
		count += delta
	}
	done <- count
}

func use() int {
	increment()
	deltas, done := make(chan int), make(chan int)
	go counter(deltas, done)
	deltas <- 1
	close(deltas)
	return <-done
}
