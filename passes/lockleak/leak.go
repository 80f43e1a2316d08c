package lockleak

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A leak is a lock that stays locked.
type leak struct {
	node     *skeleton.Node // takes the lock
	site     *skeleton.Op   // by which its function does
	deferred bool           // site is deferred
	again    bool           // and the lock is held by then
	certain  bool           // at each of ends the lock is held, and nothing deferred releases it
	never    bool           // nothing in the function releases the lock
	end      *skeleton.Op   // the return, panic or call that leaves the function
	ends     []*skeleton.Op // all of them
	starter  *skeleton.Op   // starts the goroutine that is at fault, nil if none is
}

// leakOf returns the first leak of what n takes, nil if there is none.
func (c *checker) leakOf(s *state, n *skeleton.Node, site *skeleton.Op) *leak {
	l := &leak{node: n, site: site, deferred: isDeferred(s.graph.Root, site)}
	released := func(at *skeleton.Node) bool {
		return s.releases(at) || c.locks.HandsOver(at, n) || c.locks.Partial() && c.mayRelease(at, s.lock)
	}
	undecided := s.leadingTo(released)
	if l.deferred && s.heldAtDefer(site) {
		l.again = true
		return l
	}
	if root := n.Res.Root; root.Kind == skeleton.Result && root.Type != nil && types.IsInterface(root.Type) {
		return nil // of RLocker, say
	}
	if n.Res.IsOne() && s.search(n, released, notByPanic, s.takes) != nil {
		return nil // locked again: another check's
	}
	l.never = s.search(n, never, nil, func(at *skeleton.Node) bool { return released(at) && !s.sameCall(at, n) }) == nil
	var take func(*skeleton.Step) bool
	if !l.never {
		region := s.behind(n, released)
		take = func(st *skeleton.Step) bool {
			return !region[st.From.ID] || !undecided[st.From.ID] || undecided[st.To.ID] || s.takes(st.From) || !s.unheld()[st.From.ID]
		}
	}
	l.ends = c.endsOf(s, n, released, take)
	l.certain = s.certain(l.ends, undecided) && (!l.never || !slices.ContainsFunc(s.graph.Nodes, released))
	switch {
	case len(l.ends) == 0:
		return c.goroutine(s, l)
	case l.never && c.local(s.lock), c.tells(s, l):
		return nil
	case c.entrusted(l, s.graph.Root, make(map[*skeleton.Op]bool)):
		l.ends, l.certain = c.untold(s, l), false
		if len(l.ends) == 0 {
			return nil
		}
	}
	l.end = l.ends[0]
	if l.end.Kind == syncapi.Panic && panics(n, l.end) {
		l.site = n.Op
	}
	return l
}

// mayRelease reports whether n calls what does not stand in at it, and may release the
// lock: whether it takes that first is not known in a package that is too large.
func (c *checker) mayRelease(n *skeleton.Node, lock skeleton.Path) bool {
	return n.Op.Is(syncapi.Call) && !n.Entered() && slices.ContainsFunc(c.view.CallEffects(n, syncapi.Unlock, syncapi.RUnlock), func(e skeleton.Effect) bool {
		return e.Res == lock && !e.Started
	})
}

// notByPanic reports whether a step is not by a panic.
func notByPanic(st *skeleton.Step) bool { return !st.From.Op.Is(syncapi.Panic) }

// endsOf returns the operations that leave the function with what n takes, in
// source order: returns, or else a panic that is recovered.
func (c *checker) endsOf(s *state, n *skeleton.Node, released func(*skeleton.Node) bool, take func(*skeleton.Step) bool) []*skeleton.Op {
	exits := func(at *skeleton.Node) bool {
		return at.Exit == skeleton.ByReturn || at.Exit == skeleton.ByPanic && n.Res.Root.Kind == skeleton.Global
	}
	noPanic := func(st *skeleton.Step) bool {
		return (take == nil || take(st)) && (st.From.Op == nil || st.From.Op.Kind != syncapi.Panic || st.From.Recovered())
	}
	trace := s.search(n, released, noPanic, exits)
	if trace == nil {
		return nil
	}
	unwinds := func(at *skeleton.Node) bool { return at.Op.Is(syncapi.Panic, syncapi.Goexit) }
	byPanic := s.search(n, func(at *skeleton.Node) bool { return released(at) || unwinds(at) }, noPanic, exits) == nil
	var ends []*skeleton.Op
	for _, r := range s.returns() {
		if byPanic {
			break // where it returns behind the recovered panic does not matter
		}
		other := func(at *skeleton.Node) bool { return released(at) || isReturn(at) && at != r }
		if s.search(n, other, noPanic, exits) != nil && s.cameBy(n, r, other, noPanic) {
			ends = append(ends, r.Op)
		}
	}
	if len(ends) > 0 {
		slices.SortFunc(ends, func(a, b *skeleton.Op) int { return c.place(a) - c.place(b) })
		return ends
	}
	for _, at := range slices.Backward(trace.Nodes) {
		if at.Op.Is(syncapi.Panic, syncapi.Goexit) {
			if at.Op.Fn.Imported() && n.Op.Fn.Imported() {
				return nil // it is for the other package to order the two
			}
			return []*skeleton.Op{at.Op}
		}
	}
	for _, r := range s.returns() { // deferred to it
		if skeleton.Leads(r, n, nil) {
			return []*skeleton.Op{r.Op}
		}
	}
	return nil
}

