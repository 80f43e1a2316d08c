// Package spawn is a view on skeletons: which goroutines a function starts,
// and what orders an operation of one goroutine before one of another.
package spawn

import (
	"iter"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxNesting bounds how deep goroutines that start goroutines are followed.
const maxNesting = 4

// Goroutines yields all that g starts on other goroutines, directly: by go
// statements, groups, timers and functions known to do so.
func Goroutines(g *skeleton.Graph) iter.Seq[*skeleton.Spawn] {
	return func(yield func(*skeleton.Spawn) bool) {
		for _, n := range g.Nodes {
			for _, s := range n.Spawns {
				if (s.Mode == syncapi.Elsewhere || s.Mode == syncapi.Many) && !yield(s) {
					return
				}
			}
		}
	}
}

// Graphs yields g and the graphs of all goroutines that it starts, directly
// or through others, up to a fixed nesting.
func Graphs(g *skeleton.Graph) iter.Seq[*skeleton.Graph] {
	return func(yield func(*skeleton.Graph) bool) { graphs(g, maxNesting, yield) }
}

func graphs(g *skeleton.Graph, depth int, yield func(*skeleton.Graph) bool) bool {
	if !yield(g) {
		return false
	}
	if depth == 0 {
		return true
	}
	for s := range Goroutines(g) {
		if !graphs(s.Graph(), depth-1, yield) {
			return false
		}
	}
	return true
}

// Nodes yields the nodes of g that are one of kinds.
func Nodes(g *skeleton.Graph, kinds ...syncapi.Op) iter.Seq[*skeleton.Node] {
	return func(yield func(*skeleton.Node) bool) {
		for _, n := range g.Nodes {
			if n.Op.Is(kinds...) && !yield(n) {
				return
			}
		}
	}
}

// Within reports whether a is g, or a goroutine that g starts, directly or
// through others.
func Within(a, g *skeleton.Graph) bool {
	for a != g {
		if a == nil || a.Spawner == nil {
			return false
		}
		a = a.Spawner.Graph
	}
	return true
}

// Reaches reports whether there is a feasible path from a to b, which are
// nodes of one graph. A node reaches itself only around a loop.
func Reaches(a, b *skeleton.Node) bool {
	return Path(a, b, nil) != nil
}

// Leads reports whether there is a path from a to b, nodes of one graph,
// conditions apart.
func Leads(a, b *skeleton.Node) bool { return skeleton.Leads(a, b, nil) }

// Path returns a feasible path from a to b, nodes of one graph, that avoids
// the nodes for which avoid holds; nil if there is none.
func Path(a, b *skeleton.Node, avoid func(*skeleton.Node) bool) *skeleton.Trace {
	if !skeleton.Leads(a, b, avoid) {
		return nil
	}
	return a.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{a},
		To:   []*skeleton.Node{b},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case n == b:
				return skeleton.Found
			case avoid != nil && avoid(n):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// A Signal is something that a goroutine does and another can wait for.
type Signal struct {
	Kind syncapi.Op // WgDone, Send, Close, Cancel or CondSignal
	Res  skeleton.Path
	node *skeleton.Node
}

// SignalsAfter returns what is signalled behind x and never before it: who
// waits for one of them waits for x, if x happens at all. It looks at x's own
// goroutine and at those around it that wait for it in turn. Signals that no
// node of the graphs in by could be waiting for are left out, which is what
// makes it cheap.
func SignalsAfter(x *skeleton.Node, by ...*skeleton.Graph) []Signal {
	for g := x.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		by = append(by, g.Spawner.Graph)
	}
	awaited := waits(by)
	if len(awaited) == 0 {
		return nil
	}
	sigs := signalsIn(x, awaited)
	for g := x.Graph; g.Spawner != nil && len(sigs) > 0; g = g.Spawner.Graph {
		outer := g.Spawner
		var more []Signal
		for _, s := range signalsIn(outer, awaited) {
			if Path(outer, s.node, Awaiter(sigs, skeleton.Path{}, skeleton.Path{})) == nil {
				more = append(more, s)
			}
		}
		sigs = append(sigs, more...)
	}
	return sigs
}

// An awaited is the last part of the path of something that is waited for.
type awaited struct {
	root *skeleton.Root // if there is no selector
	name string
}

func lastOf(p skeleton.Path) awaited {
	if p.Sel == nil {
		return awaited{root: p.Root}
	}
	return awaited{name: p.Sel.Name}
}

// waits returns what the nodes of graphs wait for.
func waits(graphs []*skeleton.Graph) map[awaited]bool {
	set := make(map[awaited]bool)
	for _, g := range graphs {
		for n := range Nodes(g, syncapi.WgWait, syncapi.GroupWait, syncapi.Recv, syncapi.CondWait) {
			set[lastOf(n.Res)] = true
		}
	}
	return set
}

// signalsIn returns the signals of x's graph from which x is not reached, and
// which are among those awaited.
func signalsIn(x *skeleton.Node, set map[awaited]bool) []Signal {
	var sigs []Signal
	for n := range Nodes(x.Graph, syncapi.WgDone, syncapi.Send, syncapi.Close, syncapi.Cancel, syncapi.CondSignal,
		syncapi.CondBroadcast, syncapi.WgAdd, syncapi.Call) {
		kind, res := n.Op.Kind, n.Res
		switch kind {
		case syncapi.CondBroadcast:
			kind = syncapi.CondSignal
		case syncapi.WgAdd:
			if !n.Op.NKnown || n.Op.N >= 0 {
				continue
			}
			kind = syncapi.WgDone
		case syncapi.Call:
			if n.Op.Dynamic.IsZero() {
				continue
			}
			kind, res = syncapi.Cancel, n.Frame.Resolve(n.Op.Dynamic)
		}
		last := lastOf(res)
		if kind == syncapi.Cancel {
			last = awaited{name: "Done()"}
		}
		if set[last] && !Reaches(n, x) && (n != x || kind == syncapi.Send) { // who receives what x sends has waited for it
			sigs = append(sigs, Signal{kind, res, n})
		}
	}
	return sigs
}

// Awaiter returns a predicate that holds for nodes which wait for one of
// sigs. If from is not zero, the signals' paths within from are read as the
// same paths within to: the object that a method of another goroutine knows
// by another name.
func Awaiter(sigs []Signal, from, to skeleton.Path) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		for _, s := range sigs {
			res := s.Res
			if !from.IsZero() {
				if !res.HasPrefix(from) {
					continue
				}
				res = n.Graph.Rebase(res, from, to)
			}
			if awaits(n, s.Kind, res) {
				return true
			}
		}
		return false
	}
}

