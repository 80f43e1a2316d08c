// Package basics holds the forms of select.
package basics

import (
	"errors"
	"fmt"
	"time"
)

func forms(ch1, ch2 chan int, x int) {
	select {
	case v := <-ch1:
		fmt.Println("Received from ch1:", v)
	case ch2 <- x:
		fmt.Println("Sent to ch2")
	case <-time.After(time.Second):
		fmt.Println("Timeout")
	default:
		fmt.Println("No communication ready")
	}
}

func timeout(ch <-chan int) error {
	select {
	case result := <-ch:
		fmt.Println(result)
	case <-time.After(5 * time.Second):
		return errors.New("timeout")
	}
	return nil
}

func receive(ch <-chan int) {
	select {
	case v := <-ch:
		fmt.Println("Received:", v)
	default:
		fmt.Println("No value available")
	}
}

func send(ch chan<- int, v int) {
	select {
	case ch <- v:
		fmt.Println("Sent")
	default:
		fmt.Println("Channel full, dropping")
	}
}
