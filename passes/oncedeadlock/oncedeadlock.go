package oncedeadlock

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports Onces that wait for themselves, or guard nothing.
var Analyzer = &analysis.Analyzer{
	Name:     "oncedeadlock",
	Doc:      docs.MustExtract(doc, "oncedeadlock"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/oncedeadlock",
	Requires: []*analysis.Analyzer{skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for paths from the function of a Once to where the same Once
// is asked to run it: a may-analysis of the path, exact in the conditions that
// skeletons keep, which errs to silence where two names may be two Onces.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	done map[*skeleton.Op]bool // what has been reported
}

func run(pass *analysis.Pass) (any, error) {
	anew(pass, pass.ResultOf[symindex.Analyzer].(*symindex.Index))
	c := &checker{pass, pass.ResultOf[skeleton.Analyzer].(*skeleton.View), make(map[*skeleton.Op]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.CalleesFirst() {
		if f.Imported() {
			continue
		}
		if c.concerns(f) {
			c.function(f)
		}
	}
	return nil, nil
}

// concerns reports whether f has a Once run something, or hands functions to
// what may.
func (c *checker) concerns(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer {
				op = op.Inner
			}
			switch {
			case op.Kind == syncapi.OnceFunc:
				return true
			case op.Kind == syncapi.OnceDo:
				if slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool { return c.mayComeBack(op, cb.Func) }) {
					return true
				}
			case op.Kind == syncapi.Call && handsFunc(op):
				if slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return c.view.May(t.Func, syncapi.OnceDo) }) {
					return true
				}
			}
		}
	}
	return false
}

func handsFunc(op *skeleton.Op) bool {
	return slices.ContainsFunc(op.Args, func(p skeleton.Path) bool { return p.Root != nil && p.Root.Kind == skeleton.FuncVal })
}

// mayComeBack reports whether fn, or what it calls, has a Once run something that
// is in the field or variable of op's.
func (c *checker) mayComeBack(op *skeleton.Op, fn skeleton.Path) bool {
	for _, f := range c.view.Called(fn) {
		for _, e := range c.view.Effects(f, syncapi.OnceDo) {
			a, ok := e.Res.Class()
			b, also := op.Res.Class()
			if ok != also || a == b {
				return true
			}
		}
	}
	return false
}

// function looks at the Onces of which f, or what it calls, makes use.
func (c *checker) function(f *skeleton.Func) {
	g := c.view.Outline(f, skeleton.Interest{
		Ops: []syncapi.Op{syncapi.OnceDo, syncapi.OnceFunc, syncapi.Call, syncapi.Store},
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return !t.Func.Imported() || t.Func.Parent != nil || handsFunc(call.Op) // other packages come back by what they are handed
		},
	})
	for _, n := range g.Nodes {
		switch {
		case loose(n) || !n.Res.IsOne():
		case n.Op.Is(syncapi.OnceDo):
			c.do(n)
		case n.Op.Is(syncapi.OnceFunc):
			c.onceFunc(n)
		}
	}
}

// loose reports whether n is one of a set of operations in no order, and not
// what its function does first of all.
func loose(n *skeleton.Node) bool {
	f := n.Frame.Func
	return f.Effects || n.Frame.Widened && !slices.Contains(f.Blocks[0].Ops, n.Op)
}

// do looks for a Do that the function of the Do n comes to.
func (c *checker) do(n *skeleton.Node) {
	for _, m := range n.Graph.Nodes {
		if !m.Op.Is(syncapi.OnceDo) || m.Res != n.Res || loose(m) {
			continue
		}
		fr := ours(m, runBy(m, n))
		if fr == nil {
			continue
		}
		if c.view.Sure(func() bool { return c.comesTo(n, m, n.Res) }) {
			c.report(n, m, fr)
		}
	}
}

// comesTo reports whether there is a feasible path from n to m on which the Once
// stays what it is.
func (c *checker) comesTo(n, m *skeleton.Node, once skeleton.Path) bool {
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		To:   []*skeleton.Node{m},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == m:
				return skeleton.Found
			case at == n, at.Assigns(once):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) != nil
}

