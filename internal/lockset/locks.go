package lockset

import (
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer finds out which functions of a package leave a lock in another
// state than they found it in, and exports them as a fact. Its result is a [*Locks].
var Analyzer = &analysis.Analyzer{
	Name:       "lockset",
	Doc:        "find the functions that leave locks in another state than they found them in",
	Requires:   []*analysis.Analyzer{skeleton.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Locks](),
	FactTypes:  []analysis.Fact{new(balance)},
}

// Ops are the operations on locks.
var Ops = []syncapi.Op{
	syncapi.Lock, syncapi.Unlock, syncapi.RLock, syncapi.RUnlock, syncapi.TryLock, syncapi.TryRLock,
}

// Locks knows what the functions of a package, and those that they call, do to
// locks in the end. A function that releases on all paths what it takes, and
// nothing else, is balanced: its callers need not look into it to know what
// they hold. Whoever asks must have locked the view.
type Locks struct {
	View *skeleton.View

	takes     map[*skeleton.Func]bool   // may return with a lock that it has taken
	gives     map[*skeleton.Func]bool   // may release a lock that it has not taken
	drops     map[*skeleton.Func]bool   // may be left by a panic with a lock that it has taken
	done      map[*skeleton.Func]bool   // functions of the package that have been looked at
	kept      map[*skeleton.Op]exits    // by an operation of its own, in a function of the package
	bare      map[*skeleton.Op]bool     // whether it may release a lock that is not taken, likewise
	handedOff map[*skeleton.Op]bool     // operations whose lock a caller releases
	passed    map[*skeleton.Op][]Taking // by which further operations the lock of one is taken
	released  map[name]bool             // by functions that have not taken it

	partial bool // see Partial

	near near // of the graph that was asked about last

	sites   map[*skeleton.Func][]callSite   // see callSites
	open    map[*skeleton.Func]bool         // that code elsewhere may call
	atEntry map[*skeleton.Func]map[Key]bool // see HeldAtEntry

	mayAtEntry map[*skeleton.Func]map[Key]bool // see MayHoldAtEntry
}

// A Taking is an operation of Func, a lock or a call, behind which Func may
// return with Lock.
type Taking struct {
	Func *skeleton.Func
	Op   *skeleton.Op
	Lock skeleton.Path
}

// exits are the ways in which a function may be left with a lock that one of its
// operations, or what that calls, takes.
type exits struct{ byReturn, byPanic bool }

// A name identifies a lock in all functions of a package: by the field that it
// is, or by the variable.
type name struct {
	class skeleton.FieldClass
	path  skeleton.Path
}

// nameOf returns the name of a lock that f operates on, not ok if only f's
// callers know what it is.
func nameOf(lock skeleton.Path, f *skeleton.Func) (n name, ok bool) {
	if class, ok := classOf(lock); ok {
		return name{class: class}, true
	}
	r := lock.Root.Origin()
	if r.Kind != skeleton.Global && (r.Owner == nil || r.Owner == f) {
		return name{}, false
	}
	return name{path: skeleton.Path{Root: r, Sel: lock.Sel}}, true
}

func run(pass *analysis.Pass) (any, error) {
	l := &Locks{
		View:      pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		takes:     make(map[*skeleton.Func]bool),
		gives:     make(map[*skeleton.Func]bool),
		drops:     make(map[*skeleton.Func]bool),
		done:      make(map[*skeleton.Func]bool),
		kept:      make(map[*skeleton.Op]exits),
		bare:      make(map[*skeleton.Op]bool),
		handedOff: make(map[*skeleton.Op]bool),
		passed:    make(map[*skeleton.Op][]Taking),
		released:  make(map[name]bool),
	}
	l.View.Lock()
	defer l.View.Unlock()
	facts := balances(pass)
	for _, f := range l.View.CalleesFirst() {
		switch {
		case f.Imported():
			l.importBalance(pass, facts, f)
		case l.Concerns(f):
			l.function(f)
			l.done[f] = true
		}
	}
	l.partial = l.View.Exhausted()
	l.export(pass)
	return l, nil
}

// Any reports whether the package operates on locks at all.
func (l *Locks) Any() bool {
	return slices.ContainsFunc(l.View.Funcs, func(f *skeleton.Func) bool {
		return l.View.May(f, syncapi.Lock) || l.View.May(f, syncapi.RLock)
	})
}

// Concerns reports whether f has an operation on a lock, or calls a function
// that leaves locks in another state.
func (l *Locks) Concerns(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer {
				op = op.Inner
			}
			if op.Is(Ops...) || l.concernsCall(op) || op.Kind == syncapi.Go && l.concernsGo(op.Inner) {
				return true
			}
		}
	}
	return false
}

