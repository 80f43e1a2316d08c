// Command yielding lets two goroutines yield to each other, and waits for a key.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	runtime.GOMAXPROCS(1)

	go func() {
		for i := 0; i < 5; i++ {
			fmt.Println("Goroutine A:", i)
			runtime.Gosched()
		}
	}()

	go func() {
		for i := 0; i < 5; i++ {
			fmt.Println("Goroutine B:", i)
			runtime.Gosched()
		}
	}()

	var input string
	fmt.Scanln(&input)
}
