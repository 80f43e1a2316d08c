// Package timerleak starts goroutines that wait for tickers.
package timerleak

import (
	"context"
	"sync"
	"time"

	"fixture.example/timerleak/dep"
)

func use(...any) {}

type limiter struct {
	tokens chan struct{}
	done   chan struct{}
}

func newLimiter() *limiter {
	l := &limiter{tokens: make(chan struct{}, 10)}
	go func() { // related `^the goroutine starts here$`
		ticker := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for range ticker.C {                  // related `^the loop waits for the ticker here, and nothing ends it$`
			select {
			case l.tokens <- struct{}{}:
			default:
			}
		}
	}()
	return l
}

func newLimiterStopped() *limiter {
	l := &limiter{tokens: make(chan struct{}, 10), done: make(chan struct{})}
	go func() {
		ticker := time.NewTicker(time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				l.tokens <- struct{}{}
			case <-l.done:
				return
			}
		}
	}()
	return l
}

func tickerOutside(f func()) *time.Ticker {
	ticker := time.NewTicker(time.Minute) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
	go func() {                           // related `^the goroutine starts here$`
		for range ticker.C { // related `^the loop waits for the ticker here, and nothing ends it$`
			f()
		}
	}()
	return ticker // Stop does not end the goroutine
}

func bareReceive(f func()) {
	go func() { // related `^the goroutine starts here$`
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		defer t.Stop()
		for {
			<-t.C // related `^the loop waits for the ticker here, and nothing ends it$`
			f()
		}
	}()
}

func byTick(f func(time.Time)) {
	go func() { // related `^the goroutine starts here$`
		for now := range time.Tick(time.Second) { // related `^the loop waits for the ticker here, and nothing ends it$` // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
			f(now)
		}
	}()
}

func inSelect(reqs <-chan func()) {
	go func() { // related `^the goroutine starts here$`
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for {
			select {
			case <-t.C: // related `^the loop waits for the ticker here, and nothing ends it$`
				use("tick")
			case f := <-reqs:
				f()
			}
		}
	}()
}

func inSelectClosed(reqs <-chan func()) {
	go func() {
		t := time.NewTicker(time.Second)
		for {
			select {
			case <-t.C:
				use("tick")
			case f, ok := <-reqs:
				if !ok {
					return
				}
				f()
			}
		}
	}()
}

type cache struct {
	mu     sync.Mutex
	items  map[string]int
	ticker *time.Ticker
	stop   chan struct{}
}

// evict is left to noexit, since the ticker is in a field.
func (c *cache) evict() {
	for range c.ticker.C {
		c.mu.Lock()
		clear(c.items)
		c.mu.Unlock()
	}
}

// Start starts the eviction.
func (c *cache) Start() {
	c.ticker = time.NewTicker(time.Minute)
	go c.evict()
}

// Close stops the ticker, but not the goroutine.
func (c *cache) Close() { c.ticker.Stop() }

func (c *cache) run() {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			use(c)
		case <-c.stop:
			return
		}
	}
}

// Run starts what ends.
func (c *cache) Run() { go c.run() }

func helper(t *time.Ticker, f func()) {
	for {
		wait(t)
		f()
	}
}

func wait(t *time.Ticker) {
	<-t.C // related `^the loop waits for the ticker here, and nothing ends it$`
}

func byHelper(f func()) {
	t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
	go helper(t, f)                  // related `^the goroutine starts here$`
}

func inWaitGroup(wg *sync.WaitGroup, f func()) {
	wg.Go(func() { // related `^the goroutine starts here$`
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for range t.C {                  // related `^the loop waits for the ticker here, and nothing ends it$`
			f()
		}
	})
}

func inOtherPackage(f func()) {
	go dep.Every(time.Second, f) // want `^this goroutine never ends: it waits for a ticker in a loop that has no way out$`
}

func inOtherPackageUntil(done chan struct{}, f func()) {
	go dep.Until(time.Second, done, f)
}

func start(f func()) {
	go f() // related `^the goroutine starts here$`
}

func byStarter(f func()) {
	start(func() {
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for range t.C {                  // related `^the loop waits for the ticker here, and nothing ends it$`
			f()
		}
	})
}

type poller[T any] struct{ fetch func() T }

func (p *poller[T]) start(out chan<- T) {
	go func() { // related `^the goroutine starts here$`
		tick := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for {
			<-tick.C // related `^the loop waits for the ticker here, and nothing ends it$`
			out <- p.fetch()
		}
	}()
}

func nestedLoops(f func() bool) {
	go func() { // related `^the goroutine starts here$`
		t := time.NewTicker(time.Second) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
		for {
			for range t.C { // related `^the loop waits for the ticker here, and nothing ends it$`
				if f() {
					break
				}
			}
			use("again")
		}
	}()
}

// Ways out.

func breaks(f func() bool) {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for range t.C {
			if f() {
				break
			}
		}
	}()
}

func returnsOnError(f func() error) {
	go func() {
		for range time.Tick(time.Second) {
			if f() != nil {
				return
			}
		}
	}()
}

func condition(ctx context.Context) {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for ctx.Err() == nil {
			<-t.C
		}
	}()
}

func counted(n int) {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for range n {
			<-t.C
		}
	}()
}

func panics(f func() bool) {
	go func() {
		t := time.NewTicker(time.Second)
		for range t.C {
			if f() {
				panic("done")
			}
		}
	}()
}

func notGoroutine(f func()) {
	t := time.NewTicker(time.Second)
	for range t.C {
		f()
	}
}

func contextual(ctx context.Context, f func()) {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				f()
			}
		}
	}()
}

func checkedByContext(ctx context.Context, f func()) {
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for range t.C {
			select {
			case <-ctx.Done():
				return
			default:
				f()
			}
		}
	}()
}

// For as long as the process lives.

func init() {
	go func() {
		for range time.Tick(time.Minute) {
			use("flush")
		}
	}()
	startFlusher()
}

func startFlusher() {
	go flush()
}

func flush() {
	t := time.NewTicker(time.Minute)
	for range t.C {
		use("flush")
	}
}

var once sync.Once

// Lazily starts one goroutine for the process.
func Lazily() {
	once.Do(func() {
		go flush()
	})
}

var lazily = sync.OnceFunc(func() { go flush() })

type collector struct{ once sync.Once }

var theCollector = newCollector()

func newCollector() *collector { return &collector{} }

func (c *collector) collect() {
	c.once.Do(func() { go flush() })
}

type perObject struct{ once sync.Once }

func (p *perObject) start() {
	p.once.Do(func() {
		go func() { // related `^the goroutine starts here$`
			t := time.NewTicker(time.Minute) // want `^the goroutine that this ticker feeds never ends: its loop has no way out$`
			for range t.C {                  // related `^the loop waits for the ticker here, and nothing ends it$`
				use(p)
			}
		}()
	})
}

// Collected since Go 1.23.

func unstopped(ch <-chan int, done <-chan struct{}) {
	for {
		select {
		case v := <-ch:
			use(v)
		case <-time.After(time.Second):
			return
		}
	}
}

func tickInFunction(n int) {
	tick := time.Tick(time.Second)
	for range n {
		<-tick
	}
}

func neverStopped(n int) {
	t := time.NewTicker(time.Second)
	for range n {
		<-t.C
	}
}
