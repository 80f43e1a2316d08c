// Package earlyresults has workers that nobody receives from in time.
package earlyresults

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

func waitsFirst(jobs []int) (total int) {
	results := make(chan int)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j // related `^the goroutine waits here for a receiver$`
		}()
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on results, which is received from only after it$`
	close(results)
	for r := range results { // related `^the receive comes only after the wait$`
		total += r
	}
	return total
}

func closer(jobs []int) (total int) {
	results := make(chan int)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	for r := range results {
		total += r
	}
	return total
}

func withRoom(jobs []int) (total int) {
	results := make(chan int, len(jobs))
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j
		}()
	}
	wg.Wait()
	close(results)
	for r := range results {
		total += r
	}
	return total
}

func worker(in <-chan int, out chan<- int, wg *sync.WaitGroup) {
	defer wg.Done()
	for n := range in {
		out <- n // related `^the goroutine waits here for a receiver$`
	}
}

func namedWorkers(jobs []int) (total int) {
	in, out := make(chan int, len(jobs)), make(chan int)
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(1)
		go worker(in, out, &wg)
	}
	for _, j := range jobs {
		in <- j
	}
	close(in)
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on out, which is received from only after it$`
	close(out)
	for r := range out { // related `^the receive comes only after the wait$`
		total += r
	}
	return total
}

func collector(jobs []int) (total int) {
	results := make(chan int)
	var wg sync.WaitGroup
	done := make(chan struct{})
	go func() {
		defer close(done)
		for r := range results {
			total += r
		}
	}()
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j
		}()
	}
	wg.Wait()
	close(results)
	<-done
	return total
}

func group(jobs []int) error {
	errs := make(chan error)
	var g errgroup.Group
	for range jobs {
		g.Go(func() error {
			errs <- nil // related `^the goroutine waits here for a receiver$`
			return nil
		})
	}
	if err := g.Wait(); err != nil { // want `^this wait blocks forever: a goroutine that it waits for sends on errs, which is received from only after it$`
		return err
	}
	return <-errs // related `^the receive comes only after the wait$`
}

func maySkip(ctx context.Context, jobs []int) {
	results := make(chan int)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			select {
			case results <- j:
			case <-ctx.Done():
			}
		}()
	}
	wg.Wait()
	select {
	case <-results:
	default:
	}
}

func receivesInLoop(jobs []int) (total int) {
	results := make(chan int)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j
		}()
	}
	for range jobs {
		total += <-results
	}
	wg.Wait()
	return total
}