// place orders the ends of a function.
func (c *checker) place(op *skeleton.Op) int {
	if _, ok := c.view.Node(op).(*ast.ReturnStmt); !ok {
		pos, _ := op.Fn.Closing()
		return int(pos)
	}
	return int(op.Pos)
}

// goroutine returns the leak of l's lock by a goroutine that takes it over.
func (c *checker) goroutine(s *state, l *leak) *leak {
	n := l.node
	for _, at := range s.graph.Nodes {
		for _, start := range at.Spawns {
			if at.Op.Kind != syncapi.Go || s.unheld()[at.ID] || !skeleton.Leads(n, at, s.releases) {
				continue
			}
			h := c.stateOf(start.Graph(), n.Res)
			done := func(m *skeleton.Node) bool { return h.releases(m) || c.locks.HandsOver(m, n) }
			if !slices.ContainsFunc(h.graph.Nodes, h.releases) || slices.ContainsFunc(h.graph.Nodes, h.takes) {
				continue
			}
			trace := h.search(h.graph.Entry, done, nil, func(m *skeleton.Node) bool { return m.Exit == skeleton.ByReturn })
			if trace == nil {
				continue
			}
			for _, m := range slices.Backward(trace.Nodes) {
				if m.Op.Is(syncapi.Return) && m.Op.Fn.Syntax() != nil {
					l.end, l.starter, l.ends = m.Op, at.Op, nil
					return l
				}
			}
		}
	}
	return nil
}

// entrusted reports whether callers have to release what l takes, by what they
// do or by what the function is for.
func (c *checker) entrusted(l *leak, f *skeleton.Func, seen map[*skeleton.Op]bool) bool {
	if l.end != nil || l.ends[0].Is(syncapi.Panic, syncapi.Goexit) {
		return false
	}
	return c.left(lockset.Taking{Func: f, Op: l.site, Lock: l.node.Res}, l.never, seen)
}

// left reports whether what t takes is left locked for callers.
func (c *checker) left(t lockset.Taking, never bool, seen map[*skeleton.Op]bool) bool {
	if seen[t.Op] {
		return false
	}
	seen[t.Op] = true
	if c.locks.HandedOff(t.Op) || never && c.locks.Partial() || never && c.open[t.Func] && (c.locks.ReleasedElsewhere(t.Lock, t.Func) || accessible(t.Lock)) {
		return true
	}
	return slices.ContainsFunc(c.locks.Passed(t.Op), func(u lockset.Taking) bool { return c.left(u, never, seen) })
}

// local reports whether a lock is a variable of a test, whose end is the end of
// the lock.
func (c *checker) local(lock skeleton.Path) bool {
	r := lock.Root
	return (r.Kind == skeleton.Local || r.Kind == skeleton.Made) && report.InTest(c.pass, r.Pos)
}

// tells reports whether the results of a function tell those callers that the
// package does not show whether they have to release what l takes: they are
// true, nil or the like wherever it is held, and nowhere else.
func (c *checker) tells(s *state, l *leak) bool {
	f := s.graph.Root
	if !c.open[f] || !c.locks.ReleasedElsewhere(s.lock, f) && !accessible(s.lock) || l.ends[0].Kind != syncapi.Return {
		return false
	}
	sig := signatureOf(f, c.pass.TypesInfo)
	for i := 0; sig != nil && i < sig.Results().Len(); i++ {
		held, free := make(map[string]bool), make(map[string]bool)
		for _, r := range s.returns() {
			ret, ok := c.view.Node(r.Op).(*ast.ReturnStmt)
			if !ok || len(ret.Results) != sig.Results().Len() {
				return false
			}
			text := "other"
			if id, ok := ast.Unparen(ret.Results[i]).(*ast.Ident); ok && slices.Contains([]string{"true", "false", "nil"}, id.Name) {
				text = id.Name
			}
			if slices.Contains(l.ends, r.Op) {
				held[text] = true
			} else {
				free[text] = true
			}
		}
		if types.Implements(sig.Results().At(i).Type(), errorType) {
			held, free = free, held // nil means success
		}
		if len(held) == 1 && len(free) == 1 && (held["true"] && free["false"] || held["other"] && free["nil"]) {
			return true
		}
	}
	return false
}

