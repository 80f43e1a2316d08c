package wgbalance

import (
	"sync"
	"testing"

	"fixture.example/wgbalance/dep"
)

func skipped(x int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if run(x) != nil {
			return // related `^this return does not call Done of wg$`
		}
		run(1)
		wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
	}()
	wg.Wait() // related `^this Wait blocks forever then$`
}

func skippedInLoop(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func(x int) {
			if run(x) != nil {
				return // related `^this return does not call Done of wg$`
			}
			wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
		}(x)
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func deferredTooLate(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for _, x := range xs {
		go func() {
			if x == 0 {
				return // related `^this return does not call Done of wg$`
			}
			defer wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
			run(x)
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func onlyIf(x int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if run(x) == nil {
			wg.Done() // want `^Done of wg is not called on a path to the end of the goroutine: Wait blocks forever$`
		}
	}()
	wg.Wait() // related `^this Wait blocks forever then$`
}

func worker(wg *sync.WaitGroup, x int) {
	if x < 0 {
		return // related `^this return does not call Done of wg$`
	}
	run(x)
	wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
}

func named() {
	wg := new(sync.WaitGroup)
	for x := range 3 {
		wg.Add(1)
		go worker(wg, x)
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

func otherPackageSkips(f func()) {
	var wg sync.WaitGroup
	wg.Add(1)
	go dep.Skips(&wg, f) // want `^Done of wg is not called on a path to the end of the goroutine: Wait blocks forever$`
	wg.Wait()            // related `^this Wait blocks forever then$`
}

type server struct {
	wg   sync.WaitGroup
	conn chan int
}

func (s *server) start() {
	s.wg.Add(1)
	go s.loop()
}

func (s *server) loop() {
	for c := range s.conn {
		if c < 0 {
			return // related `^this return does not call Done of s\.wg$`
		}
	}
	s.finish()
}

func (s *server) finish() { s.wg.Done() } // want `^Done of s\.wg is not called at the return on line \d+: Wait blocks forever$`

func (s *server) stop() { s.wg.Wait() }

func recovered(x int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer func() { recover() }()
		run(x)    // related `^a panic here passes by Done of wg, and is recovered$`
		wg.Done() // want `^Done of wg is not called if a panic at line \d+ is recovered: Wait blocks forever$`
	}()
	wg.Wait() // related `^this Wait blocks forever then$`
}

func failsNow(t *testing.T) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if err := run(1); err != nil {
			t.Fatal(err) // related `^this may end the goroutine before it calls Done of wg$`
		}
		wg.Done() // want `^Done of wg is not called if the goroutine ends at line \d+: Wait blocks forever$`
	}()
	wg.Wait() // related `^this Wait blocks forever then$`
}

func failsNowDeferred(t *testing.T) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		if err := run(1); err != nil {
			t.Fatal(err)
		}
	}()
	wg.Wait()
}

func twice(x int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done() // want `^Done of wg is called again by a goroutine that is counted once, for which it is called at line \d+: the counter falls below zero, which panics$`
		if run(x) != nil {
			wg.Done() // related `^Done of wg is called here for the one count$`
			return
		}
		run(1)
	}()
	wg.Wait()
}

func oncePerJob(jobs chan int) {
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			for j := range jobs {
				run(j)
				wg.Done() // want `^Done of wg may be called again and again by a goroutine that is counted once: the counter falls below zero, which panics$`
			}
		}()
	}
	wg.Wait()
}

func doneInGo(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() { // related `^Go counts the goroutine, and calls Done when it ends$`
			defer wg.Done() // want `^Done of wg is called by a function that its Go runs, which calls it as well: the counter falls below zero, which panics$`
			run(x)
		})
	}
	wg.Wait()
}

func doneInGoByName(wg *sync.WaitGroup) {
	wg.Go(func() { // related `^Go counts the goroutine, and calls Done when it ends$`
		works(wg)
	})
	wg.Wait()
}

func works(wg *sync.WaitGroup) {
	defer wg.Done() // want `^Done of wg is called by a function that its Go runs, which calls it as well: the counter falls below zero, which panics$`
	run(1)
}

func waitsForItself(xs []int, out chan int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done() // related `^Done of wg comes only when Wait has returned$`
			out <- x
			wg.Wait() // want `^Wait for wg blocks forever: this goroutine is counted itself, and calls Done only after it$`
		}()
	}
}

func waitsInGo(out chan int) {
	var wg sync.WaitGroup
	wg.Go(func() { out <- 1 })
	wg.Go(func() { // related `^Done of wg comes only when Wait has returned$`
		wg.Wait() // want `^Wait for wg blocks forever: this goroutine is counted itself, and calls Done only after it$`
		close(out)
	})
}

func (s *server) stopsItself() {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done() // related `^Done of s\.wg comes only when Wait has returned$`
		s.shutdown()
	}()
}

func (s *server) shutdown() {
	close(s.conn)
	s.wg.Wait() // want `^Wait for s\.wg blocks forever: this goroutine is counted itself, and calls Done only after it$`
}

func generic[T any](xs []T, f func(T) error) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			if f(x) != nil {
				return // related `^this return does not call Done of wg$`
			}
			wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
		}()
	}
	wg.Wait() // related `^this Wait blocks forever then$`
}

type job interface{ do(wg *sync.WaitGroup) }

type onlyJob struct{ x int }

func (j onlyJob) do(wg *sync.WaitGroup) {
	if j.x == 0 {
		return // related `^this return does not call Done of wg$`
	}
	wg.Done() // want `^Done of wg is not called at the return on line \d+: Wait blocks forever$`
}

func throughInterface(j job) {
	var wg sync.WaitGroup
	wg.Add(1)
	go j.do(&wg)
	wg.Wait() // related `^this Wait blocks forever then$`
}

func methodValue(s *server) {
	f := s.loop2
	s.wg.Add(1)
	go f()
}

func (s *server) loop2() {
	if len(s.conn) > 0 {
		return // related `^this return does not call Done of s\.wg$`
	}
	s.wg.Done() // want `^Done of s\.wg is not called at the return on line \d+: Wait blocks forever$`
}
