package spawn_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/skeltest"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
)

// A scenario is a package whose operations marked x and y are, or are not,
// what a test asks for.
type scenario struct {
	name   string
	want   bool
	source string
}

// relate checks what related says of x and y in each scenario.
func relate(t *testing.T, scenarios []scenario, related func(x, y *skeleton.Node) bool) {
	t.Helper()
	var sources []string
	for _, s := range scenarios {
		sources = append(sources, s.source)
	}
	for i, p := range skeltest.Load(t, sources...) {
		t.Run(scenarios[i].name, func(t *testing.T) {
			x, y := p.Node(t, "x"), p.Node(t, "y")
			if got := related(x, y); got != scenarios[i].want {
				t.Errorf("got %t, want %t", got, scenarios[i].want)
			}
		})
	}
}

func TestGoroutines(t *testing.T) {
	tests := []struct {
		name   string
		want   string // how the goroutines that are started run, by the operations that start them
		source string
	}{
		{"go statements", "go:go go:go", `
func f(ch chan int) {
	go func() { ch <- 1 }()
	go g(ch)
}

func g(ch chan int) { close(ch) }`},
		{"groups", "wg.go:go group.go:go group.trygo:go", `
func f(ch chan int) {
	var wg sync.WaitGroup
	var g errgroup.Group
	wg.Go(func() { ch <- 1 })
	g.Go(func() error { ch <- 2; return nil })
	g.TryGo(func() error { ch <- 3; return nil })
}`},
		{"timers and contexts", "newtimer:go afterfunc:go", `
func f(ctx context.Context, ch chan int) {
	time.AfterFunc(time.Second, func() { ch <- 1 })
	context.AfterFunc(ctx, func() { ch <- 2 })
}`},
		{"many at once", "run:many now", `
func f(b *testing.B, ch chan int) {
	b.RunParallel(func(*testing.PB) { ch <- 1 })
}`},
		{"a callee's goroutines", "go:go", `
func f(ch chan int) { start(func() { ch <- 1 }) }

func start(do func()) { go do() }`},
		{"a goroutine of a goroutine is not started directly", "go:go", `
func f(ch chan int) {
	go func() {
		go func() { ch <- 1 }()
	}()
}`},
		{"what runs now", "", `
func f(ch chan int) {
	var once sync.Once
	once.Do(func() { ch <- 1 })
	func() { ch <- 2 }()
	defer func() { ch <- 3 }()
}`},
		{"what runs later, on some goroutine", "", `
func f(ch chan int) func() { return sync.OnceFunc(func() { ch <- 1 }) }`},
	}
	var sources []string
	for _, test := range tests {
		sources = append(sources, test.source)
	}
	for i, p := range skeltest.Load(t, sources...) {
		t.Run(tests[i].name, func(t *testing.T) {
			var got []string
			for s := range spawn.Goroutines(p.Graph(t, "f")) {
				got = append(got, s.Node.Op.Kind.String()+":"+s.Mode.String())
			}
			if got := strings.Join(got, " "); got != tests[i].want {
				t.Errorf("starts %q, want %q", got, tests[i].want)
			}
		})
	}
}

// TestGraphs checks that goroutines are followed through others, to a bound.
func TestGraphs(t *testing.T) {
	p := skeltest.Load(t, `
func f(ch chan int) {
	go func() {
		ch <- 1
		go func() { ch <- 2 }()
	}()
	go func() { ch <- 3 }()
}

func g(ch chan int) {
	go g(ch)
	ch <- 1
}`)[0]
	count := func(name string) int {
		return len(slices.Collect(spawn.Graphs(p.Graph(t, name))))
	}
	if got := count("f"); got != 4 {
		t.Errorf("f has %d graphs, want its own and three", got)
	}
	if got := count("g"); got < 2 || got > 10 {
		t.Errorf("g, which starts itself, has %d graphs", got)
	}
	first := 0
	for range spawn.Graphs(p.Graph(t, "f")) {
		first++
		break
	}
	if first != 1 {
		t.Errorf("a loop that breaks off gets %d graphs", first)
	}
}

