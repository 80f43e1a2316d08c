// Command behavior runs an endless computation beside another goroutine.
package main

import (
	"fmt"
	"runtime"
	"time"
)

func main() {
	runtime.GOMAXPROCS(1)

	go func() {
		count := 0
		for {
			count++
			if count%1000000000 == 0 {
				fmt.Println("Still running...")
			}
		}
	}()

	go func() {
		for i := 0; i < 10; i++ {
			fmt.Println("Other goroutine:", i)
			time.Sleep(100 * time.Millisecond)
		}
	}()

	time.Sleep(2 * time.Second) // finding: sleepsync
}
