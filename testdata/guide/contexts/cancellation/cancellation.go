// Package cancellation cancels goroutines: one that works, one that only polls.
package cancellation

import (
	"context"
	"fmt"
	"time"
)

func worker(items []string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	go func(ctx context.Context) {
		for {
			select {
			case <-ctx.Done():
				fmt.Println("Cancelled:", ctx.Err())
				return
			default:
				fmt.Println(items)
			}
		}
	}(ctx)

	time.Sleep(time.Second)
	cancel()
}

// literal is the same with a comment in the place of the work.
func literal() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	go func(ctx context.Context) {
		for {
			select { // finding: busyselect
			case <-ctx.Done():
				fmt.Println("Cancelled:", ctx.Err())
				return
			default:
				// Work...
			}
		}
	}(ctx)

	time.Sleep(time.Second)
	cancel()
}
