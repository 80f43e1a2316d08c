package sharedrace

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/races"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports package variables and fields that goroutines access at the
// same time.
var Analyzer = &analysis.Analyzer{
	Name:      "sharedrace",
	Doc:       docs.MustExtract(doc, "sharedrace"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/sharedrace",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer},
	FactTypes: []analysis.Fact{new(leaves)},
	Run:       report.Run(run),
}

// A checker looks for races in five ways: for package variables in the graph of
// one function, as capturerace does for others; for fields and package variables
// in the graphs of two functions; for what is handed over by a channel, or lent by a
// go statement, in the graph of the function that does; and for what goroutines of other
// packages access, by facts.
type checker struct {
	pass   *analysis.Pass
	locks  *lockset.Locks
	view   *skeleton.View
	guards *guards
	large  map[*skeleton.Func]bool // their graphs are too large to look at
	done   map[token.Pos]bool
	found  []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	if !races.Judges(pass.Pkg) {
		return nil, nil
	}
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	c := &checker{pass: pass, locks: locks, view: locks.View, large: make(map[*skeleton.Func]bool), done: make(map[token.Pos]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	c.globals()
	c.fields()
	c.handovers()
	c.lent()
	c.export()
	c.imported()
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// add notes a finding, unless there is one at its position.
func (c *checker) add(d analysis.Diagnostic) {
	if !c.done[d.Pos] && d.Pos.IsValid() {
		c.done[d.Pos] = true
		c.found = append(c.found, d)
	}
}

func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

// -- package variables, in the graph of one function --

// globals reports the package variables that goroutines of one function access
// at the same time.
func (c *checker) globals() {
	written := make(map[*skeleton.Root]bool)
	finder := races.NewFinder(c.pass, c.locks, func(p skeleton.Path) bool { return written[p.Root] })
	for _, literal := range []bool{false, true} {
		for _, f := range c.view.Funcs {
			if (f.Parent != nil) != literal || finder.Seen[f] && literal {
				continue
			}
			clear(written)
			for _, e := range c.view.Effects(f, syncapi.Read, syncapi.Write) {
				if e.Op.Kind == syncapi.Write && isGlobal(e.Res) {
					written[e.Res.Root] = true
				}
			}
			if len(written) > 0 {
				finder.Races(f, func(p *races.Pair) { c.global(finder, p) })
			}
		}
	}
}

func isGlobal(p skeleton.Path) bool {
	return p.Root.Kind == skeleton.Global && p.Root.Name != "init$guard"
}

func (c *checker) global(finder *races.Finder, p *races.Pair) {
	if c.others(p.First) || c.others(p.Second) {
		return
	}
	if !isWrite(p.First) && p.Second.Graph.Spawner == nil && !p.Subtests {
		c.report(p.First, p.Second) // the goroutine may be that of many
	} else if d, ok := finder.Diagnostic(p); ok {
		c.add(d)
	}
}
