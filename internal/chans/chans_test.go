package chans_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// verdict says what the searches decide of the channels of a function: whose
// receiver may leave before a send, whose sender before a receive, which wait comes
// too early, which range never ends.
func verdict(locks *lockset.Locks, f *skeleton.Func) string {
	var found []string
	for _, c := range chans.Of(locks, f) {
		for _, s := range c.Sends {
			if c.EarlyWait(s) != nil {
				found = append(found, "early wait")
				continue
			}
			side, ok := chans.SideOf(c.Recvs, s)
			if ok && c.Leaves(side, 0, chans.Settles(s)) != nil {
				found = append(found, "receiver leaves")
			}
		}
		for _, r := range c.Recvs {
			if r.Op.Range && c.Unclosed(r) {
				found = append(found, "unclosed")
			}
			if c.Missed(r) != nil {
				found = append(found, "sender leaves")
			}
		}
	}
	return strings.Join(found, ", ")
}

// TestStuck checks what is decided of small programs.
func TestStuck(t *testing.T) {
	const helpers = `
func work() (int, error) { return 0, context.Cause(context.Background()) }
`
	tests := []struct{ name, want, source string }{
		{"a timeout", "receiver leaves", `
func f() {
	ch := make(chan int)
	go func() { ch <- 1 }()
	select {
	case <-ch:
	case <-time.After(1):
	}
}`},
		{"an error between", "receiver leaves", `
func f() {
	ch := make(chan int)
	go func() { ch <- 1 }()
	if _, err := work(); err != nil {
		return
	}
	<-ch
}`},
		{"received on each path", "", `
func f() {
	ch := make(chan int)
	go func() { ch <- 1 }()
	if _, err := work(); err != nil {
		<-ch
		return
	}
	<-ch
}`},
		{"the same condition twice", "", `
func f(b bool) {
	ch := make(chan int)
	if b {
		go func() { ch <- 1 }()
	}
	if b {
		<-ch
	}
}`},
		{"received by a deferred function", "", `
func f() {
	ch := make(chan int)
	defer func() { <-ch }()
	go func() { ch <- 1 }()
	if _, err := work(); err != nil {
		return
	}
}`},
		{"told on another channel", "", `
func f() {
	ch, failed := make(chan int), make(chan error)
	go func() {
		n, err := work()
		if err != nil {
			failed <- err
			return
		}
		ch <- n
	}()
	select {
	case <-ch:
	case <-failed:
	}
}`},
		{"as many received as sent", "", `
func f(n int) {
	ch := make(chan int)
	for range n {
		go func() { ch <- 1 }()
	}
	for range n {
		<-ch
	}
}`},
		{"the first error", "receiver leaves", `
func f(n int) error {
	ch := make(chan error)
	go func() {
		for range n {
			_, err := work()
			ch <- err
		}
		close(ch)
	}()
	if n == 0 {
		return nil
	}
	for err := range ch {
		if err != nil {
			return err
		}
	}
	return nil
}`},
		{"a wait before the receives", "early wait", `
func f(n int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- 1
		}()
	}
	wg.Wait()
	for range n {
		<-ch
	}
}`},
		{"a wait on a goroutine of its own", "", `
func f(n int) {
	ch := make(chan int)
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- 1
		}()
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	for range ch {
	}
}`},
		{"a range without a close", "unclosed", `
func f() {
	ch := make(chan int)
	go func() {
		for range 3 {
			ch <- 1
		}
	}()
	for range ch {
	}
}`},
		{"a sender that returns on an error", "sender leaves", `
func f() int {
	ch := make(chan int)
	go func() {
		n, err := work()
		if err != nil {
			return
		}
		ch <- n
	}()
	return <-ch
}`},
		{"a sender that closes at its end", "", `
func f() int {
	ch := make(chan int)
	go func() {
		defer close(ch)
		n, err := work()
		if err != nil {
			return
		}
		ch <- n
	}()
	return <-ch
}`},
		{"a channel that others have", "", `
var kept chan int

func f() {
	ch := make(chan int)
	kept = ch
	go func() { ch <- 1 }()
	select {
	case <-ch:
	default:
	}
}`},
	}
	var sources []string
	for _, test := range tests {
		sources = append(sources, test.source+helpers)
	}
	for i, act := range checktest.Analyze(t, checktest.LoadSources(t, sources...), lockset.Analyzer) {
		locks := act.Result.(*lockset.Locks)
		locks.View.Lock()
		if got := verdict(locks, function(t, locks, "f")); got != tests[i].want {
			t.Errorf("%s: found %q, want %q", tests[i].name, got, tests[i].want)
		}
		locks.View.Unlock()
	}
}

func function(t testing.TB, locks *lockset.Locks, name string) *skeleton.Func {
	t.Helper()
	for _, f := range locks.View.Funcs {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no function %s", name)
	return nil
}

// generated returns a function of n stages, each of which has a branch that
// matters, a goroutine that answers, and a way out before its answer is received.
func generated(n int) string {
	var b strings.Builder
	b.WriteString("func work() (int, error) { return 0, context.Cause(context.Background()) }\n\nfunc f(stop chan bool, flags []bool) error {\n")
	for i := range n {
		fmt.Fprintf(&b, `
	ch%[1]d := make(chan int)
	b%[1]d := flags[%[1]d]
	go func() {
		n, err := work()
		if b%[1]d && err != nil {
			n = 0
		}
		ch%[1]d <- n
	}()
	if b%[1]d {
		if _, err := work(); err != nil {
			return err
		}
	}
	select {
	case <-ch%[1]d:
	case <-stop:
		if b%[1]d {
			return nil
		}
	}
`, i)
	}
	b.WriteString("\treturn nil\n}\n")
	return b.String()
}

// BenchmarkSearch measures what the channels of one function cost, as it grows:
// their scope, which is built once a function, and the searches in it. What a
// search may spend is bounded, so that time does not grow with the number of
// combinations of its branches.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{1, 4, 16, 64} {
		b.Run(fmt.Sprintf("stages=%d", n), func(b *testing.B) {
			act := checktest.Analyze(b, checktest.LoadSources(b, generated(n)), lockset.Analyzer)[0]
			locks := act.Result.(*lockset.Locks)
			f := function(b, locks, "f")
			for b.Loop() {
				locks.View.Lock()
				verdict(locks, f)
				locks.View.Unlock() // and forgets its graphs
			}
		})
	}
}
