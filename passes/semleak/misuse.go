package semleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- other misuses --

// inside reports a if it is the first that each of the goroutines does which a
// loop starts, and its release the last: it does not bound how many there are. One that
// others acquire as well, that belongs to the package, or that has room for about as many
// as the loop has turns, bounds something else.
func (c *checker) inside(a *skeleton.Node, release syncapi.Op) {
	start := a.Graph.Spawner
	if start == nil || !start.InLoop() || !chans.Bare(a.Op) || a.Res.Root.Kind == skeleton.Global || !c.itself(start, a) {
		return
	}
	for m := range spawn.Nodes(start.Graph, syncapi.MakeChan) {
		if m.Res == a.Res && m.SameLoop(start) {
			return
		}
	}
	waits := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Recv, syncapi.Send, syncapi.Lock, syncapi.WgWait, syncapi.SemAcquire, syncapi.Work, syncapi.Sleep)
	}
	if !skeleton.Leads(a.Graph.Entry, a, waits) || !c.lastly(a, release) || c.asMany(start, a) {
		return
	}
	if skeleton.Leads(start, start, func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.WgWait, syncapi.Recv, syncapi.Send, syncapi.SemAcquire)
	}) {
		pos, end := c.view.Extent(a.Op)
		sPos, _ := c.view.Extent(start.Op)
		if c.done[pos] || end <= pos || !sPos.IsValid() {
			return
		}
		c.done[pos] = true
		c.found = append(c.found, finding{c.variable(a.Op), analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("%s is acquired by the goroutine that it is to bound: the loop starts them all at once", c.view.Text(a.Op)),
			Related: []analysis.RelatedInformation{{Pos: sPos, End: sPos + token.Pos(len("go")), Message: "the loop starts one here, without waiting"}},
		}})
	}
}

// lastly reports whether the goroutine of a does nothing of substance behind its release.
func (c *checker) lastly(a *skeleton.Node, release syncapi.Op) bool {
	isRelease := releases(a, release)
	for _, r := range a.Graph.Nodes {
		if r.Op == nil || !isRelease(r) {
			continue
		}
		for _, n := range a.Graph.Nodes {
			if n.Op.Is(syncapi.Send, syncapi.Recv, syncapi.Call, syncapi.Work, syncapi.Sleep, syncapi.Lock) && !isRelease(n) && skeleton.Leads(r, n, nil) {
				return false
			}
		}
	}
	return true
}

// asMany reports whether the room of a's channel is made by the variable that the loop
// around start counts up to.
func (c *checker) asMany(start, a *skeleton.Node) bool {
	node := c.view.Node(start.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return false
	}
	var bound ast.Expr
	for loop := range cur.Enclosing((*ast.RangeStmt)(nil), (*ast.ForStmt)(nil)) {
		switch loop := loop.Node().(type) {
		case *ast.RangeStmt:
			bound = loop.X
		case *ast.ForStmt:
			bound = loop.Cond
		}
		break
	}
	if bound == nil {
		return false
	}
	counts := make(map[types.Object]bool)
	ast.Inspect(bound, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pass.TypesInfo.Uses[id].(*types.Var); ok {
				counts[v] = true
			}
		}
		return true
	})
	found := false
	for m := range spawn.Nodes(start.Graph, syncapi.MakeChan) {
		if m.Res != a.Res || c.view.Node(m.Op) == nil {
			continue
		}
		ast.Inspect(c.view.Node(m.Op), func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && counts[c.pass.TypesInfo.Uses[id]]
			return !found
		})
	}
	return found
}

// itself reports whether the function that start starts does a, no callee, and
// whether nothing else acquires the semaphore or runs that function.
func (c *checker) itself(start, a *skeleton.Node) bool {
	f := a.Op.Fn
	if !slices.ContainsFunc(start.Spawns, func(s *skeleton.Spawn) bool { return s.Func.Root != nil && s.Func.Root.Func == f }) {
		return false
	}
	if f.Parent == nil {
		if calls, ok := c.locks.Callers(f); !ok || len(calls) > 0 {
			return false
		}
	}
	for _, o := range c.view.Funcs {
		if o != f && slices.ContainsFunc(o.Ops(), func(op *skeleton.Op) bool { return op.Is(a.Op.Kind) && c.same(op, a.Op) }) {
			return false
		}
	}
	return true
}

// ignored reports an Acquire whose error is ignored, unless it cannot fail.
func (c *checker) ignored(op *skeleton.Op) {
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || c.done[call.Pos()] {
		return
	}
	cur, ok := c.root.FindNode(call)
	if !ok {
		return
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.ExprStmt:
	case *ast.AssignStmt:
		if id, ok := parent.Lhs[0].(*ast.Ident); !ok || id.Name != "_" {
			return
		}
	default:
		return
	}
	if arg, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok {
		if fn, ok := c.callee(arg); ok && syncapi.IsRootContext(fn) {
			return // which never ends
		}
	}
	c.done[call.Pos()] = true
	report.Report(c.pass, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("the error of this Acquire is ignored: %s is not acquired if the context has ended", c.view.Text(op)),
	})
}

func (c *checker) callee(call *ast.CallExpr) (*types.Func, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	fn, ok := c.pass.TypesInfo.Uses[sel.Sel].(*types.Func)
	return fn, ok
}

// pools reports the ranges of workers over a channel that nothing closes, while
// their end is waited for.
func (c *checker) pools(f *skeleton.Func) {
	for _, p := range chans.PoolsOf(&chans.Package{Locks: c.locks, Root: c.root, Index: c.index, Info: c.pass.TypesInfo}, f) {
		pos, end := c.view.Extent(p.Range.Op)
		if c.done[pos] || end <= pos {
			continue
		}
		c.done[pos] = true
		wPos, wEnd := c.view.Extent(p.Await.Op)
		report.Report(c.pass, analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("the workers that range over %s never end: nothing closes it", c.view.Text(p.Range.Op)),
			Related: []analysis.RelatedInformation{{Pos: wPos, End: wEnd, Message: "here their end is waited for, forever"}},
		})
	}
}
