// Package ranging ranges over a channel that its sender closes.
package ranging

import "fmt"

func closed() {
	ch := make(chan int)

	go func() {
		for i := 0; i < 5; i++ {
			ch <- i
		}
		close(ch)
	}()

	for v := range ch {
		fmt.Println(v)
	}
}

// unclosed leaves out the close without which range does not end.
func unclosed() {
	ch := make(chan int)

	go func() {
		for i := 0; i < 5; i++ {
			ch <- i
		}
	}()

	for v := range ch { // finding: orphanop
		fmt.Println(v)
	}
}
