package wgbalance

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// goroutine checks what the goroutine of g does with the count that it has been
// given. It reports whether there is a fault.
func (c *checker) goroutine(gr *group, g *skeleton.Graph) bool {
	dones := of(g, gr.dones)
	if c.waitsForItself(gr, g, dones) {
		return true
	}
	if g.Spawner == nil || len(dones) == 0 || !spawn.Counted(g.Spawner, gr.path) || gr.made(g) {
		return false
	}
	if g.Spawner.Op.Kind == syncapi.WgGo {
		return c.inGo(gr, g, dones)
	}
	again := func(d *skeleton.Node) bool { return spawn.Path(d, d, gr.isAdd) != nil }
	if slices.ContainsFunc(dones, again) || slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool { return a.Graph == g }) {
		return c.twice(gr, g, dones)
	}
	if g.Repeats {
		return c.twice(gr, g, dones) // how many of the calls are to take a count is not known
	}
	return c.twice(gr, g, dones) || c.passedBy(gr, g, dones) || c.unwound(gr, g, dones)
}

// made reports whether the goroutine of g, or one that it starts, makes the group.
func (gr *group) made(g *skeleton.Graph) bool {
	in := gr.path.Root.MadeIn()
	return in != nil && spawn.Within(in, g)
}

// waitsForItself reports a Wait behind which its own goroutine calls Done for a
// count that it has by then.
func (c *checker) waitsForItself(gr *group, g *skeleton.Graph, dones []*skeleton.Node) bool {
	if len(dones) == 0 && (g.Spawner == nil || g.Spawner.Op.Kind != syncapi.WgGo || g.Spawner.Res != gr.path) {
		return false
	}
	ends := dones
	if g.Spawner != nil {
		if !spawn.Counted(g.Spawner, gr.path) {
			return false
		}
		for d := range spawn.Nodes(g, syncapi.WgDone) {
			if d.Res == gr.path && isEndOfGo(d) {
				ends = append(slices.Clip(ends), d)
			}
		}
	} else if !gr.whole {
		return false
	}
	for _, w := range of(g, gr.waits) {
		for _, d := range ends {
			if c.view.Sure(func() bool {
				return spawn.Path(g.Entry, w, isIn(dones)) != nil && spawn.Path(w, d, or(gr.isAdd, isIn(gr.gos), gr.anew, isIn(ends))) != nil && c.holds(gr, w)
			}) {
				c.reportSelfWait(gr, w, d)
				return true
			}
		}
	}
	return false
}

// holds reports whether the goroutine of w, where it is the root, has a count that
// no other takes: it has added one that it does not hand on.
func (c *checker) holds(gr *group, w *skeleton.Node) bool {
	if w.Graph.Spawner != nil {
		return true
	}
	return slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool {
		return a.Graph == w.Graph && spawn.Path(a, w, gr.anew) != nil
	})
}

// inGo reports a Done by a goroutine that Go counts and takes the count of.
func (c *checker) inGo(gr *group, g *skeleton.Graph, dones []*skeleton.Node) bool {
	if len(gr.adds) > 0 {
		return false // it may be for another
	}
	for _, d := range dones {
		if c.view.Sure(func() bool { return spawn.Path(g.Entry, d, nil) != nil }) {
			c.reportInGo(gr, g, d)
			return true
		}
	}
	return false
}

// twice reports a second Done for the one count that the goroutine has.
func (c *checker) twice(gr *group, g *skeleton.Graph, dones []*skeleton.Node) bool {
	if !gr.single(g.Spawner) || slices.ContainsFunc(dones, gr.byCallback) || slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool { return a.Graph == g }) {
		return false
	}
	for _, d := range dones {
		for _, e := range dones {
			if d == e && c.isLast(d) {
				continue
			}
			if c.view.Sure(func() bool {
				return spawn.Path(g.Entry, d, nil) != nil && spawn.Path(d, e, nil) != nil
			}) {
				c.reportTwice(gr, d, e)
				return true
			}
		}
	}
	return false
}

