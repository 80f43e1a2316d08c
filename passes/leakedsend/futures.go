package leakedsend

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- results that a literal which is returned waits for --

// futures checks the channels without a buffer that f makes, has a goroutine send on once, and
// from which nothing receives but a literal that f returns: who calls f and leaves because of an
// error before it calls that literal leaves the goroutine behind. What is done with the
// channel and with the literal is known by a must-analysis of all that names them.
func (c *checker) futures(f *skeleton.Func) {
	for i, r := range f.Results {
		if r.Root == nil || r.Sel != nil || r.Root.Kind != skeleton.FuncVal || r.Root.Func == nil || r.Root.Func.Parent != f {
			continue
		}
		for _, made := range f.Ops() {
			if made.Kind != syncapi.MakeChan || !made.NKnown || made.N > 0 || !made.Res.IsOne() {
				continue
			}
			if send := c.sentFor(f, r.Root.Func, made); send != nil {
				c.future(f, i, made, send)
			}
		}
	}
}

// sentFor returns the only send on the channel that made makes, on a goroutine that f starts, if
// all else that is done with that is a receive in the literal wait; else nil.
func (c *checker) sentFor(f, wait *skeleton.Func, made *skeleton.Op) (send *skeleton.Op) {
	received := false
	for _, g := range c.view.Funcs {
		if g != f && g.Outermost() != f.Outermost() {
			continue
		}
		for _, op := range g.Ops() {
			inner := op
			if op.Inner != nil {
				inner = op.Inner
			}
			if inner == made || inner.Res != made.Res && !slices.Contains(inner.Args, made.Res) {
				continue
			}
			switch {
			case op.Kind == syncapi.Send && op.Res == made.Res && send == nil && g.Parent == f && c.view.OnlyStarted()[g] && chans.Bare(op) && !g.Comes(op, op):
				send = op
			case op.Kind == syncapi.Recv && g == wait && chans.Bare(op):
				received = true
			default:
				return nil
			}
		}
	}
	if !received {
		return nil
	}
	return send
}

// future reports the send if a caller of f may leave before it calls what f returns as its
// result i.
func (c *checker) future(f *skeleton.Func, i int, made, send *skeleton.Op) {
	for _, g := range c.view.Funcs {
		if lifetime.IsMain(g.Obj) {
			continue
		}
		for _, call := range g.Ops() {
			if call.Kind != syncapi.Call || len(call.Targets) != 1 || call.Targets[0].Func != f || i >= len(call.Results) {
				continue
			}
			var left *skeleton.Node
			if c.view.Sure(func() bool { left = c.leavesFuture(g, call, skeleton.Path{Root: call.Results[i]}); return left != nil }) {
				c.reportFuture(made, send, left)
				return
			}
		}
	}
}

// leavesFuture returns the return statement of an error by which g may leave behind the call,
// and has done nothing with its result.
func (c *checker) leavesFuture(g *skeleton.Func, call *skeleton.Op, result skeleton.Path) *skeleton.Node {
	graph := c.view.Outline(g, skeleton.Interest{Ops: []syncapi.Op{syncapi.Store, syncapi.Send}})
	uses := func(n *skeleton.Node) bool {
		return n.Op != nil && (n.Res.Root == result.Root || slices.ContainsFunc(n.Args, func(a skeleton.Path) bool {
			_, ok := c.view.Reach(a, result)
			return ok
		}))
	}
	for n := range spawn.Nodes(graph, syncapi.Call) {
		if n.Op != call || n.Frame.Call != nil {
			continue
		}
		left := spawn.Leaving(n, uses)
		if left == nil {
			return nil
		}
		if cur, ok := c.root.FindNode(c.view.Node(left.Op)); ok && chans.OfError(c.pass.TypesInfo, cur) {
			return left
		}
	}
	return nil
}

// reportFuture reports a send whose receiver is lost at a return.
func (c *checker) reportFuture(made, send *skeleton.Op, left *skeleton.Node) {
	pos, end := c.view.Extent(send)
	at, atEnd := c.view.Leaving(left.Op)
	madePos, madeEnd := c.view.Extent(made)
	if c.done[pos] || !pos.IsValid() || !at.IsValid() {
		return
	}
	c.done[pos] = true
	name := c.view.Text(send)
	c.found = append(c.found, finding{Diagnostic: analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this send on %s may block forever: its receiver may be gone by %s", name, report.Place(c.pass.Fset, at, pos)),
		Related: []analysis.RelatedInformation{
			{Pos: at, End: atEnd, Message: "here the function that waits for the result is lost"},
			{Pos: madePos, End: madeEnd, Message: fmt.Sprintf("%s is made here, with room for 0", name)},
		},
	}})
}
