package closing_test

import (
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/closing"
)

var hows = [...]string{"sequence", "turn", "at once", "each", "calls"}

// TestTwice checks which pairs of closes are found, and how they come about.
func TestTwice(t *testing.T) {
	tests := []struct{ name, want, source string }{
		{"in sequence", "sequence", `
func f(ch chan int) {
	close(ch)
	close(ch)
}`},
		{"in the next turn", "turn", `
func f(ch chan int) {
	for range 3 {
		close(ch)
	}
}`},
		{"a callee's own is found there", "sequence", `
func f(ch chan int) { g(ch) }

func g(ch chan int) {
	close(ch)
	close(ch)
}`},
		{"at once", "at once", `
func f() {
	ch := make(chan int)
	go func() { close(ch) }()
	go func() { close(ch) }()
}`},
		{"by each of many goroutines", "each", `
func f(n int) {
	ch := make(chan int)
	for range n {
		go func() { close(ch) }()
	}
}`},
		{"by a goroutine and a method", "calls", `
type T struct{ ch chan int }

func New() *T {
	t := &T{ch: make(chan int)}
	go t.loop()
	return t
}

func (t *T) loop() { close(t.ch) }

func (t *T) Close() { close(t.ch) }`},
		{"by one who counts", "", `
func f(n int) {
	ch := make(chan int)
	for i := range n {
		go func() {
			if i == n-1 {
				close(ch)
			}
		}()
	}
}`},
		{"a send that closedsend reports is the one fault", "", `
func f(xs []int) {
	ch := make(chan int)
	for _, x := range xs {
		go func() {
			ch <- x
			close(ch)
		}()
	}
}`},
		{"where the send panics there is no second close", "", `
func f(ch chan int) {
	close(ch)
	ch <- 1
	close(ch)
}`},
	}
	var sources []string
	for _, test := range tests {
		sources = append(sources, test.source)
	}
	for i, act := range checktest.Analyze(t, checktest.LoadSources(t, sources...), closing.TwiceAnalyzer) {
		var got []string
		for _, a := range act.Result.(*closing.Twice).All {
			got = append(got, hows[a.How])
		}
		if got := strings.Join(got, ", "); got != tests[i].want {
			t.Errorf("%s: found %q, want %q", tests[i].name, got, tests[i].want)
		}
	}
}

// TestSends checks that a send is noted once, with a close that it may follow.
func TestSends(t *testing.T) {
	pkgs := checktest.LoadSources(t, `
func f(ch chan int) {
	close(ch)
	ch <- 1
}

func g(ch chan int) {
	ch <- 1
	close(ch)
}`)
	sends := checktest.Analyze(t, pkgs, closing.SendsAnalyzer)[0].Result.(*closing.Sends)
	if len(sends.All) != 1 {
		t.Fatalf("found %d sends, want 1", len(sends.All))
	}
	s := sends.All[0]
	if s.AtOnce || !sends.Against(s.Close.Op) || sends.Against(s.Send.Op) {
		t.Errorf("the send of f is not found against its close: %+v", s)
	}
}
