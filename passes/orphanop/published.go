package orphanop

import (
	"fmt"
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
		if wait := c.waitsFor(f, op); wait != nil {
			c.leavesOpen(f, op, wait)
		}
	}
}

// waitsFor returns a receive that waits for nothing but the close of what making makes in a
// field, if f alone closes what is in that field.
func (c *checker) waitsFor(f *skeleton.Func, making *skeleton.Op) *skeleton.Op {
	class, ok := making.Res.Class()
	if !ok {
		return nil
	}
	v := class.Var()
	if v == nil || v.Pkg() != c.pass.Pkg {
		return nil
	}
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Makes) != 1 || len(u.Sends) > 0 || len(u.Closes) == 0 {
		return nil
	}
	for _, call := range u.Closes {
		if !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
			return c.view.Node(op) == call || op.Inner != nil && c.view.Node(op.Inner) == call
		}) {
			return nil
		}
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

// leavesOpen reports a return of f behind which what making has made is never closed, though
// others have got the object by then and may be at wait.
func (c *checker) leavesOpen(f *skeleton.Func, making, wait *skeleton.Op) {
	g := c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.MakeChan, syncapi.Store, syncapi.Close}})
	object := skeleton.Path{Root: making.Res.Root}
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
			for n := range spawn.Nodes(g, syncapi.Store) {
				if slices.Contains(n.Args, object) && isShared(n.Res) && spawn.Path(made, n, closes) != nil {
					left = spawn.Leaving(n, closes)
				}
			}
		}
		return left != nil
	})
	if !found {
		return
	}
	pos, end := c.view.Leaving(left.Op)
	if !pos.IsValid() || end <= pos {
		return
	}
	wPos, wEnd := c.view.Extent(wait)
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this return does not close %s: who waits for that at %s blocks forever", making.Res, report.Place(c.pass.Fset, wPos, pos)),
		Related: []analysis.RelatedInformation{{Pos: wPos, End: wEnd, Message: fmt.Sprintf("%s is waited for here", c.view.Text(wait))}},
	})
}

// isShared reports whether others may find what is stored at p.
func isShared(p skeleton.Path) bool {
	return p.Root != nil && p.Sel != nil && p.Root.Kind != skeleton.Made && p.Root.Kind != skeleton.Local || p.Root != nil && p.Root.Kind == skeleton.Global
}
