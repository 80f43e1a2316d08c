package nilchan

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports sends to, receives from and ranges over nil channels.
var Analyzer = &analysis.Analyzer{
	Name:     "nilchan",
	Doc:      docs.MustExtract(doc, "nilchan"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/nilchan",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for operations on nil channels in a package.
//
// A channel is nil where all paths give it no other value (the SSA form knows
// this of local variables), or if it is a variable or field that nothing
// assigns, which is a must-analysis over all that the package says. Both err to
// silence.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	index *symindex.Index
	root  *syntax.Tree
	vars  map[token.Pos]*types.Var // variables that are declared without a value, by position
	unset map[*types.Var]bool      // see isUnset

	owners map[*types.Var][]*types.TypeName // types by their fields
	made   map[*types.TypeName]bool         // see makes
	seen   map[*skeleton.Op]bool            // what has been reported
	found  []finding
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		unset: make(map[*types.Var]bool),
		made:  make(map[*types.TypeName]bool),
		seen:  make(map[*skeleton.Op]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		c.elements(f)
		c.results(f)
		if !c.mayBlock(f) {
			continue
		}
		outline := c.view.Outline(f, skeleton.Interest{
			Ops: []syncapi.Op{syncapi.Send, syncapi.Recv},
			Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
				return slices.ContainsFunc(t.Args, c.isNil) || c.onLacking(call)
			},
		})
		for g := range spawn.Graphs(outline) {
			for n := range spawn.Nodes(g, syncapi.Send, syncapi.Recv) {
				c.check(f, n)
			}
		}
	}
	c.reportAll()
	return nil, nil
}

// mayBlock reports whether f operates on a nil channel, or hands one to what
// does: a first look, without regard to conditions.
func (c *checker) mayBlock(f *skeleton.Func) bool {
	if !c.view.May(f, syncapi.Send) && !c.view.May(f, syncapi.Recv) {
		return false
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.Send, syncapi.Recv) && op.Arm == nil && (c.isNil(op.Res) || c.isYetUnset(op)) {
				return true
			}
			inner := op
			if op.Inner != nil {
				inner = op.Inner
			}
			if !slices.ContainsFunc(inner.Args, c.mayLead) {
				continue
			}
			for _, e := range c.view.OpEffects(op, syncapi.Send, syncapi.Recv) {
				if e.Op.Arm == nil && (c.lacks(e.Res) || c.isNil(e.Res) && (e.Res.Root.Kind == skeleton.Nil || slices.Contains(inner.Args, e.Res))) {
					return true
				}
			}
		}
	}
	return false
}

// isNil reports whether a path is that of a nil channel.
func (c *checker) isNil(p skeleton.Path) bool {
	if p.Root == nil {
		return false
	}
	if p.Root.Kind == skeleton.Nil {
		return p.Sel == nil
	}
	v := c.variable(p)
	return v != nil && c.isUnset(v) || c.lacks(p)
}

// variable returns the variable or field that a path ends in, nil if it is
// not one of this package, or no channel.
func (c *checker) variable(p skeleton.Path) *types.Var {
	var v *types.Var
	switch class, ok := p.Class(); {
	case ok:
		v = class.Var()
	case p.Sel == nil && (p.Root.Kind == skeleton.Local || p.Root.Kind == skeleton.Global) && isChan(p.Root.Type):
		v = c.declared(p.Root.Pos)
	}
	if v == nil || v.Pkg() != c.pass.Pkg || !isChan(v.Type()) {
		return nil
	}
	return v
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// check reports n if its channel is nil, and a path leads from f to it.
func (c *checker) check(f *skeleton.Func, n *skeleton.Node) {
	if c.lacks(n.Res) {
		c.checkLacking(f, n)
		return
	}
	if n.Op.Arm != nil || !c.isNil(n.Res) && (n.Op.Fn != f || !c.isYetUnset(n.Op)) {
		return
	}
	site, fr := origin(n)
	switch {
	case !exact(n) || fr == nil || fr.Call != nil || fr.Func != f:
		return // met again in the graph of that function
	case site.Op.Fn.Imported() || c.seen[site.Op] || c.deliberate(site, n):
		return
	case !c.feasible(n, n.Res):
		return
	}
	c.seen[site.Op] = true
	c.report(site, n)
}

// exact reports whether the order of operations is known in all activations that
// n is in.
func exact(n *skeleton.Node) bool {
	for fr := n.Frame; fr != nil; fr = fr.Up {
		if fr.Widened || fr.Func.Effects {
			return false
		}
	}
	return true
}

// comparesParam reports whether a function compares its parameter p with nil, and
// so knows that it may be.
func comparesParam(p skeleton.Path) bool {
	for _, b := range p.Root.Owner.Blocks {
		for _, e := range b.Succs {
			if e.Cond.Var == p {
				return true
			}
		}
	}
	return false
}

// origin returns the node by which the channel of n comes to be nil, the call
// that hands nil to the function which has n or n itself, and the activation
// that does so.
func origin(n *skeleton.Node) (*skeleton.Node, *skeleton.Frame) {
	site, fr, p := n, n.Frame, n.Op.Res
	for p.Root.Kind == skeleton.Param && p.Sel == nil {
		for fr != nil && fr.Func != p.Root.Owner {
			fr = fr.Up
		}
		if fr == nil || fr.Call == nil || comparesParam(p) || p.Root.Index >= len(fr.Call.Op.Args) {
			return n, nil
		}
		site, p, fr = fr.Call, fr.Call.Op.Args[p.Root.Index], fr.Up
	}
	if site == n {
		for fr.Call != nil {
			fr = fr.Up
		}
	}
	return site, fr
}

// feasible reports whether a path leads to n on which its channel res is nil,
// and to the start of the goroutine that n is in.
func (c *checker) feasible(n *skeleton.Node, res skeleton.Path) bool {
	q := skeleton.Query{
		From: []*skeleton.Node{n.Graph.Entry},
		To:   []*skeleton.Node{n},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			if at == n {
				return skeleton.Found
			}
			return skeleton.Continue
		},
	}
	if res.Root.Kind != skeleton.Nil {
		q.Know = []skeleton.Cond{{Var: res, Want: false}}
	}
	if n.Graph.Search(q) == nil {
		return false
	}
	return n.Graph.Spawner == nil || c.feasible(n.Graph.Spawner, res)
}
