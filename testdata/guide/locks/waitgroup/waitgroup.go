// Package waitgroup adds to a WaitGroup before and in the goroutine.
package waitgroup

import (
	"fmt"
	"sync"
)

func process(id int) { fmt.Println(id) }

func before() {
	var wg sync.WaitGroup
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func(id int) {
			defer wg.Done()
			process(id)
		}(i)
	}
	wg.Wait()
}

func inside() {
	var wg sync.WaitGroup
	for i := 0; i < 10; i++ {
		go func(id int) {
			wg.Add(1) // finding: wgadd
			defer wg.Done()
			process(id)
		}(i)
	}
	wg.Wait()
}