// concernsCall reports whether op calls, or hands to be called, a function that leaves
// locks in another state.
func (l *Locks) concernsCall(op *skeleton.Op) bool {
	leaves := func(f *skeleton.Func) bool { return l.Unbalanced(f) || l.drops[f] }
	return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return leaves(t.Func) }) ||
		op.Kind == syncapi.Call && slices.ContainsFunc(op.Args, l.isDropper) ||
		slices.ContainsFunc(op.Callbacks, func(c skeleton.Callback) bool {
			r := c.Func.Root
			return r != nil && r.Kind == skeleton.FuncVal && leaves(r.Func)
		})
}

// isDropper reports whether p is a function that a panic may leave with a lock that it
// has taken.
func (l *Locks) isDropper(p skeleton.Path) bool {
	return p.Root != nil && p.Sel == nil && p.Root.Kind == skeleton.FuncVal && l.drops[p.Root.Func]
}

// runsDropper reports whether the callees of call run a function that a panic may leave
// with a lock, which the call, or one around it in the graph, hands on.
func (l *Locks) runsDropper(call *skeleton.Node) bool {
	if len(l.drops) == 0 {
		return false
	}
	for n := call; n != nil; n = n.Frame.Call {
		if slices.ContainsFunc(n.Args, l.isDropper) {
			return slices.ContainsFunc(l.View.CallEffects(call, lockOps...), func(e skeleton.Effect) bool {
				return !e.Started && l.drops[e.Op.Fn]
			})
		}
	}
	return false
}

// concernsGo reports whether a goroutine releases locks that it has not taken.
func (l *Locks) concernsGo(call *skeleton.Op) bool {
	for _, t := range call.Targets {
		if l.gives[t.Func] {
			return true
		}
	}
	r := call.Dynamic.Root
	return r != nil && r.Kind == skeleton.FuncVal && l.gives[r.Func]
}

// OpIn returns the operation of fr by which n, in fr or further in, is reached:
// n's own or a call.
func OpIn(n *skeleton.Node, fr *skeleton.Frame) *skeleton.Op {
	op := n.Op
	for f := n.Frame; f != fr && f.Call != nil; f = f.Up {
		op = f.Call.Op
	}
	return op
}

// Owed returns the locks that are held at the end of t, from the entry of its graph to
// where it ends, because they are released behind that and taken nowhere before: to
// unlock what is not locked is fatal.
func Owed(t *skeleton.Trace) []skeleton.Path {
	at := t.End()
	var owed []skeleton.Path
	for _, m := range at.Graph.Nodes {
		if !IsRelease(m) || loose(m) || slices.Contains(owed, m.Res) || !skeleton.Leads(at, m, nil) {
			continue
		}
		other := func(n *skeleton.Node) bool {
			return n.Op.Is(Ops...) && n.Res == m.Res && n != m && (IsAcquire(n) && skeleton.Leads(n, m, nil) || IsRelease(n) && skeleton.Leads(n, at, nil))
		}
		if !slices.ContainsFunc(at.Graph.Nodes, other) && !skeleton.Leads(m, at, nil) {
			owed = append(owed, m.Res)
		}
	}
	return owed
}

// leaves reports whether the function at the root of the graph may return
// without the lock that n releases, which it never takes before n.
func (l *Locks) leaves(n *skeleton.Node) bool {
	taken := func(at *skeleton.Node) bool { return IsAcquire(at) && at.Res == n.Res }
	returns := false
	for _, m := range n.Graph.Nodes {
		if taken(m) && skeleton.Leads(m, n, nil) {
			return false
		}
		returns = returns || m.Exit == skeleton.ByReturn && skeleton.Leads(n, m, taken)
	}
	return returns
}

// Unbalanced reports whether f may leave a lock in another state than it
// found it in. It errs to true where branches depend on what skeletons do not
// keep, and to false in recursion.
func (l *Locks) Unbalanced(f *skeleton.Func) bool { return l.takes[f] || l.gives[f] }

// Takes reports whether f may return with a lock that it has taken.
func (l *Locks) Takes(f *skeleton.Func) bool { return l.takes[f] }

// Gives reports whether f may release a lock that it has not taken.
func (l *Locks) Gives(f *skeleton.Func) bool { return l.gives[f] }

// HandedOff reports whether a caller of the function that has op, seen in the
// package, releases behind the call the lock that op takes or calls for.
func (l *Locks) HandedOff(op *skeleton.Op) bool { return l.handedOff[op] }

// Partial reports whether the package was too large to look at all callers, so that
// HandedOff and Passed may have missed some.
func (l *Locks) Partial() bool { return l.partial }

// Passed returns the operations of callers, seen in the package, by which they
// take the lock that op takes or calls for, and may return with it in turn.
func (l *Locks) Passed(op *skeleton.Op) []Taking { return l.passed[op] }