// TestWithin asks whether the goroutine of x is that of y, or started by it.
func TestWithin(t *testing.T) {
	relate(t, []scenario{
		{"one goroutine", true, `
func f(ch chan int) {
	ch <- 1 // x
	ch <- 2 // y
}`},
		{"started by it", true, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	ch <- 2 // y
}`},
		{"started through another", true, `
func f(ch chan int) {
	go func() {
		go func() {
			ch <- 1 // x
		}()
	}()
	ch <- 2 // y
}`},
		{"around it", false, `
func f(ch chan int) {
	ch <- 1 // x
	go func() {
		ch <- 2 // y
	}()
}`},
		{"beside it", false, `
func f(ch chan int) {
	go func() {
		ch <- 1 // x
	}()
	go func() {
		ch <- 2 // y
	}()
}`},
		{"of another function", false, `
func F(ch chan int) {
	ch <- 1 // x
}

func G(ch chan int) {
	ch <- 2 // y
}`},
	}, func(x, y *skeleton.Node) bool { return spawn.Within(x.Graph, y.Graph) })
}

// TestAwaiter asks whether y waits for a signal that comes after x.
func TestAwaiter(t *testing.T) {
	relate(t, []scenario{
		{"wait group", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		ch <- 1 // x
	}()
	wg.Wait() // y
}`},
		{"wait group, done by a negative delta", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		ch <- 1 // x
		wg.Add(-1)
	}()
	wg.Wait() // y
}`},
		{"wait group that runs the goroutine", true, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
	wg.Wait() // y
}`},
		{"error group", true, `
func f(ch chan int) {
	var g errgroup.Group
	g.Go(func() error {
		ch <- 1 // x
		return nil
	})
	g.Wait() // y
}`},
		{"another wait group", false, `
func f(ch chan int) {
	var wg, other sync.WaitGroup
	other.Add(1)
	wg.Go(func() {
		ch <- 1 // x
	})
	other.Wait() // y
}`},
		{"the wait group of another object", false, `
type server struct{ wg sync.WaitGroup }

func f(s, t *server, ch chan int) {
	s.wg.Go(func() {
		ch <- 1 // x
	})
	t.wg.Wait() // y
}`},
		{"done before", false, `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		wg.Done()
		ch <- 1 // x
	}()
	wg.Wait() // y
}`},
		{"done before on one path", false, `
func f(ch chan int, b bool) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		if b {
			wg.Done()
		}
		ch <- 1 // x
	}()
	wg.Wait() // y
}`},
		{"close", true, `
func f(ch chan int) {
	done := make(chan struct{})
	go func() {
		ch <- 1 // x
		close(done)
	}()
	<-done // y
}`},
		{"send", true, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		ch <- 1 // x
		done <- true
	}()
	<-done // y
}`},
		{"send before", false, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		done <- true
		ch <- 1 // x
	}()
	<-done // y
}`},
		{"what x itself sends", true, `
func f() {
	ch := make(chan int)
	go func() {
		ch <- 1 // x
	}()
	<-ch // y
}`},
		{"what x itself closes", false, `
func f() {
	ch := make(chan int)
	go func() {
		close(ch) // x
	}()
	<-ch // y
}`},
		{"send in each turn of a loop", false, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		for {
			ch <- 1 // x
			done <- true
		}
	}()
	<-done // y
}`},
		{"close behind a loop", true, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		for range 3 {
			ch <- 1 // x
		}
		close(done)
	}()
	<-done // y
}`},
		{"cancel", true, `
func f(ch chan int) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer cancel()
		ch <- 1 // x
	}()
	<-ctx.Done() // y
}`},
		{"cancel of another context", false, `
func f(ctx context.Context, ch chan int) {
	_, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		ch <- 1 // x
	}()
	<-ctx.Done() // y
}`},
		{"condition", true, `
func f(c *sync.Cond, ch chan int) {
	go func() {
		ch <- 1 // x
		c.Broadcast()
	}()
	c.Wait() // y
}`},
		{"condition signalled before", false, `
func f(c *sync.Cond, ch chan int) {
	go func() {
		c.Signal()
		ch <- 1 // x
	}()
	c.Wait() // y
}`},
		{"signal of the goroutine that waits for x's", true, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		var wg sync.WaitGroup
		wg.Go(func() {
			ch <- 1 // x
		})
		wg.Wait()
		close(done)
	}()
	<-done // y
}`},
		{"signal of the goroutine around x's that does not wait", false, `
func f(ch chan int) {
	done := make(chan bool)
	go func() {
		var wg sync.WaitGroup
		wg.Go(func() {
			ch <- 1 // x
		})
		close(done)
		wg.Wait()
	}()
	<-done // y
}`},
	}, func(x, y *skeleton.Node) bool {
		return spawn.Awaiter(spawn.SignalsAfter(x, y.Graph), skeleton.Path{}, skeleton.Path{})(y)
	})
}

// TestAwaiterRebased reads the signals of one method in terms of another.
func TestAwaiterRebased(t *testing.T) {
	relate(t, []scenario{
		{"the same field", true, `
type server struct{ ch, done chan int }

func (s *server) Run() {
	s.ch <- 1 // x
	close(s.done)
}

func (o *server) Stop() {
	<-o.done // y
}`},
		{"another field", false, `
type server struct{ ch, done, other chan int }

func (s *server) Run() {
	s.ch <- 1 // x
	close(s.done)
}

func (o *server) Stop() {
	<-o.other // y
}`},
		{"the field of another object", false, `
type server struct{ ch, done chan int }

func (s *server) Run(next *server) {
	s.ch <- 1 // x
	close(next.done)
}

func (o *server) Stop() {
	<-o.done // y
}`},
		{"a channel that belongs to neither", false, `
type server struct{ ch, done chan int }

var done = make(chan int)

func (s *server) Run() {
	s.ch <- 1 // x
	close(done)
}

func (o *server) Stop() {
	<-o.done // y
}`},
	}, func(x, y *skeleton.Node) bool {
		return spawn.Awaiter(spawn.SignalsAfter(x, y.Graph), x.Res.Base(), y.Res.Base())(y)
	})
}

// TestSignalsAfter checks that only what something waits for is listed.
func TestSignalsAfter(t *testing.T) {
	tests := []struct {
		want   string
		source string
	}{
		{"done wg, close done, recv done", `
func f(ch chan int) {
	var wg sync.WaitGroup
	done, unused := make(chan int), make(chan int)
	wg.Add(1)
	go func() {
		ch <- 1 // x
		wg.Done()
		close(done)
		close(unused)
	}()
	wg.Wait()
	<-done
}`},
		{"", `
func f(ch chan int) {
	var wg sync.WaitGroup
	wg.Go(func() {
		ch <- 1 // x
	})
}`},
	}
	var sources []string
	for _, test := range tests {
		sources = append(sources, test.source)
	}
	for i, p := range skeltest.Load(t, sources...) {
		var got []string
		for _, s := range spawn.SignalsAfter(p.Node(t, "x")) {
			got = append(got, s.Kind.String()+" "+s.Res.String())
		}
		if got := strings.Join(got, ", "); got != tests[i].want {
			t.Errorf("signals are %q, want %q in %s", got, tests[i].want, tests[i].source)
		}
	}
}
