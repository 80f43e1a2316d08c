package stoppedactor

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- calls that are pending when the loop returns --

// pending returns the loop that op waits for, a receive from a channel which its
// function f makes, or gets from one that does, and that is kept in a table, if the loop
// alone sends on the channels there, and may end because of an error: nothing answers those
// that wait then. What keeps later calls out is of no use to them.
//
// That nobody else has the channels, and closes one, is a must-analysis of the package's
// syntax.
func (c *checker) pending(f *skeleton.Func, op *skeleton.Op, v *types.Var) *stop {
	if v == nil {
		v = chans.Holder(c.view, c.root, c.pass.TypesInfo, op)
	}
	if op.Kind != syncapi.Recv || v == nil || v.IsField() || v.Pkg() != c.pass.Pkg || !makesFor(f, op) && !chans.IsFresh(c.root, c.pass.TypesInfo, v) {
		return nil
	}
	u := chans.ElementsOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || !u.Kept || len(u.Closes) > 0 || len(u.Sends) == 0 {
		return nil
	}
	for _, loop := range c.view.Funcs {
		n := loop.Syntax()
		if n == nil || !c.runsAlone(loop) || slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { return holds(loop.Outermost().Syntax(), m) }) {
			continue
		}
		if end := c.failure(loop, u); end != nil {
			return &stop{serve: op, at: end, f: loop, returns: true}
		}
	}
	return nil
}

// makesFor reports whether f makes the channel that op receives from.
func makesFor(f *skeleton.Func, op *skeleton.Op) bool {
	return f.Syntax() != nil && slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.MakeChan && o.Res == op.Res })
}

func holds(outer, n ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// runsAlone reports whether f is a goroutine of its own, or is all that one comes to for once,
// and nothing behind it starts another one or ends the process.
func (c *checker) runsAlone(f *skeleton.Func) bool {
	if c.view.OnlyStarted()[f] {
		return true
	}
	var caller *skeleton.Func
	for _, g := range c.view.Funcs {
		for _, b := range g.Blocks {
			for _, o := range b.Ops {
				inner := o
				if o.Inner != nil {
					inner = o.Inner
				}
				if !slices.ContainsFunc(inner.Targets, func(t *skeleton.Target) bool { return t.Func == f }) {
					continue
				}
				if caller != nil || o.Kind != syncapi.Call || b.InLoop() || !c.view.OnlyStarted()[g] {
					return false
				}
				caller = g
			}
		}
	}
	return caller != nil && !c.view.Handed()[f] && !slices.ContainsFunc(caller.Ops(), func(o *skeleton.Op) bool {
		return !slices.ContainsFunc(o.Targets, func(t *skeleton.Target) bool { return t.Func == f }) && c.goesOn(o)
	})
}

// goesOn reports whether op may start a goroutine, perhaps one that does what a loop has
// left undone, or end the process.
func (c *checker) goesOn(op *skeleton.Op) bool {
	if op.Kind == syncapi.Defer {
		op = op.Inner
	}
	kinds := []syncapi.Op{syncapi.Go, syncapi.Exit, syncapi.Panic}
	return op.Is(kinds...) || slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
		return slices.ContainsFunc(kinds, func(k syncapi.Op) bool { return c.view.May(t.Func, k) })
	})
}

// failure returns the statement by which f leaves the loop that sends all the answers of u,
// one in each turn, because of an error; nil if there is none.
func (c *checker) failure(f *skeleton.Func, u *chans.Uses) ast.Node {
	var loop ast.Node
	for _, s := range u.Sends {
		at := outermostLoop(c.pass.TypesInfo, s)
		if at == nil || loop != nil && at != loop {
			return nil
		}
		loop = at
	}
	isSend := func(o *skeleton.Op) bool {
		return o.Kind == syncapi.Send && slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return c.view.Node(o) == s.Node() })
	}
	sends := 0
	for _, b := range f.Blocks {
		behind := !b.Leads(func(to *skeleton.Block) bool { return slices.ContainsFunc(to.Ops, isSend) }, nil)
		for _, o := range b.Ops {
			switch {
			case isSend(o):
				if !chans.Bare(o) || !b.InLoop() {
					return nil
				}
				sends++
			case (o.Kind == syncapi.Defer || behind) && c.goesOn(o):
				return nil
			}
		}
	}
	if sends != len(u.Sends) {
		return nil
	}
	cur, _ := c.root.FindNode(f.Syntax())
	for at := range cur.Preorder((*ast.ReturnStmt)(nil), (*ast.BranchStmt)(nil)) {
		if leavesFor(at, f.Syntax(), loop) && c.isFailureOf(at, u) {
			return at.Node()
		}
	}
	return nil
}

// isFailureOf reports whether what stands at cur is done because of an error, without an
// answer of u.
func (c *checker) isFailureOf(cur inspector.Cursor, u *chans.Uses) bool {
	if !chans.OfError(c.pass.TypesInfo, cur) {
		return false
	}
	for at := range cur.Enclosing((*ast.IfStmt)(nil)) {
		return !slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return holds(at.Node(), s.Node()) })
	}
	return false
}

// leavesFor reports whether the statement at cur is a return of the function f, or a break by
// which a loop of it ends.
func leavesFor(cur inspector.Cursor, f, loop ast.Node) bool {
	branch, isBranch := cur.Node().(*ast.BranchStmt)
	if isBranch && branch.Tok != token.BREAK {
		return false
	}
	for at := cur.Parent(); ; at = at.Parent() {
		switch n := at.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return n == f && !isBranch
		case *ast.LabeledStmt:
			if isBranch && branch.Label != nil && branch.Label.Name == n.Label.Name {
				return n.Stmt == loop
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if isBranch && branch.Label == nil {
				return n == loop
			}
		}
	}
}

// outermostLoop returns the outermost loop of its function around a send; nil if there is
// none, or if one there is over the channels themselves, so that all are sent to.
func outermostLoop(info *types.Info, send inspector.Cursor) (loop ast.Node) {
	for at := range send.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := at.Node().(type) {
		case *ast.ForStmt:
			loop = n
		case *ast.RangeStmt:
			if chans.KeepsChans(info.TypeOf(n.X)) || n.Value != nil && isChan(info.TypeOf(n.Value)) {
				return nil
			}
			loop = n
		default:
			return loop
		}
	}
	return loop
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}

// isFailure reports whether a return is what its function does about an error.
func (c *checker) isFailure(op *skeleton.Op) bool {
	ret := c.view.Node(op)
	if ret == nil {
		return false
	}
	cur, ok := c.root.FindNode(ret)
	return ok && chans.OfError(c.pass.TypesInfo, cur)
}