// ReleasedElsewhere reports whether a function of the package releases, without
// having taken it, the lock that f knows as lock, or its like in another object.
func (l *Locks) ReleasedElsewhere(lock skeleton.Path, f *skeleton.Func) bool {
	n, ok := nameOf(lock, f)
	return ok && l.released[n]
}

// Whole returns the outline of f that shows all that becomes of the locks that
// it takes: as [Locks.Graph], with the stores and sends that may hand them over,
// and with callees that a panic may leave with a lock.
func (l *Locks) Whole(f *skeleton.Func) *skeleton.Graph {
	return l.View.Outline(f, skeleton.Interest{
		Ops: append([]syncapi.Op{syncapi.Store, syncapi.Send}, Ops...),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return l.Unbalanced(t.Func) || l.drops[t.Func] || skeleton.Asserts(call.Op, t) || l.runsDropper(call)
		},
	})
}

// Graph returns the outline of f that shows what f does to locks in the end:
// callees that are not balanced stand in at their calls. Operations of the
// further kinds are in it as well.
func (l *Locks) Graph(f *skeleton.Func, further ...syncapi.Op) *skeleton.Graph {
	return l.View.Outline(f, skeleton.Interest{
		Ops: append(further, Ops...),
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			return l.Unbalanced(t.Func) || skeleton.Asserts(call.Op, t)
		},
	})
}

// GraphOf returns the outline of f that shows all operations of the given kinds
// on things for which touches holds, in callees at any depth as well.
func (l *Locks) GraphOf(f *skeleton.Func, touches func(skeleton.Effect) bool, kinds ...syncapi.Op) *skeleton.Graph {
	return l.graphAt(f, func(*skeleton.Op) bool { return true }, touches, kinds...)
}

// graphAt is GraphOf for those calls of f alone that at holds for: of others there are
// only those that leave a lock in another state than they found it in.
func (l *Locks) graphAt(f *skeleton.Func, at func(call *skeleton.Op) bool, touches func(skeleton.Effect) bool, kinds ...syncapi.Op) *skeleton.Graph {
	kinds = append(kinds, Ops...)
	known := make(map[*skeleton.Node]bool)
	return l.View.Outline(f, skeleton.Interest{
		Ops: kinds,
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			if l.Unbalanced(t.Func) {
				return true
			}
			if call.Frame.Call == nil && !at(call.Op) {
				return false
			}
			enter, ok := known[call]
			if !ok {
				enter = slices.ContainsFunc(l.View.CallEffects(call, kinds...), touches)
				known[call] = enter
			}
			return enter
		},
	})
}

// IsRelease reports whether n unlocks something.
func IsRelease(n *skeleton.Node) bool { return n.Op.Is(syncapi.Unlock, syncapi.RUnlock) }

// IsAcquire reports whether n locks something, or tries to.
func IsAcquire(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock)
}

// IsShared reports whether n locks or unlocks for reading.
func IsShared(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.RLock, syncapi.RUnlock, syncapi.TryRLock)
}

// Succeeds returns which steps can be taken behind n, which takes a lock or
// tries to, if it has it then; nil if all can.
func Succeeds(n *skeleton.Node) func(*skeleton.Step) bool {
	if !n.Op.Is(syncapi.TryLock, syncapi.TryRLock) || len(n.Op.Results) == 0 {
		return nil
	}
	taken := n.Frame.Resolve(skeleton.Path{Root: n.Op.Results[0]})
	return func(s *skeleton.Step) bool { return s.Cond.Var != taken || s.Cond.Want }
}

// releasedOutside reports whether a release of what n takes, not within the
// activation fr that n is in, may follow n. Behind another Lock it is the release for
// that one: a function that is called twice does not release for itself. What becomes of an
// object in tests says nothing about the code that they test.
func (l *Locks) releasedOutside(n *skeleton.Node, fr *skeleton.Frame) bool {
	within := func(m *skeleton.Node) bool {
		for f := m.Frame; f != nil; f = f.Up {
			if f == fr {
				return true
			}
		}
		return false
	}
	retaken := func(at *skeleton.Node) bool {
		return !IsShared(n) && at != n && at.Op.Is(lockOps...) && at.Res == n.Res
	}
	handsOver := func(m *skeleton.Node) bool {
		return l.HandsOver(m, n) && (!l.View.InTest(m.Op) || l.View.InTest(n.Op))
	}
	behind := n.Graph.Behind([]*skeleton.Node{n}, retaken)
	return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool {
		return behind[m.ID] && !within(m) && (IsRelease(m) && m.Res == n.Res || handsOver(m))
	})
}

