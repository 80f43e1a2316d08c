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

// recovered reports the receive r if the one goroutine that answers it recovers from what
// panics before the answer, and does not give one then. That something panics is taken for
// granted, since the goroutine expects it.
func (c *checker) recovered(ch *chans.Channel, r *skeleton.Node) bool {
	side, ok := chans.SideOf(append(slices.Clone(ch.Sends), ch.Closes...), r)
	if !ok || r.InLoop() || len(ch.Escapes) > 0 || side.Graph.Spawner == nil || side.Graph.Spawner.Graph != r.Graph || side.Graph.Root == nil || !c.goesOn(side.Graph.Root) {
		return false
	}
	isAnswer := func(n *skeleton.Node) bool { return slices.Contains(side.Ops, n) }
	root := side.Graph.Root
	if slices.ContainsFunc(side.Ops, isDeferred) {
		return false
	}
	var call *skeleton.Node
	if !c.view.Sure(func() bool {
		for _, n := range side.Graph.Nodes {
			if n.Op != nil && n.Frame.Func == root && c.mayPanic(n) && spawn.Path(side.Graph.Entry, n, isAnswer) != nil &&
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
	at, end := c.view.Extent(call.Op)
	if !at.IsValid() || end <= at {
		return false
	}
	c.report(ch, r, "receive from", fmt.Sprintf("may block forever: a panic at %s is recovered by its sender, which sends nothing then", report.Place(c.pass.Fset, at, pos)),
		[]analysis.RelatedInformation{{Pos: at, End: end, Message: "a panic here is recovered, and nothing is sent"}})
	return true
}

// goesOn reports whether f recovers by functions none of which may end the process, or the
// goroutine, in turn.
func (c *checker) goesOn(f *skeleton.Func) bool {
	ends := func(t *skeleton.Target) bool {
		return c.view.May(t.Func, syncapi.Panic) || c.view.May(t.Func, syncapi.Exit) || c.view.May(t.Func, syncapi.Goexit)
	}
	return f.Recovers() && !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
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
