package timerdrain

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// concurrent reports the drains whose value another goroutine may receive: one
// that is started where the drain is, or that knows the timer by the same field.
func (c *checker) concurrent(drains []*drain) {
	drains = slices.DeleteFunc(drains, func(d *drain) bool { return !c.drains(d) })
	if len(drains) == 0 {
		return
	}
	var receives []*skeleton.Node // on goroutines that the package starts
	seen := make(map[*skeleton.Op]bool)
	for _, f := range c.view.Funcs {
		if !c.view.May(f, syncapi.Go) || !slices.ContainsFunc(c.view.Effects(f, onTimers...), receivesElsewhere) {
			continue
		}
		for g := range spawn.Graphs(c.graph(f)) {
			for n := range spawn.Nodes(g, syncapi.Recv) {
				if _, ok := timerOf(n); ok && g.Spawner != nil && !seen[n.Op] {
					seen[n.Op] = true
					receives = append(receives, n)
				}
			}
		}
	}
	entry := make(map[*skeleton.Func]bool)
	for _, f := range c.view.Entries() {
		entry[f] = true
	}
	for _, d := range drains {
		for _, n := range receives {
			if c.races(d, n, entry) {
				c.report(d, n, "this receive may block for ever: another goroutine may receive the value of the timer, at %s", "another goroutine receives the value of the timer here")
			}
		}
	}
}

// receivesElsewhere reports whether an effect is a receive from a timer on another
// goroutine.
func receivesElsewhere(e skeleton.Effect) bool {
	return e.Started && e.Op.Kind == syncapi.Recv && isTimerChan(e.Res)
}

// races reports whether n may take the value that d waits for.
func (c *checker) races(d *drain, n *skeleton.Node, entry map[*skeleton.Func]bool) bool {
	g := d.node.Graph
	if n.Op == d.node.Op || resets(n) || d.guarded() || c.has(n.Graph, d.node.Op) {
		return false
	}
	if n.Res == d.node.Res && spawn.Within(n.Graph, g) {
		return !spawn.HappensBefore(d.node, n) && c.unawaited(d)
	}
	class, ok := d.timer.Class()
	other, also := n.Op.Res.Base().Class() // as its function names it
	return ok && also && class == other && d.timer.Root.Visible() && entry[g.Root] && d.node.Frame.Call == nil && c.unawaited(d)
}

// resets reports whether the goroutine of n surely resets the timer behind n, so
// that there is another value to receive.
func resets(n *skeleton.Node) bool {
	timer := n.Res.Base()
	renewed := func(m *skeleton.Node) bool {
		return m.Op.Is(syncapi.TimerReset, syncapi.NewTimer) && m.Res == timer
	}
	if leads(n, n, nil, renewed) {
		return false
	}
	for _, m := range n.Graph.Nodes {
		if m.Exit != skeleton.NoExit && leads(n, m, nil, renewed) {
			return false
		}
	}
	return true
}

// drains reports whether d follows a Stop that returned false.
func (c *checker) drains(d *drain) bool {
	for _, s := range d.stops {
		if s.Op.Kind == syncapi.TimerStop && d.needs(s) == notRunning {
			return true
		}
	}
	return false
}

// has reports whether an operation is one of the goroutine g.
func (c *checker) has(g *skeleton.Graph, op *skeleton.Op) bool {
	for _, n := range g.Nodes {
		if n.Op == op {
			return true
		}
	}
	return false
}

// guarded reports whether a flag decides in the drain's function: it may say
// whether the value has been received.
func (d *drain) guarded() bool {
	for _, n := range d.node.Graph.Nodes {
		if n.Frame != d.node.Frame {
			continue
		}
		for _, s := range n.Succs {
			if v := s.Cond.Var; v.Root != nil && v.Sel != nil && v != d.timer {
				return true
			}
		}
	}
	return false
}

// unawaited reports whether control may come to the drain without having waited
// for anything, such as for the end of the other goroutine.
func (c *checker) unawaited(d *drain) bool {
	return leads(d.node.Graph.Entry, d.node, nil, func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.Lock) ||
			n.Op.Is(syncapi.Recv) && n.Res != d.node.Res
	})
}
