package lockset

import (
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer finds out which functions of a package leave a lock in another
// state than they found it in. Its result is a [*Locks].
var Analyzer = &analysis.Analyzer{
	Name:       "lockset",
	Doc:        "find the functions that leave locks in another state than they found them in",
	Requires:   []*analysis.Analyzer{skeleton.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Locks](),
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

	takes     map[*skeleton.Func]bool     // may return with a lock that it has taken
	gives     map[*skeleton.Func]bool     // may release a lock that it has not taken
	handedOff map[*skeleton.Op]bool       // lock operations whose lock a caller releases
	released  map[skeleton.FieldClass]int // by how many functions, which have not taken it
}

func run(pass *analysis.Pass) (any, error) {
	l := &Locks{
		View:      pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		takes:     make(map[*skeleton.Func]bool),
		gives:     make(map[*skeleton.Func]bool),
		handedOff: make(map[*skeleton.Op]bool),
		released:  make(map[skeleton.FieldClass]int),
	}
	l.View.Lock()
	defer l.View.Unlock()
	for _, f := range l.View.CalleesFirst() {
		if l.concerns(f) {
			l.function(f)
		}
	}
	return l, nil
}

// concerns reports whether f has an operation on a lock, or calls a function
// that leaves locks in another state.
func (l *Locks) concerns(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer {
				op = op.Inner
			}
			if op.Is(Ops...) {
				return true
			}
			for _, t := range op.Targets {
				if l.Unbalanced(t.Func) {
					return true
				}
			}
			for _, c := range op.Callbacks {
				if c.Func.Root.Kind == skeleton.FuncVal && l.Unbalanced(c.Func.Root.Func) {
					return true
				}
			}
		}
	}
	return false
}

// function finds out about f, whose callees are known but for recursion.
func (l *Locks) function(f *skeleton.Func) {
	g := l.Graph(f)
	for _, n := range g.Nodes {
		switch {
		case !n.Op.Is(Ops...) || n.Res.Root == nil:
		case IsRelease(n):
			if l.unheld(n) {
				l.gives[f] = true
				if class, ok := n.Res.Class(); ok && n.Frame.Call == nil {
					l.released[class]++
				}
			}
		default:
			if l.Unreleased(n) != nil {
				l.takes[f] = true
			}
			if n.Frame.Call != nil && l.releasedByCaller(n) {
				l.handedOff[n.Op] = true
			}
		}
	}
}

// Unbalanced reports whether f may leave a lock in another state than it
// found it in. It errs to true where branches depend on what skeletons do not
// keep, and to false in recursion.
func (l *Locks) Unbalanced(f *skeleton.Func) bool { return l.takes[f] || l.gives[f] }

// Takes reports whether f may return with a lock that it has taken.
func (l *Locks) Takes(f *skeleton.Func) bool { return l.takes[f] }

// Gives reports whether f may release a lock that it has not taken.
func (l *Locks) Gives(f *skeleton.Func) bool { return l.gives[f] }

// HandedOff reports whether a caller of the function that has the lock
// operation op, seen in the package, releases the lock behind the call.
func (l *Locks) HandedOff(op *skeleton.Op) bool { return l.handedOff[op] }

// ReleasedElsewhere reports whether a function of the package releases locks
// in the field class that it has not taken.
func (l *Locks) ReleasedElsewhere(class skeleton.FieldClass) bool { return l.released[class] > 0 }

// Graph returns the outline of f that shows what f does to locks in the end:
// callees that are not balanced stand in at their calls. Operations of the
// further kinds are in it as well.
func (l *Locks) Graph(f *skeleton.Func, further ...syncapi.Op) *skeleton.Graph {
	return l.View.Outline(f, skeleton.Interest{
		Ops:   append(further, Ops...),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return l.Unbalanced(t.Func) },
	})
}

// GraphOf returns the outline of f that shows all operations of the given kinds
// on things for which touches holds, in callees at any depth as well.
func (l *Locks) GraphOf(f *skeleton.Func, touches func(skeleton.Effect) bool, kinds ...syncapi.Op) *skeleton.Graph {
	kinds = append(kinds, Ops...)
	known := make(map[*skeleton.Node]bool)
	return l.View.Outline(f, skeleton.Interest{
		Ops: kinds,
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			if l.Unbalanced(t.Func) {
				return true
			}
			enter, ok := known[call]
			if !ok {
				for _, e := range l.View.CallEffects(call, kinds...) {
					enter = enter || touches(e)
				}
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

// unheld reports whether the release n may be reached with the lock not taken
// before.
func (l *Locks) unheld(n *skeleton.Node) bool {
	return n.Graph.Search(skeleton.Query{
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

// Unreleased returns a path from n, which takes a lock, to a return of its
// graph's function on which the lock is neither released nor handed to
// anything that may release it; nil if there is none. (A may-analysis, exact in
// the conditions that skeletons keep.)
func (l *Locks) Unreleased(n *skeleton.Node) *skeleton.Trace {
	g := n.Graph
	return g.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		Take: Succeeds(n),
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case IsRelease(at) && at.Res == n.Res, l.HandsOver(at, n):
				return skeleton.Stop
			case at.Exit == skeleton.ByReturn:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
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

// releasedByCaller reports whether a release of what n takes, in an activation
// further out than n's, may follow n.
func (l *Locks) releasedByCaller(n *skeleton.Node) bool {
	within := func(m *skeleton.Node) bool {
		for f := m.Frame; f != nil; f = f.Up {
			if f == n.Frame {
				return true
			}
		}
		return false
	}
	for _, m := range n.Graph.Nodes {
		if IsRelease(m) && m.Res == n.Res && !within(m) && skeleton.Leads(n, m, nil) {
			return true
		}
	}
	return false
}

// HandsOver reports whether at hands the lock that n has taken to what may
// release it: a goroutine or callback that does, an unlock function that is
// returned, stored or passed on, or the object that has the lock, returned.
func (l *Locks) HandsOver(at, n *skeleton.Node) bool {
	if at.Op == nil {
		return false
	}
	for _, s := range at.Spawns {
		for _, m := range s.Graph().Nodes {
			if IsRelease(m) && m.Res == n.Res {
				return true
			}
		}
	}
	switch at.Op.Kind {
	case syncapi.Return, syncapi.Send, syncapi.Store:
		for _, a := range at.Args {
			if l.carries(a, n.Res) || at.Op.Kind == syncapi.Return && n.Res.HasPrefix(a) && !a.IsZero() {
				return true
			}
		}
	case syncapi.Call, syncapi.Cancel:
		for _, a := range at.Args {
			if a == n.Res && len(at.Op.Targets) == 0 || l.carries(a, n.Res) {
				return true
			}
		}
		return l.isResultOfTaker(at, n)
	}
	return false
}

// carries reports whether p is a function that has the lock.
func (l *Locks) carries(p, lock skeleton.Path) bool {
	if p.Root == nil || p.Root.Kind != skeleton.FuncVal {
		return false
	}
	_, ok := l.View.Reach(p, lock)
	return ok || !p.Root.Bound.IsZero() && p.Root.Bound == lock
}

// isResultOfTaker reports whether at calls what came out of the call that took
// the lock: its unlock function, as a rule.
func (l *Locks) isResultOfTaker(at, n *skeleton.Node) bool {
	if len(at.Op.Targets) > 0 || at.Res.Root == nil {
		return false
	}
	for f := n.Frame; f != nil && f.Call != nil; f = f.Up {
		for _, r := range f.Call.Op.Results {
			if f.Up.Resolve(skeleton.Path{Root: r}).Root == at.Res.Root {
				return true
			}
		}
	}
	return false
}
