// Package done polls a context between pieces of work, and with none.
package done

import (
	"context"
	"fmt"
)

func worker(ctx context.Context, items []string) {
	for {
		select {
		case <-ctx.Done():
			return
		default:
			fmt.Println(items)
		}
	}
}

// literal is the same with a comment in the place of the work.
func literal(ctx context.Context) {
	for {
		select { // finding: busyselect
		case <-ctx.Done():
			return
		default:
			// Do work
		}
	}
}
