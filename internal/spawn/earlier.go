package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows the goroutines that take one message after the other. What comes
// before a send comes before what is done with that message, but not before what is
// still done with an earlier one.

// fedBefore reports whether the goroutine of x, which gx starts, may be at x because of
// a message that was sent before y, with nobody waiting between: each turn of its loop
// receives one and comes to x then, whatever the message is. The function of y sends
// others behind y, which are all that the goroutine is seen to wait for.
func (r *Race) fedBefore(x, y, gx *skeleton.Node) bool {
	if x.Graph.Spawner != gx || y.Graph != gx.Graph {
		return false
	}
	rels := r.releasesOf(y, gx.Graph)
	sent := slices.DeleteFunc(slices.Clone(rels), func(s release) bool { return s.kind != syncapi.Send })
	if len(sent) == 0 {
		return false
	}
	await, fed := r.acquirer(rels), r.acquirer(sent)
	anew := func(n *skeleton.Node) bool { return renews(n, x.Res) }
	stops := or(blocked, anew, dies, fails, r.acquirer(r.releasesOf(x, gx.Graph)))
	isX := func(n *skeleton.Node) bool { return n == x }
	for recv := range Nodes(x.Graph, syncapi.Recv) {
		if !fed(recv) || !recv.SameLoop(x) || skeleton.Leads(recv, recv, isX) || Path(x.Graph.Entry, recv, await) == nil || Path(recv, x, await) == nil {
			continue
		}
		for send := range Nodes(gx.Graph, syncapi.Send) {
			if r.same(recv.Res, send.Res) && Path(gx, send, stops) != nil && Path(send, y, stops) != nil {
				return true
			}
		}
	}
	return false
}

// blocked reports whether n waits for something other than room in a channel.
func blocked(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Recv, syncapi.Select, syncapi.SemAcquire)
}
