package stoppedactor

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- calls that are pending when the loop returns --

// pending returns the loop that op waits for, a receive from a channel which its
// function f makes and keeps in a table, if that alone sends on the channels there, and
// may return because of an error: nothing answers those that wait then.
//
// That nobody else has the channels, and closes one, is a must-analysis of the package's
// syntax.
func (c *checker) pending(f *skeleton.Func, op *skeleton.Op, v *types.Var) *stop {
	if op.Kind != syncapi.Recv || v == nil || v.IsField() || !makesFor(f, op) {
		return nil
	}
	u := chans.ElementsOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Closes) > 0 || len(u.Sends) == 0 || !slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { return holds(f.Syntax(), m) }) {
		return nil
	}
	for _, loop := range c.view.Funcs {
		n := loop.Syntax()
		if !c.view.OnlyStarted()[loop] || n == nil || n == f.Syntax() || holds(f.Syntax(), n) || slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return !holds(n, s.Node()) }) {
			continue
		}
		if end := c.failure(loop, u); end != nil {
			return &stop{serve: op, end: end, f: loop, returns: true}
		}
	}
	return nil
}

// makesFor reports whether f makes the channel that op receives from.
func makesFor(f *skeleton.Func, op *skeleton.Op) bool {
	return f.Syntax() != nil && slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.MakeChan && o.Res == op.Res })
}

func holds(outer, n ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// failure returns a return of loop, which sends the answers of u in its turns, that is
// due to an error.
func (c *checker) failure(loop *skeleton.Func, u *chans.Uses) *skeleton.Op {
	var end *skeleton.Op
	serves := false
	for _, b := range loop.Blocks {
		for _, o := range b.Ops {
			switch {
			case o.Kind == syncapi.Send && slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return c.view.Node(o) == s.Node() }):
				if !chans.Bare(o) || !b.InLoop() {
					return nil
				}
				serves = true
			case o.Kind == syncapi.Return && end == nil && !b.InLoop() && c.isFailure(o):
				end = o
			}
		}
	}
	if !serves {
		return nil
	}
	return end
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
