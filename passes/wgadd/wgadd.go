package wgadd

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports calls of WaitGroup.Add that Wait may overtake.
var Analyzer = &analysis.Analyzer{
	Name:     "wgadd",
	Doc:      docs.MustExtract(doc, "wgadd"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/wgadd",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, lockset.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for pairs of an Add on one goroutine and a Wait on another.
//
// A pair is reported if there is a feasible path from the go statement to the
// Wait on which nothing waits for the Add, and the goroutine does not hold a
// count when it adds (both may-analyses of paths). It errs to silence where
// the two goroutines are not seen to be started by one function.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	seen map[*skeleton.Op]bool
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass, pass.ResultOf[skeleton.Analyzer].(*skeleton.View), make(map[*skeleton.Op]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	for _, k := range kinds {
		if !c.mayRun(k.add) {
			continue
		}
		focus := &spawn.Focus{
			Locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
			X:     k.add,
			Y:     k.wait,
			Keep:  byGoroutine,
		}
		for g := range focus.Graphs() {
			c.graph(g, k)
		}
		c.fields(focus)
	}
	return nil, nil
}

// A kind is a way to add to a group, and to wait for it.
type kind struct{ add, wait syncapi.Op }

// kinds are those of wait groups, and of error groups, which are built on them: to
// start a goroutine by a group adds to it.
var kinds = []kind{
	{syncapi.WgAdd, syncapi.WgWait},
	{syncapi.WgGo, syncapi.WgWait},
	{syncapi.GroupGo, syncapi.GroupWait},
}

// mayRun reports whether any function of the package may come to an op.
func (c *checker) mayRun(op syncapi.Op) bool {
	return slices.ContainsFunc(c.view.Funcs, func(f *skeleton.Func) bool { return c.view.May(f, op) })
}

// pairs returns the pairs of an Add on one goroutine and a Wait on another in
// the graphs that one function leads to.
func pairs(g *skeleton.Graph, k kind) [][2]*skeleton.Node {
	var adds, waits []*skeleton.Node
	for h := range spawn.Graphs(g) {
		for n := range spawn.Nodes(h, k.add, k.wait) {
			switch {
			case !n.Res.IsOne():
			case n.Op.Kind == k.wait:
				waits = append(waits, n)
			case onGoroutine(n):
				adds = append(adds, n)
			}
		}
	}
	var found [][2]*skeleton.Node
	for _, x := range adds {
		for _, y := range waits {
			if x.Res == y.Res && x.Graph != y.Graph {
				found = append(found, [2]*skeleton.Node{x, y})
			}
		}
	}
	return found
}

// graph checks the goroutines that one function leads to.
func (c *checker) graph(g *skeleton.Graph, k kind) {
	for _, p := range pairs(g, k) {
		x, y := p[0], p[1]
		if c.view.Sure(func() bool {
			return suspect(x) && !spawn.HappensBefore(x, y) && !spawn.ShareLock(x, y) && !shutDown(x, y) &&
				(!spawn.LocksOut(x, y) || !spawn.Flagged(x, y))
		}) {
			c.report(x, y)
		}
	}
}

// fields checks the groups in fields of objects that several functions know.
func (c *checker) fields(focus *spawn.Focus) {
	for _, p := range focus.Fields() {
		for _, y := range p.Ys {
			for _, x := range p.Xs {
				if onGoroutine(x) && c.view.Sure(func() bool { return suspect(x) && spawn.Unordered(x, y) && !shutDown(x, y) }) {
					c.report(x, y)
				}
			}
		}
	}
}

// byGoroutine reports whether e is a Wait, or an Add of a positive number on a
// goroutine that is started.
func byGoroutine(e skeleton.Effect) bool {
	return e.Op.Is(syncapi.WgWait, syncapi.GroupWait) || e.Started && (!e.Op.NKnown || e.Op.N > 0)
}

// onGoroutine reports whether x is an Add of a positive number by a goroutine
// that did not make the group itself.
func onGoroutine(x *skeleton.Node) bool {
	if x.Graph.Spawner == nil || x.Op.NKnown && x.Op.N <= 0 {
		return false
	}
	in := x.Res.Root.MadeIn()
	return in == nil || !spawn.Within(in, x.Graph)
}

// suspect reports whether no goroutine around the Add x, which is its own by
// then, holds a count of the group.
func suspect(x *skeleton.Node) bool {
	for g := x.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		if spawn.Counted(g.Spawner, x.Res) {
			return false
		}
		if in := x.Res.Root.MadeIn(); in == g.Spawner.Graph {
			break // the group is not known further out
		}
	}
	return true
}

// shutDown reports whether x is run by a handler of requests, and y comes behind
// the shutdown of a server, which waits for those.
func shutDown(x, y *skeleton.Node) bool {
	if !syncapi.Handles(x.Graph.Spawner.Op.Obj) {
		return false
	}
	waits := func(n *skeleton.Node) bool {
		return n.Op != nil && (syncapi.IsShutdown(n.Op.Obj) || syncapi.ClosesTestServer(n.Op.Obj))
	}
	return spawn.Path(y.Graph.Entry, y, waits) == nil
}

// report reports the Add x against the Wait y. Of several waits for one Add
// the first is shown.
func (c *checker) report(x, y *skeleton.Node) {
	op := c.site(x)
	if c.seen[op] || !ours(x) && !ours(y) { // then it is that package's own
		return
	}
	c.seen[op] = true
	pos, end := c.view.Extent(op)
	waitPos, waitEnd := c.view.Extent(c.view.Site(y))
	start := c.view.Site(x.Graph.Spawner)
	startPos, startEnd := c.view.Extent(start)
	name := c.view.Text(op)
	if op != x.Op && (op.Obj == nil || op.Obj.Signature().Recv() == nil) {
		name = x.Res.String()
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is added to by a goroutine that Wait at %s may overtake", name, report.Place(c.pass.Fset, waitPos, pos)),
		Related: []analysis.RelatedInformation{
			{Pos: startPos, End: startEnd, Message: fmt.Sprintf("the goroutine that adds to %s starts here", name)},
			{Pos: waitPos, End: waitEnd, Message: fmt.Sprintf("Wait for %s may return before the Add", c.view.Text(y.Op))},
		},
		SuggestedFixes: c.fix(x),
	})
}

// site returns the operation to report: the Add itself, or the call of a
// method that does nothing but add, a part of the user's own kind of group.
func (c *checker) site(x *skeleton.Node) *skeleton.Op {
	if f := x.Frame; !x.Op.Fn.Imported() && wraps(x.Op) && f.Call != nil && f.Call.Graph == x.Graph {
		return c.view.Site(f.Call)
	}
	return c.view.Site(x)
}

// ours reports whether n is an operation of this package: its own, or a call of
// a method of another package that is nothing but the operation, part of a kind
// of group which that package provides.
func ours(n *skeleton.Node) bool {
	call := n.Frame.Call
	return !n.Op.Fn.Imported() || wraps(n.Op) && call != nil && !call.Op.Fn.Imported()
}

// wraps reports whether op acts on a group in the receiver of the method that it
// is in, which does nothing else to it.
func wraps(op *skeleton.Op) bool {
	f := op.Fn
	if f.Obj == nil || f.Obj.Signature().Recv() == nil {
		return false
	}
	for _, b := range f.Blocks {
		for _, o := range b.Ops {
			if !o.Is(op.Kind, syncapi.Return, syncapi.Work, syncapi.Set) {
				return false
			}
		}
	}
	return true
}
