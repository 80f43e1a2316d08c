package oncedeadlock

import (
	"fmt"
	"sync"

	"fixture.example/oncedeadlock/dep"
)

// Nothing in this file is reported.

type config struct {
	once   sync.Once
	closed sync.Once
	values map[string]string
	parent *config
	subs   []*config
}

func (c *config) Get(key string) string {
	c.once.Do(c.load)
	return c.values[key]
}

func (c *config) load() {
	c.values = map[string]string{}
	if c.parent != nil {
		c.values["path"] = c.parent.Get("path") // another Once
	}
	for _, s := range c.subs {
		s.once.Do(func() {})
	}
	c.closed.Do(func() { fmt.Println("closed") })
}

// Close has one Once run what another does.
func (c *config) Close() {
	c.closed.Do(func() {
		c.once.Do(func() { c.values = nil })
	})
}

func (c *config) twice() {
	c.once.Do(c.load)
	c.once.Do(c.load)
}

var (
	global   sync.Once
	instance *config
)

func get() *config {
	global.Do(func() { instance = newConfig() })
	return instance
}

func newConfig() *config { return &config{values: map[string]string{}} }

// starts does not wait for the goroutine that comes back.
func (c *config) starts() {
	c.once.Do(func() {
		go c.starts()
	})
}

type flagged struct {
	once    sync.Once
	loading bool
}

// init sees that it is at work already.
func (f *flagged) init() {
	if f.loading {
		return
	}
	f.once.Do(func() {
		f.loading = true
		f.init()
	})
}

// -- locals that are shared --

func perLoop(xs []int) {
	var once sync.Once
	for range xs {
		once.Do(func() { fmt.Println("first") })
	}
}

func byGoroutines() {
	var once sync.Once
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			once.Do(func() { fmt.Println("first") })
		})
	}
	wg.Wait()
}

func byTwo(early bool) {
	var once sync.Once
	if early {
		once.Do(func() { fmt.Println("done") })
	}
	once.Do(func() { fmt.Println("done") })
}

func returned() func() {
	var once sync.Once
	return func() {
		once.Do(func() { fmt.Println("done") })
	}
}

func passed() {
	var once sync.Once
	use(&once)
}

func use(once *sync.Once) { once.Do(func() {}) }

func unlocks(mu *sync.Mutex, early bool) {
	mu.Lock()
	unlock := sync.OnceFunc(mu.Unlock)
	defer unlock()
	if early {
		unlock()
	}
}

func onceValueReturned() func() int { return sync.OnceValue(compute) }

func compute() int { return 1 }

var value = sync.OnceValue(compute)

func usesValue() int { return value() }

type lazy struct{ get func() int }

func newLazy() *lazy {
	l := &lazy{}
	l.get = sync.OnceValue(l.compute)
	return l
}

func (l *lazy) compute() int { return 2 }

func (l *lazy) value() int { return l.get() }

func loopValue(xs []int) (n int) {
	first := sync.OnceValue(compute)
	for range xs {
		n += first()
	}
	return n
}

type byPointer struct{ once *sync.Once }

// Do has a copy of the pointer.
func (b byPointer) Do() { b.once.Do(func() {}) }

type holder struct{ c *config }

func (h holder) Get() string {
	h.c.once.Do(func() {})
	return ""
}

func otherPackage(l *dep.Lazy) int {
	return l.Get(func() int { return compute() })
}

func anotherLazy(a, b *dep.Lazy) int {
	return a.Get(func() int { return b.Get(compute) })
}

func main() {
	var once sync.Once
	once.Do(func() {})
}

func retries() {
	var once sync.Once
again:
	once.Do(func() { fmt.Println("first") })
	if instance == nil {
		goto again
	}
}

type group struct{ once [4]sync.Once }

func (g *group) do(i int) {
	g.once[i].Do(func() { g.once[i+1].Do(func() {}) })
}
