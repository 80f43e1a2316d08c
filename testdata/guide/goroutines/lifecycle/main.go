// Command lifecycle sleeps in order to wait, which 5.2 calls a bad practice.
package main

import (
	"fmt"
	"time"
)

func main() {
	go worker()
	time.Sleep(time.Second) // finding: sleepsync
}

func worker() {
	fmt.Println("Working...")
}