// untold returns those of l's ends at which callers that have to release the lock cannot
// know that it is held: they return an error, or false, and so do returns without the
// lock, while nil, or true, tells that it is held.
func (c *checker) untold(s *state, l *leak) []*skeleton.Op {
	sig := signatureOf(s.graph.Root, c.pass.TypesInfo)
	if sig == nil || sig.Results().Len() == 0 {
		return nil
	}
	i := sig.Results().Len() - 1
	fails, succeeds := c.outcomes(sig.Results().At(i).Type(), i)
	var ends []*skeleton.Op
	told, free := false, false
	for _, r := range s.returns() {
		held := slices.Contains(l.ends, r.Op)
		switch {
		case len(r.Op.Args) <= i:
			return nil
		case held && fails(r.Op) && !s.unheld()[r.ID]:
			ends = append(ends, r.Op)
		case held:
			told = told || succeeds(r.Op)
		default:
			free = free || !succeeds(r.Op)
		}
	}
	if !told || !free {
		return nil
	}
	return ends
}

// outcomes returns what reports whether a return surely says by result i, of type t, that
// the function has failed, or has succeeded.
func (c *checker) outcomes(t types.Type, i int) (fails, succeeds func(*skeleton.Op) bool) {
	if types.Implements(t, errorType) {
		fails = func(r *skeleton.Op) bool { return r.Args[i].IsNonNil() }
		succeeds = func(r *skeleton.Op) bool { return r.Args[i].Root != nil && r.Args[i].Root.Kind == skeleton.Nil }
		return fails, succeeds
	}
	is := func(want string) func(*skeleton.Op) bool {
		return func(r *skeleton.Op) bool {
			ret, ok := c.view.Node(r).(*ast.ReturnStmt)
			if !ok || i >= len(ret.Results) {
				return false
			}
			id, ok := ast.Unparen(ret.Results[i]).(*ast.Ident)
			return ok && id.Name == want
		}
	}
	return is("false"), is("true")
}

func signatureOf(f *skeleton.Func, info *types.Info) *types.Signature {
	if lit, ok := f.Syntax().(*ast.FuncLit); ok {
		sig, _ := info.TypeOf(lit).(*types.Signature)
		return sig
	}
	if f.Obj == nil {
		return nil
	}
	return f.Obj.Signature()
}

// accessible reports whether who calls a function that operates on lock may
// name it as well.
func accessible(lock skeleton.Path) bool {
	for s := lock.Sel; s != nil; s = s.Up {
		if !ast.IsExported(s.Name) {
			return false
		}
	}
	r := lock.Root
	return r.Kind == skeleton.Param || r.Kind == skeleton.Global && ast.IsExported(r.Name)
}

// openFuncs returns the functions that may be called by code that the package
// does not show: exported ones, literals, and those whose value is passed on
// or that an interface may stand for.
func (c *checker) openFuncs() map[*skeleton.Func]bool {
	open := make(map[*skeleton.Func]bool)
	pass := func(p skeleton.Path) {
		if p.Root != nil && p.Root.Kind == skeleton.FuncVal && p.Root.Func != nil {
			open[p.Root.Func] = true
		}
	}
	dynamic := c.interfaceMethods()
	for _, f := range c.view.Funcs {
		if f.Parent != nil || f.Obj != nil && (f.Obj.Exported() || f.Obj.Signature().Recv() != nil && dynamic[f.Obj.Name()]) {
			open[f] = true
		}
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if op.Inner != nil {
					op = op.Inner
				}
				for _, a := range op.Args {
					pass(a)
				}
				for _, cb := range op.Callbacks {
					pass(cb.Func)
				}
			}
		}
	}
	return open
}

// interfaceMethods returns the names of the methods of the interfaces that the
// package declares.
func (c *checker) interfaceMethods() map[string]bool {
	names := make(map[string]bool)
	for _, obj := range c.pass.TypesInfo.Defs {
		if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil && types.IsInterface(fn.Signature().Recv().Type()) {
			names[fn.Name()] = true
		}
	}
	return names
}

func never(*skeleton.Node) bool { return false }

// isDeferred reports whether f defers op.
func isDeferred(f *skeleton.Func, op *skeleton.Op) bool {
	for _, b := range f.Blocks {
		for _, o := range b.Ops {
			if o.Kind == syncapi.Defer && o.Inner == op {
				return true
			}
		}
	}
	return false
}

// isReturn reports whether at is a return of the function at the root.
func isReturn(at *skeleton.Node) bool { return at.Op.Is(syncapi.Return) && at.Frame.Call == nil }
