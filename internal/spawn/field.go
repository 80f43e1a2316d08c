package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A FieldPair is a kind of operation on a field here, and another there.
type FieldPair struct {
	Class  skeleton.FieldClass
	Xs, Ys []*skeleton.Node
}

// FieldPairs lists the fields that operations of kind x and such of kind y act
// on, with those operations, in the graphs of all entries of the package and
// of the goroutines that they start. Of the graphs that have an operation, the
// first stands for all: one in which it runs on a goroutine that the package
// starts, and one in which it does not. An operation for which keep does not
// hold is left out; keep must hold in an outline if it does in the graph.
func FieldPairs(v *skeleton.View, x, y syncapi.Op, keep func(*skeleton.Node) bool) []*FieldPair {
	rough := fieldOps(entriesWith(v, x, y), keep, func(f *skeleton.Func) *skeleton.Graph { return v.Outline(f, x, y) }, x, y)
	classes := make(map[skeleton.FieldClass]bool)
	for _, o := range rough {
		if o.kinds[x] != nil && o.kinds[y] != nil {
			classes[o.class] = true
		}
	}
	if len(classes) == 0 {
		return nil
	}
	var entries []*skeleton.Func
	for _, o := range rough {
		if classes[o.class] {
			entries = append(entries, o.entries...)
		}
	}
	var pairs []*FieldPair
	for _, o := range fieldOps(unique(entries), keep, v.Expand, x, y) {
		if classes[o.class] && len(o.kinds[x]) > 0 && len(o.kinds[y]) > 0 {
			pairs = append(pairs, &FieldPair{o.class, o.kinds[x], o.kinds[y]})
		}
	}
	return pairs
}

// fieldOp is what is done to the objects in a field.
type fieldOp struct {
	class   skeleton.FieldClass
	kinds   map[syncapi.Op][]*skeleton.Node
	entries []*skeleton.Func // whose graphs have them
}

// fieldOps lists the operations of the given kinds on fields in the graphs of
// entries, by field, in the order in which the fields are met.
func fieldOps(entries []*skeleton.Func, keep func(*skeleton.Node) bool, expand func(*skeleton.Func) *skeleton.Graph, kinds ...syncapi.Op) []*fieldOp {
	var all []*fieldOp
	of := make(map[skeleton.FieldClass]*fieldOp)
	type where struct {
		op      *skeleton.Op
		started bool
	}
	seen := make(map[where]bool)
	for _, f := range entries {
		for g := range Graphs(expand(f)) {
			for n := range Nodes(g, kinds...) {
				class, ok := n.Res.Class()
				w := where{n.Op, g.Spawner != nil}
				if !ok || seen[w] || !keep(n) {
					continue
				}
				seen[w] = true
				o := of[class]
				if o == nil {
					o = &fieldOp{class: class, kinds: make(map[syncapi.Op][]*skeleton.Node)}
					of[class] = o
					all = append(all, o)
				}
				o.kinds[n.Op.Kind] = append(o.kinds[n.Op.Kind], n)
				o.entries = append(o.entries, f)
			}
		}
	}
	return all
}

// entriesWith returns the entries that may lead to an operation of a kind.
func entriesWith(v *skeleton.View, kinds ...syncapi.Op) []*skeleton.Func {
	return slices.DeleteFunc(v.Entries(), func(f *skeleton.Func) bool {
		return !slices.ContainsFunc(kinds, func(k syncapi.Op) bool { return v.May(f, k) })
	})
}

// unique returns funcs without repetitions.
func unique(funcs []*skeleton.Func) []*skeleton.Func {
	seen := make(map[*skeleton.Func]bool)
	var list []*skeleton.Func
	for _, f := range funcs {
		if !seen[f] {
			seen[f] = true
			list = append(list, f)
		}
	}
	return list
}

// Unordered reports whether nothing orders x before y, where x and y act on
// the same field of what may be one object, in two goroutines neither of
// which is seen to be around the other. It errs to false: it takes a lock that
// both hold, a flag that y's side sets and x's side tests, and any wait for
// another part of the object on the way to y for an order.
func Unordered(x, y *skeleton.Node) bool {
	if x.Frame.Widened || y.Frame.Widened || !x.Res.IsOne() || !y.Res.IsOne() || Common(x, y) {
		return false
	}
	from, to := x.Res.Base(), y.Res.Base()
	ordered := Awaiter(SignalsAfter(x, y.Graph), from, to)
	waits := func(n *skeleton.Node) bool {
		return ordered(n) || n.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait) &&
			n.Res.HasPrefix(to) && n.Res != y.Res
	}
	if Path(y.Graph.Entry, y, waits) == nil {
		return false
	}
	return !shareLock(x, y) && !flagged(x, y)
}

// Common reports whether x and y are in one graph, or each in a graph that
// the operation of the other occurs in, too.
func Common(x, y *skeleton.Node) bool {
	if g, _, _ := Meet(x, y); g != nil {
		return true
	}
	return hasOp(x.Graph, y.Op) || hasOp(y.Graph, x.Op)
}

func hasOp(g *skeleton.Graph, op *skeleton.Op) bool {
	for _, n := range g.Nodes {
		if n.Op == op {
			return true
		}
	}
	return false
}

// ShareLock reports whether x and y hold a lock in common.
func ShareLock(x, y *skeleton.Node) bool {
	held := lockset.Held(x)
	if len(held) == 0 {
		return false
	}
	for _, l := range lockset.Held(y) {
		if slices.Contains(held, l) {
			return true
		}
	}
	return false
}

// shareLock reports whether x holds a lock of its object which y's goroutine
// takes on its way: the form of "if closed, do nothing" under a lock.
func shareLock(x, y *skeleton.Node) bool {
	for _, l := range lockset.Held(x) {
		class, ok := l.Class()
		takes := func(n *skeleton.Node) bool {
			c, same := n.Res.Class()
			return n.Op.Is(syncapi.Lock, syncapi.RLock) && (ok && same && c == class || n.Res == l)
		}
		if Path(y.Graph.Entry, y, takes) == nil {
			return true
		}
	}
	return false
}

// flagged reports whether a branch on the way to x tests a field that y's
// goroutine sets.
func flagged(x, y *skeleton.Node) bool {
	tested := make(map[skeleton.FieldClass]bool)
	for _, n := range x.Graph.Nodes {
		for _, s := range n.Succs {
			if c, ok := s.Cond.Var.Class(); ok {
				tested[c] = true
			}
		}
		if n.Op.Is(syncapi.AtomicLoad, syncapi.AtomicCAS) {
			if c, ok := n.Res.Class(); ok {
				tested[c] = true
			}
		}
	}
	if len(tested) == 0 {
		return false
	}
	for _, n := range y.Graph.Nodes {
		p := n.Res
		switch {
		case n.Op.Is(syncapi.Set):
			p = n.Assigned()
		case !n.Op.Is(syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS):
			continue
		}
		if c, ok := p.Class(); ok && tested[c] {
			return true
		}
	}
	return false
}
