package orphanop

import (
	"fmt"
	"go/ast"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- objects that others wait for --

// published checks the channels that f makes in an object which it hands to others, and
// which it alone closes: that it does so on each way to a return. Calls of one function for
// one key wait for the first of them in this way.
//
// That nobody else closes or sends is a must-analysis of the package's syntax; that somebody
// has come to wait, once the object is where he can find it, is taken for granted.
func (c *checker) published(f *skeleton.Func) {
	for _, op := range f.Ops() {
		if op.Kind != syncapi.MakeChan || op.Res.Sel == nil || op.Res.Root == nil || op.Res.Root.Kind != skeleton.Made {
			continue
		}
		closes := func(call *ast.CallExpr) bool {
			return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool {
				return c.view.Node(o) == call || o.Inner != nil && c.view.Node(o.Inner) == call
			})
		}
		if wait := c.waitsFor(op, closes); wait != nil {
			c.leavesOpen(c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.MakeChan, syncapi.Store, syncapi.Close}}), op, wait)
		}
	}
}

// unfinished checks the closes of f, a goroutine of its own, by which it tells all who wait for
// a field of its object that it has come so far, and where it wakes those who wait for a
// condition: where it returns because of an error, it tells nobody, and they wait forever.
// That nobody else does so is a must-analysis of the package's syntax, and so is that f is
// started in one place, once.
func (c *checker) unfinished(f *skeleton.Func) {
	if !c.view.OnlyStarted()[f] || f.Obj == nil || !c.startedOnce(f) {
		return
	}
	for _, e := range c.view.Effects(f, syncapi.Close, syncapi.CondSignal, syncapi.CondBroadcast) {
		op := e.Op
		class, ok := op.Res.Class()
		if !ok || e.Started || op.Fn.Imported() || e.Res.Root == nil || e.Res.Root.Kind != skeleton.Param || op.Fn != f && !c.calledOnlyBy(op.Fn, f) || defers(f, op) {
			continue
		}
		var wait *skeleton.Op
		does := "close"
		switch op.Kind {
		case syncapi.Close:
			wait = c.waitsFor(op, func(call *ast.CallExpr) bool { return encloses(f.Syntax(), call) || encloses(op.Fn.Syntax(), call) })
		case syncapi.CondSignal, syncapi.CondBroadcast:
			if op.Fn == f {
				wait, does = c.wokenBy(f, op), "wake"
			}
		}
		if wait == nil || wait.Fn == f {
			continue
		}
		g := c.view.Outline(f, skeleton.Interest{
			Ops:   []syncapi.Op{op.Kind},
			Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return t.Func == op.Fn },
		})
		tells := func(n *skeleton.Node) bool {
			of, ok := n.Res.Class()
			return n.Op.Is(op.Kind) && ok && of == class
		}
		for n := range spawn.Nodes(g, syncapi.Return) {
			if n.Frame.Call == nil && c.ofError(n.Op) && c.view.Sure(func() bool { return spawn.Path(g.Entry, n, tells) != nil }) {
				c.leftAt(n, does, e.Res, wait)
			}
		}
	}
}

// defers reports whether f defers op, or the function that it is in.
func defers(f *skeleton.Func, op *skeleton.Op) bool {
	return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool {
		return o.Kind == syncapi.Defer && (o.Inner == op || slices.ContainsFunc(o.Inner.Targets, func(t *skeleton.Target) bool { return t.Func == op.Fn }))
	})
}

// abandoned checks the goroutines that f starts, and that wait for nothing but the close of a
// field, which f alone does: where f returns because of an error before that, they stay.
func (c *checker) abandoned(f *skeleton.Func) {
	if f.Syntax() == nil || !c.view.May(f, syncapi.Close) || !c.view.May(f, syncapi.Go) && !c.view.May(f, syncapi.WgGo) {
		return
	}
	for _, e := range c.view.Effects(f, syncapi.Recv) {
		class, ok := e.Res.Class()
		if !ok || !e.Started || e.Op.Range || e.Op.Fn.Imported() || !chans.Bare(e.Op) {
			continue
		}
		wait := c.waitsFor(e.Op, func(call *ast.CallExpr) bool {
			return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Close && c.view.Node(o) == call })
		})
		if wait == nil {
			continue
		}
		g := c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.Close, syncapi.Go, syncapi.WgGo}})
		closes := func(n *skeleton.Node) bool {
			of, ok := n.Res.Class()
			return n.Op.Is(syncapi.Close) && ok && of == class
		}
		for start := range spawn.Nodes(g, syncapi.Go, syncapi.WgGo) {
			if !slices.ContainsFunc(c.view.OpEffects(start.Op, syncapi.Recv), func(s skeleton.Effect) bool { return s.Op == e.Op }) {
				continue
			}
			for n := range spawn.Nodes(g, syncapi.Return) {
				if n.Frame.Call == nil && c.ofError(n.Op) && c.view.Sure(func() bool { return spawn.Path(start, n, closes) != nil }) {
					c.leftAt(n, "close", e.Res, e.Op)
				}
			}
		}
	}
}

// calledOnlyBy reports whether nothing names the function f but g.
func (c *checker) calledOnlyBy(f, g *skeleton.Func) bool {
	if f.Obj == nil || c.index.Public(f.Obj) {
		return false
	}
	for use := range c.index.Uses(f.Obj) {
		if g.Syntax() == nil || use.Node().Pos() < g.Syntax().Pos() || g.Syntax().End() <= use.Node().Pos() {
			return false
		}
	}
	return true
}

func encloses(outer, n ast.Node) bool {
	return outer != nil && outer.Pos() <= n.Pos() && n.End() <= outer.End()
}

