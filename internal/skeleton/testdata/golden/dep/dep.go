// Package dep is used through its fact.
package dep

import (
	"context"
	"os"
	"sync"
)

// Run calls f now.
func Run(f func()) { f() }

// Go calls f on another goroutine.
func Go(f func()) { go f() }

// Worker counts itself.
func Worker(wg *sync.WaitGroup) {
	wg.Add(1)
	defer wg.Done()
}

// Finish closes ch, in a helper.
func Finish(ch chan<- int) { finish(ch) }

func finish(ch chan<- int) { close(ch) }

// Stoppable returns a cancel function.
func Stoppable(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// Die does not return.
func Die() { os.Exit(1) }
