package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows what keeps goroutines apart that one statement starts: all have one
// graph, so that what one of them waits for is done at a node that it has as well.

// apart reports whether x and y, on two goroutines with the graph g, are kept in order by
// what only one of these goroutines at a time, or the last one of them, comes by.
func (r *Race) apart(x, y *skeleton.Node, g *skeleton.Graph) bool {
	return r.claimed(x, g) || last(x, y, g) || last(y, x, g) || r.chained(x, g) && r.chained(y, g)
}

// claimed reports whether the goroutines with the graph g start only where an atomic
// operation says that none runs, which they change again behind x.
func (r *Race) claimed(x *skeleton.Node, g *skeleton.Graph) bool {
	start := g.Spawner
	for claim := range Nodes(start.Graph, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
		if !chosen(claim) || !only(start, claim) {
			continue
		}
		for n := range Nodes(g, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
			if n.Res == claim.Res && (x.Graph != g || Leads(x, n)) {
				return true
			}
		}
	}
	return false
}

// elected reports whether the writes x and y, on two goroutines, both come only behind an
// atomic operation on one thing that chooses a goroutine: which of the two writes, it says.
func elected(x, y *skeleton.Node) bool {
	if !x.Op.Is(syncapi.Write) || !y.Op.Is(syncapi.Write) {
		return false
	}
	for n := range Nodes(x.Graph, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
		if !chosen(n) || !n.Res.IsOne() || !only(x, n) {
			continue
		}
		for m := range Nodes(y.Graph, syncapi.AtomicUpdate, syncapi.AtomicCAS) {
			if m.Res == n.Res && chosen(m) && only(y, m) {
				return true
			}
		}
	}
	return false
}

// only reports whether control comes to n only by way of m.
func only(n, m *skeleton.Node) bool {
	return n != m && Path(n.Graph.Entry, n, func(at *skeleton.Node) bool { return at == m }) == nil
}

// last reports whether a goroutine comes to x only if it is the last one that has counted
// itself out, by an atomic operation or under a lock, which all do behind y.
func last(x, y *skeleton.Node, g *skeleton.Graph) bool {
	if x.Graph != g || y.Graph != g {
		return false
	}
	for out := range Nodes(g, syncapi.AtomicUpdate) {
		if !chosen(out) || !only(x, out) || only(y, out) || !Leads(y, out) {
			continue
		}
		isOut := func(n *skeleton.Node) bool { return n.Op == out.Op && n.Res == out.Res }
		ends := func(from *skeleton.Node, past func(*skeleton.Node) bool) bool {
			return slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool {
				return n.Exit == skeleton.ByReturn && Path(from, n, past) != nil
			})
		}
		// All count themselves out behind y, and not all come to x then.
		if !ends(y, isOut) && ends(out, func(n *skeleton.Node) bool { return n == x }) {
			return true
		}
	}
	return false
}

// chained reports whether the goroutine of x waits, before x, for a channel that it is
// handed, and closes behind x, or sends on, one that is made in the turn of the loop which
// starts it: each waits for the one before.
func (r *Race) chained(x *skeleton.Node, g *skeleton.Graph) bool {
	if x.Graph != g || !g.Spawner.InLoop() {
		return false
	}
	waits := slices.ContainsFunc(slices.Collect(Nodes(g, syncapi.Recv)), func(n *skeleton.Node) bool {
		return n.Res.Root != nil && n.Res.Root.Kind == skeleton.Value && n.Res.Sel == nil && only(x, n)
	})
	return waits && slices.ContainsFunc(slices.Collect(Nodes(g, syncapi.Close, syncapi.Send)), func(n *skeleton.Node) bool {
		return Leads(x, n) && n.Res.Sel == nil && slices.ContainsFunc(slices.Collect(Nodes(g.Spawner.Graph, syncapi.MakeChan)), func(m *skeleton.Node) bool {
			return m.Res == n.Res && m.SameLoop(g.Spawner)
		})
	})
}

// asksStop returns a predicate that holds for what asks whether the function that start
// hands to a timer or context will not run any more, and is told.
func asksStop(start *skeleton.Node) func(*skeleton.Node) bool {
	if !start.Op.Is(syncapi.NewTimer, syncapi.AfterFunc) {
		return func(*skeleton.Node) bool { return false }
	}
	return func(n *skeleton.Node) bool {
		switch {
		case n.Op.Is(syncapi.TimerStop):
			if n.Res != start.Res {
				return false
			}
		case n.Op.Is(syncapi.Call):
			if stop := n.Frame.Resolve(n.Op.Dynamic); stop.Root == nil || stop.Sel != nil || !slices.Contains(start.Op.Results, stop.Root.Origin()) {
				return false
			}
		default:
			return false
		}
		return slices.ContainsFunc(n.Op.Results, func(r *skeleton.Root) bool { return r.Tested() })
	}
}
