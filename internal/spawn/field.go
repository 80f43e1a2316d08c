package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A FieldPair is a kind of operation on a field here, and another there. If
// both kinds are the same, all of them are in Xs.
type FieldPair struct {
	Key    lockset.Key // of the field, or of a package variable
	Xs, Ys []*skeleton.Node
}

// Fields lists the fields that operations of both kinds act on, with those
// operations, in the graphs of all entries of the package and of the
// goroutines that they start. Of the graphs that have an operation, the first
// stands for all: one in which it runs on a goroutine that the package starts,
// and one in which it does not.
func (fc *Focus) Fields() []*FieldPair {
	keys, entries := fc.entries()
	wanted := func(p skeleton.Path) bool {
		key, ok := fc.keyOf(p)
		return ok && keys[key]
	}
	var pairs []*FieldPair
	of := make(map[lockset.Key]*FieldPair)
	seen := make(map[opWhere]bool)
	for _, f := range entries {
		for g := range Graphs(fc.Graph(f, wanted)) {
			for n := range Nodes(g, fc.X, fc.Y) {
				key, _ := fc.keyOf(n.Res)
				w := opWhere{n.Op, g.Spawner != nil}
				if !keys[key] || seen[w] || !fc.Keep(skeleton.Effect{Op: n.Op, Res: n.Res, Started: w.started}) {
					continue
				}
				if !Leads(g.Entry, n) {
					continue // a deferred operation, on a panic that cannot be
				}
				seen[w] = true
				p := of[key]
				if p == nil {
					p = &FieldPair{Key: key}
					of[key] = p
					pairs = append(pairs, p)
				}
				p.add(n, fc.X)
			}
		}
	}
	return pairs
}

// keyOf returns by what all functions know the thing at p, not ok if there is
// nothing of the kind.
func (fc *Focus) keyOf(p skeleton.Path) (key lockset.Key, ok bool) {
	if class, ok := p.Class(); ok {
		return lockset.Key{Class: class}, true
	}
	if fc.Globals && p.Root != nil && p.Root.Kind == skeleton.Global {
		return lockset.KeyOf(p)
	}
	return lockset.Key{}, false
}

func (p *FieldPair) add(n *skeleton.Node, x syncapi.Op) {
	if n.Op.Kind == x {
		p.Xs = append(p.Xs, n)
	} else {
		p.Ys = append(p.Ys, n)
	}
}

type opWhere struct {
	op      *skeleton.Op
	started bool
}

// entries returns the fields that have both kinds, and the entries whose
// graphs are to be looked at: the first ones with each of the operations.
func (fc *Focus) entries() (map[lockset.Key]bool, []*skeleton.Func) {
	v := fc.Locks.View
	entries := v.Entries()
	xs, both := make(map[lockset.Key]bool), make(map[lockset.Key]bool)
	for i, kind := range []syncapi.Op{fc.X, fc.Y} {
		for _, f := range entries {
			for _, e := range v.Effects(f, fc.X, fc.Y) {
				key, ok := fc.keyOf(e.Res)
				if !ok || e.Op.Kind != kind || !fc.Keep(e) {
					continue
				}
				if i == 0 {
					xs[key] = true
				} else if xs[key] {
					both[key] = true
				}
			}
		}
	}
	seen := make(map[opWhere]bool)
	return both, slices.DeleteFunc(entries, func(f *skeleton.Func) bool {
		first := false
		for _, e := range v.Effects(f, fc.X, fc.Y) {
			key, ok := fc.keyOf(e.Res)
			w := opWhere{e.Op, e.Started}
			if ok && both[key] && fc.Keep(e) && !seen[w] {
				seen[w], first = true, true
			}
		}
		return !first
	})
}

// joins are the operations that wait for others.
var joins = []syncapi.Op{syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait}

// Unordered reports whether nothing orders x before y, where x and y act on
// the same field of what may be one object, in two goroutines neither of
// which is seen to be around the other. It errs to false: it takes a lock that
// both hold, a flag that y's side sets and x's side tests, and any wait for
// another part of the object on the way to y for an order.
func Unordered(x, y *skeleton.Node) bool {
	if x.Frame.Widened || y.Frame.Widened || !x.Res.IsOne() || !y.Res.IsOne() || IsCallback(Outermost(y)) || Common(x, y) || Confined(x) {
		return false
	}
	from, to := x.Res.Base(), y.Res.Base()
	ordered := Awaiter(SignalsAfter(x, y.Graph), from, to)
	waits := func(n *skeleton.Node) bool {
		return ordered(n) || n.Op.Is(joins...) && n.Res.HasPrefix(to) && n.Res != y.Res ||
			n.Op.Is(syncapi.Call) && slices.ContainsFunc(y.Graph.View().CallEffects(n, joins...), func(e skeleton.Effect) bool {
				return !e.Started && e.Res.HasPrefix(to) && e.Res != y.Res
			})
	}
	runs := whileRunning(x)
	for at := y; at != nil; at = at.Graph.Spawner {
		if pathBy(at.Graph.Entry, at, or(waits, loopsAround(waits, at.Graph, at, nil)), runs) == nil {
			return false
		}
	}
	return !LocksOut(x, y) && !Flagged(x, y)
}

