package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows the locks that a program builds of its own, of atomics and semaphores
// or in code that is not seen, by how they are used: a method that is named for taking a
// lock is called before an access, and behind it one of the same object that is named for
// releasing it.

// An ownLock is a call of such a method.
type ownLock struct {
	node  *skeleton.Node
	lock  skeleton.Path // the object
	takes bool
}

// ownLocks returns the calls of such methods in g.
func (r *Race) ownLocks(g *skeleton.Graph) []ownLock {
	calls, ok := r.own[g]
	if ok {
		return calls
	}
	for n := range Nodes(g, syncapi.Call) {
		if len(n.Args) > 0 && n.Args[0].Root != nil && syncapi.NamesLock(n.Op.Obj) && !operatesLock(n) {
			calls = append(calls, ownLock{n, n.Args[0], syncapi.TakesLock(n.Op.Obj)})
		}
	}
	r.own[g] = calls
	return calls
}

// operatesLock reports whether what call calls operates on a lock that is known for one.
func operatesLock(call *skeleton.Node) bool {
	v := call.Graph.View()
	return slices.ContainsFunc(call.Op.Targets, func(t *skeleton.Target) bool {
		return v.May(t.Func, syncapi.Lock) || v.May(t.Func, syncapi.RLock) || v.May(t.Func, syncapi.Unlock) || v.May(t.Func, syncapi.RUnlock)
	})
}

// heldOwn returns the locks of this kind that may be held at n.
func (r *Race) heldOwn(n *skeleton.Node) []skeleton.Path {
	calls := r.ownLocks(n.Graph)
	var held []skeleton.Path
	for _, c := range calls {
		if !c.takes || slices.Contains(held, c.lock) {
			continue
		}
		releases := func(at *skeleton.Node) bool {
			return slices.ContainsFunc(calls, func(o ownLock) bool { return o.node == at && !o.takes && o.lock == c.lock })
		}
		if skeleton.Leads(c.node, n, releases) && slices.ContainsFunc(n.Graph.Nodes, func(at *skeleton.Node) bool {
			return releases(at) && skeleton.Leads(n, at, nil)
		}) {
			held = append(held, c.lock)
		}
	}
	return held
}

// keptApart reports whether x and y may hold a lock of this kind in common. If they are on
// two goroutines with the graph g, those don't count of which each has its own.
func (r *Race) keptApart(x, y *skeleton.Node, g *skeleton.Graph) bool {
	for _, p := range r.heldOwn(x) {
		if g != nil && r.ownedBy(p.Root, g) {
			continue
		}
		if slices.ContainsFunc(r.heldOwn(y), func(q skeleton.Path) bool { return r.same(p, q) }) {
			return true
		}
	}
	return false
}
