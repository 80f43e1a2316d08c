// Package literal holds the same in the order of 5.5, on an unbuffered channel
// of its own, where the first send blocks for ever.
package literal

import "fmt"

func operations() {
	ch := make(chan int)
	ch <- 42 // finding: orphanop
	v := <-ch
	fmt.Println(v)
	close(ch)
}