// passedBy reports a path of the goroutine on which it comes to its end and does
// not call Done.
func (c *checker) passedBy(gr *group, g *skeleton.Graph, dones []*skeleton.Node) bool {
	if slices.ContainsFunc(dones, isHanded) {
		return false // whether it is called is for another function to say
	}
	var trace *skeleton.Trace
	found := c.view.Sure(func() bool {
		trace = g.Search(skeleton.Query{
			From: []*skeleton.Node{g.Entry},
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				switch {
				case gr.takes(n) || n.Op.Is(syncapi.WgWait) && n.Res == gr.path:
					return skeleton.Stop
				case n.Exit == skeleton.ByReturn:
					return skeleton.Found
				}
				return skeleton.Continue
			},
		})
		return trace != nil
	})
	if !found {
		return false
	}
	d := dones[0]
	if gr.deferred(d) && !slices.ContainsFunc(dones, func(d *skeleton.Node) bool { return spawn.Path(g.Entry, d, nil) != nil }) {
		return false
	}
	c.reportPassedBy(gr, d, trace)
	return true
}

// unwound reports a Done that is not deferred behind something that may end the
// goroutine, or unwind it to a function that recovers.
func (c *checker) unwound(gr *group, g *skeleton.Graph, dones []*skeleton.Node) bool {
	if slices.ContainsFunc(dones, gr.deferred) {
		return false
	}
	for _, n := range g.Nodes {
		if n.Op == nil || n.Frame.Widened {
			continue
		}
		how := c.ends(n, dones)
		if how == nothing {
			continue
		}
		for _, d := range dones {
			if c.view.Sure(func() bool {
				return spawn.Path(g.Entry, n, gr.takes) != nil && (how == exits || spawn.Path(n, d, nil) != nil)
			}) {
				c.reportUnwound(gr, d, n, how)
				return true
			}
		}
	}
	return false
}

// A way is how a goroutine is kept from going on.
type way int

const (
	nothing way = iota
	exits       // it ends, its deferred calls are run
	panics      // it may panic, which is recovered
)

// ends returns how n may keep control from coming to any of dones.
func (c *checker) ends(n *skeleton.Node, dones []*skeleton.Node) way {
	switch {
	case n.Op.Kind == syncapi.Goexit:
		return exits
	case !n.Op.Is(syncapi.Call, syncapi.Work) || n.Op.Kind == syncapi.Call && len(n.Op.Targets) > 0 && c.light(n):
		return nothing
	case n.Op.Kind == syncapi.Work && c.view.Node(n.Op) == nil:
		return nothing // it is no call
	}
	for f := n.Frame; f != nil && f.Func != nil; f = f.Up {
		if f.Call != nil && f.Call.Graph != n.Graph {
			break
		}
		if !recovers(f.Func) || isDeferred(f) {
			continue
		}
		if !slices.ContainsFunc(dones, func(d *skeleton.Node) bool { return !d.Frame.Within(f) }) {
			return panics
		}
	}
	return nothing
}

// light reports whether all that n calls takes next to no time, and so is not
// what is guarded against.
func (c *checker) light(n *skeleton.Node) bool {
	return !slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return !t.Func.Light })
}

// recovers reports whether f defers a function that recovers.
func recovers(f *skeleton.Func) bool {
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Defer || op.Inner == nil {
			continue
		}
		for _, t := range op.Inner.Targets {
			if slices.ContainsFunc(t.Func.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Recover }) {
				return true
			}
		}
	}
	return false
}

// isDeferred reports whether the activation f is that of a deferred call.
func isDeferred(f *skeleton.Frame) bool {
	if f.Call == nil || f.Up == nil {
		return false
	}
	return slices.ContainsFunc(f.Up.Func.Ops(), func(o *skeleton.Op) bool {
		return o.Kind == syncapi.Defer && o.Inner == f.Call.Op
	})
}

// deferred reports whether the Done d is, or is called by, a deferred call.
func (gr *group) deferred(d *skeleton.Node) bool {
	if slices.ContainsFunc(d.Frame.Func.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Defer && o.Inner == d.Op }) {
		return true
	}
	for f := d.Frame; f != nil; f = f.Up {
		if isDeferred(f) {
			return true
		}
	}
	return false
}
