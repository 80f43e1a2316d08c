package spawn_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// TestHappensBefore asks whether x is over before y.
func TestHappensBefore(t *testing.T) {
	relate(t, []scenario{
		{"in sequence", true, `
func f(ch chan int) {
	ch <- 1 // x
	ch <- 2 // y
}`},
		{"in sequence, the other way", false, `
func f(ch chan int) {
	ch <- 2 // y
	ch <- 1 // x
}`},
		{"in sequence, around a loop", false, `
func f(ch chan int) {
	for {
		ch <- 1 // x
		ch <- 2 // y
	}
}`},
		{"in arms of which one is taken", true, `
func f(ch chan int, b bool) {
	if b {
		ch <- 1 // x
	} else {
		ch <- 2 // y
	}
}`},
		{"before the goroutine is started", true, `
func f(ch chan int) {
	ch <- 1 // x
	go func() {
		ch <- 2 // y
	}()
}`},
		{"after the goroutine is started", false, `
func f(ch chan int) {
	go func() {
		ch <- 2 // y
	}()
	ch <- 1 // x
}`},
		{"after the goroutine is started, which waits", true, `
func f(ch chan int) {
	ready := make(chan bool)
	go func() {
		<-ready
		ch <- 2 // y
	}()
	ch <- 1 // x
	close(ready)
}`},
		{"after the goroutine is started, which waits for what comes first", false, `
func f(ch chan int) {
	ready := make(chan bool)
	go func() {
		<-ready
		ch <- 2 // y
	}()
	close(ready)
	ch <- 1 // x
}`},
		{"joined by a wait group", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	wg.Wait()
	close(ch) // y
}`},
		{"joined by the end of a bubble", true, `
func f(t *testing.T, ch chan int) {
	synctest.Test(t, func(t *testing.T) {
		go func() {
			ch <- 1 // x
		}()
	})
	close(ch) // y
}`},
		{"in the bubble", false, `
func f(t *testing.T, ch chan int) {
	synctest.Test(t, func(t *testing.T) {
		go func() {
			ch <- 1 // x
		}()
		close(ch) // y
	})
}`},
		{"not joined", false, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	close(ch) // y
}`},
		{"joined too late", false, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	close(ch) // y
	wg.Wait()
}`},
		{"joined on one path", false, `
func f(ch chan int, b bool) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	if b {
		wg.Wait()
	}
	close(ch) // y
}`},
		{"joined on the path on which it was started", true, `
func f(ch chan int, b bool) {
	var wg sync.WaitGroup
	if b {
		wg.Go(func() {
			ch <- 1 // x
		})
	}
	if b {
		wg.Wait()
	}
	close(ch) // y
}`},
		{"joined, or given up on", false, `
func f(ch chan int, timeout chan bool) {
	done := make(chan bool)
	go func() {
		ch <- 1 // x
		close(done)
	}()
	select {
	case <-done:
	case <-timeout:
	}
	close(ch) // y
}`},
		{"joined in a deferred call", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	defer close(ch) // y
	defer wg.Wait()
	wg.Go(func() {
		ch <- 1 // x
	})
}`},
		{"joined in a deferred call that comes last", false, `
func f(ch chan int) {
	var wg sync.WaitGroup
	defer wg.Wait()
	defer close(ch) // y
	wg.Go(func() {
		ch <- 1 // x
	})
}`},
		{"joined by a callee", true, `
type server struct{ wg sync.WaitGroup }

func (s *server) join() { s.wg.Wait() }

func (s *server) Run(ch chan int) {
	s.wg.Go(func() {
		ch <- 1 // x
	})
	s.join()
	close(ch) // y
}`},
		{"started later", true, ` // there is no x yet
func f(ch chan int) {
	ch <- 2 // y
	go func() {
		ch <- 1 // x
	}()
}`},
		{"started later, and in an earlier turn", false, `
func f(ch chan int) {
	for {
		ch <- 2 // y
		go func() {
			ch <- 1 // x
		}()
	}
}`},
		{"started and joined in each turn of a loop, by a wait group", true, `
func f(ch chan int) {
	for range 3 {
		var wg sync.WaitGroup
		wg.Go(func() {
			ch <- 1 // x
		})
		wg.Wait()
	}
	close(ch) // y
}`},
		{"started and joined in each turn of a loop, by a receive", true, `
func f(ch chan int, n int) {
	done := make(chan bool)
	for range n {
		go func() {
			ch <- 1 // x
			done <- true
		}()
		<-done
	}
	close(ch) // y
}`},
		{"started in each turn of a loop, joined in some", false, `
func f(ch chan int, n int) {
	done := make(chan bool)
	for i := range n {
		go func() {
			ch <- 1 // x
			done <- true
		}()
		if i%2 == 0 {
			<-done
		}
	}
	close(ch) // y
}`},
		{"started in a loop, joined by a wait group", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			ch <- 1 // x
		})
	}
	wg.Wait()
	close(ch) // y
}`},
		{"started in a loop, joined by one receive", false, `
