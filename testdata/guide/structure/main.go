// Command structure starts three goroutines, and sleeps until they are likely done.
package main

import (
	"fmt"
	"time"
)

func main() {
	go processA()
	go processB()
	go processC()
	time.Sleep(time.Second) // finding: sleepsync
}

func processA() { fmt.Println("A") }
func processB() { fmt.Println("B") }
func processC() { fmt.Println("C") }
