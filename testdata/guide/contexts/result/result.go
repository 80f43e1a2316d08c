// Package result is the example of usage in a function that is not main, so
// that a worker which nobody receives from stays.
package result

import (
	"context"
	"fmt"
	"time"
)

func await(parent context.Context) {
	ctx, cancel := context.WithTimeout(parent, 3*time.Second)
	defer cancel()

	result := make(chan string)
	go worker(ctx, result)

	select {
	case r := <-result:
		fmt.Println("Result:", r)
	case <-ctx.Done():
		fmt.Println("Timeout:", ctx.Err())
	}
}

func worker(ctx context.Context, result chan<- string) {
	select {
	case <-time.After(2 * time.Second):
		result <- "completed" // finding: leakedsend
	case <-ctx.Done():
		return
	}
}
