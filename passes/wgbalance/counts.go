package wgbalance

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- a group that is used again --

// reused reports an Add by a goroutine that has started another one which waits,
// and that may have found the counter at zero, so that the Wait may return before
// the Add, or not have returned yet from an earlier round.
func (c *checker) reused(gr *group) bool {
	for _, w := range gr.waits {
		for _, a := range gr.adds {
			start := starterIn(a.Graph, w)
			if start == nil || start == w || a.Op.NKnown && a.Op.N <= 0 || gr.made(w.Graph) {
				continue
			}
			if c.view.Sure(func() bool { return c.overtakes(gr, a, w, start) }) {
				c.reportReused(gr, a, w, start)
				return true
			}
		}
	}
	return false
}

// overtakes reports whether the Wait w, on a goroutine that start starts, may
// come while the counter is at zero and its goroutine is about to come to a.
func (c *checker) overtakes(gr *group, a, w, start *skeleton.Node) bool {
	if slices.ContainsFunc(of(a.Graph, gr.dones), func(d *skeleton.Node) bool { return skeleton.Leads(a, d, gr.anew) }) || a.Graph.Spawner != nil && spawn.Counted(a.Graph.Spawner, gr.path) {
		return false // it holds a count of its own
	}
	if spawn.HappensBefore(w, a) || spawn.ShareLock(w, a) {
		return false
	}
	// The waiter must not wait first for something that comes behind the Add.
	for h := w; h != start; h = h.Graph.Spawner {
		first := func(n *skeleton.Node) bool {
			return n != h && n.Op.Is(syncapi.Recv, syncapi.Select, syncapi.CondWait, syncapi.WgWait, syncapi.GroupWait, syncapi.Lock)
		}
		if spawn.Path(h.Graph.Entry, h, first) == nil {
			return false
		}
	}
	synced := func(n *skeleton.Node) bool {
		return gr.anew(n) || n.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait) && n.Res != gr.path
	}
	if spawn.Path(start, a, synced) == nil {
		return false
	}
	// Another count that was added before, and is not known to be taken yet, keeps
	// the waiter waiting, at least for a while.
	return gr.roundOver(a, start)
}

// roundOver reports whether the counter may be at zero when start is run: nothing
// was added before, all that was has been waited for, or a loop comes around from
// there to a new round.
func (gr *group) roundOver(a, start *skeleton.Node) bool {
	before := false
	for _, b := range of(start.Graph, gr.adds) {
		before = before || skeleton.Leads(b, start, gr.anew)
	}
	for _, n := range of(start.Graph, gr.gos) {
		before = before || skeleton.Leads(n, start, gr.anew)
	}
	if slices.ContainsFunc(of(start.Graph, gr.waits), func(w *skeleton.Node) bool { return skeleton.Leads(start, w, gr.anew) && skeleton.Leads(w, a, gr.anew) }) {
		return true
	}
	return !before || skeleton.Leads(start, start, gr.anew) && !skeleton.Leads(a, a, or(isIn([]*skeleton.Node{start}), gr.anew))
}

// starterIn returns the node of g that n is, or by which its goroutine is started.
func starterIn(g *skeleton.Graph, n *skeleton.Node) *skeleton.Node {
	for ; n != nil; n = n.Graph.Spawner {
		if n.Graph == g {
			return n
		}
	}
	return nil
}

// -- an Add that no goroutine follows --

// skipped reports an Add behind which, on some path, no goroutine is started, as
// there is on others.
func (c *checker) skipped(gr *group) bool {
	if !c.once(gr) {
		return false
	}
	for _, a := range gr.adds {
		if !a.Op.NKnown || a.Op.N != 1 {
			continue
		}
		var trace *skeleton.Trace
		if c.view.Sure(func() bool { trace = c.skip(gr, a); return trace != nil }) {
			c.reportSkipped(gr, a, trace)
			return true
		}
	}
	return false
}

// once reports whether each goroutine of the group calls Done at most once, for
// the count that was added for it, and none of them is elsewhere.
func (c *checker) once(gr *group) bool {
	if len(gr.dones) == 0 {
		return false
	}
	for _, d := range gr.dones {
		if d.Graph.Spawner != nil && (d.Graph.AnyTimes() || spawn.Path(d, d, nil) != nil) {
			return false
		}
	}
	if gr.whole {
		return true
	}
	if gr.path.Sel == nil {
		return gr.path.Root.Kind == skeleton.Param
	}
	class, ok := gr.path.Class()
	return ok && gr.alone && c.allOf(class, gr.dones, syncapi.WgDone)
}

// skip returns a path from the Add a on which its count is taken by nothing, to
// where that matters, though on others a goroutine takes it.
func (c *checker) skip(gr *group, a *skeleton.Node) *skeleton.Trace {
	var takers []*skeleton.Node
	for _, n := range a.Graph.Nodes {
		if n.Op == nil || !gr.takes(n) || !skeleton.Leads(a, n, or(gr.takes, gr.isAdd, gr.anew)) {
			continue
		}
		if skeleton.Leads(n, n, or(isIn([]*skeleton.Node{a}), gr.anew)) {
			return nil // one Add for all that a loop starts
		}
		takers = append(takers, n)
	}
	if len(takers) == 0 {
		return nil
	}
	trace := a.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{a},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case gr.takes(n) || gr.anew(n):
				return skeleton.Stop
			case n == a || n.Op.Is(syncapi.WgWait) && n.Res == gr.path || c.awaitedBehind(gr, n):
				return skeleton.Found
			case gr.isAdd(n):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
	if trace == nil || !gr.afterAdd(a, trace, takers) {
		return nil
	}
	return trace
}

// awaitedBehind reports whether control leaves the function at n while others
// wait for the group, or may: goroutines of the function, or those who know it.
func (c *checker) awaitedBehind(gr *group, n *skeleton.Node) bool {
	if n.Exit != skeleton.ByReturn {
		return false
	}
	if r := gr.path.Root; n.Graph.Spawner == nil && (r.Kind == skeleton.Param && gr.path.Sel != nil || r.Kind == skeleton.Global) {
		return true
	}
	return slices.ContainsFunc(gr.waits, func(w *skeleton.Node) bool { return w.Graph != n.Graph })
}

// afterAdd reports whether the branch at which the trace leaves the paths to
// takers comes only behind a, so that it is not the branch around a once more.
func (gr *group) afterAdd(a *skeleton.Node, trace *skeleton.Trace, takers []*skeleton.Node) bool {
	isA := isIn([]*skeleton.Node{a})
	last := a
	for _, n := range trace.Nodes {
		if slices.ContainsFunc(takers, func(t *skeleton.Node) bool { return skeleton.Leads(n, t, isA) }) {
			last = n
		}
	}
	return last == a || !skeleton.Leads(a.Graph.Entry, last, isA)
}
