package closing

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// methods looks at the channels that several functions know, in fields of objects
// and package variables, and which two of them close. That a method may be called twice says
// nothing yet: one of the closes is on a goroutine that the package starts, or
// they are those of two exported methods that need nothing to be called.
func (t *twiceFinder) methods() {
	twice := t.closedTwice()
	if len(twice) == 0 {
		return
	}
	t.focus.Keep = func(e skeleton.Effect) bool {
		key, ok := lockset.KeyOf(e.Res)
		return ok && twice[key]
	}
	t.focus.Globals = true
	for _, p := range t.focus.Fields() {
		for i, y := range p.Xs {
			for _, x := range p.Xs[:i] {
				if t.seen[y.Op] || t.sends.Against(x.Op) || t.sends.Against(y.Op) {
					continue
				}
				if t.view.Sure(func() bool { return t.byCalls(x, y) }) {
					t.add(x, y, ByCalls)
				}
			}
		}
	}
}

// closedTwice returns the fields and package variables that two operations close, or one both on a
// goroutine that the package starts and elsewhere.
func (t *twiceFinder) closedTwice() map[lockset.Key]bool {
	type where struct {
		op      *skeleton.Op
		started bool
	}
	first := make(map[lockset.Key]where)
	twice := make(map[lockset.Key]bool)
	for _, f := range t.view.Entries() {
		for _, e := range t.view.Effects(f, syncapi.Close) {
			key, ok := lockset.KeyOf(e.Res)
			if !ok {
				continue
			}
			w := where{e.Op, e.Started}
			if old, known := first[key]; known && old != w {
				twice[key] = true
			}
			first[key] = w
		}
	}
	return twice
}

// byCalls reports whether x and y, in the graphs of two functions, may close one
// channel. It errs to false: what may be a guard is one.
func (t *twiceFinder) byCalls(x, y *skeleton.Node) bool {
	if !x.Res.IsOne() || !y.Res.IsOne() || x.Frame.Widened || y.Frame.Widened || x.Recovered() && y.Recovered() {
		return false
	}
	if !mayBeOne(x, y) || !evident(x, y) || shareOnceField(x, y) {
		return false
	}
	if anew(x) || anew(y) || !reached(x) || !reached(y) {
		return false
	}
	locked := spawn.ShareLockField(x, y)
	if looks(x) && looks(y) && locked || guardedBy(x) || guardedBy(y) || spawn.Flagged(x, y) || spawn.Flagged(y, x) {
		return false
	}
	return !decidedAtStart(x, y) && t.alone(x, locked) && t.alone(y, locked)
}

// decidedAtStart reports whether x and y, or what starts their goroutines,
// happen under one lock, and not always: what the lock guards decides which of
// them does.
func decidedAtStart(x, y *skeleton.Node) bool {
	a, b := start(x), start(y)
	return (a != x || b != y) && spawn.ShareLockField(a, b) && (!certain(a) || !certain(b))
}

// start returns the node of the function around n that is n, or from which n's
// goroutine comes.
func start(n *skeleton.Node) *skeleton.Node {
	for n.Graph.Spawner != nil {
		n = n.Graph.Spawner
	}
	return n
}

// alone reports whether nothing that others may know decides whether n's
// goroutine or function comes to n.
func (t *twiceFinder) alone(n *skeleton.Node, locked bool) bool {
	if certain(n) {
		return true
	}
	m := goroutine
	if n.Graph.Spawner == nil {
		m = sequence
	}
	_, free := t.free(n, rootOf(n), m)
	return free && !locked
}

// mayBeOne reports whether x and y may act on one object: neither function made
// it for itself, nor both of them each its own.
func mayBeOne(x, y *skeleton.Node) bool {
	if g, _, _ := spawn.Meet(x, y); g != nil || spawn.Confined(x) || spawn.Confined(y) {
		return false
	}
	if x.Op != y.Op && spawn.Common(x, y) || spawn.IsCallback(spawn.Outermost(x)) || spawn.IsCallback(spawn.Outermost(y)) {
		return false
	}
	shared := func(n *skeleton.Node) bool { return n.Res.Root.Visible() }
	return (shared(x) || x.Graph.Spawner != nil) && (shared(y) || y.Graph.Spawner != nil) && (shared(x) || shared(y))
}

// evident reports whether it is seen that both x and y may be called: one of
// them is, on a goroutine that the package starts, or both are in exported
// methods of which neither takes what would settle something.
func evident(x, y *skeleton.Node) bool {
	switch {
	case x.Op == y.Op && !exported(x) && !exported(y):
		return false // a method value may be what the goroutine is started with
	case x.Op == y.Op && (isStartOf(x.Graph.Spawner, y.Graph.Root) || isStartOf(y.Graph.Spawner, x.Graph.Root)):
		return false // who starts it lets nobody else call it
	case x.Graph.Spawner != nil || y.Graph.Spawner != nil:
		return true
	}
	return x.Op != y.Op && plain(x) && plain(y)
}

// isStartOf reports whether start is a go statement that runs f.
func isStartOf(start *skeleton.Node, f *skeleton.Func) bool {
	return start != nil && start.Op.Kind == syncapi.Go && slices.ContainsFunc(start.Op.Inner.Targets, func(t *skeleton.Target) bool { return t.Func == f })
}

// plain reports whether n stands in an exported function without parameters, but for a
// receiver or a context, or in a literal that this runs at once.
func plain(n *skeleton.Node) bool {
	if !exported(n) {
		return false
	}
	root := n.Graph.Root
	inPlace := func(op *skeleton.Op) bool { return op.RunsInPlace(n.Op.Fn) }
	if n.Frame.Call != nil && (n.Frame.Depth > 1 || n.Op.Fn.Parent != root || !slices.ContainsFunc(root.Ops(), inPlace)) {
		return false
	}
	for p := range root.Obj.Signature().Params().Variables() {
		if !syncapi.IsContext(p.Type()) {
			return false
		}
	}
	return true
}

// exported reports whether n stands in the graph of an exported function, not in
// a goroutine that it starts.
func exported(n *skeleton.Node) bool {
	root := n.Graph.Root
	return n.Graph.Spawner == nil && root != nil && root.Obj != nil && ast.IsExported(root.Obj.Name())
}

// anew reports whether the function or goroutine of n makes the channel anew:
// then it closes one of many.
func anew(n *skeleton.Node) bool {
	for _, m := range n.Graph.Nodes {
		if m.Op.Is(syncapi.Store, syncapi.MakeChan, syncapi.Set) && m.Assigns(n.Res) {
			return true
		}
	}
	return false
}

// guardedBy reports whether all paths to n come by an atomic operation.
func guardedBy(n *skeleton.Node) bool { return len(passed(n, atomics)) > 0 }

// shareOnceField reports whether x and y are done by one Once, as far as the
// fields tell.
func shareOnceField(x, y *skeleton.Node) bool {
	for p := range onces(x) {
		for q := range onces(y) {
			c, ok := p.Class()
			d, same := q.Class()
			if p == q || ok && same && c == d {
				return true
			}
		}
	}
	return false
}
