// Package dep has conditions that other packages wait for.
package dep

import "sync"

// A Gate opens once.
type Gate struct {
	sync.Mutex
	Cond *sync.Cond
	Open bool
}

// NewGate returns a gate that is shut.
func NewGate() *Gate {
	g := new(Gate)
	g.Cond = sync.NewCond(&g.Mutex)
	return g
}

// Pause waits for the next signal; the gate is locked.
func (g *Gate) Pause() { g.Cond.Wait() }

// AwaitLocked waits until the gate is open; it is locked by the caller.
func (g *Gate) AwaitLocked() {
	for !g.Open {
		g.Cond.Wait()
	}
}

// Await waits until the gate is open.
func (g *Gate) Await() {
	g.Lock()
	defer g.Unlock()
	for !g.Open {
		g.Cond.Wait()
	}
}

// Once waits for a signal by itself.
func (g *Gate) Once() {
	g.Lock()
	defer g.Unlock()
	if !g.Open { // related `^the condition is tested here only$`
		g.Cond.Wait() // want `^g\.Cond\.Wait is not in a loop that tests its condition again$`
	}
}
