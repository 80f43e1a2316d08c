// Package wgadd adds to WaitGroups too late.
package wgadd

import (
	"sync"

	"golang.org/x/sync/errgroup"

	"fixture.example/wgadd/dep"
)

func run(int) {}

func inLiteral(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		go func() { // related `^the goroutine that adds to wg starts here$`
			wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func before(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

func notFirst() {
	var wg sync.WaitGroup
	go func() { // related `^the goroutine that adds to wg starts here$`
		run(1)
		if run(2); true {
			wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
		}
		defer wg.Done()
	}()
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func worker(wg *sync.WaitGroup) {
	wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
	defer wg.Done()
	run(1)
}

func named() {
	var wg sync.WaitGroup
	go worker(&wg) // related `^the goroutine that adds to wg starts here$`
	wg.Wait()      // related `^Wait for wg may return before the Add$`
}

func countedWorker(wg *sync.WaitGroup) {
	defer wg.Done()
	wg.Add(1)
	go func() {
		defer wg.Done()
		run(2)
	}()
}

func counted() {
	var wg sync.WaitGroup
	wg.Add(1)
	go countedWorker(&wg)
	wg.Wait()
}

func enter(wg *sync.WaitGroup)  { enter2(wg) }
func enter2(wg *sync.WaitGroup) { wg.Add(1) } // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`

func twoDeep() {
	var wg sync.WaitGroup
	go func() { // related `^the goroutine that adds to wg starts here$`
		enter(&wg)
		defer wg.Done()
	}()
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

type server struct {
	wg sync.WaitGroup
}

func (s *server) handle() {
	s.wg.Add(1) // want `^s.wg is added to by a goroutine that Wait at line \d+ may overtake$`
	defer s.wg.Done()
}

func (s *server) serveAll() {
	for range 3 {
		go s.handle() // related `^the goroutine that adds to s\.wg starts here$`
	}
	s.wg.Wait() // related `^Wait for s\.wg may return before the Add$`
}

type deeper struct{ *server }

func (d deeper) loop() { d.handle2() }

func (s *server) handle2() {
	s.wg.Add(1) // want `^s.wg is added to by a goroutine that Wait at line \d+ may overtake$`
	defer s.wg.Done()
}

func embedded(d deeper) {
	go d.loop() // related `^the goroutine that adds to s\.wg starts here$`
	d.wg.Wait() // related `^Wait for d\.wg may return before the Add$`
}

func otherPackage() {
	var wg sync.WaitGroup
	go dep.Work(&wg) // related `^the goroutine that adds to wg starts here$` // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
	wg.Wait()        // related `^Wait for wg may return before the Add$`
}

func otherPackageInside() {
	var wg sync.WaitGroup
	go func() { // related `^the goroutine that adds to wg starts here$`
		dep.Work(&wg) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
	}()
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func otherPackageStarts() {
	var wg sync.WaitGroup
	dep.Start(&wg)
	wg.Wait()
}

type tracker struct{ wg sync.WaitGroup }

func (t *tracker) begin() { t.wg.Add(1) }
func (t *tracker) end()   { t.wg.Done() }
func (t *tracker) wait()  { t.wg.Wait() } // related `^Wait for t\.wg may return before the Add$`

func ownGroup() {
	var t tracker
	go func() { // related `^the goroutine that adds to t starts here$`
		t.begin() // want `^t is added to by a goroutine that Wait at line \d+ may overtake$`
		defer t.end()
	}()
	t.wait()
}

func ownGroupBefore() {
	var t tracker
	t.begin()
	go func() {
		defer t.end()
	}()
	t.wait()
}

func producerNotCounted(xs []int) {
	var wg sync.WaitGroup
	go func() { // related `^the goroutine that adds to wg starts here$`
		for _, x := range xs {
			wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
			go func() {
				defer wg.Done()
				run(x)
			}()
		}
	}()
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func producerSignals(xs []int) {
	var wg sync.WaitGroup
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, x := range xs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				run(x)
			}()
		}
	}()
	<-done
	wg.Wait()
}

func innerGroup(xs []int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		var inner sync.WaitGroup
		for _, x := range xs {
			inner.Add(1)
			go func() {
				defer inner.Done()
				run(x)
			}()
		}
		inner.Wait()
	}()
	wg.Wait()
}

func innerGroupLate() {
	go func() {
		var inner sync.WaitGroup
		go func() { // related `^the goroutine that adds to inner starts here$`
			inner.Add(1) // want `^inner is added to by a goroutine that Wait at line \d+ may overtake$`
			defer inner.Done()
		}()
		inner.Wait() // related `^Wait for inner may return before the Add$`
	}()
}

func reused(xs []int) {
	var wg sync.WaitGroup
	for range 3 {
		for _, x := range xs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				run(x)
			}()
		}
		wg.Wait()
	}
}

func bulk(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for _, x := range xs {
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

func withGo(wg *sync.WaitGroup) {
	wg.Go(func() {
		wg.Add(1)
		go func() {
			defer wg.Done()
		}()
	})
	wg.Wait()
}

func startedByErrgroup(g *errgroup.Group) {
	var wg sync.WaitGroup
	g.Go(func() error { // related `^the goroutine that adds to wg starts here$`
		wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
		defer wg.Done()
		return nil
	})
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func waitElsewhere(out chan int) {
	var wg sync.WaitGroup
	for range 3 {
		go func() { // related `^the goroutine that adds to wg starts here$`
			wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
			defer wg.Done()
			out <- 1
		}()
	}
	go func() {
		wg.Wait() // related `^Wait for wg may return before the Add$`
		close(out)
	}()
}

type job interface{ do(wg *sync.WaitGroup) }

type onlyJob struct{}

func (onlyJob) do(wg *sync.WaitGroup) {
	wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
	wg.Done()
}

func throughInterface(j job) {
	var wg sync.WaitGroup
	go j.do(&wg) // related `^the goroutine that adds to wg starts here$`
	wg.Wait()    // related `^Wait for wg may return before the Add$`
}

func generic[T any](xs []T, f func(T)) {
	var wg sync.WaitGroup
	for _, x := range xs {
		go func() { // related `^the goroutine that adds to wg starts here$`
			wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
			defer wg.Done()
			f(x)
		}()
	}
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func methodValue(s *server) {
	f := s.handle3
	go f()      // related `^the goroutine that adds to s\.wg starts here$`
	s.wg.Wait() // related `^Wait for s\.wg may return before the Add$`
}

func (s *server) handle3() {
	s.wg.Add(1) // want `^s.wg is added to by a goroutine that Wait at line \d+ may overtake$`
	s.wg.Done()
}

type acceptor struct {
	conns chan int
	wg    sync.WaitGroup
}

func newAcceptor() *acceptor {
	a := &acceptor{conns: make(chan int)}
	go a.accept() // related `^the goroutine that adds to a\.wg starts here$`
	return a
}

func (a *acceptor) accept() {
	for c := range a.conns {
		a.wg.Add(1) // want `^a.wg is added to by a goroutine that Wait at line \d+ may overtake$`
		go func() {
			defer a.wg.Done()
			run(c)
		}()
	}
}

func (a *acceptor) Close() { a.wg.Wait() } // related `^Wait for a\.wg may return before the Add$`

type countedAcceptor struct {
	conns chan int
	wg    sync.WaitGroup
}

func newCountedAcceptor() *countedAcceptor {
	a := &countedAcceptor{conns: make(chan int)}
	a.wg.Add(1)
	go a.accept()
	return a
}

func (a *countedAcceptor) accept() {
	defer a.wg.Done()
	for c := range a.conns {
		a.wg.Add(1)
		go func() {
			defer a.wg.Done()
			run(c)
		}()
	}
}

func (a *countedAcceptor) Close() { a.wg.Wait() }

// Those that get no job may not have come to the Add yet.
type pool struct {
	wg   sync.WaitGroup
	jobs chan int
}

func runJobs(n, workers int) {
	p := &pool{jobs: make(chan int)}
	for range workers {
		go p.work() // related `^the goroutine that adds to p\.wg starts here$`
	}
	for i := range n {
		p.jobs <- i
	}
	close(p.jobs)
	p.wg.Wait() // related `^Wait for p\.wg may return before the Add$`
}

func (p *pool) work() {
	p.wg.Add(1) // want `^p\.wg is added to by a goroutine that Wait at line 386 may overtake$`
	defer p.wg.Done()
	for j := range p.jobs {
		run(j)
	}
}