// HandsOver reports whether at hands the lock that n has taken to what may
// release it: a goroutine or callback that does, an unlock function that is
// returned, stored or passed on, or the object that has the lock, returned.
// What a callee returns its caller knows, unless it is buried in an object.
func (l *Locks) HandsOver(at, n *skeleton.Node) bool {
	if at.Op == nil {
		return false
	}
	if slices.ContainsFunc(at.Spawns, func(s *skeleton.Spawn) bool { return l.startsRelease(s, n.Res) }) {
		return true
	}
	switch at.Op.Kind {
	case syncapi.Return:
		if at.Frame.Call == nil {
			return l.returns(at, n) || slices.ContainsFunc(at.Args, func(a skeleton.Path) bool { return l.carries(a, n.Res) })
		}
		return slices.ContainsFunc(at.Args, func(a skeleton.Path) bool { return l.buries(a, n.Res) })
	case syncapi.Send, syncapi.Store:
		for _, a := range at.Args {
			if l.carries(a, n.Res) || n.Res.HasPrefix(a) && a.Root.Kind == skeleton.Made || isFuncOf(a, n) {
				return true
			}
		}
	case syncapi.Call, syncapi.Cancel:
		for _, a := range at.Args {
			if a == n.Res && len(at.Op.Targets) == 0 || l.carries(a, n.Res) && !isAround(a.Root, n.Graph) || isFuncOf(a, n) {
				return true
			}
		}
		return len(at.Op.Targets) == 0 && (isFuncOf(at.Res, n) || isChosen(at.Res))
	}
	return false
}

// startsRelease reports whether s is to release the lock, not having taken it.
func (l *Locks) startsRelease(s *skeleton.Spawn, lock skeleton.Path) bool {
	return s.Func.Root != nil && s.Func.Root.Bound == lock ||
		slices.ContainsFunc(s.Graph().Nodes, func(m *skeleton.Node) bool { return IsRelease(m) && m.Res == lock && l.unheld(m) })
}

// returns reports whether the function at the root of the graph returns, at
// at, what its caller can release the lock by that n takes.
func (l *Locks) returns(at, n *skeleton.Node) bool {
	return slices.ContainsFunc(at.Args, func(a skeleton.Path) bool {
		switch {
		case a.IsZero():
			return false
		case a.Root.Kind == skeleton.FuncVal:
			return l.carries(a, n.Res)
		}
		return n.Res.HasPrefix(a) && a.Root.Kind != skeleton.Param || isFuncOf(a, n)
	})
}

// carries reports whether p is a function that has the lock, or a new object
// that does.
func (l *Locks) carries(p, lock skeleton.Path) bool {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal {
		return l.buries(p, lock)
	}
	_, ok := l.View.Reach(p, lock)
	return ok
}

// buries reports whether p is a new object that refers to what has the lock.
func (l *Locks) buries(p, lock skeleton.Path) bool {
	if p.Root == nil || p.Root.Kind != skeleton.Made || lock.Root == p.Root || isOfSync(p.Root.Type) {
		return false
	}
	_, ok := l.View.Reach(p, lock)
	return ok
}

// isAround reports whether r is an object that a function around that of g has made: it is
// no new one there.
func isAround(r *skeleton.Root, g *skeleton.Graph) bool {
	if r.Kind != skeleton.Made || g.Root == nil {
		return false
	}
	for f := g.Root.Parent; f != nil; f = f.Parent {
		if r.Owner == f {
			return true
		}
	}
	return false
}

// isOfSync reports whether t is a type of package sync, such as Cond, which
// unlocks only what it locks again.
func isOfSync(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "sync"
}

// isFuncOf reports whether p is a function, or an object of whatever kind, that
// came out of a call that took the lock which n takes: its unlock function, as
// a rule.
func isFuncOf(p skeleton.Path, n *skeleton.Node) bool {
	if p.Root == nil || p.Root.Kind == skeleton.FuncVal {
		return false
	}
	for f := n.Frame; f != nil && f.Call != nil; f = f.Up {
		for _, r := range f.Call.Op.Results {
			if f.Up.Resolve(skeleton.Path{Root: r}).Root == p.Root && (p.Sel != nil || mayRelease(r.Type)) {
				return true
			}
		}
	}
	return false
}

// isChosen reports whether p is one of several functions without parameters and
// results: which of them is not known.
func isChosen(p skeleton.Path) bool {
	if p.Root == nil || p.Sel != nil || p.Root.Kind != skeleton.Value || p.Root.Type == nil {
		return false
	}
	sig, ok := p.Root.Type.Underlying().(*types.Signature)
	return ok && sig.Params().Len() == 0 && sig.Results().Len() == 0
}

// mayRelease reports whether a value of type t may be, or have, an unlock
// function.
func mayRelease(t types.Type) bool {
	if t == nil {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Interface:
		return !syncapi.IsError(t)
	case *types.Tuple:
		return u.Len() > 0
	}
	return true
}
