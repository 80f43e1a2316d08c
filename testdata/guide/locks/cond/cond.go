// Package cond waits for a flag.
package cond

import "sync"

var (
	mu    sync.Mutex
	cond  = sync.NewCond(&mu)
	ready bool
)

func wait() {
	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()
}

func signal() {
	mu.Lock()
	ready = true
	cond.Broadcast()
	mu.Unlock()
}