// runBy returns the activation of the function that the Do n runs which m is
// part of, nil if it is part of none.
func runBy(m, n *skeleton.Node) *skeleton.Frame {
	for fr := m.Frame; fr != nil && fr.Call != nil; fr = fr.Up {
		for at := fr.Call; len(at.Preds) > 0; at = at.Preds[0].From {
			if at == n {
				return fr
			}
			if at != fr.Call && at.Op != nil {
				break
			}
		}
	}
	return nil
}

// ours returns the outermost activation of a function of this package that m is
// part of and that is part of fr; nil if there is none.
func ours(m *skeleton.Node, fr *skeleton.Frame) *skeleton.Frame {
	if fr == nil {
		return nil
	}
	var first *skeleton.Frame
	for at := m.Frame; at != nil; at = at.Up {
		if !at.Func.Imported() {
			first = at
		}
		if at == fr {
			break
		}
	}
	return first
}

// onceFunc looks for calls of the function that n makes by the function that it
// makes it of.
func (c *checker) onceFunc(n *skeleton.Node) {
	names := []skeleton.Path{n.Res}
	for _, m := range n.Graph.Nodes {
		if m.Op.Is(syncapi.Store) && len(m.Args) == 1 && m.Args[0] == n.Res && m.Res.IsOne() {
			names = append(names, m.Res)
		}
	}
	for _, s := range n.Spawns {
		g := s.Graph()
		for _, m := range g.Nodes {
			if !m.Op.Is(syncapi.Call) || !slices.Contains(names, m.Res) || loose(m) {
				continue
			}
			fr := ours(m, outermost(m))
			if fr == nil {
				continue
			}
			if c.view.Sure(func() bool { return c.comesTo(g.Entry, m, n.Res) }) {
				c.report(n, m, fr)
			}
		}
	}
}

// outermost returns the first activation of the graph that m is part of, its own
// call apart.
func outermost(m *skeleton.Node) *skeleton.Frame {
	var first *skeleton.Frame
	for fr := m.Frame; fr != nil && fr.Call != nil && fr.Call.Graph == m.Graph; fr = fr.Up {
		first = fr
	}
	return first
}

// report reports that m, which runs in the activation fr of the function of n's
// Once, comes to that Once again.
func (c *checker) report(n, m *skeleton.Node, fr *skeleton.Frame) {
	site := opIn(m, fr)
	if c.done[site] || c.view.Node(site) == nil {
		return
	}
	c.done[site] = true
	pos, end := c.view.Extent(site)
	once, again := c.view.Text(n.Op)+".Do", "is called again"
	if n.Op.Is(syncapi.OnceFunc) {
		once = c.view.Callee(m.Op)
		if c.view.Node(m.Op) == nil {
			once = m.Res.String()
		}
	}
	d := analysis.Diagnostic{Pos: pos, End: end}
	if site == m.Op {
		d.Message = fmt.Sprintf("%s is called by the function that it runs, and waits for itself", c.name(m))
	} else {
		d.Message = fmt.Sprintf("this call of %s leads to %s, which is running it and waits for itself", c.view.Callee(site), once)
	}
	if start := c.view.Site(n); start != site {
		d.Related = append(d.Related, c.related(start, "the function is run by this call"))
		if n.Op.Is(syncapi.OnceFunc) {
			d.Related[0].Message = "the function is to be run once by what this call makes"
		}
	}
	if last := c.view.Site(m); last != site && last != c.view.Site(n) {
		d.Related = append(d.Related, c.related(last, fmt.Sprintf("%s %s here", c.name(m), again)))
	}
	report.Report(c.pass, d)
}

// name names what is called again.
func (c *checker) name(m *skeleton.Node) string {
	if m.Op.Is(syncapi.OnceDo) {
		return c.view.Text(m.Op) + ".Do"
	}
	return c.view.Callee(m.Op)
}

// opIn returns the operation of fr by which n, in fr or further in, is reached.
func opIn(n *skeleton.Node, fr *skeleton.Frame) *skeleton.Op {
	op := n.Op
	for f := n.Frame; f != fr && f.Call != nil; f = f.Up {
		op = f.Call.Op
	}
	return op
}

func (c *checker) related(op *skeleton.Op, says string) analysis.RelatedInformation {
	pos, end := c.view.Extent(op)
	return analysis.RelatedInformation{Pos: pos, End: end, Message: says}
}
