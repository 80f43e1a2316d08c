// Command counter counts atomically.
package main

import (
	"fmt"
	"sync"
	"sync/atomic"
)

var counter atomic.Int64

func main() {
	counter.Store(0)

	var wg sync.WaitGroup
	for i := 0; i < 1000; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			counter.Add(1)
		}()
	}

	wg.Wait()
	fmt.Println(counter.Load())
}
