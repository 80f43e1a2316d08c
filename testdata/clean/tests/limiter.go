// Package tests has tests that start goroutines, and what they test.
package tests

import "sync"

// A killer is implemented by a process, and by what its test has for one.
type killer interface{ Kill() }

type process struct {
	once   sync.Once
	killed chan struct{}
}

func (p *process) Kill() { p.once.Do(func() { close(p.killed) }) }

func limit(in <-chan int, p killer) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		n := 0
		for m := range in {
			out <- m
			if n++; n == 10 {
				go p.Kill()
			}
		}
	}()
	return out
}
