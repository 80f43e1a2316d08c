// Package operations holds what a channel can do.
package operations

import "fmt"

func operations(ch chan int) (int, int) {
	ch <- 42
	v := <-ch
	fmt.Println(v)
	v, ok := <-ch
	if !ok {
		fmt.Println("Channel closed", v)
	}
	close(ch)
	return len(ch), cap(ch)
}
