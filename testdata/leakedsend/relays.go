package leakedsend

import (
	"context"
	"errors"
	"io"
	"sync"
)

// mergeAll passes on what comes by several channels.
func mergeAll(cs ...<-chan int) <-chan int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	var wg sync.WaitGroup
	wg.Add(len(cs))
	for _, c := range cs {
		go func() {
			defer wg.Done()
			for q := range c {
				out <- q // want `^this send on out may block forever: its receiver may be gone by line \d+$`
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func firstBelow(feeds []<-chan int, limit int) int {
	for q := range mergeAll(feeds...) {
		if q < limit {
			return q // related `^here the receiver of out returns$`
		}
	}
	return 0
}

func passedOn(in <-chan int, f func(int) int) <-chan int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		for v := range in {
			out <- f(v) // want `^this send on out may block forever: its receiver may be gone by line \d+$`
		}
	}()
	return out
}

func anyPassedOn(in <-chan int, f func(int) int) bool {
	for v := range passedOn(in, f) {
		if v > 0 {
			return true // related `^here the receiver of out returns$`
		}
	}
	return false
}

// Each stage has one value to pass on, and one is received.
func passedOne(in <-chan int, f func(int) int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- f(v)
		}
	}()
	return out
}

func one(in <-chan int, f func(int) int) int { return <-passedOne(in, f) }

// What is left is drained.
func passedDrained(in <-chan int, f func(int) int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			out <- f(v)
		}
	}()
	return out
}

func anyDrained(in <-chan int, f func(int) int) bool {
	ch := passedDrained(in, f)
	defer func() {
		for range ch {
		}
	}()
	for v := range ch {
		if v > 0 {
			return true
		}
	}
	return false
}

var errFatal = errors.New("fatal")

func workersFail(send func(int) error, jobsToDo []int) {
	jobs := make(chan int) // related `^jobs is made here, with room for 0$`
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				if err := send(j); errors.Is(err, errFatal) {
					return // related `^here the receiver of jobs returns$`
				}
			}
		}()
	}
	for _, j := range jobsToDo {
		jobs <- j // want `^this send on jobs may block forever: all its receivers may be gone by line \d+$`
	}
	close(jobs)
	wg.Wait()
}

// The end of one worker's input is no failure that meets all.
func workersEnd(read func(int) error, jobsToDo []int) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				if err := read(j); errors.Is(err, io.EOF) {
					return
				}
			}
		}()
	}
	for _, j := range jobsToDo {
		jobs <- j
	}
	close(jobs)
	wg.Wait()
}

// Only one of the two sends comes: where the first one does, the goroutine is not started.
func eitherSend(lookup func() error, wait func() error) <-chan error {
	errs := make(chan error)
	if err := lookup(); err != nil {
		go func() { errs <- err }()
		return errs
	}
	go func() { errs <- wait() }()
	return errs
}

func either(lookup func() error, wait func() error) error { return <-eitherSend(lookup, wait) }

// A context without an end ends no one.

type source struct{ next func() int }

func (s *source) watch(ctx context.Context) <-chan int {
	out := make(chan int) // related `^out is made here, with room for 0$`
	go func() {
		defer close(out)
		for {
			select {
			case out <- s.next(): // want `^this send on out may block forever: its receiver may be gone by line \d+$`
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (s *source) waitKey(key int) int {
	ctx := context.WithValue(context.Background(), errFatal, key)
	for e := range s.watch(ctx) {
		if e == key {
			return e // related `^here the receiver of out returns$`
		}
	}
	return 0
}

func (s *source) watchTill(ctx context.Context) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for {
			select {
			case out <- s.next():
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func (s *source) waitTill(key int) int {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for e := range s.watchTill(ctx) {
		if e == key {
			return e
		}
	}
	return 0
}

// The value says which is the last one.
type marked struct {
	v    int
	last bool
}

func sumMarked(n int, f func(int) int) (s int) {
	c := make(chan marked)
	go func() {
		for i := 0; i <= n; i++ {
			c <- marked{f(i), i == n}
		}
	}()
	for p := range c {
		s += p.v
		if p.last {
			break
		}
	}
	return s
}

func sumMarkedOf(xs []int) (s int) {
	c := make(chan marked)
	go func() {
		for i, x := range xs {
			c <- marked{x, i == len(xs)-1}
		}
	}()
	for p := range c {
		s += p.v
		if p.last {
			break
		}
	}
	return s
}
