package wgbalance

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"fixture.example/wgbalance/dep"
)

func run(int) error { return errors.New("") }

func each(xs []int) {
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

func allAtOnce(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for i := range xs {
		go func() {
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait()
}

func counter(n int) {
	var wg sync.WaitGroup
	wg.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait()
}

func fromOne(n int) {
	var wg sync.WaitGroup
	wg.Add(n - 1)
	for i := 1; i < n; i++ {
		go func() {
			defer wg.Done()
			run(i)
		}()
	}
	wg.Wait()
}

func two() {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		run(1)
	}()
	go func() {
		defer wg.Done()
		run(2)
	}()
	wg.Wait()
}

func skipsBoth(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		if x == 0 {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

func doneOnSkip(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for _, x := range xs {
		if x == 0 {
			wg.Done()
			continue
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

func doneOnError(xs []int) error {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		if err := run(x); err != nil {
			wg.Done()
			return err
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
	return nil
}

func errorBeforeWait(xs []int) error {
	var wg sync.WaitGroup
	wg.Add(1)
	if err := run(0); err != nil {
		return err // the group is of no use to anybody then
	}
	go func() {
		defer wg.Done()
		run(1)
	}()
	wg.Wait()
	return nil
}

func perJob(jobs chan int, xs []int) {
	var wg sync.WaitGroup
	for range 3 {
		go func() {
			for j := range jobs {
				run(j)
				wg.Done()
			}
		}()
	}
	for _, x := range xs {
		wg.Add(1)
		jobs <- x
	}
	wg.Wait()
}

func allJobs(jobs chan int, xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for range 3 {
		go func() {
			for j := range jobs {
				run(j)
				wg.Done()
			}
		}()
	}
	for _, x := range xs {
		jobs <- x
	}
	wg.Wait()
}

func batches(xs [][]int) {
	var wg sync.WaitGroup
	for _, batch := range xs {
		for _, x := range batch {
			wg.Add(1)
			go func() {
				defer wg.Done()
				run(x)
			}()
		}
		wg.Wait()
	}
}

func batchesByCount(xs []int) {
	var wg sync.WaitGroup
	for i, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
		if i%10 == 9 {
			wg.Wait()
		}
	}
	wg.Wait()
}

func besides(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
		run(x + 1)
		wg.Wait()
	}
}

func pairs(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(2)
		go func() {
			defer wg.Done()
			run(x)
		}()
		go func() {
			defer wg.Done()
			run(-x)
		}()
		wg.Wait()
	}
}

func anewInEachTurn(xs []int) {
	for _, x := range xs {
		var wg sync.WaitGroup
		wg.Add(1)
		if run(x) != nil {
			continue
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
		wg.Wait()
	}
}

func closer(xs []int) chan int {
	out := make(chan int)
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- x
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func holdsOne(xs []int) {
	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Add(1)
	go func() {
		wg.Wait()
		close(done)
	}()
	for _, x := range xs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Done()
	<-done
}

func withTimeout(ctx context.Context) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		run(1)
	}()
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func notDeferred() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		run(1) // a panic here ends the program
		wg.Done()
	}()
	wg.Wait()
}

func everyPath(x int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if run(x) != nil {
			wg.Done()
			return
		}
		run(1)
		wg.Done()
	}()
	wg.Wait()
}

func recoveredWithin() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		safely(func() { run(1) })
		wg.Done()
	}()
	wg.Wait()
}

func safely(f func()) {
	defer func() { recover() }()
	f()
}

func doneByRecovery() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer func() {
			recover()
			wg.Done()
		}()
		run(1)
	}()
	wg.Wait()
}

func onByOther(f func(func())) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		f(wg.Done)
	}()
	wg.Wait()
}

func handedOn() {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		go func() {
			defer wg.Done()
			run(1)
		}()
	}()
	wg.Wait()
}

func once() {
	var wg sync.WaitGroup
	var o sync.Once
	wg.Add(1)
	done := func() { o.Do(wg.Done) }
	go func() {
		defer done()
		if run(1) != nil {
			done()
			return
		}
		run(2)
	}()
	wg.Wait()
}

func byGo(xs []int) {
	var wg sync.WaitGroup
	for _, x := range xs {
		wg.Go(func() { run(x) })
	}
	wg.Wait()
}

func optional(first bool) {
	var wg sync.WaitGroup
	if first {
		wg.Add(1)
	}
	run(0)
	if first {
		go func() {
			defer wg.Done()
			run(1)
		}()
	}
	wg.Wait()
}

