// Package dep works for a WaitGroup of its caller.
package dep

import "sync"

// Work adds to wg, and is done at once.
func Work(wg *sync.WaitGroup) { enter(wg); wg.Done() }

func enter(wg *sync.WaitGroup) { wg.Add(1) }

// Start starts a goroutine that is counted.
func Start(wg *sync.WaitGroup) {
	wg.Add(1)
	go wg.Done()
}
