package orphanop

import (
	"fmt"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- senders that recover and say nothing --

// recovered reports the receive r if the one goroutine that answers it, or each of those that a
// loop starts for as many receives, recovers from what panics before the answer, and does not
// give one then. That something panics is taken for granted, since the goroutine expects it.
func (c *checker) recovered(ch *chans.Channel, r *skeleton.Node) bool {
	side, ok := chans.SideOf(append(slices.Clone(ch.Sends), ch.Closes...), r)
	if !ok || len(ch.Escapes) > 0 || side.Graph.Spawner == nil || side.Graph.Spawner.Graph != r.Graph || side.Graph.Repeats {
		return false
	}
	if (ch.Often(r) || ch.Often(side.Graph.Spawner)) && !ch.Matched(side, r) {
		return false
	}
	at := c.recovering(side)
	if at == nil || slices.ContainsFunc(side.Ops, isDeferred) {
		return false
	}
	isAnswer := func(n *skeleton.Node) bool { return slices.Contains(side.Ops, n) }
	var call *skeleton.Node
	if !c.view.Sure(func() bool {
		for _, n := range side.Graph.Nodes {
			if n.Op != nil && n.Frame == at && c.mayPanic(n) && spawn.Path(side.Graph.Entry, n, isAnswer) != nil &&
				slices.ContainsFunc(side.Ops, func(s *skeleton.Node) bool { return skeleton.Leads(n, s, nil) }) {
				call = n
				return true
			}
		}
		return false
	}) {
		return false
	}
	pos, _ := c.view.Extent(r.Op)
	from, end := c.view.Extent(call.Op)
	if !from.IsValid() || end <= from {
		return false
	}
	c.report(ch, r, "receive from", fmt.Sprintf("may block forever: a panic at %s is recovered by its sender, which sends nothing then", report.Place(c.pass.Fset, from, pos)),
		[]analysis.RelatedInformation{{Pos: from, End: end, Message: "a panic here is recovered, and nothing is sent"}})
	return true
}

// recovering returns the activation by which the goroutine of a side recovers: of its own
// function, or of one that it calls once; nil if there is none, or if it does not do all that
// the side does.
func (c *checker) recovering(side *chans.Side) *skeleton.Frame {
	if len(side.Ops) == 0 {
		return nil
	}
	for fr := side.Ops[0].Frame; fr != nil && fr.Func != nil; fr = fr.Up {
		within := func(n *skeleton.Node) bool { return n.Frame.Within(fr) }
		switch {
		case fr.Call != nil && fr.Call.InLoop():
			return nil
		case !fr.Func.Recovers():
		case !c.goesOn(fr.Func) || slices.ContainsFunc(side.Ops, func(n *skeleton.Node) bool { return !within(n) }):
			return nil
		default:
			return fr
		}
	}
	return nil
}

// goesOn reports whether f, which recovers, does so by functions none of which may end the process, or the
// goroutine, in turn.
func (c *checker) goesOn(f *skeleton.Func) bool {
	ends := func(t *skeleton.Target) bool {
		return c.view.May(t.Func, syncapi.Panic) || c.view.May(t.Func, syncapi.Exit) || c.view.May(t.Func, syncapi.Goexit)
	}
	return !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Defer && slices.ContainsFunc(op.Inner.Targets, ends)
	})
}

// mayPanic reports whether n calls what panics, or what is not known to the package.
func (c *checker) mayPanic(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Call) {
		return n.Op.Is(syncapi.Panic)
	}
	return len(n.Op.Targets) == 0 && n.Op.Obj == nil || slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return c.view.May(t.Func, syncapi.Panic) })
}

// isDeferred reports whether n is, or is run by, what a function defers, so that a panic
// there comes by it.
func isDeferred(n *skeleton.Node) bool {
	op := n.Op
	for fr := n.Frame; fr != nil && fr.Func != nil; fr = fr.Up {
		if slices.ContainsFunc(fr.Func.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Defer && o.Inner == op }) {
			return true
		}
		if fr.Call == nil {
			break
		}
		op = fr.Call.Op
	}
	return false
}
