package capturerace

import (
	"cmp"
	_ "embed"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

//go:embed doc.go
var doc string

// Analyzer reports variables that goroutines access at the same time.
var Analyzer = &analysis.Analyzer{
	Name:     "capturerace",
	Doc:      docs.MustExtract(doc, "capturerace"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/capturerace",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for accesses to one variable, at least one of them a write,
// by two goroutines of which one function starts at least one, with nothing
// between that orders them. See [spawn.Race] for what does, and for how it
// errs. Variables are told apart by their paths: that two paths are one variable
// is not seen.
type checker struct {
	pass  *analysis.Pass
	locks *lockset.Locks
	view  *skeleton.View
	seen  map[*skeleton.Func]bool // literals that stand in the graph of another function
	loops map[token.Pos]bool      // variables of loops that all iterations share
	done  map[*skeleton.Op]bool   // accesses that are part of a finding
	found []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{
		pass:  pass,
		locks: locks,
		view:  locks.View,
		seen:  make(map[*skeleton.Func]bool),
		loops: make(map[token.Pos]bool),
		done:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, l := range c.view.SharedLoops {
		for _, v := range l.Vars {
			c.loops[v.Pos()] = true // loopcapture's
		}
	}
	for _, literal := range []bool{false, true} {
		for _, f := range c.view.Funcs {
			if (f.Parent != nil) == literal && !c.seen[f] {
				c.function(f)
			}
		}
	}
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// function reports the variables that f and the goroutines which it starts
// access at the same time.
func (c *checker) function(f *skeleton.Func) {
	s := c.scope(f)
	if s == nil {
		return
	}
	for _, v := range s.variables() {
		if p := s.racing(v); p != nil {
			c.report(s, p)
		}
	}
}
