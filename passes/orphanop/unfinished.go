package orphanop

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- goroutines that return before they tell that they have come so far --

// unfinished checks the closes of f, a goroutine of its own, by which it tells all who wait for
// a field of its object that it has come so far, and where it wakes those who wait for a
// condition: where it returns because of an error, it tells nobody, and they wait forever.
// That nobody else does so is a must-analysis of the package's syntax, and so is that f is
// started in one place, once.
func (c *checker) unfinished(f *skeleton.Func) {
	if !c.view.OnlyStarted()[f] || !c.startedOnce(f) {
		return
	}
	for _, e := range c.view.Effects(f, syncapi.Close, syncapi.CondSignal, syncapi.CondBroadcast) {
		op := e.Op
		class, ok := op.Res.Class()
		if !ok || e.Started || op.Fn.Imported() || !ofOne(e.Res, f) || op.Fn != f && !c.calledOnlyBy(op.Fn, f) || defers(f, op) && !defersItself(f, op) {
			continue
		}
		var wait *skeleton.Op
		does := "close"
		switch op.Kind {
		case syncapi.Close:
			wait = c.waitsFor(op, func(n ast.Node) bool { return isCall(n) && (encloses(f.Syntax(), n) || encloses(op.Fn.Syntax(), n)) })
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
			return n.Op.Is(op.Kind) && ok && of == class || n.Op.Is(syncapi.Defer) && n.Op.Inner == op
		}
		for n := range spawn.Nodes(g, syncapi.Return) {
			if n.Frame.Call == nil && c.ofError(n.Op) && c.view.Sure(func() bool { return spawn.Path(g.Entry, n, tells) != nil }) {
				c.leftAt(n, does, e.Res, wait)
			}
		}
	}
}

// ofOne reports whether p is in an object that f is given, or, as a literal, has of the function
// around it.
func ofOne(p skeleton.Path, f *skeleton.Func) bool {
	if p.Root == nil {
		return false
	}
	return p.Root.Kind == skeleton.Param || f.Parent != nil && p.Root.Owner == f.Parent && (p.Root.Kind == skeleton.Made || p.Root.Kind == skeleton.Local)
}

// defers reports whether f defers op, or the function that it is in.
func defers(f *skeleton.Func, op *skeleton.Op) bool {
	return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool {
		return o.Kind == syncapi.Defer && (o.Inner == op || slices.ContainsFunc(o.Inner.Targets, func(t *skeleton.Target) bool { return t.Func == op.Fn }))
	})
}

// defersItself reports whether f defers op as it is: what comes before that statement is not
// followed by it.
func defersItself(f *skeleton.Func, op *skeleton.Op) bool {
	return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Defer && o.Inner == op })
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
		wait := c.waitsFor(e.Op, func(n ast.Node) bool {
			return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Close && c.view.Node(o) == n })
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

func isCall(n ast.Node) bool {
	_, ok := n.(*ast.CallExpr)
	return ok
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
	if f.Obj == nil {
		if f.Syntax() == nil || f.Parent == nil {
			return false
		}
		cur, ok := c.root.FindNode(f.Syntax())
		return ok && !inLoop(cur)
	}
	starts := 0
	for use := range c.index.Uses(f.Obj) {
		if starts++; inLoop(use) {
			return false
		}
	}
	return starts == 1
}

// inLoop reports whether cur is in a loop of its declaration.
func inLoop(cur inspector.Cursor) bool {
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil)) {
		_, isDecl := at.Node().(*ast.FuncDecl)
		return !isDecl
	}
	return false
}
