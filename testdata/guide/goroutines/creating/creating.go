// Package creating starts goroutines in three forms.
package creating

import "fmt"

func myFunction() { fmt.Println("in a function") }

func start() {
	go myFunction()

	go func() {
		fmt.Println("Running in goroutine")
	}()

	go func(msg string) {
		fmt.Println(msg)
	}("hello")
}
