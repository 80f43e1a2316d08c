package lockset

import (
	"go/types"
	"iter"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An Again is a lock that a goroutine takes while it has it already.
type Again struct {
	First, Second *skeleton.Node // of one graph
	Path          *skeleton.Trace
}

// Again yields the locks that f, or what it calls, takes again while they are
// held. It is a may-analysis of the path, exact in the conditions that
// skeletons keep, and errs to silence where it cannot tell one lock from
// another. That a callee takes a lock again whatever its caller hands it is
// the callee's alone. Read locks of which ignore holds are not followed. Of functions that
// lock nothing themselves, and call none that leaves a lock taken, those of the sample
// are looked at.
func (l *Locks) Again(f *skeleton.Func, sample *skeleton.Sample, shared func(lock skeleton.Path) bool) iter.Seq[Again] {
	return func(yield func(Again) bool) {
		wanted, held := l.takenAgain(f)
		if len(held) == 0 || !l.callsUnbalanced(f) && !l.shows(f, held, sample) {
			return
		}
		g := l.View.Outline(f, skeleton.Interest{
			Ops: append([]syncapi.Op{syncapi.Store}, Ops...),
			Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
				return l.Unbalanced(t.Func) || slices.ContainsFunc(l.View.CallEffects(call, Ops...), func(e skeleton.Effect) bool {
					return wanted[e.Res] && !e.Started
				})
			},
		})
		for _, n := range g.Nodes {
			if !IsAcquire(n) || !held[n.Res] || !isFixed(n) || loose(n) || isCalled(n.Res) || l.releasedBeside(f, n.Res) {
				continue
			}
			first := activation(n)
			alone := first != nil && !l.mixes(first.Call.Op)
			if lib := foreign(n); lib != nil && lib != n.Frame && !l.mixes(lib.Call.Op) && !l.onlyTakes(lib.Func) {
				continue // whether that package holds it in the end is not known well enough
			}
			for t := range l.relocks(n, shared) {
				if alone && activation(t.End()) == first {
					continue // the callee's own
				}
				if !yield(Again{n, t.End(), t}) {
					return
				}
			}
		}
	}
}

// onlyTakes reports whether f leaves with a lock taken, and nothing that it runs releases any.
func (l *Locks) onlyTakes(f *skeleton.Func) bool {
	return l.takes[f] && !slices.ContainsFunc(l.View.Effects(f, syncapi.Unlock, syncapi.RUnlock), func(e skeleton.Effect) bool {
		return !e.Started
	})
}

// callsUnbalanced reports whether f calls what leaves a lock in another state than it found
// it in.
func (l *Locks) callsUnbalanced(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		if op.Inner != nil {
			op = op.Inner
		}
		return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return l.Unbalanced(t.Func) })
	})
}

// shows reports whether f is to show one of the operations that take the locks.
func (l *Locks) shows(f *skeleton.Func, locks map[skeleton.Path]bool, sample *skeleton.Sample) bool {
	var ops []*skeleton.Op
	for _, e := range l.View.Effects(f, Ops...) {
		if locks[e.Res] {
			ops = append(ops, e.Op)
		}
	}
	return len(ops) == 0 || sample.WantsAny(f, ops) // they may be past the bound of effects
}

// isCalled reports whether lock is a Locker that a call has returned: one of
// RLocker, say, which may be locked twice where nothing writes.
func isCalled(lock skeleton.Path) bool {
	r := lock.Root
	return lock.Sel == nil && r.Kind == skeleton.Result && r.Type != nil && types.IsInterface(r.Type)
}

// activation returns that of the graph's outermost calls in which n is, nil if
// n is an operation of the graph's function itself.
func activation(n *skeleton.Node) *skeleton.Frame {
	var inner *skeleton.Frame
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		inner = fr
	}
	return inner
}

// foreign returns the outermost activation of a function of another package in which n
// is, nil if it is in none.
func foreign(n *skeleton.Node) *skeleton.Frame {
	var outer *skeleton.Frame
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		if fr.Func.Imported() {
			outer = fr
		}
	}
	return outer
}

// loose reports whether n is one of a set of operations in no order.
func loose(n *skeleton.Node) bool { return n.Frame.Widened || n.Frame.Func.Effects }