// whileRunning returns a predicate for the steps that are taken while the goroutine of x
// runs: not those by which a flag is not set that is set before its start.
func whileRunning(x *skeleton.Node) func(*skeleton.Step) bool {
	set := make(map[skeleton.FieldClass]bool)
	if start := x.Graph.Spawner; start != nil {
		for n := range Nodes(start.Graph, syncapi.Set) {
			class, ok := n.Assigned().Class()
			if t := class.FieldType(); ok && t != nil && skeleton.IsBool(t) && n.Op.Assign.Known && n.Op.Assign.Value && Leads(n, start) {
				set[class] = true
			}
		}
	}
	return func(st *skeleton.Step) bool {
		class, ok := st.Cond.Var.Class()
		return !ok || st.Cond.Want || !set[class]
	}
}

// Outermost returns the graph around all goroutines that n's is started by.
func Outermost(n *skeleton.Node) *skeleton.Graph {
	g := n.Graph
	for g.Spawner != nil {
		g = g.Spawner.Graph
	}
	return g
}

// IsCallback reports whether g is that of a literal by itself, of which is not
// seen who calls it, and under which locks.
func IsCallback(g *skeleton.Graph) bool { return g.Root != nil && g.Root.Parent != nil }

// Confined reports whether the object that x acts on was made by the function
// at the root of x's graphs, or in one that it calls, and is known to nothing
// but what these call and start.
func Confined(x *skeleton.Node) bool { return confined(x, func(*skeleton.Node) bool { return true }) }

// Private reports whether the object that x acts on was made so, and is known
// to nothing else yet when x happens: x's goroutine hands it on only later.
func Private(x *skeleton.Node) bool {
	return x.Graph.Spawner == nil && confined(x, func(n *skeleton.Node) bool { return n.Graph != x.Graph || Leads(n, x) })
}

// confined is Confined, but for those nodes alone for which counts holds.
func confined(x *skeleton.Node, counts func(*skeleton.Node) bool) bool {
	r := x.Res.Root
	if r.Kind != skeleton.Made && r.Kind != skeleton.Local && r.Kind != skeleton.Result {
		return false
	}
	object := skeleton.Path{Root: r}
	for g := range Graphs(Outermost(x)) {
		for _, n := range g.Nodes {
			if !n.Op.Is(syncapi.Store, syncapi.Send, syncapi.Return, syncapi.Call) || n.Op.Is(syncapi.Return) && n.Frame.Call != nil ||
				n.Op.Is(syncapi.Call) && len(n.Op.Targets) > 0 || !counts(n) {
				continue
			}
			for _, a := range n.Args {
				if _, ok := g.View().Reach(a, object); ok {
					return false
				}
			}
		}
	}
	return true
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

// ShareLockField reports whether x and y hold a lock in common, the same field of
// what may be one object being meant.
func ShareLockField(x, y *skeleton.Node) bool {
	held := lockset.Held(x)
	if len(held) == 0 {
		return false
	}
	classes := make(map[skeleton.FieldClass]bool)
	for _, l := range held {
		if class, ok := l.Class(); ok {
			classes[class] = true
		}
	}
	for _, l := range lockset.Held(y) {
		if class, ok := l.Class(); ok && classes[class] || slices.Contains(held, l) {
			return true
		}
	}
	return false
}

// LocksOut reports whether x holds a lock of its object which y's goroutine
// takes on its way: the form of "if closed, do nothing" under a lock.
func LocksOut(x, y *skeleton.Node) bool {
	for _, l := range lockset.Held(x) {
		class, ok := l.Class()
		takes := func(n *skeleton.Node) bool {
			c, same := n.Res.Class()
			return n.Op.Is(syncapi.Lock, syncapi.RLock) && (ok && same && c == class || n.Res == l)
		}
		if Path(y.Graph.Entry, y, or(takes, loopsAround(takes, y.Graph, nil, nil))) == nil {
			return true
		}
	}
	return false
}

// Flagged reports whether a branch on the way to x tests a field, or a variable that both
// know, that y's goroutine sets.
func Flagged(x, y *skeleton.Node) bool {
	tested := make(map[skeleton.FieldClass]bool)
	vars := make(map[skeleton.Path]bool)
	for _, n := range x.Graph.Nodes {
		for _, s := range n.Succs {
			if c, ok := s.Cond.Var.Class(); ok {
				tested[c] = true
			} else if v := s.Cond.Var; v.Sel == nil && v.Root != nil && (v.Root.Kind == skeleton.Local || v.Root.Kind == skeleton.Global) {
				vars[v] = true
			}
		}
		if n.Op.Is(syncapi.AtomicLoad, syncapi.AtomicCAS) {
			if c, ok := n.Res.Class(); ok {
				tested[c] = true
			}
		}
	}
	if c, ok := x.Res.Class(); ok && x.Op.Is(syncapi.Read) {
		delete(tested, c) // that is decided behind x
	}
	if len(tested)+len(vars) == 0 {
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
		if c, ok := p.Class(); ok && tested[c] || vars[p] {
			return true
		}
	}
	return false
}
