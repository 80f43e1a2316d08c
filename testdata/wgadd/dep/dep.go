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

// A Group is a kind of group of its own.
type Group struct{ wg sync.WaitGroup }

// Enter counts one more.
func (g *Group) Enter() { g.wg.Add(1) }

// Leave counts one less.
func (g *Group) Leave() { g.wg.Done() }

// Wait waits for all.
func (g *Group) Wait() { g.wg.Wait() }

// A Server counts what it serves.
type Server struct {
	conns chan int
	wg    sync.WaitGroup
}

// Serve serves until there are no more.
func (s *Server) Serve() {
	for range s.conns {
		s.wg.Add(1)
		go s.wg.Done()
	}
}

// Close waits for what is served.
func (s *Server) Close() {
	close(s.conns)
	s.wg.Wait()
}