// takenAgain returns the locks that f may take twice, by what its own operations
// and the summaries of its callees name, and those of them that it may hold then: most
// are released in between, and there the callees need not be looked into.
func (l *Locks) takenAgain(f *skeleton.Func) (wanted, held map[skeleton.Path]bool) {
	wanted, held = make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
	takes := make(map[*skeleton.Op][]take)
	times, kept := make(map[skeleton.Path]int), make(map[skeleton.Path]bool)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			takes[op] = l.takesOf(op, held)
			for _, t := range takes[op] {
				times[t.lock]++
				kept[t.lock] = kept[t.lock] || t.kept
				if t.own && b.InLoop() {
					times[t.lock]++
				}
			}
		}
	}
	for p, n := range times {
		if (p.IsOne() || isElement(p)) && (held[p] || kept[p] && n > 1) {
			wanted[p] = true
			held[p] = held[p] || heldAgain(f, p, takes)
		}
	}
	for p := range held {
		if !held[p] || !wanted[p] {
			delete(held, p)
		}
	}
	return wanted, held
}

// isElement reports whether p is an element, or a part of one, of one map, slice or array.
func isElement(p skeleton.Path) bool {
	elements := 0
	for s := p.Sel; s != nil; s = s.Up {
		if s.Name == "[]" {
			elements++
			p.Sel = s.Up
		}
	}
	return elements == 1 && p.IsOne()
}

// A take is that an operation takes a lock, or a callee of it does.
type take struct {
	lock skeleton.Path
	own  bool // the operation itself does
	kept bool // it may be held behind the operation
}

// takesOf returns the locks that op takes, and adds those to twice that a callee may
// take twice, since it is handed a function, or two names of one thing.
func (l *Locks) takesOf(op *skeleton.Op, twice map[skeleton.Path]bool) []take {
	inner := op
	if op.Kind == syncapi.Defer {
		inner = op.Inner
	}
	switch {
	case op.Kind == syncapi.Go:
		return nil
	case inner.Is(syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock):
		return []take{{inner.Res, true, true}}
	case len(inner.Targets) == 0 && inner.Dynamic.IsZero() && len(inner.Callbacks) == 0:
		return nil
	}
	taken := make(map[skeleton.Path]int)
	for _, e := range l.View.OpEffects(op, syncapi.Lock, syncapi.RLock) {
		if !e.Started {
			taken[e.Res]++
		}
	}
	if len(taken) == 0 {
		return nil
	}
	kept := slices.ContainsFunc(inner.Targets, func(t *skeleton.Target) bool { return l.keeps(t.Func) })
	mixes := l.mixes(inner)
	takes := make([]take, 0, len(taken))
	for p, n := range taken {
		takes = append(takes, take{p, false, kept})
		twice[p] = twice[p] || mixes && n > 1
	}
	return takes
}

// heldAgain reports whether f may hold lock at an operation that takes it: a
// may-analysis on the blocks of f, in which no call releases anything. Deferred calls
// take it where f returns.
func heldAgain(f *skeleton.Func, lock skeleton.Path, takes map[*skeleton.Op][]take) bool {
	byDefer := 0
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer && slices.ContainsFunc(takes[op], func(t take) bool { return t.lock == lock }) {
				byDefer++
			}
		}
	}
	known := make(map[*skeleton.Block]bool) // the blocks visited, and whether the lock may be held at their start
	var visit func(b *skeleton.Block, held bool) bool
	visit = func(b *skeleton.Block, held bool) bool {
		if before, seen := known[b]; seen && (before || !held) {
			return false
		}
		known[b] = held
		held, again := through(b, lock, held, takes)
		if again || held && byDefer > 0 && len(b.Succs) == 0 {
			return true
		}
		return slices.ContainsFunc(b.Succs, func(e *skeleton.Edge) bool { return visit(e.To, held) })
	}
	return byDefer > 1 || len(f.Blocks) > 0 && visit(f.Blocks[0], false)
}

