package falsesharing

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports what different goroutines write on one cache line.
var Analyzer = &analysis.Analyzer{
	Name:     "falsesharing",
	Doc:      docs.MustExtract(doc, "falsesharing"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/falsesharing",
	Requires: []*analysis.Analyzer{skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks, in the graph of each function, for writes in the loops of two
// goroutines that it starts, or of one and its own, to one object and near to each
// other there. Whether an object begins at the start of a cache line is not known,
// and taken for granted.
type checker struct {
	pass *analysis.Pass
	view *skeleton.View
	told map[token.Pos]bool
}

// writes are the operations that write memory.
var writes = []syncapi.Op{syncapi.Write, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS}

// A hot write is one in a loop.
type hot struct {
	node *skeleton.Node
	expr ast.Expr
	place
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass: pass, view: pass.ResultOf[skeleton.Analyzer].(*skeleton.View), told: make(map[token.Pos]bool)}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		isTest := report.InTest(pass, f.Pos)
		if !isTest && slices.ContainsFunc(c.view.Effects(f, writes...), func(e skeleton.Effect) bool { return e.Started }) {
			c.function(f)
		}
	}
	return nil, nil
}

// maxDepth bounds how deep calls are followed.
const maxDepth = 3

// function looks at the goroutines that f starts.
func (c *checker) function(f *skeleton.Func) {
	g := c.view.Outline(f, skeleton.Interest{
		Ops: append(slices.Clone(writes), syncapi.Sleep, syncapi.Select, syncapi.Lock, syncapi.Parallel),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return call.Frame.Depth < maxDepth && !t.Func.Imported()
		},
	})
	if g.Widened {
		return
	}
	var starts []*skeleton.Spawn
	var writers [][]*hot
	for s := range spawn.Goroutines(g) {
		if s.Mode == syncapi.Unknown || s.Mode == syncapi.Later || s.Graph().Widened {
			continue
		}
		hots := c.hots(s.Graph())
		c.slots(f, s, hots)
		for i, other := range writers {
			c.pairs(starts[i], other, hots)
		}
		starts, writers = append(starts, s), append(writers, hots)
	}
	own := c.hots(g)
	for i, s := range starts {
		c.pairs(s, writers[i], slices.DeleteFunc(slices.Clone(own), func(h *hot) bool {
			return !spawn.Leads(s.Node, h.node) || h.node.SameLoop(s.Node)
		}))
	}
}

// hots returns the writes in loops of g that neither sleep nor select. A write under
// a lock is ordered with those of others, and no more of a cost than the lock.
func (c *checker) hots(g *skeleton.Graph) []*hot {
	var found []*hot
	for n := range spawn.Nodes(g, writes...) {
		if !n.InLoop() || !isTight(n) || c.paced(n) {
			continue
		}
		e := c.written(n.Op)
		if e == nil {
			continue
		}
		if p, ok := c.placeOf(n, e); ok {
			found = append(found, &hot{n, e, p})
		}
	}
	return found
}

// isTight reports whether the function that n is in has a loop around it, or does
// little else and is called in one. Loops further out turn too seldom.
func isTight(n *skeleton.Node) bool {
	pos, fr := n.Op.Pos, n.Frame
	for range maxDepth {
		if syntax := fr.Func.Syntax(); syntax != nil && loopAround(body(syntax), pos) != nil {
			return true
		}
		if !isSmall(fr.Func.Syntax()) || fr.Call == nil || fr.Call.Graph != n.Graph || fr.Call.Op == nil {
			return false
		}
		pos, fr = fr.Call.Op.Pos, fr.Call.Frame
	}
	return false
}

// isSmall reports whether a function is next to nothing but the write that it has.
func isSmall(n ast.Node) bool {
	if n == nil {
		return false
	}
	b, ok := body(n).(*ast.BlockStmt)
	return ok && len(b.List) <= maxStatements && !hasLoop(b)
}

func hasLoop(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		switch m.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		}
		return !found
	})
	return found
}

// maxStatements bounds the statements of a function that is called for its write.
const maxStatements = 3

// body returns the body of a function.
func body(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return n
}

// written returns the expression that op writes, nil if it is not written out.
func (c *checker) written(op *skeleton.Op) ast.Expr {
	if op.Kind == syncapi.Write {
		return c.view.Accessed(op)
	}
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if op.Obj != nil && op.Obj.Signature().Recv() == nil && len(call.Args) > 0 {
		return call.Args[0] // of a function of sync/atomic
	}
	return c.view.Operand(op)
}

// paced reports whether n's loop waits in each turn for something that takes longer
// than a cache line does.
func (c *checker) paced(n *skeleton.Node) bool {
	for _, m := range n.Graph.Nodes {
		if m.Op.Is(syncapi.Sleep, syncapi.Select, syncapi.Lock) && m.SameLoop(n) {
			return true
		}
	}
	return false
}

