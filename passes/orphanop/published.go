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
