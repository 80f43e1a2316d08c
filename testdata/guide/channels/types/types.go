// Package types makes channels, and restricts their direction.
package types

func kinds() (chan int, chan int) {
	return make(chan int), make(chan int, 10)
}

func send(ch chan<- int)     { ch <- 42 }
func recv(ch <-chan int) int { v := <-ch; return v }