func optionalByNumber(xs, ys []int) {
	var wg sync.WaitGroup
	if len(xs) > 0 {
		wg.Add(1)
	}
	run(0)
	if len(xs) > 0 {
		go func() {
			defer wg.Done()
			run(1)
		}()
	}
	wg.Wait()
}

func otherLength(xs, ys []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for _, y := range ys {
		go func() {
			defer wg.Done()
			run(y)
		}()
	}
	wg.Wait()
}

func otherPackage() {
	var wg sync.WaitGroup
	wg.Add(1)
	go dep.Works(&wg, func() {})
	wg.Wait()
}

type pool struct {
	mu   sync.Mutex
	wg   sync.WaitGroup
	jobs chan int
}

func (p *pool) start(n int) {
	p.wg.Add(n)
	for range n {
		go p.work()
	}
}

func (p *pool) work() {
	defer p.wg.Done()
	for j := range p.jobs {
		run(j)
	}
}

func (p *pool) submit(x int) {
	p.wg.Add(1)
	p.jobs <- x
}

func (p *pool) close() {
	close(p.jobs)
	p.wg.Wait()
}

type call struct {
	wg  sync.WaitGroup
	err error
}

type flight struct {
	mu    sync.Mutex
	calls map[string]*call
}

func (f *flight) do(key string) error {
	f.mu.Lock()
	if c, ok := f.calls[key]; ok {
		f.mu.Unlock()
		c.wg.Wait()
		return c.err
	}
	c := new(call)
	c.wg.Add(1)
	f.calls[key] = c
	f.mu.Unlock()
	c.err = run(1)
	c.wg.Done()
	return c.err
}

func rounds(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(2)
		go func() { defer wg.Done(); run(1) }()
		go func() { defer wg.Done(); run(2) }()
		done := make(chan int)
		go func() {
			wg.Wait()
			close(done)
		}()
		<-done
	}
}

func benchmark(b *testing.B) {
	var wg sync.WaitGroup
	for b.Loop() {
		wg.Add(1)
		go func() {
			defer wg.Done()
			run(1)
		}()
		wg.Wait()
	}
}

func barrier(n int) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	done.Add(n)
	for i := range n {
		go func() {
			ready.Done()
			ready.Wait()
			run(i)
			done.Done()
		}()
	}
	ready.Wait()
	done.Wait()
}

func gate(n int) {
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Add(1)
		go func() {
			defer done.Done()
			start.Wait()
			run(i)
		}()
	}
	start.Done()
	done.Wait()
}

func withDelta(xs []int) {
	var wg sync.WaitGroup
	wg.Add(len(xs))
	for i, x := range xs {
		if run(x) != nil {
			wg.Add(i - len(xs))
			break
		}
		go func() {
			defer wg.Done()
			run(x)
		}()
	}
	wg.Wait()
}

func closures() {
	var wg sync.WaitGroup
	fs := []func(){func() { run(1) }, func() { run(2) }}
	wg.Add(len(fs))
	for _, f := range fs {
		go func() {
			defer wg.Done()
			f()
		}()
	}
	wg.Wait()
}

func spawnsByHelper() {
	var wg sync.WaitGroup
	start := func(f func()) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f()
		}()
	}
	start(func() { run(1) })
	start(func() { run(2) })
	wg.Wait()
}

func startedAndCalled(do func(func())) {
	var wg sync.WaitGroup
	var calls atomic.Int32
	fn := func() {
		if calls.Add(1) == 1 {
			wg.Done()
		}
	}
	wg.Add(1)
	for range 10 {
		wg.Add(1)
		go func() {
			wg.Done()
			fn()
		}()
	}
	wg.Wait()
}

func isolated(f func()) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { recover() }()
			f()
		}()
		wg.Wait()
	}
}

func copied(wg sync.WaitGroup) {
	go func() { defer wg.Done() }()
	wg.Wait()
}

func onlyIfAsked(wg *sync.WaitGroup, x int) error {
	wg.Add(1)
	if err := run(x); err != nil {
		return err // the caller may see to the rest
	}
	go func() {
		defer wg.Done()
		run(x)
	}()
	return nil
}

type counted struct {
	wg   sync.WaitGroup
	jobs chan int
}

func (c *counted) start() {
	c.wg.Add(1)
	go c.loop()
	c.wg.Add(1)
	go c.loop()
}

func (c *counted) loop() {
	defer c.wg.Done()
	run(1)
}

func (c *counted) stop() { c.wg.Wait() }
