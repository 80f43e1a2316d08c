package spawn

import (
	"go/types"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file asks the question of [Race.Concurrent] of two accesses in the graphs
// of two functions neither of which is seen to call or start the other. They act
// on the same field of what may be one object, or on one package variable.
// Whatever orders one before the other is known by its field then, whatever the
// object: that errs to "in order". What is not known is whether the one function
// is called while goroutines of the other run; that is for whoever asks to say.

// RaceAmong prepares to ask about accesses in the graphs of each of the functions
// fs, and of two of them, to what is wanted, by the names that each has for it.
// What is signalled by goroutines that do not access it is left out.
func RaceAmong(locks *lockset.Locks, fs []*skeleton.Func, wanted func(*skeleton.Func, skeleton.Path) bool, kinds ...syncapi.Op) []*Race {
	signals := make(map[awaited]bool)
	for _, f := range fs {
		for _, op := range f.Ops() {
			if slices.ContainsFunc(locks.View.OpEffects(op, kinds...), func(e skeleton.Effect) bool { return e.Started && wanted(f, e.Res) }) {
				for _, e := range locks.View.OpEffects(op, Ordering...) {
					if name := lastOf(e.Res); e.Started {
						signals[name] = signals[name] || !incidental(e.Op, e.Res)
					}
				}
			}
		}
	}
	races := make([]*Race, len(fs))
	for i, f := range fs {
		races[i] = raceOf(locks, f, func(e skeleton.Effect) bool { return wanted(f, e.Res) }, signals, kinds)
	}
	return races
}

// Beside returns a Race that knows what both r and s do, and by their fields
// alone what they do it to.
func (r *Race) Beside(s *Race) *Race {
	b := &Race{
		root:     r.root,
		graphs:   slices.Concat(r.graphs, s.graphs),
		holdings: r.holdings,
		releases: make(map[releaseKey][]release),
		caps:     make(map[skeleton.Path]int64),
		own:      r.own,
		acquired: maps.Clone(r.acquired),
		released: maps.Clone(r.released),
		byField:  true,
	}
	maps.Copy(b.holdings, s.holdings)
	maps.Copy(b.caps, r.caps)
	maps.Copy(b.caps, s.caps)
	maps.Copy(b.acquired, s.acquired)
	maps.Copy(b.released, s.released)
	return b
}

// Unordered reports whether x, on a goroutine of the one function of r, and y, in
// the graphs of the other, may happen at once if that is called while the
// goroutine runs: neither waits for the other on every way, no lock that both
// may hold keeps them apart, and no branch on the way to x depends on what y's
// side sets.
func (r *Race) Unordered(x, y *skeleton.Node) bool {
	if x.Graph.Spawner == nil || r.loose(x, y) || Common(x, y) || IsCallback(Outermost(x)) || IsCallback(Outermost(y)) || r.sameLock(x, y) || r.keptApart(x, y, nil) {
		return false
	}
	acquires := r.acquirer(r.releasesOf(x, nil))
	await := or(acquires, r.unmet)
	for at := y; at != nil; at = at.Graph.Spawner {
		if at != at.Graph.Entry && Path(at.Graph.Entry, at, or(await, loopsAround(acquires, at.Graph, at, nil))) == nil {
			return false
		}
	}
	await = r.acquirer(r.releasesOf(y, nil))
	for at := x; at.Graph.Spawner != nil; at = at.Graph.Spawner {
		if at != at.Graph.Entry && Path(at.Graph.Entry, at, await) == nil {
			return false
		}
	}
	return !LocksOut(x, y) && !LocksOut(y, x) && !Flagged(x, y)
}

// sameLock reports whether x and y may hold locks of one name, or such as have
// none, or are run by Onces of one name.
func (r *Race) sameLock(x, y *skeleton.Node) bool {
	hx, hy := r.held(x), r.held(y)
	if !hx.Reached(x) || !hy.Reached(y) {
		return true
	}
	same := func(p, q skeleton.Path) bool {
		a, named := lockset.KeyOf(p)
		b, ok := lockset.KeyOf(q)
		return a == b || !named || !ok
	}
	for _, p := range hx.May(x) {
		if slices.ContainsFunc(hy.May(y), func(q skeleton.Path) bool { return same(p, q) }) {
			return true
		}
	}
	for p := range lockset.Onces(x) {
		for q := range lockset.Onces(y) {
			if same(p, q) {
				return true
			}
		}
	}
	return false
}

// Lives reports whether the goroutine of x may still be to come to x when the
// function that starts it, directly or not, returns.
func (r *Race) Lives(x *skeleton.Node) bool {
	root := Outermost(x)
	if joined(x, root) {
		return false
	}
	start := x.Graph.Spawner
	for start.Graph != root {
		start = start.Graph.Spawner
	}
	await := r.acquirer(r.releasesOf(x, root))
	return slices.ContainsFunc(root.Nodes, func(n *skeleton.Node) bool {
		return n.Exit == skeleton.ByReturn && Path(start, n, or(await, dies, r.unmet)) != nil
	})
}

// Locked reports whether x's goroutine may hold a lock at x, or x is run by a Once.
func (r *Race) Locked(x *skeleton.Node) bool {
	for range lockset.Onces(x) {
		return true
	}
	return len(r.held(x).May(x)) > 0
}

// Announces reports whether x's goroutine tells others, behind x, how far it is,
// by something that they may wait for.
func (r *Race) Announces(x *skeleton.Node) bool {
	for at := x; at.Graph.Spawner != nil; at = at.Graph.Spawner {
		for _, n := range at.Graph.Nodes {
			if n.Op.Is(syncapi.Close, syncapi.Send, syncapi.WgDone, syncapi.Cancel, syncapi.CondSignal, syncapi.CondBroadcast, syncapi.SemRelease,
				syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS) && n != at && Leads(at, n) && !goesOn(at, n) && !passes(at, n) && Path(n, at, blocksOn) == nil {
				return true
			}
			if notifies(n) && Path(at, n, func(m *skeleton.Node) bool { return blocksOn(m) || m.Op.Is(syncapi.Sleep) }) != nil {
				return true // who knows what that does
			}
		}
	}
	return false
}

// passes reports whether the loop that at and n are in comes back to at on a way that
// leaves out n: nobody can wait for n then to learn of at.
func passes(at, n *skeleton.Node) bool {
	return n.SameLoop(at) && Path(at, at, func(m *skeleton.Node) bool { return m == n }) != nil
}

// goesOn reports whether at is in a loop that time drives, and n behind that loop: what
// happens in such a loop is there to be seen while it goes on.
func goesOn(at, n *skeleton.Node) bool {
	return at.InLoop() && !n.SameLoop(at) && slices.ContainsFunc(at.Graph.Nodes, func(m *skeleton.Node) bool {
		return (m.Op.Is(syncapi.Sleep) || Ticks(m)) && m.SameLoop(at)
	})
}

// Ticks reports whether n receives from a channel of package time, and so waits for time
// alone. That it does of a channel which a function returned is known if the graph has the
// call, as an operation [syncapi.After] or [syncapi.Tick].
func Ticks(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Res.Root == nil {
		return false
	}
	if class, ok := n.Res.Class(); ok {
		return class.Type.Pkg() != nil && class.Type.Pkg().Path() == "time"
	}
	return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Op.Is(syncapi.After, syncapi.Tick) && m.Res == n.Res })
}

