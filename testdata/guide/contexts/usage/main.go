// Command usage awaits a result, or a timeout. When both come at once, the
// worker sends to nobody.
package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
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
		result <- "completed"
	case <-ctx.Done():
		return
	}
}
