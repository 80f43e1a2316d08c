// Package clean is idiomatic concurrent code that every check passes in
// silence. What was once reported by mistake becomes a function here.
package clean

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// sumConcurrently joins its goroutines before it reads what they wrote.
func sumConcurrently(parts [][]int) int {
	sums := make([]int, len(parts))
	var wg sync.WaitGroup
	for i, part := range parts {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sum := 0
			for _, n := range part {
				sum += n
			}
			sums[i] = sum
		}()
	}
	wg.Wait()
	total := 0
	for _, sum := range sums {
		total += sum
	}
	return total
}

// fetchAll hands the context of the group to each function of the group.
func fetchAll(ctx context.Context, urls []string, fetch func(context.Context, string) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, url := range urls {
		g.Go(func() error { return fetch(ctx, url) })
	}
	return g.Wait()
}

// generate closes its channel when it has sent all, as the only sender, and
// stops early when the context ends.
func generate(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// first returns the first number that is generated and lets the rest go.
func first(ctx context.Context) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	return <-generate(ctx, 100)
}

// listenAndDrop returns what it has named, which the goroutine has: nothing is written by
// that.
func listenAndDrop(accept func() (chan int, error)) (conns chan int, err error) {
	conns, err = accept()
	if err != nil {
		return nil, err
	}
	go func() {
		for range conns {
		}
	}()
	return conns, nil
}

func startCounting(next func() bool) (stop chan struct{}, counted chan int) {
	stop, counted = make(chan struct{}), make(chan int, 1)
	go func() {
		n := 0
		for next() {
			select {
			case <-stop:
				counted <- n
				return
			default:
				n++
			}
		}
		close(counted)
	}()
	return stop, counted
}

// A feed calls whoever has subscribed, until that returns an error.
type feed struct{ items chan string }

func (f *feed) subscribe(call func(item string) error) error {
	for item := range f.items {
		if err := call(item); err != nil {
			return err
		}
	}
	return nil
}

// awaitFirst and awaitLast know how often they are called; how often one is, the feed decides.
func awaitFirst(f *feed) {
	var first sync.WaitGroup
	first.Add(1)
	go func() {
		_ = f.subscribe(func(string) error {
			first.Done()
			return errFull
		})
	}()
	first.Wait()
}

func awaitLast(f *feed, last string) {
	var seen sync.WaitGroup
	seen.Add(1)
	go func() {
		_ = f.subscribe(func(item string) error {
			if item == last {
				seen.Done()
			}
			return nil
		})
	}()
	seen.Wait()
}

var errFull = errors.New("full")
