// Package golden holds functions whose skeletons are golden files.
package golden

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

func compute(n int) <-chan int {
	result := make(chan int)
	go func() {
		defer close(result)
		time.Sleep(time.Second)
		result <- n * n
	}()
	return result
}

func use() { fmt.Println(<-compute(3)) }

type server struct {
	mu     sync.Mutex
	ch     chan int
	done   chan struct{}
	wg     sync.WaitGroup
	closed bool
}

func newServer(n int) *server {
	s := &server{ch: make(chan int, n), done: make(chan struct{})}
	s.wg.Add(1)
	go s.run()
	return s
}

func (s *server) run() {
	defer s.wg.Done()
	for {
		select {
		case v := <-s.ch:
			fmt.Println(v)
		case <-s.done:
			return
		}
	}
}

func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	close(s.done)
	s.wg.Wait()
}

func useServer() {
	s := newServer(2)
	s.ch <- 1
	s.Close()
}

func pool(jobs <-chan int) <-chan int {
	results := make(chan int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range jobs {
				results <- j
			}
		}()
	}
	go func() {
		wg.Wait()
		close(results)
	}()
	return results
}

func cancels(ctx context.Context, err error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if err != nil {
		return err
	}
	defer cancel()
	<-ctx.Done()
	return nil
}

func busy(ctx context.Context, ch chan int) {
	for {
		select {
		case <-ch:
			fmt.Println("x")
		case <-ctx.Done():
			return
		default:
		}
	}
}

func flag(ch chan int, xs []int) {
	closed := false
	for _, x := range xs {
		if x == 3 && !closed {
			closed = true
			close(ch)
		}
		if !closed {
			ch <- x
		}
	}
}

func cond(mu *sync.Mutex, b bool) {
	if b {
		mu.Lock()
	}
	fmt.Println()
	if b {
		mu.Unlock()
	}
}

// polls does nothing but look at a variable.
func polls(p *struct{ done bool }) {
	for !p.done {
	}
}

// looksAndCounts ends by itself.
func looksAndCounts(f *atomic.Bool) {
	for i := 0; i < 10 && !f.Load(); i++ {
	}
}