// wokenBy returns a wait for the condition that op of f signals, if all in the package that
// does so is f; else nil.
func (c *checker) wokenBy(f *skeleton.Func, op *skeleton.Op) (wait *skeleton.Op) {
	class, ok := op.Res.Class()
	if !ok || class.Var() == nil || class.Var().Pkg() != c.pass.Pkg || c.index.Public(class.Var()) {
		return nil
	}
	for _, g := range c.view.Funcs {
		for _, o := range g.Ops() {
			if o.Inner != nil {
				o = o.Inner
			}
			if !o.Is(syncapi.CondWait, syncapi.CondSignal, syncapi.CondBroadcast) {
				continue
			}
			switch of, ok := o.Res.Class(); {
			case !ok || of != class:
			case o.Kind == syncapi.CondWait:
				wait = o
			case g != f || o.Kind != op.Kind:
				return nil
			}
		}
	}
	return wait
}

// startedOnce reports whether the package starts the function f in one place, outside of
// loops.
func (c *checker) startedOnce(f *skeleton.Func) bool {
	starts := 0
	for use := range c.index.Uses(f.Obj) {
		starts++
		for at := range use.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil)) {
			if _, ok := at.Node().(*ast.FuncDecl); !ok {
				return false
			}
			break
		}
	}
	return starts == 1
}

// publishedBy is published for a channel that a callee makes in an object which it returns.
func (c *checker) publishedBy(ch *chans.Channel) {
	if ch.Made == nil || ch.Made.Frame.Call == nil || ch.Graph.Root == nil {
		return
	}
	closes := func(call *ast.CallExpr) bool {
		return slices.ContainsFunc(ch.Closes, func(n *skeleton.Node) bool { return n.Graph == ch.Graph && c.view.Node(n.Op) == call })
	}
	if wait := c.waitsFor(ch.Made.Op, closes); wait != nil {
		c.leavesOpen(ch.Graph, ch.Made.Op, wait)
	}
}

// waitsFor returns a receive that waits for nothing but the close of what is in the field that
// op acts on, if all closes of what is in that field are those which the predicate holds for.
func (c *checker) waitsFor(op *skeleton.Op, closes func(*ast.CallExpr) bool) *skeleton.Op {
	class, ok := op.Res.Class()
	if !ok {
		return nil
	}
	v := class.Var()
	if v == nil || v.Pkg() != c.pass.Pkg {
		return nil
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) != 1 || len(u.Sends) > 0 || len(u.Closes) == 0 || slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !closes(call) }) {
		return nil
	}
	for _, g := range c.view.Funcs {
		for _, op := range g.Ops() {
			if op.Kind == syncapi.Recv && chans.Bare(op) && slices.ContainsFunc(u.Recvs, func(r inspector.Cursor) bool { return r.Node() == c.view.Node(op) }) {
				return op
			}
		}
	}
	return nil
}

// leavesOpen reports a return in g behind which what making has made is never closed, though
// others have got the object by then and may be at wait.
func (c *checker) leavesOpen(g *skeleton.Graph, making, wait *skeleton.Op) {
	field, _ := making.Res.Class()
	closes := func(n *skeleton.Node) bool { // by whatever name it has the object
		class, ok := n.Res.Class()
		return n.Op.Is(syncapi.Close) && ok && class == field
	}
	var left *skeleton.Node
	found := c.view.Sure(func() bool {
		for made := range spawn.Nodes(g, syncapi.MakeChan) {
			if made.Op != making {
				continue
			}
			object := skeleton.Path{Root: made.Res.Root}
			for n := range spawn.Nodes(g, syncapi.Store) {
				if slices.Contains(n.Args, object) && isShared(n.Res) && spawn.Path(made, n, closes) != nil {
					left = c.leaving(n, closes)
				}
			}
		}
		return left != nil
	})
	if !found {
		return
	}
	c.leftAt(left, "close", making.Res, wait)
}

// leftAt reports a return behind which nothing does, close or wake, what wait waits for: the
// channel or condition at p.
func (c *checker) leftAt(left *skeleton.Node, does string, p skeleton.Path, wait *skeleton.Op) {
	pos, end := c.view.Leaving(left.Op)
	if !pos.IsValid() || end <= pos || c.done[pos] {
		return
	}
	c.done[pos] = true
	wPos, wEnd := c.view.Extent(wait)
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this return does not %s %s: who waits for that at %s blocks forever", does, p, report.Place(c.pass.Fset, wPos, pos)),
		Related: []analysis.RelatedInformation{{Pos: wPos, End: wEnd, Message: fmt.Sprintf("%s is waited for here", c.view.Text(wait))}},
	})
}

// leaving is [spawn.Leaving], but where a callee that has a node for which closes holds
// returns before that, the return is the callee's.
func (c *checker) leaving(from *skeleton.Node, closes func(*skeleton.Node) bool) *skeleton.Node {
	left := spawn.Leaving(from, closes)
	if left == nil {
		return nil
	}
	for n := range spawn.Nodes(left.Graph, syncapi.Return) {
		hasClose := n.Frame.Call != nil && slices.ContainsFunc(left.Graph.Nodes, func(m *skeleton.Node) bool { return m.Frame == n.Frame && closes(m) })
		if hasClose && spawn.Path(from, n, closes) != nil {
			return n
		}
	}
	return left
}

// isShared reports whether others may find what is stored at p.
func isShared(p skeleton.Path) bool {
	return p.Root != nil && p.Sel != nil && p.Root.Kind != skeleton.Made && p.Root.Kind != skeleton.Local || p.Root != nil && p.Root.Kind == skeleton.Global
}
