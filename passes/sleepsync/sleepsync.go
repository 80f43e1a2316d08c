package sleepsync

import (
	"go/token"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/sleeps"
)

// Analyzer reports sleeps that stand for waiting for a goroutine.
var Analyzer = &analysis.Analyzer{
	Name:     "sleepsync",
	Doc:      docs.MustExtract(doc, "sleepsync"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/sleepsync",
	Requires: []*analysis.Analyzer{skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker reports the sleeps that come between the start of a goroutine and a use of
// what it makes, or the end of the process or a test; see [sleeps.Finder].
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	find *sleeps.Finder
	told map[token.Pos]bool // the sleeps that have been reported
}

func run(pass *analysis.Pass) (any, error) {
	view := pass.ResultOf[skeleton.Analyzer].(*skeleton.View)
	c := &checker{pass: pass, view: view, find: &sleeps.Finder{View: view}, told: make(map[token.Pos]bool)}
	for _, f := range c.candidates() {
		c.view.Lock() // anew, since the graphs of all tests together are large
		for s, rest := range c.find.Rests(f) {
			c.rest(f, s, rest)
		}
		c.view.Unlock()
	}
	return nil, nil
}

// candidates returns the functions that start goroutines and sleep.
func (c *checker) candidates() []*skeleton.Func {
	c.view.Lock()
	defer c.view.Unlock()
	var fs []*skeleton.Func
	for _, f := range c.view.Funcs {
		if c.find.Relies(f) && (c.isRoot(f) || len(c.find.Shared(f)) > 0) {
			fs = append(fs, f)
		}
	}
	return fs
}

// rest looks at a sleep behind the start of a goroutine.
func (c *checker) rest(f *skeleton.Func, s *skeleton.Spawn, rest *skeleton.Node) {
	for made, used := range c.find.Uses(s, rest) {
		c.reportUse(s, rest, made, used)
		return
	}
	if c.find.Ends(s) && c.last(f, s, rest) {
		c.reportEnd(f, s, rest)
	}
}

// stopping are the beginnings of the names of functions that stop goroutines.
var stopping = []string{"wait", "join", "stop", "close", "shutdown", "kill", "cancel", "eventually", "flush"}