func f(ch chan int) {
	done := make(chan bool)
	for range 3 {
		go func() {
			ch <- 1 // x
			done <- true
		}()
	}
	<-done
	close(ch) // y
}`},
		{"started in a loop, joined in a loop", true, `
func f(ch chan int, n int) {
	done := make(chan bool)
	for range n {
		go func() {
			ch <- 1 // x
			done <- true
		}()
	}
	for range n {
		<-done
	}
	close(ch) // y
}`},
		{"beside it, both started after another", false, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	go func() {
		close(ch) // y
	}()
}`},
		{"beside it, which waits", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	go func() {
		wg.Wait()
		close(ch) // y
	}()
}`},
		{"beside it, started after a wait", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	wg.Wait()
	go func() {
		close(ch) // y
	}()
}`},
		{"a goroutine of a goroutine, both joined", true, `
func f(ch chan int) {
	var outer sync.WaitGroup
	outer.Go(func() {
		var inner sync.WaitGroup
		inner.Go(func() {
			ch <- 1 // x
		})
		inner.Wait()
	})
	outer.Wait()
	close(ch) // y
}`},
		{"a goroutine of a goroutine, the outer one joined", false, `
func f(ch chan int) {
	var outer sync.WaitGroup
	outer.Go(func() {
		go func() {
			ch <- 1 // x
		}()
	})
	outer.Wait()
	close(ch) // y
}`},
		{"joined by the end of its context", true, `
func f(ch chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		ch <- 1 // x
		cancel()
	}()
	<-ctx.Done()
	close(ch) // y
}`},
		{"of functions that nothing is around", true, `
func F(ch chan int) {
	ch <- 1 // x
}

func G(ch chan int) {
	close(ch) // y
}`},
	}, spawn.HappensBefore)
}

// TestUnordered asks whether nothing orders x, in one method, before y, in
// another.
func TestUnordered(t *testing.T) {
	relate(t, []scenario{
		{"nothing between them", true, `
type server struct{ ch chan int }

func (s *server) Send() {
	s.ch <- 1 // x
}

func (s *server) Close() {
	close(s.ch) // y
}`},
		{"through helpers", true, `
type server struct{ ch chan int }

func (s *server) Send() { s.send() }

func (s *server) send() {
	s.ch <- 1 // x
}

func (s *server) Close() { s.close() }

func (s *server) close() {
	close(s.ch) // y
}`},
		{"on a goroutine of a method", true, `
type server struct{ ch chan int }

func (s *server) Start() {
	go func() {
		s.ch <- 1 // x
	}()
}

func (s *server) Close() {
	close(s.ch) // y
}`},
		{"waited for", false, `
type server struct {
	ch chan int
	wg sync.WaitGroup
}

func (s *server) Start() {
	s.wg.Go(func() {
		s.ch <- 1 // x
	})
}

func (s *server) Close() {
	s.wg.Wait()
	close(s.ch) // y
}`},
		{"waited for on one path", true, `
type server struct {
	ch chan int
	wg sync.WaitGroup
}

func (s *server) Start() {
	s.wg.Go(func() {
		s.ch <- 1 // x
	})
}

func (s *server) Close(hard bool) {
	if !hard {
		s.wg.Wait()
	}
	close(s.ch) // y
}`},
		{"waited for too late", true, `
type server struct {
	ch chan int
	wg sync.WaitGroup
}

func (s *server) Start() {
	s.wg.Go(func() {
		s.ch <- 1 // x
	})
}

func (s *server) Close() {
	close(s.ch) // y
	s.wg.Wait()
}`},
		{"another part of the object waited for", false, `
type server struct{ ch, stopped chan int }

func (s *server) Send() {
	s.ch <- 1 // x
}

func (s *server) Close() {
	<-s.stopped
	close(s.ch) // y
}`},
		{"a wait that has nothing to do with the object", true, `
type server struct{ ch chan int }

func (s *server) Send() {
	s.ch <- 1 // x
}

func (s *server) Close(other chan int) {
	<-other
	close(s.ch) // y
}`},
		{"both under a lock", false, `
type server struct {
	mu sync.Mutex
	ch chan int
}

func (s *server) Send() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ch) // y
}`},
		{"one of them under a lock", true, `
type server struct {
	mu sync.Mutex
	ch chan int
}

func (s *server) Send() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ch <- 1 // x
}

func (s *server) Close() {
	close(s.ch) // y
}`},
		{"a lock that is given back before", true, `
type server struct {
	mu sync.Mutex
	n  int
	ch chan int
}

func (s *server) Send() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock()
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ch) // y
}`},
		{"under two locks", true, `
type server struct {
	mu, other sync.Mutex
	ch        chan int
}

func (s *server) Send() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.other.Lock()
	defer s.other.Unlock()
	close(s.ch) // y
}`},
		{"a flag", false, `
type server struct {
	closed bool
	ch     chan int
}

func (s *server) Send() {
	if s.closed {
		return
	}
	if s.closed {
		panic("closed")
	}
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.closed = true
	close(s.ch) // y
}`},
		{"an atomic flag", false, `
type server struct {
	closed atomic.Bool
	ch     chan int
}

func (s *server) Send() {
	if s.closed.Load() {
		return
	}
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.closed.Store(true)
	close(s.ch) // y
}`},
		{"an atomic flag that is another", true, `
type server struct {
	closed, ready atomic.Bool
	ch            chan int
}

func (s *server) Send() {
	if s.ready.Load() {
		return
	}
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.closed.Store(true)
	close(s.ch) // y
}`},
		{"one of many", false, `
type server struct{ chs []chan int }

func (s *server) Send() {
	s.chs[0] <- 1 // x
}

func (s *server) Close() {
	close(s.chs[1]) // y
}`},
		{"in one method", false, `
type server struct{ ch chan int }

func (s *server) Run() {
	s.ch <- 1 // x
	close(s.ch) // y
}`},
		{"in a method that does the other, too", false, `
type server struct{ ch chan int }

func (s *server) Send() {
	s.ch <- 1 // x
}

func (s *server) Close() {
	s.Send()
	close(s.ch) // y
}`},
	}, spawn.Unordered)
}