// notifies reports whether n calls a function that somebody has handed over, which
// may be to learn of something: it returns nothing, or an error. Others are there
// to be asked.
func notifies(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Call) || len(n.Op.Targets) > 0 || n.Op.Dynamic.IsZero() {
		return false
	}
	v := n.Graph.View()
	call := v.CallOf(n.Op)
	if call == nil {
		return true
	}
	switch t := v.TypeOf(call).(type) {
	case nil:
		return true
	case *types.Tuple:
		return t.Len() == 0
	default:
		return syncapi.IsError(t)
	}
}

// Tells reports whether the function whose graphs y is in tells the goroutine of
// x something that it may be waiting for, so that the goroutine runs then, as
// far as that function knows.
func (r *Race) Tells(y, x *skeleton.Node) bool {
	var waits []*skeleton.Node
	for n := range Nodes(x.Graph, syncapi.Recv, syncapi.CondWait) {
		waits = append(waits, n)
	}
	for n := range Nodes(Outermost(y), syncapi.Close, syncapi.Send, syncapi.Cancel, syncapi.CondSignal, syncapi.CondBroadcast) {
		s := release{kind: n.Op.Kind, res: n.Res, node: n}
		if s.kind == syncapi.CondBroadcast {
			s.kind = syncapi.CondSignal
		}
		if s.kind == syncapi.Cancel && n.Res.Sel == nil {
			continue // of a context that is not the object's
		}
		if slices.ContainsFunc(waits, func(w *skeleton.Node) bool { return r.acquires(w, &s) }) {
			return true
		}
	}
	return false
}
