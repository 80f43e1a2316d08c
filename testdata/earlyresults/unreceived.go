package earlyresults

import (
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// -- what nothing receives --

func errorsForNobody(tasks []func() error) {
	errs := make(chan error)
	var wg sync.WaitGroup
	for _, t := range tasks {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := t(); err != nil {
				errs <- err // related `^the goroutine waits here for a receiver$`
			}
		}()
	}
	wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on errs, which nothing receives from$`
	close(errs)
}

type sink struct{ wg sync.WaitGroup }

func (s *sink) work(n int, out chan<- int) {
	defer s.wg.Done()
	out <- n // related `^the goroutine waits here for a receiver$`
}

func methodsForNobody(n int) {
	s := new(sink)
	out := make(chan int)
	for i := range n {
		s.wg.Add(1)
		go s.work(i, out)
	}
	s.wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on out, which nothing receives from$`
}

func groupForNobody(tasks []func() int) error {
	var g errgroup.Group
	out := make(chan int)
	for _, t := range tasks {
		g.Go(func() error {
			out <- t() // related `^the goroutine waits here for a receiver$`
			return nil
		})
	}
	return g.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on out, which nothing receives from$`
}

func roomForAll(tasks []func() error) {
	errs := make(chan error, len(tasks))
	var wg sync.WaitGroup
	for _, t := range tasks {
		wg.Add(1)
		go func() {
			defer wg.Done()
			errs <- t()
		}()
	}
	wg.Wait()
}

func droppedIfNobody(tasks []func() error) {
	errs := make(chan error)
	var wg sync.WaitGroup
	for _, t := range tasks {
		wg.Add(1)
		go func() {
			defer wg.Done()
			select {
			case errs <- t():
			default:
			}
		}()
	}
	wg.Wait()
}

// -- a deferred wait --

// leavesBefore ends by an error before anything receives, and so before anything
// is sent.
func leavesBefore(accept, dial func() error) error {
	ch := make(chan bool)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Add(1)
	go func() {
		defer wg.Done()
		if accept() != nil {
			return
		}
		ch <- true
	}()
	if err := dial(); err != nil {
		return errors.New("no connection")
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		<-ch
	}()
	return nil
}

func waitsAtEachEnd(n int, ok bool) int {
	ch := make(chan int)
	var wg sync.WaitGroup
	done := func() { // the receiver comes behind the wait, whichever way is taken
		wg.Wait() // want `^this wait blocks forever: a goroutine that it waits for sends on ch, which is received from only after it$`
	}
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- i // related `^the goroutine waits here for a receiver$`
		}()
	}
	if ok {
		done()
		return <-ch // related `^the receive comes only after the wait$`
	}
	done()
	return 0
}