// through returns whether lock may be held at the end of a block, if it is held at the
// start or not, and whether an operation of the block takes it while it is held.
func through(b *skeleton.Block, lock skeleton.Path, held bool, takes map[*skeleton.Op][]take) (after, again bool) {
	for _, op := range b.Ops {
		if op.Is(syncapi.Unlock, syncapi.RUnlock) && op.Res == lock {
			held = false
		}
		i := slices.IndexFunc(takes[op], func(t take) bool { return t.lock == lock })
		if i < 0 || op.Kind == syncapi.Defer {
			continue
		}
		if held {
			return true, true
		}
		held = takes[op][i].kept
	}
	return held, false
}

// keeps reports whether f may return with a lock that it has taken, by itself
// or by the function that releases it.
func (l *Locks) keeps(f *skeleton.Func) bool {
	if l.Takes(f) {
		return true
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Return && slices.ContainsFunc(op.Args, func(p skeleton.Path) bool { return p.Root != nil && p.Root.Kind == skeleton.FuncVal }) {
				return true
			}
		}
	}
	return false
}

// mixes reports whether a call hands over a function, or one thing twice, perhaps as a part
// of another one.
func (l *Locks) mixes(call *skeleton.Op) bool {
	if len(call.Targets) == 0 {
		return false
	}
	for i, a := range call.Args {
		if a.Root == nil {
			continue
		}
		if a.Root.Kind == skeleton.FuncVal {
			return true
		}
		for _, b := range call.Args[:i] {
			if b.Root != nil && b.Root.Kind != skeleton.Nil && (a.HasPrefix(b) || b.HasPrefix(a) || l.leads(a, b) || l.leads(b, a)) {
				return true
			}
		}
	}
	return false
}

// leads reports whether p is an object that is made with q, or a part of that.
func (l *Locks) leads(p, q skeleton.Path) bool {
	if p.Root.Kind != skeleton.Made || p.Sel != nil {
		return false
	}
	_, ok := l.View.Reach(p, q)
	return ok
}

// relocks yields paths from n, which takes a lock, to where it is taken again.
func (l *Locks) relocks(n *skeleton.Node, shared func(skeleton.Path) bool) iter.Seq[*skeleton.Trace] {
	return func(yield func(*skeleton.Trace) bool) {
		harmless := IsShared(n) && !shared(n.Res)
		var seconds []*skeleton.Node
		for _, m := range n.Graph.Nodes {
			if m.Op.Is(syncapi.Lock, syncapi.RLock) && isSame(m, n) && !loose(m) && (!harmless || !IsShared(m)) && !deferred(m.Op) && !sameOnce(n, m) {
				seconds = append(seconds, m)
			}
		}
		for len(seconds) > 0 {
			t := l.relock(n, seconds)
			if t == nil || !yield(t) {
				return
			}
			seconds = slices.DeleteFunc(seconds, func(m *skeleton.Node) bool { return m == t.End() })
		}
	}
}

// isFixed reports whether what n acts on can be told from others like it: it is one
// thing, or an element that no loop picks again.
func isFixed(n *skeleton.Node) bool {
	return n.Res.IsOne() || !n.Index().IsZero() && !n.InLoop()
}

// isSame reports whether m acts on the lock that n does, of which n.Res is the path: if
// that is the path of all elements of something, on the same element.
func isSame(m, n *skeleton.Node) bool {
	return m.Res == n.Res && (n.Res.IsOne() || m != n && isElement(n.Res) && m.Index() == n.Index())
}

