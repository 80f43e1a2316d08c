package leakedcancel

import (
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports cancel functions lost without being called.
var Analyzer = &analysis.Analyzer{
	Name:     "leakedcancel",
	Doc:      docs.MustExtract(doc, "leakedcancel"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/leakedcancel",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for leaks in a package.
//
// It asks for a feasible path from the making of a cancel function to the end
// of the function that got it, on which the value is neither called nor handed
// to anything that may call it. The names of the value are followed exactly
// (skeleton.Query.Follow); whatever receives it and is not seen counts as
// calling it, so the check errs to silence.
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	root   *syntax.Tree
	makers map[*skeleton.Func]bool
	uses   *uses
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		makers: make(map[*skeleton.Func]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		if !c.makes(f) && !c.getsObject(f) {
			continue // gets no cancel function from anywhere
		}
		done := make(map[*skeleton.Op]bool)
		for _, n := range c.view.Expand(f).Nodes {
			m := c.making(n)
			if m == nil || done[m.call.Op] || c.deliberate(m) {
				continue
			}
			if d, ok := c.leak(m); ok {
				done[m.call.Op] = true
				report.Report(pass, d)
			}
		}
	}
	return nil, nil
}

// -- deciding --

// leak decides whether the value of m is lost, and says how.
func (c *checker) leak(m *making) (analysis.Diagnostic, bool) {
	g := m.node.Graph
	if m.discarded() && m.node == m.call && (len(m.parents) == 0 || lifetime.IsMain(g.Root.Obj)) {
		return c.discard(m), true
	}
	visit := func(n *skeleton.Node, names []skeleton.Path) skeleton.Verdict { return c.visit(m, n, names) }
	if m.object && !c.ownedElsewhere(m, visit) {
		return analysis.Diagnostic{}, false
	}
	trace := g.Search(skeleton.Query{
		From:       []*skeleton.Node{m.node},
		Follow:     []skeleton.Path{m.node.Res},
		Take:       c.untilExhausted(m),
		VisitNamed: visit,
	})
	if m.object && (trace == nil || m.lost != nil || slices.Contains(trace.Nodes[1:], m.node)) {
		return analysis.Diagnostic{}, false
	}
	if trace == nil {
		if d, ok := c.overwritten(m); ok {
			return d, true
		}
		return c.deferredInLoop(m)
	}
	if m.discarded() {
		return c.discard(m), true
	}
	if !m.object && c.deferredCall(g, m.result) != nil && !plainResults(c.pass.TypesInfo, g.Root.Syntax()) {
		return analysis.Diagnostic{}, false // on success what is returned lives on with the context
	}
	if c.index().elsewhere(g.Root, m.result) || c.keptBefore(m) || c.handedOnTheWay(m, trace.End()) {
		return analysis.Diagnostic{}, false
	}
	if trace = c.waitedFor(m, trace, visit); trace == nil {
		return analysis.Diagnostic{}, false
	}
	if c.behindInterface(m, trace) {
		return analysis.Diagnostic{}, false
	}
	return c.lostOnPath(m, trace)
}

// handedOnTheWay reports whether a closure that is run on the way to end may
// store an object that holds the value where something calls it. Whether it
// does may depend on the object, in ways that the search does not see.
func (c *checker) handedOnTheWay(m *making, end *skeleton.Node) bool {
	for _, n := range m.node.Graph.Nodes {
		if n.Frame.Call == nil || n.Frame.Func.Parent == nil || !n.Op.Is(syncapi.Store) {
			continue
		}
		via := c.reached(n.Args, []skeleton.Path{m.result})
		if via != nil && via.Type != nil && c.index().called(*via) && leads(n, end) {
			return true
		}
	}
	return false
}

// visit says how the search for a path without a call goes on behind n.
func (c *checker) visit(m *making, n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
	g := m.node.Graph
	if m.object && !c.follows(m, n, names) {
		return skeleton.Stop
	}
	if n.Frame.Call == nil && (m.object || comesOut(g, names)) {
		m.out = true
	} else if m.call != m.node && (n.Frame.Call == nil || len(names) == 0 && !m.out) {
		return skeleton.Stop // the callee's own affair
	}
	switch {
	case n == m.node && !m.object && c.deferredCall(g, m.result) != nil:
		return skeleton.Stop // called at last; see deferredInLoop
	case len(names) == 0:
		return skeleton.Found
	case n.Exit == skeleton.ByReturn:
		if lifetime.IsMain(g.Root.Obj) || n.Frame.Call != nil {
			return skeleton.Stop // the process ends
		}
		return skeleton.Found
	case n.Exit == skeleton.ByPanic:
		if n.Frame.Call == nil && c.index().recovers && !m.object {
			return skeleton.Found
		}
		return skeleton.Stop
	case n.Op.Is(syncapi.Panic, syncapi.Goexit) && (n.Frame.Call != nil || c.inTest(m)):
		return skeleton.Stop // a callee that may panic, or the end of a test
	case m.ended(n) || n.Op.Is(syncapi.Cancel, syncapi.Call) && slices.Contains(m.parents, n.Res):
		return skeleton.Stop
	case n.Exit == skeleton.ByExit || c.released(m, n, names, 0):
		return skeleton.Stop
	}
	return skeleton.Continue
}

// ended reports whether n waits for the end of the context itself, or of the
// one that it is derived from, behind which nothing is left to cancel.
func (m *making) ended(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Res.Sel == nil || n.Res.Sel.Name != "Done()" {
		return false
	}
	ctx, parent := m.context(), m.node.Args
	return slices.Contains(ctx, n.Res.Base()) || len(ctx) > 0 && len(parent) > 0 && parent[0] == n.Res.Base()
}

// comesOut reports whether one of the names is a result that the root
// function gets.
func comesOut(g *skeleton.Graph, names []skeleton.Path) bool {
	for _, p := range names {
		if r := p.Root; p.Sel == nil && r.Owner == g.Root && r == r.Origin() && r.Kind != skeleton.Made {
			return true
		}
	}
	return false
}

// untilExhausted returns which steps a search may take: an iterator that has
// told its end needs no stop.
func (c *checker) untilExhausted(m *making) func(*skeleton.Step) bool {
	if obj := m.node.Op.Obj; obj == nil || obj.Pkg().Path() != "iter" {
		return nil
	}
	next := skeleton.Path{Root: m.node.Op.Results[0]}
	ends := make(map[*skeleton.Root]bool)
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Call) && n.Res == next {
			for _, r := range n.Op.Results {
				ends[r] = true
			}
		}
	}
	return func(s *skeleton.Step) bool {
		return s.Cond.Var.Root == nil || s.Cond.Want || !ends[s.Cond.Var.Root.Origin()]
	}
}
