// Package dep leaves goroutines behind.
package dep

import (
	"sync"
	"time"
)

var (
	Verbose bool
	Count   int
	Guarded int
	mu      sync.Mutex
)

type Server struct {
	Timeout time.Duration
	Name    string
	Hits    int
	quit    chan struct{}
	done    chan struct{}
}

func Start() { // want Start:`^leaves goroutines: reads Count, writes Count, reads Verbose$`
	go func() {
		for {
			time.Sleep(time.Second)
			if Verbose {
				Count++
			}
			mu.Lock()
			Guarded++
			mu.Unlock()
		}
	}()
}

func New() *Server { // want New:`^leaves goroutines: reads -1\.Hits, writes -1\.Hits, reads -1\.Timeout$`
	s := &Server{Timeout: time.Second, quit: make(chan struct{}), done: make(chan struct{})}
	go s.loop()
	return s
}

func (s *Server) loop() {
	defer close(s.done)
	for {
		select {
		case <-s.quit:
			return
		case <-time.After(s.Timeout):
			s.Hits++
		}
	}
}

func (s *Server) Run() { go s.loop() } // want Run:`^leaves goroutines: reads 0\.Hits, writes 0\.Hits, reads 0\.Timeout$`

func (s *Server) Stop() {
	close(s.quit)
	<-s.done
}
