package capturerace

import (
	"cmp"
	_ "embed"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/races"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/sleeps"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

//go:embed doc.go
var doc string

// Analyzer reports variables that goroutines access at the same time.
var Analyzer = &analysis.Analyzer{
	Name:     "capturerace",
	Doc:      docs.MustExtract(doc, "capturerace"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/capturerace",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for accesses to one variable, at least one of them a write,
// by two goroutines of which one function starts at least one, with nothing
// between that orders them. See [spawn.Race] for what does, and for how it
// errs.
type checker struct {
	pass     *analysis.Pass
	view     *skeleton.View
	starting map[*skeleton.Func]bool // see starters
	later    map[*skeleton.Root]bool // see started
	finder   *races.Finder
	slept    map[[2]*skeleton.Op]bool // see sleptFor
	found    []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	if !races.Judges(pass.Pkg) {
		return nil, nil
	}
	locks := pass.ResultOf[lockset.Analyzer].(*lockset.Locks)
	locks.View.Lock()
	defer locks.View.Unlock()
	c := &checker{pass: pass, view: locks.View, later: make(map[*skeleton.Root]bool)}
	c.starting = c.starters()
	c.finder = races.NewFinder(pass, locks, c.isOwn)
	for _, literal := range []bool{false, true} {
		for _, f := range locks.View.Funcs {
			if (f.Parent != nil) == literal && !c.finder.Seen[f] {
				c.finder.Races(f, c.report)
			}
		}
	}
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// isOwn reports whether p is a variable that the functions of a scope have made
// or been given, or a part of one. What a call returns to a function that starts no
// goroutine is not its own: that has goroutines of its own.
func (c *checker) isOwn(p skeleton.Path) bool {
	switch p.Root.Kind {
	case skeleton.Local, skeleton.Made, skeleton.Param:
		return true
	case skeleton.Result:
		return p.Root.Owner == nil || c.starting[p.Root.Owner.Outermost()] || c.started(p.Root.Origin())
	}
	return false
}

// starters returns the functions that start goroutines, by themselves or by a
// function literal, or hand one to a function that does.
func (c *checker) starters() map[*skeleton.Func]bool {
	starting := make(map[*skeleton.Func]bool)
	for _, f := range c.view.Funcs {
		if !starting[f.Outermost()] && slices.ContainsFunc(f.Ops(), c.starts) {
			starting[f.Outermost()] = true
		}
	}
	return starting
}

// starts reports whether op starts a goroutine, a subtest that may run in parallel
// included, or hands a function to what may.
func (c *checker) starts(op *skeleton.Op) bool {
	if op.Inner != nil && op.Kind == syncapi.Defer {
		return c.starts(op.Inner)
	}
	if op.Is(syncapi.Go, syncapi.WgGo, syncapi.GroupGo, syncapi.Parallel) {
		return true
	}
	if slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool { return cb.Mode.Starts() }) {
		return true
	}
	return slices.ContainsFunc(op.Args, func(a skeleton.Path) bool { return a.Root != nil && a.Root.Kind == skeleton.FuncVal }) &&
		c.mayStart(op)
}

// started reports whether the call that returned r has made it, goroutines included, or it
// has not been given a goroutine yet, and a later call of the same function does so.
func (c *checker) started(r *skeleton.Root) bool {
	is, ok := c.later[r]
	if !ok {
		var made *skeleton.Op
		for _, op := range r.Owner.Ops() {
			switch {
			case slices.Contains(op.Results, r):
				made = op
				if c.mayStart(op) {
					made, is = nil, makes(op, slices.Index(op.Results, r))
				}
			case made != nil && slices.Contains(op.Args, skeleton.Path{Root: r}) && c.mayStart(op):
				is = true
			}
		}
		c.later[r] = is
	}
	return is
}

// makes reports whether the callees of a call make what they return as result i.
func makes(call *skeleton.Op, i int) bool {
	return !slices.ContainsFunc(call.Targets, func(t *skeleton.Target) bool {
		if t.Func.Imported() || i >= len(t.Func.Results) {
			return true
		}
		res := t.Func.Results[i]
		return res.Root == nil || res.Sel != nil || res.Root.Kind != skeleton.Made || res.Root.Owner != t.Func
	})
}

// mayStart reports whether a call starts a goroutine, directly or not.
func (c *checker) mayStart(op *skeleton.Op) bool {
	return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
		return slices.ContainsFunc([]syncapi.Op{syncapi.Go, syncapi.WgGo, syncapi.GroupGo}, func(k syncapi.Op) bool { return c.view.May(t.Func, k) })
	})
}

// report notes the finding of a pair.
func (c *checker) report(p *races.Pair) {
	if c.sleptFor(p) {
		return
	}
	if d, ok := c.finder.Diagnostic(p); ok {
		d.SuggestedFixes = c.fix(p)
		c.found = append(c.found, d)
	}
}

// sleptFor reports whether the function that starts the goroutine of a pair sleeps
// before its own access, for the goroutine to be over with what it writes: that is
// a finding of sleepsync.
func (c *checker) sleptFor(p *races.Pair) bool {
	if p.Start != nil || p.First.Graph.Spawner == nil || p.Second.Graph.Spawner != nil {
		return false
	}
	if c.slept == nil {
		c.slept = make(map[[2]*skeleton.Op]bool)
		find := &sleeps.Finder{View: c.view}
		for _, f := range c.view.Funcs {
			if !find.Relies(f) || len(find.Shared(f)) == 0 {
				continue
			}
			for s, rest := range find.Rests(f) {
				for made, used := range find.Uses(s, rest) {
					c.slept[[2]*skeleton.Op{made.Op, used.Op}] = true
				}
			}
		}
	}
	return c.slept[[2]*skeleton.Op{p.First.Op, p.Second.Op}]
}
