package wgadd

import (
	"context"
	"iter"
	"sync"

	"golang.org/x/sync/errgroup"

	"fixture.example/wgadd/dep"
)

func groupOfOtherPackage() {
	var g dep.Group
	go func() { // related `^the goroutine that adds to g starts here$`
		g.Enter() // want `^g is added to by a goroutine that Wait at line \d+ may overtake$`
		defer g.Leave()
		run(1)
	}()
	g.Wait() // related `^Wait for g\.wg may return before the Add$`
}

func groupOfOtherPackageBefore() {
	var g dep.Group
	g.Enter()
	go func() {
		defer g.Leave()
		run(1)
	}()
	g.Wait()
}

// What a server of another package does is that package's own.
func serverOfOtherPackage(s *dep.Server) {
	go s.Serve()
	s.Close()
}

func goByGoroutine(jobs []func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		go func() { // related `^the goroutine that adds to wg starts here$`
			wg.Go(job) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
		}()
	}
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func goByCounted(jobs []func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, job := range jobs {
			wg.Go(job)
		}
	})
	wg.Wait()
}

func goByJoined(jobs []func()) {
	var wg sync.WaitGroup
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, job := range jobs {
			wg.Go(job)
		}
	}()
	<-done
	wg.Wait()
}

func errorGroupByGoroutine(ctx context.Context, jobs <-chan func() error) error {
	g, _ := errgroup.WithContext(ctx)
	go feed(g, jobs) // related `^the goroutine that adds to g starts here$`
	return g.Wait()  // related `^Wait for g may return before the Add$`
}

func feed(g *errgroup.Group, jobs <-chan func() error) {
	for job := range jobs {
		g.Go(job) // want `^g is added to by a goroutine that Wait at line \d+ may overtake$`
	}
}

func errorGroupByMember(jobs <-chan func() error) error {
	var g errgroup.Group
	g.Go(func() error {
		for job := range jobs {
			g.Go(job)
		}
		return nil
	})
	return g.Wait()
}

func rangeOverFunc(seq iter.Seq[int]) {
	var wg sync.WaitGroup
	for x := range seq {
		go addsToo(x, &wg) // related `^the goroutine that adds to wg starts here$`
	}
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func addsToo(x int, wg *sync.WaitGroup) {
	wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
	defer wg.Done()
	run(x)
}

func rangeOverFuncBefore(seq iter.Seq[int]) {
	var wg sync.WaitGroup
	for x := range seq {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

type byValue struct{ wg *sync.WaitGroup }

func (b byValue) work() {
	b.wg.Add(1) // want `^b\.wg is added to by a goroutine that Wait at line \d+ may overtake$`
	defer b.wg.Done()
	run(1)
}

func (b byValue) counted() {
	defer b.wg.Done()
	run(1)
}

func valueReceiver() {
	var wg sync.WaitGroup
	b := byValue{&wg}
	work := b.work
	go work() // related `^the goroutine that adds to b\.wg starts here$`
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func valueReceiverBefore() {
	var wg sync.WaitGroup
	b := byValue{&wg}
	wg.Add(1)
	go b.counted()
	wg.Wait()
}

type hooked struct {
	wg     sync.WaitGroup
	onTick func()
	onTock func()
}

func newHooked() *hooked {
	h := &hooked{}
	h.onTick = func() {
		h.wg.Add(1) // want `^h\.wg is added to by a goroutine that Wait at line \d+ may overtake$`
		defer h.wg.Done()
		run(1)
	}
	h.onTock = func() {
		defer h.wg.Done()
		run(2)
	}
	return h
}

func (h *hooked) tick() {
	go h.onTick() // related `^the goroutine that adds to h\.wg starts here$`
	h.wg.Wait()   // related `^Wait for h\.wg may return before the Add$`
}

func (h *hooked) tock() {
	h.wg.Add(1)
	go h.onTock()
	h.wg.Wait()
}

func useHooked() {
	h := newHooked()
	h.tick()
	h.tock()
}