// slots reports writes to elements of which each of several goroutines has its own.
func (c *checker) slots(f *skeleton.Func, s *skeleton.Spawn, hots []*hot) {
	if !s.Node.InLoop() {
		return
	}
	for _, h := range hots {
		if h.slot == nil || h.elem >= lineSize || !c.isPerStart(f, s, h) {
			continue
		}
		c.report(s, h, fmt.Sprintf("%s is on one cache line with elements that other goroutines write: they are %d bytes long",
			types.ExprString(h.slot), h.elem), nil)
	}
}

// isPerStart reports whether the index of an element is one of the goroutine's own,
// which it does not change: a variable of the loop that starts goroutines, or an
// argument.
func (c *checker) isPerStart(f *skeleton.Func, s *skeleton.Spawn, h *hot) bool {
	e := ast.Unparen(h.slot.Index)
	for {
		sel, ok := e.(*ast.SelectorExpr)
		if !ok {
			break
		}
		e = ast.Unparen(sel.X)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return false
	}
	fn := h.node.Op.Fn
	for _, p := range fn.Params {
		if p.Pos == v.Pos() && v.Pos().IsValid() {
			bound := h.node.Frame.Resolve(skeleton.Path{Root: p})
			return !bound.IsZero() && bound.Root.Kind != skeleton.Nil && isOutside(bound.Root, s) && !assigned(c.pass.TypesInfo, fn.Syntax(), v)
		}
	}
	start := c.view.Node(s.Node.Op)
	body := s.Graph().Root.Syntax()
	if start == nil || body == nil || fn.Outermost() != f.Outermost() || within(v.Pos(), body) || assigned(c.pass.TypesInfo, body, v) {
		return false
	}
	loop := loopAround(f.Syntax(), start.Pos())
	return loop != nil && within(v.Pos(), loop)
}

// isOutside reports whether a value came to be before the goroutine of s.
func isOutside(r *skeleton.Root, s *skeleton.Spawn) bool {
	made := r.MadeIn()
	return made == nil || !spawn.Within(made, s.Graph())
}

// assigned reports whether n gives v another value.
func assigned(info *types.Info, n ast.Node, v *types.Var) bool {
	found := false
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && info.Uses[id] == v
	}
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(m.Lhs, is)
		case *ast.IncDecStmt:
			found = found || is(m.X)
		case *ast.RangeStmt:
			found = found || m.Key != nil && is(m.Key) || m.Value != nil && is(m.Value)
		}
		return !found
	})
	return found
}

func within(pos token.Pos, n ast.Node) bool { return n.Pos() <= pos && pos < n.End() }

// loopAround returns the innermost loop of n around pos.
func loopAround(n ast.Node, pos token.Pos) ast.Node {
	var loop ast.Node
	ast.Inspect(n, func(m ast.Node) bool {
		if m == nil || !within(pos, m) {
			return false
		}
		switch m.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loop = m
		}
		return true
	})
	return loop
}

// pairs reports writes of two goroutines, of which s starts one, to different parts of one cache line. What
// both write is shared in truth, and padding does not help it.
func (c *checker) pairs(s *skeleton.Spawn, xs, ys []*hot) {
	for _, x := range xs {
		for _, y := range ys {
			if x.slot != nil || y.slot != nil || x.base != y.base || !apart(x, y) || x.offset/lineSize != y.offset/lineSize {
				continue
			}
			if writesTo(ys, x) || writesTo(xs, y) {
				continue
			}
			c.report(s, x, fmt.Sprintf("%s is on one cache line with %s, which another goroutine writes in a loop",
				types.ExprString(x.expr), types.ExprString(y.expr)), y)
		}
	}
}

// apart reports whether x and y do not overlap.
func apart(x, y *hot) bool { return x.offset+x.size <= y.offset || y.offset+y.size <= x.offset }

// writesTo reports whether one of hots writes what x does.
func writesTo(hots []*hot, x *hot) bool {
	return slices.ContainsFunc(hots, func(h *hot) bool { return h.base == x.base && !apart(h, x) })
}

// report reports a write on the goroutine of s, and another one.
func (c *checker) report(s *skeleton.Spawn, x *hot, message string, other *hot) {
	d := analysis.Diagnostic{Pos: x.expr.Pos(), End: x.expr.End(), Message: message}
	if c.told[d.Pos] || other != nil && c.told[other.expr.Pos()] {
		return
	}
	c.told[d.Pos] = true
	pos, end := c.view.Extent(c.view.Site(s.Node))
	d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, End: end, Message: "the goroutine is started here"})
	if other != nil {
		c.told[other.expr.Pos()] = true
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: other.expr.Pos(), End: other.expr.End(),
			Message: types.ExprString(other.expr) + " is written here",
		})
	}
	report.Report(c.pass, d)
}