// awaits reports whether n waits for a signal of the given kind on res.
func awaits(n *skeleton.Node, kind syncapi.Op, res skeleton.Path) bool {
	if n.Op == nil {
		return false
	}
	switch n.Op.Kind {
	case syncapi.WgWait, syncapi.GroupWait:
		return kind == syncapi.WgDone && n.Res == res
	case syncapi.Recv:
		if kind == syncapi.Cancel {
			return isDoneOf(n.Res, res)
		}
		return (kind == syncapi.Send || kind == syncapi.Close) && n.Res == res
	case syncapi.CondWait:
		return kind == syncapi.CondSignal && n.Res == res
	}
	return false
}

// isDoneOf reports whether done is the Done channel of the context that
// cancel ends: both are results of one call.
func isDoneOf(done, cancel skeleton.Path) bool {
	if done.Sel == nil || done.Sel.Name != "Done()" || done.Sel.Up != nil || cancel.Sel != nil {
		return false
	}
	a, b := done.Root, cancel.Root
	return a.Kind == skeleton.Result && b.Kind == skeleton.Result && a.Pos == b.Pos && a.Origin().Owner == b.Origin().Owner
}

// HappensBefore reports whether x, an operation of a goroutine that is
// started, directly or not, by y's goroutine or by one around it, is over
// before y whenever y happens. It errs to true where it cannot see: if one
// goroutine is not around the other nor beside it.
func HappensBefore(x, y *skeleton.Node) bool {
	common, gx, gy := Meet(x, y)
	if common == nil || x.Frame.Widened || y.Frame.Widened {
		return true
	}
	if gx != x && gy == y && !Leads(gx, y) {
		return true
	}
	await := Awaiter(SignalsAfter(x, common, y.Graph), skeleton.Path{}, skeleton.Path{})
	looping := gx != x && gx.InLoop() && Path(gx, gx, await) != nil // one wait does not stand for all of them
	ordered := func(n *skeleton.Node) bool {
		return await(n) && (!looping || n.Op.Is(syncapi.WgWait, syncapi.GroupWait))
	}
	if looping {
		ordered = or(ordered, loopsAround(await, common, gx), loopsAround(await, y.Graph, gx))
	}
	switch {
	case gx == x && gy == y:
		return !Reaches(y, x)
	case gx == x: // y runs on a goroutine that x's own starts
		return Path(gy, x, nil) == nil || Path(y.Graph.Entry, y, ordered) == nil
	case gy == y:
		return Path(gx, y, ordered) == nil
	}
	inY := Path(y.Graph.Entry, y, ordered) != nil
	if gx == gy {
		return !inY
	}
	before, after := Path(gx, gy, ordered) != nil, Path(gy, gx, nil) != nil
	return !inY || !before && !after
}

// loopsAround returns a predicate that holds for the nodes of the loops of g
// which wait in each turn, and which except is not in. A loop that waits for
// each of the goroutines that another loop has started runs as often as that
// one, and not at all only if there are none.
func loopsAround(await func(*skeleton.Node) bool, g *skeleton.Graph, except *skeleton.Node) func(*skeleton.Node) bool {
	loops := make(map[*skeleton.Node]bool)
	for _, n := range g.Nodes {
		if n.Op == nil || loops[n] || !await(n) || !n.InLoop() || n.SameLoop(except) {
			continue
		}
		for _, m := range g.Nodes {
			if m.SameLoop(n) {
				loops[m] = true
			}
		}
	}
	return func(n *skeleton.Node) bool { return loops[n] }
}

func or(preds ...func(*skeleton.Node) bool) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		for _, p := range preds {
			if p(n) {
				return true
			}
		}
		return false
	}
}

// Meet returns the innermost graph around both x and y, and the nodes of it
// which are, or lead by starting goroutines to, x and y. It returns nil if there
// is no such graph.
func Meet(x, y *skeleton.Node) (g *skeleton.Graph, gx, gy *skeleton.Node) {
	at := make(map[*skeleton.Graph]*skeleton.Node)
	for n := x; n != nil; n = n.Graph.Spawner {
		at[n.Graph] = n
	}
	for n := y; n != nil; n = n.Graph.Spawner {
		if m := at[n.Graph]; m != nil {
			return n.Graph, m, n
		}
	}
	return nil, nil, nil
}
