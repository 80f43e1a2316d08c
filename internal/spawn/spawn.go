// Package spawn is a view on skeletons: which goroutines a function starts,
// and what orders an operation of one goroutine before one of another.
package spawn

import (
	"iter"
	"slices"

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
				if s.Mode.Starts() && !yield(s) {
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
	return pathBy(a, b, avoid, nil)
}

// pathBy is Path, by the steps only for which take holds.
func pathBy(a, b *skeleton.Node, avoid func(*skeleton.Node) bool, take func(*skeleton.Step) bool) *skeleton.Trace {
	if !skeleton.Leads(a, b, avoid) {
		return nil
	}
	return a.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{a},
		To:   []*skeleton.Node{b},
		Take: take,
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

// LeavingPath returns a feasible path by which control leaves the function at the root of from's
// graph behind it, past no node for which stop holds; nil if there is none.
func LeavingPath(from *skeleton.Node, stop func(*skeleton.Node) bool) *skeleton.Trace {
	return from.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{from},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case stop(n):
				return skeleton.Stop
			case n.Exit == skeleton.ByReturn:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
}

// Leaving returns the return of that function on such a path; nil if there is none.
func Leaving(from *skeleton.Node, stop func(*skeleton.Node) bool) *skeleton.Node {
	t := LeavingPath(from, stop)
	if t == nil {
		return nil
	}
	for _, n := range slices.Backward(t.Nodes) {
		if n.Op.Is(syncapi.Return) && n.Frame.Call == nil {
			return n
		}
	}
	return nil
}

// A Signal is something that a goroutine does and another can wait for.
type Signal struct {
	Kind syncapi.Op // WgDone, Send, Close, Recv, Cancel, CondSignal or AtomicUpdate
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
		for n := range Nodes(g, syncapi.WgWait, syncapi.GroupWait, syncapi.Recv, syncapi.Send, syncapi.CondWait, syncapi.AtomicUpdate) {
			set[lastOf(n.Res)] = true
		}
	}
	return set
}

// signalsIn returns the signals of x's graph from which x is not reached, and
// which are among those awaited.
func signalsIn(x *skeleton.Node, set map[awaited]bool) []Signal {
	var sigs []Signal
	for s := range signals(x.Graph) {
		if set[s.last()] && !Reaches(s.node, x) && (s.node != x || s.Kind == syncapi.Send) { // who receives what x sends has waited for it
			sigs = append(sigs, s)
		}
	}
	return sigs
}

// signals yields all signals of g.
func signals(g *skeleton.Graph) iter.Seq[Signal] {
	return func(yield func(Signal) bool) {
		for n := range Nodes(g, syncapi.WgDone, syncapi.Send, syncapi.Close, syncapi.Recv, syncapi.Cancel, syncapi.CondSignal,
			syncapi.CondBroadcast, syncapi.WgAdd, syncapi.Call, syncapi.AtomicUpdate) {
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
			if !yield(Signal{kind, res, n}) {
				return
			}
		}
	}
}

// last returns what shows at a glance that nothing waits for s.
func (s Signal) last() awaited {
	if s.Kind == syncapi.Cancel {
		return awaited{name: "Done()"}
	}
	return lastOf(s.Res)
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

// awaits reports whether n waits for a signal of the given kind on res. Two
// updates of one counter are in order, and the one that finds it at its end is
// the last; a send on an unbuffered channel waits for the receive.
func awaits(n *skeleton.Node, kind syncapi.Op, res skeleton.Path) bool {
	if n.Op == nil {
		return false
	}
	switch n.Op.Kind {
	case syncapi.WgWait, syncapi.GroupWait:
		return kind == syncapi.WgDone && sameOrElement(n.Res, res)
	case syncapi.Recv:
		if kind == syncapi.Cancel {
			return isDoneOf(n.Res, res)
		}
		return (kind == syncapi.Send || kind == syncapi.Close) && sameOrElement(n.Res, res)
	case syncapi.Send:
		return kind == syncapi.Recv && n.Res == res && isUnbuffered(n)
	case syncapi.CondWait:
		return kind == syncapi.CondSignal && n.Res == res
	case syncapi.AtomicUpdate:
		return kind == syncapi.AtomicUpdate && n.Res == res && len(n.Op.Results) > 0 && n.Op.Results[0].Tested()
	}
	return false
}

// sameOrElement reports whether what waits on p waits on q as well: they are
// the same, or p is the same field of an element of a collection, which holds
// the object that q is known by.
func sameOrElement(p, q skeleton.Path) bool {
	if p == q {
		return true
	}
	a, ok := p.Class()
	b, same := q.Class()
	return ok && same && a == b && !p.IsOne()
}

// isUnbuffered reports whether the channel that n sends on is seen to be made
// without a buffer, by n's goroutine or one around it.
func isUnbuffered(n *skeleton.Node) bool {
	for g := n.Graph; g != nil; g = g.Spawner.Graph {
		for m := range Nodes(g, syncapi.MakeChan) {
			if m.Res == n.Res {
				return m.Op.NKnown && m.Op.N == 0
			}
		}
		if g.Spawner == nil {
			break
		}
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
// goroutine is not around the other nor beside it, and if y's goroutine cannot
// come to y once it has started x's.
func HappensBefore(x, y *skeleton.Node) bool {
	common, gx, gy := Meet(x, y)
	if common == nil || x.Frame.Widened || y.Frame.Widened {
		return true
	}
	if gx != x && gy == y && !Leads(gx, y) {
		return true
	}
	if joined(x, common) {
		return gy == y || Path(gy, gx, nil) == nil
	}
	sigs := signalsOf(x, y, common)
	await := Awaiter(sigs, skeleton.Path{}, skeleton.Path{})
	looping := gx != x && gx.InLoop() && Path(gx, gx, await) != nil // one wait does not stand for all of them
	perTurn := await
	if looping {
		perTurn = Awaiter(slices.DeleteFunc(sigs, func(s Signal) bool { return manyBehind(s.node, x) }), skeleton.Path{}, skeleton.Path{})
	}
	anew := func(n *skeleton.Node) bool { return n.Assigns(x.Res) }
	ordered := or(
		func(n *skeleton.Node) bool {
			return await(n) && (!looping || n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.AtomicUpdate))
		},
		dies,
		settles,
		anew,
		loopsAround(perTurn, common, gx, anew),
		loopsAround(perTurn, y.Graph, gx, anew),
	)
	switch {
	case gx == x && gy == y:
		return !Reaches(y, x)
	case gx == x: // y runs on a goroutine that x's own starts
		return Path(gy, x, or(Blocks, anew)) == nil || Path(y.Graph.Entry, y, ordered) == nil
	case gy == y:
		return Path(gx, y, ordered) == nil
	}
	inY := Path(y.Graph.Entry, y, ordered) != nil
	if gx == gy {
		return !inY
	}
	before, after := Path(gx, gy, ordered) != nil, Path(gy, gx, anew) != nil
	return !inY || !before && !after
}

// manyBehind reports whether the goroutine of x does s in a loop that it comes to once it
// is past x: it may do s for all the others, before they come to x.
func manyBehind(s, x *skeleton.Node) bool {
	return s.Graph == x.Graph && s.InLoop() && !s.SameLoop(x)
}

// Awaits reports whether all ways to y, in its goroutine or from the start of x's on, wait
// for what x's goroutine does only behind x. It errs to true as HappensBefore does, but
// for loops that may wait in one of their turns.
func Awaits(y, x *skeleton.Node) bool {
	common, gx, gy := Meet(x, y)
	if common == nil || x.Frame.Widened || y.Frame.Widened || gx == gy || gx != x && (joined(x, common) || gx.InLoop()) {
		return HappensBefore(x, y)
	}
	ordered := or(Awaiter(signalsOf(x, y, common), skeleton.Path{}, skeleton.Path{}), dies, settles)
	if gy == y {
		return Path(gx, y, ordered) == nil
	}
	return Path(y.Graph.Entry, y, ordered) == nil
}

// maxRelays bounds how many goroutines beside those of x and y are looked at.
const maxRelays = 16

// signalsOf returns the signals after x that y's goroutine or one around it may
// wait for, and those of other goroutines started in common that come after
// such a wait: they pass the order on.
func signalsOf(x, y *skeleton.Node, common *skeleton.Graph) []Signal {
	by := []*skeleton.Graph{common, y.Graph}
	var relays []*skeleton.Graph
	for g := range Graphs(common) {
		if g != common && !Within(x.Graph, g) && !Within(y.Graph, g) && len(relays) < maxRelays {
			relays = append(relays, g)
		}
	}
	sigs := SignalsAfter(x, append(by, relays...)...)
	if len(sigs) == 0 {
		return nil
	}
	await := Awaiter(sigs, skeleton.Path{}, skeleton.Path{})
	set := waits(by)
	for _, g := range relays {
		for s := range signals(g) {
			if set[s.last()] && Leads(g.Entry, s.node) && Path(g.Entry, s.node, await) == nil {
				sigs = append(sigs, s)
			}
		}
	}
	return sigs
}

// dies reports whether the process ends by a panic at n.
func dies(n *skeleton.Node) bool { return n.Op.Is(syncapi.Panic) && !n.Recovered() }

// Blocks reports whether n waits for some other goroutine, whichever it is.
func Blocks(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait) ||
		n.Op.Is(syncapi.Recv) && (n.Op.Arm == nil || !n.Op.Arm.Defined)
}

// loopsAround returns a predicate that holds for the nodes of the loops of g
// which wait in each turn, and which except is not in. A loop that waits for
// each of the goroutines that another loop has started runs as often as that
// one, and not at all only if there are none. If a loop is around both, in each turn of
// which there are other goroutines, behind a node for which anew holds, one turn of it
// counts.
func loopsAround(await func(*skeleton.Node) bool, g *skeleton.Graph, except *skeleton.Node, anew func(*skeleton.Node) bool) func(*skeleton.Node) bool {
	loops := make(map[*skeleton.Node]bool)
	past := func(n *skeleton.Node) bool { return n == except || anew != nil && anew(n) }
	for _, n := range g.Nodes {
		if n.Op == nil || loops[n] || !await(n) || !n.InLoop() {
			continue
		}
		within := func(m *skeleton.Node) bool { return m.SameLoop(n) }
		if n.SameLoop(except) {
			if anew == nil || !skeleton.Leads(n, n, past) {
				continue
			}
			within = func(m *skeleton.Node) bool {
				return m == n || m.SameLoop(n) && !past(m) && skeleton.Leads(n, m, past) && skeleton.Leads(m, n, past)
			}
			if within(except) {
				continue
			}
		}
		for _, m := range g.Nodes {
			if within(m) {
				loops[m] = true
			}
		}
	}
	return func(n *skeleton.Node) bool { return loops[n] || guards(n, loops) }
}

// guards reports whether n leads into one of loops or past it: its condition
// is tested there before the first turn.
func guards(n *skeleton.Node, loops map[*skeleton.Node]bool) bool {
	if len(loops) == 0 || len(n.Succs) < 2 {
		return false
	}
	past := make(map[*skeleton.Node]bool)
	for _, s := range n.Succs {
		past[s.To] = true
	}
	for _, s := range n.Succs {
		if !loops[s.To] {
			continue
		}
		for m := range loops {
			for _, out := range m.Succs {
				if !loops[out.To] && past[out.To] && m.SameLoop(s.To) {
					return true
				}
			}
		}
	}
	return false
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
