package lockset

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// function finds out about f, a function of the package, whose callees are known but
// for recursion.
func (l *Locks) function(f *skeleton.Func) {
	g := l.Whole(f)
	paired := l.paired(g)
	for _, n := range g.Nodes {
		for _, s := range n.Spawns {
			for _, m := range s.Graph().Nodes {
				l.gives[f] = l.gives[f] || IsRelease(m) && m.Res.Root != nil && m.Res.Root.MadeIn() == nil && l.unheld(m)
			}
		}
		switch {
		case !n.Op.Is(Ops...) || n.Res.Root == nil:
		case paired[n.Res] && n.Frame.Call == nil:
			l.kept[n.Op], l.bare[n.Op] = exits{}, false
		case !IsRelease(n):
			l.taken(f, n)
		case l.mayBeBare(n):
			l.gives[f] = true
			if at, ok := nameOf(n.Res, f); ok && l.leaves(n) {
				l.released[at] = true
			}
		}
	}
}

// paired returns the locks of elements that the function of g itself takes and does not
// release, and releases without taking them, as far as the conditions go that skeletons
// keep: it does both under one that they do not, or for all elements. This errs to
// balanced functions.
func (l *Locks) paired(g *skeleton.Graph) map[skeleton.Path]bool {
	takes, gives := make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
	for _, n := range g.Nodes {
		if n.Op.Is(Ops...) && n.Frame.Call == nil && n.Res.Root != nil && !n.Res.IsOne() {
			takes[n.Res] = takes[n.Res] || IsAcquire(n)
			gives[n.Res] = gives[n.Res] || IsRelease(n)
		}
	}
	paired := make(map[skeleton.Path]bool)
	for p := range takes {
		at := func(n *skeleton.Node) bool { return n.Op.Is(Ops...) && n.Frame.Call == nil && n.Res == p }
		paired[p] = takes[p] && gives[p] &&
			slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool { return at(n) && IsRelease(n) && l.unheld(n) }) &&
			slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool {
				return at(n) && IsAcquire(n) && l.held(n, skeleton.ByReturn, func(*skeleton.Node) bool { return false }) != nil
			})
	}
	return paired
}

// mayBeBare reports whether the release n, in the graph of the function that is being
// looked at, may be reached with the lock not taken, and notes it. In callees it may only
// if it may in each by itself. It errs to false in recursion without an order.
func (l *Locks) mayBeBare(n *skeleton.Node) bool {
	op, may, known := n.Op, true, !loose(n)
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		if bare, ok := l.bare[OpIn(n, fr)]; ok && l.done[fr.Func] {
			may, known = may && bare, true
		}
		op = fr.Call.Op
	}
	bare := may && known && l.unheld(n)
	l.bare[op] = l.bare[op] || bare
	return bare
}

// taken notes what becomes of the lock that n, in the graph of f, takes.
func (l *Locks) taken(f *skeleton.Func, n *skeleton.Node) {
	returned := func(at *skeleton.Node) bool {
		return l.HandsOver(at, n) && (at.Op.Kind != syncapi.Return || at.Frame.Call != nil || !l.returns(at, n))
	}
	may := l.keptByCallees(f, n)
	takes := may.byReturn && l.held(n, skeleton.ByReturn, returned) != nil
	drops := may.byPanic && l.held(n, skeleton.ByPanic, returned) != nil
	l.takes[f] = l.takes[f] || takes
	l.drops[f] = l.drops[f] || drops
	op := n.Op
	if c := activation(n); c != nil {
		op = c.Call.Op
	}
	l.kept[op] = exits{l.kept[op].byReturn || takes, l.kept[op].byPanic || drops}
	if !may.byReturn {
		return // nobody has to release it for the callee
	}
	for fr := n.Frame; fr.Call != nil && fr.Up != nil; fr = fr.Up {
		op := OpIn(n, fr)
		l.handedOff[op] = l.handedOff[op] || l.releasedOutside(n, fr)
		if takes {
			t := Taking{f, OpIn(n, fr.Up), n.Res}
			if fr.Up.Call == nil && !slices.Contains(l.passed[op], t) {
				l.passed[op] = append(l.passed[op], t)
			}
		}
	}
}

// keptByCallees returns how the callees in which n, in the graph of f, takes a lock may
// be left with it: as each may by itself, since what f knows of their arguments can only
// take from that. It errs to all ways where a callee is not known, and to none in recursion
// without an order.
func (l *Locks) keptByCallees(f *skeleton.Func, n *skeleton.Node) exits {
	may, known := exits{true, true}, !loose(n)
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		k, ok := l.kept[OpIn(n, fr)]
		switch {
		case fr.Func.Imported():
			known = true
		case l.done[fr.Func] && (ok || fr.Up.Call == nil && fr.Func != f):
			may = exits{may.byReturn && k.byReturn, may.byPanic && k.byPanic}
			known = true
		}
	}
	if !known {
		return exits{}
	}
	return may
}

// unheld reports whether the release n may be reached with the lock not taken
// before.
func (l *Locks) unheld(n *skeleton.Node) bool {
	return l.nearby(n.Graph).free(n.Res)[n.ID] && n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n.Graph.Entry},
		To:   []*skeleton.Node{n},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == n:
				return skeleton.Found
			case IsAcquire(at) && at.Res == n.Res:
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) != nil
}

// held returns a path from n, which takes a lock, to an exit of its graph on
// which the lock is not released, and over holds nowhere; nil if there is none.
// (A may-analysis, exact in the conditions that skeletons keep.)
func (l *Locks) held(n *skeleton.Node, exit skeleton.Exit, over func(*skeleton.Node) bool) *skeleton.Trace {
	if !l.nearby(n.Graph).kept(n.Res, exit)[n.ID] {
		return nil
	}
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		Take: Succeeds(n),
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case IsRelease(at) && at.Res == n.Res, over(at):
				return skeleton.Stop
			case at.Exit == exit:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
}

// A near knows what can be reached in a graph with a lock in one state, conditions
// apart: functions operate on a lock in many places, and few of them need a search.
type near struct {
	graph  *skeleton.Graph
	before map[skeleton.Path][]bool // by lock and node: from the entry, with the lock not taken
	behind map[keeping][]bool       // by node: to an exit, with the lock not released
}

// keeping is to leave by an exit with a lock.
type keeping struct {
	lock skeleton.Path
	exit skeleton.Exit
}

// nearby returns what is known of g.
func (l *Locks) nearby(g *skeleton.Graph) *near {
	if l.near.graph != g {
		l.near = near{g, make(map[skeleton.Path][]bool), make(map[keeping][]bool)}
	}
	return &l.near
}

// free returns, by node, whether it may be reached with the lock not taken.
func (w *near) free(lock skeleton.Path) []bool {
	if w.before[lock] == nil {
		w.before[lock] = w.graph.Behind([]*skeleton.Node{w.graph.Entry}, func(n *skeleton.Node) bool { return IsAcquire(n) && n.Res == lock })
	}
	return w.before[lock]
}

// kept returns, by node, whether an exit may be reached behind it with the lock not released.
func (w *near) kept(lock skeleton.Path, exit skeleton.Exit) []bool {
	k := keeping{lock, exit}
	if w.behind[k] == nil {
		var exits []*skeleton.Node
		for _, n := range w.graph.Nodes {
			if n.Exit == exit {
				exits = append(exits, n)
			}
		}
		w.behind[k] = w.graph.Before(exits, func(n *skeleton.Node) bool { return IsRelease(n) && n.Res == lock })
	}
	return w.behind[k]
}