// relock returns a path from n to one of seconds on which the lock that n takes
// is held and is the same.
func (l *Locks) relock(n *skeleton.Node, seconds []*skeleton.Node) *skeleton.Trace {
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		To:   seconds,
		Take: Succeeds(n),
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case slices.Contains(seconds, at):
				return skeleton.Found
			case loose(at), at.Op.Is(syncapi.Panic), IsRelease(at) && (at.Res == n.Res || l.mayMean(at, n)), at.Assigns(n.Res), l.entrusts(at, n):
				return skeleton.Stop
			case at.Op.Is(syncapi.Lock) && at.Res == n.Res: // reported by itself, or another element
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// entrusts reports whether at calls or starts what may release the lock that n
// has taken, or returns it to a caller that hands it on.
func (l *Locks) entrusts(at, n *skeleton.Node) bool {
	if at.Op == nil {
		return false
	}
	for _, s := range at.Spawns {
		if s.Mode != syncapi.Later && slices.ContainsFunc(s.Graph().Nodes, func(m *skeleton.Node) bool { return IsRelease(m) && m.Res == n.Res && l.unheld(m) }) {
			return true
		}
	}
	releases := func(p skeleton.Path) bool {
		return p == n.Res || p.Root != nil && p.Root.Bound == n.Res || slices.ContainsFunc(l.View.Called(p), l.Gives)
	}
	switch {
	case at.Op.Kind == syncapi.Return && at.Frame.Call != nil:
		for i, a := range at.Args {
			if releases(a) && i < len(at.Frame.Call.Op.Results) && l.handsOn(at.Frame, a, at.Frame.Call.Op.Results[i]) {
				return true
			}
		}
	case at.Op.Is(syncapi.Store, syncapi.Send):
		return slices.ContainsFunc(at.Args, func(p skeleton.Path) bool { return p != n.Res && (releases(p) || isFuncOf(p, n)) })
	case at.Op.Is(syncapi.Call, syncapi.Cancel) && len(at.Op.Targets) == 0:
		return !at.Entered() && (releases(at.Res) || slices.ContainsFunc(at.Args, releases) || isFuncOf(at.Res, n))
	}
	return false
}

// mayMean reports whether the release at may be of the lock that n has taken, by a name
// that is not known to be the same: a field like it, which at has not seen locked.
func (l *Locks) mayMean(at, n *skeleton.Node) bool {
	a, ok := at.Res.Class()
	b, same := n.Res.Class()
	return ok && same && a == b && l.unheld(at)
}

// handsOn reports whether the caller of fr does anything with what fr returns
// as a result but call it.
func (l *Locks) handsOn(fr *skeleton.Frame, returned skeleton.Path, result *skeleton.Root) bool {
	r := fr.Up.Resolve(skeleton.Path{Root: result})
	for _, m := range fr.Call.Graph.Nodes {
		for _, a := range m.Args {
			if a == r || a == returned && m.Frame != fr {
				return true
			}
			if a.Root != nil && a.Root.Kind == skeleton.FuncVal {
				if _, ok := l.View.Reach(a, r); ok {
					return true
				}
			}
		}
		for _, s := range m.Spawns {
			if _, ok := l.View.Reach(s.Func, r); ok {
				return true
			}
		}
	}
	return false
}

// releasedBeside reports whether a literal next to f, or the function around
// it, releases the variable lock without having taken it: it is not a mutex
// then, but a signal.
func (l *Locks) releasedBeside(f *skeleton.Func, lock skeleton.Path) bool {
	if lock.Root.Kind != skeleton.Local && lock.Root.Kind != skeleton.Made || lock.Sel != nil {
		return false
	}
	for _, h := range l.View.Funcs {
		if h == f || h.Outermost() != f.Outermost() || !l.gives[h] {
			continue
		}
		for _, b := range h.Blocks {
			for _, op := range b.Ops {
				if op.Is(syncapi.Unlock, syncapi.RUnlock) && op.Res == lock {
					return true
				}
			}
		}
	}
	return false
}

// sameOnce reports whether a and b both are run by one Once, which runs only
// one of them.
func sameOnce(a, b *skeleton.Node) bool {
	for p := range Onces(a) {
		for q := range Onces(b) {
			if p == q {
				return true
			}
		}
	}
	return false
}

// Onces yields the Onces by which n is run.
func Onces(n *skeleton.Node) iter.Seq[skeleton.Path] {
	return func(yield func(skeleton.Path) bool) {
		for _, call := range n.Calls() {
			for at := call; at != nil && len(at.Preds) > 0; at = at.Preds[0].From {
				if at.Op.Is(syncapi.OnceDo) && at.Frame == call.Frame && at.Op.Pos == call.Op.Pos {
					if !yield(at.Res) {
						return
					}
				} else if at != call && at.Op != nil {
					break
				}
			}
		}
	}
}

// deferred reports whether op is a deferred call itself.
func deferred(op *skeleton.Op) bool {
	for _, b := range op.Fn.Blocks {
		for _, o := range b.Ops {
			if o.Inner == op {
				return true
			}
		}
	}
	return false
}
