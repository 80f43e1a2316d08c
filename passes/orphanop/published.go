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
// which it alone closes or sends on: that it does so on each way to a return, or, if it sends,
// on each way to one that is due to an error. Calls of one function for one key wait for the first
// of them in this way.
//
// That nobody else closes or sends is a must-analysis of the package's syntax; that somebody
// has come to wait, once the object is where he can find it, is taken for granted.
func (c *checker) published(f *skeleton.Func) {
	for _, op := range f.Ops() {
		if op.Kind != syncapi.MakeChan || op.Res.Sel == nil || op.Res.Root == nil || op.Res.Root.Kind != skeleton.Made {
			continue
		}
		answers := func(n ast.Node) bool {
			return slices.ContainsFunc(f.Ops(), func(o *skeleton.Op) bool {
				return c.view.Node(o) == n || o.Inner != nil && c.view.Node(o.Inner) == n
			})
		}
		if wait := c.waitsFor(op, answers); wait != nil {
			c.leavesOpen(c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.MakeChan, syncapi.Store, syncapi.Close, syncapi.Send}}), op, wait)
		}
	}
}

// publishedBy is published for a channel that a callee makes in an object which it returns.
func (c *checker) publishedBy(ch *chans.Channel) {
	if ch.Made == nil || ch.Made.Frame.Call == nil || ch.Graph.Root == nil {
		return
	}
	closes := func(n ast.Node) bool {
		return slices.ContainsFunc(ch.Closes, func(m *skeleton.Node) bool { return m.Graph == ch.Graph && c.view.Node(m.Op) == n })
	}
	if wait := c.waitsFor(ch.Made.Op, closes); wait != nil {
		c.leavesOpen(ch.Graph, ch.Made.Op, wait)
	}
}

// waitsFor returns a receive that waits for nothing but the close of what is in the field that
// op acts on, or for what is sent on it, if all closes and sends of what is in that field are
// those which the predicate holds for.
func (c *checker) waitsFor(op *skeleton.Op, answers func(ast.Node) bool) *skeleton.Op {
	class, ok := op.Res.Class()
	if !ok {
		return nil
	}
	v := class.Var()
	if v == nil || v.Pkg() != c.pass.Pkg {
		return nil
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) != 1 || len(u.Sends)+len(u.Closes) == 0 || slices.ContainsFunc(u.Closes, func(call *ast.CallExpr) bool { return !answers(call) }) {
		return nil
	}
	if slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return !answers(s.Node()) }) {
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
	does := "close"
	answers := func(n *skeleton.Node) bool { // by whatever name it has the object
		class, ok := n.Res.Class()
		return n.Op.Is(syncapi.Close, syncapi.Send) && ok && class == field
	}
	if slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Send) && answers(n) }) {
		does = "send on"
	}
	var left *skeleton.Node
	found := c.view.Sure(func() bool {
		for made := range spawn.Nodes(g, syncapi.MakeChan) {
			if made.Op != making {
				continue
			}
			object := skeleton.Path{Root: made.Res.Root}
			for n := range spawn.Nodes(g, syncapi.Store, syncapi.Send) {
				if slices.Contains(n.Args, object) && (n.Op.Is(syncapi.Send) || isShared(n.Res)) && spawn.Path(made, n, answers) != nil {
					left = c.leaving(n, answers)
				}
			}
		}
		return left != nil
	})
	if found && does == "send on" && !c.ofError(left.Op) {
		return
	}
	if !found {
		return
	}
	c.leftAt(left, does, making.Res, wait)
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
