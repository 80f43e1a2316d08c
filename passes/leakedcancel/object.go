package leakedcancel

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file is about objects that hold the value: a helper makes both, and
// returns the object to the root function. Whoever gets such an object need
// not care for what is in it, so it counts as lost only if the root function
// itself shows that it has to: on another path it hands the object on, or
// calls the value.

// getsObject reports whether f calls a function that returns an object which
// may hold a cancel function that it makes.
func (c *checker) getsObject(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		if slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return objectOf(op) != nil }) {
			return true
		}
	}
	return false
}

// objectOf returns the result of a call that is an object which the callee, a
// function of the package, makes besides a cancel function; nil if there is none.
func objectOf(op *skeleton.Op) *skeleton.Root {
	if op.Kind != syncapi.Call || len(op.Targets) != 1 {
		return nil
	}
	callee := op.Targets[0].Func
	if callee.Imported() || callee.Effects || !slices.ContainsFunc(callee.Ops(), func(op *skeleton.Op) bool {
		return op.Is(syncapi.NewCancel, syncapi.AfterFunc)
	}) {
		return nil
	}
	for i, p := range callee.Results {
		own := p.Root != nil && p.Sel == nil && p.Root.Owner == callee && (p.Root.Kind == skeleton.Made || p.Root.Kind == skeleton.Local)
		if own && i < len(op.Results) {
			return op.Results[i]
		}
	}
	return nil
}

// follows reports whether a path on which the object is followed may go on at
// n: the callee returns the object, it has the value still, and no deferred
// call has the object. It notes by which field.
func (c *checker) follows(m *making, n *skeleton.Node, names []skeleton.Path) bool {
	if n.Frame.Call == m.call && n.Op.Is(syncapi.Return) {
		i := m.result.Root.Index
		return i < len(n.Args) && n.Args[i] == m.result
	}
	if n.Frame.Call != nil {
		return true
	}
	if n.Op.Is(syncapi.Defer) && (c.usedByAny(n.Op.Inner, names) || c.reached(n.Op.Inner.Args, names) != nil) {
		return false // whatever the deferred call does
	}
	for _, p := range names {
		if p.Root == m.result.Root && p.Sel != nil {
			m.field = p.Tail()
			return true
		}
	}
	return false
}

// ownedElsewhere reports whether the root function hands the object on, or
// calls the value, on some path.
func (c *checker) ownedElsewhere(m *making, visit func(*skeleton.Node, []skeleton.Path) skeleton.Verdict) bool {
	found := false
	m.node.Graph.Search(skeleton.Query{
		From:   []*skeleton.Node{m.node},
		Follow: []skeleton.Path{m.node.Res},
		VisitNamed: func(n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
			v := visit(n, names)
			found = found || v == skeleton.Stop && m.out && (n.Op.Is(syncapi.Defer) || c.released(m, n, names, 0))
			return min(v, skeleton.Stop) // look further than to the first end
		},
	})
	return found
}