// TestCommon asks whether x and y are seen together.
func TestCommon(t *testing.T) {
	relate(t, []scenario{
		{"one goroutine", true, `
func f(ch chan int) {
	ch <- 1 // x
	close(ch) // y
}`},
		{"a goroutine and what starts it", true, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	close(ch) // y
}`},
		{"two goroutines that one function starts", true, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	go func() {
		close(ch) // y
	}()
}`},
		{"a function that calls the other", true, `
func F(ch chan int) {
	ch <- 1 // x
}

func G(ch chan int) {
	F(ch)
	close(ch) // y
}`},
		{"two functions", false, `
func F(ch chan int) {
	ch <- 1 // x
}

func G(ch chan int) {
	close(ch) // y
}`},
	}, spawn.Common)
}

// TestShareLock asks whether x and y hold a lock in common.
func TestShareLock(t *testing.T) {
	relate(t, []scenario{
		{"one lock", true, `
func f(mu *sync.Mutex, ch chan int) {
	go func() {
		mu.Lock()
		defer mu.Unlock()
		ch <- 1 // x
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
		{"for reading and for writing", true, `
func f(mu *sync.RWMutex, ch chan int) {
	go func() {
		mu.RLock()
		defer mu.RUnlock()
		ch <- 1 // x
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
		{"one of two locks", true, `
func f(mu, other *sync.Mutex, ch chan int) {
	go func() {
		other.Lock()
		mu.Lock()
		ch <- 1 // x
		mu.Unlock()
		other.Unlock()
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
		{"two locks", false, `
func f(mu, other *sync.Mutex, ch chan int) {
	go func() {
		other.Lock()
		ch <- 1 // x
		other.Unlock()
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
		{"locks of two objects", false, `
type server struct{ mu sync.Mutex }

func f(s, t *server, ch chan int) {
	go func() {
		s.mu.Lock()
		ch <- 1 // x
		s.mu.Unlock()
	}()
	t.mu.Lock()
	close(ch) // y
	t.mu.Unlock()
}`},
		{"one of them holds none", false, `
func f(mu *sync.Mutex, ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
		{"one of them has given it back", false, `
func f(mu *sync.Mutex, ch chan int) {
	go func() {
		mu.Lock()
		mu.Unlock()
		ch <- 1 // x
	}()
	mu.Lock()
	close(ch) // y
	mu.Unlock()
}`},
	}, spawn.ShareLock)
}
