package checkthenact

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An access is a read or write under a lock.
type access struct {
	point
	node *skeleton.Node
}

// own reports whether the function at hand does it, in a section of its own.
func (a *access) own() bool { return len(a.chain) == 1 }

// sections looks at what is read in one critical section and written in a later one
// of the same lock.
func (s *scene) sections() {
	locks := s.takenTwice()
	if len(locks) == 0 || !s.writesBack() {
		return
	}
	g := s.view.Outline(s.f, skeleton.Interest{
		Ops: append([]syncapi.Op{syncapi.Read, syncapi.Write, syncapi.Call}, lockset.Ops...),
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			return t.Func.Parent != nil || s.locks.Unbalanced(t.Func)
		},
	})
	h := lockset.NewHoldings(g)
	for _, lock := range locks {
		x := &sectioned{scene: s, graph: g, holdings: h, lock: lock}
		x.find()
		for _, act := range x.writes {
			x.section(act)
		}
	}
}

// takenTwice returns the locks that f takes more than once, by itself or by helpers
// that release them again.
func (s *scene) takenTwice() []skeleton.Path {
	times := make(map[skeleton.Path]int)
	var locks []skeleton.Path
	add := func(lock skeleton.Path) {
		if times[lock]++; times[lock] == 2 && lock.IsOne() {
			locks = append(locks, lock)
		}
	}
	var calls []*skeleton.Op
	for _, p := range s.points {
		if p.lock.Root != nil && !slices.Contains(calls, p.at()) {
			calls = append(calls, p.at())
			add(p.lock)
		}
	}
	for _, b := range s.f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.Lock, syncapi.RLock) {
				add(op.Res)
			}
		}
	}
	return locks
}

// writesBack reports whether f writes what it reads further up in the source, and a lock
// is released in between.
func (s *scene) writesBack() bool {
	read := make(map[skeleton.Path]token.Pos) // the first one
	var released []token.Pos
	var writes []point
	add := func(p point) {
		switch p.op().Kind {
		case syncapi.Write:
			writes = append(writes, p)
		case syncapi.Read:
			if first, ok := read[p.res]; !ok || p.at().Pos < first {
				read[p.res] = p.at().Pos
			}
		}
	}
	for _, op := range s.f.Ops() {
		switch {
		case op.Is(syncapi.Unlock, syncapi.RUnlock):
			released = append(released, op.Pos)
		case op.Is(syncapi.Read, syncapi.Write) && op.Res.Root != nil:
			add(point{chain: []*skeleton.Op{op}, res: op.Res})
		}
	}
	for _, p := range s.points {
		if p.lock.Root != nil {
			add(p)
			released = append(released, p.at().Pos)
		}
	}
	return slices.ContainsFunc(writes, func(w point) bool {
		first, ok := read[w.res]
		return ok && (len(w.chain) > 1 || slices.ContainsFunc(released, func(pos token.Pos) bool { return first <= pos && pos <= w.at().Pos }))
	})
}

// sectioned are the accesses of a function under one lock that it takes twice.
type sectioned struct {
	*scene
	graph         *skeleton.Graph
	holdings      *lockset.Holdings
	lock          skeleton.Path
	reads, writes []*access
}

// find lists the accesses.
func (x *sectioned) find() {
	helped := make(map[*skeleton.Op][]*point)
	for i := range x.points {
		if p := &x.points[i]; p.lock == x.lock && p.op().Is(syncapi.Read, syncapi.Write) {
			helped[p.at()] = append(helped[p.at()], p)
		}
	}
	for _, n := range x.graph.Nodes {
		if n.Op == nil || n.Frame.Widened || !x.holdings.Reached(n) || n.Frame.Func != x.f && n.Frame.Func.Outermost() != x.f.Outermost() {
			continue
		}
		held, shared := x.holdings.Must(n)
		holds := slices.Contains(held, x.lock)
		if n.Op.Is(syncapi.Read, syncapi.Write) && holds && n.Res.Root != nil {
			x.add(&access{point{[]*skeleton.Op{n.Op}, n.Res, x.lock}, n}, shared[x.lock])
		}
		for _, p := range helped[n.Op] {
			if !holds {
				x.add(&access{*p, n}, false)
			}
		}
	}
}

func (x *sectioned) add(a *access, shared bool) {
	switch {
	case a.op().Kind == syncapi.Read:
		x.reads = append(x.reads, a)
	case !shared:
		x.writes = append(x.writes, a)
	}
}

// section reports a write under the lock that depends on what was read in an earlier
// section.
func (x *sectioned) section(act *access) {
	checks := slices.DeleteFunc(slices.Clone(x.reads), func(r *access) bool {
		return r.res != act.res || r.at() == act.at() || !x.sameEntry(act, r) || !x.released(r, act)
	})
	if len(checks) == 0 {
		return
	}
	value, adds, ok := x.written(&act.point)
	if !ok || !act.own() && !x.isPlain(act, adds) {
		return
	}
	for _, check := range checks {
		d := x.depends(&act.point, &check.point, value...)
		made := d.data && !adds && x.isComputed(act)
		if !made && (!x.decides(d, check, adds, value) || x.isMemo(&act.point, value) && !x.inTurn(act, value)) {
			continue
		}
		if x.rechecked(act, value) || x.marked(check) || x.keptOut(&act.point) {
			continue
		}
		verb := "is made from"
		if !made {
			verb = "depends on"
		}
		x.report(&act.point, &check.point, func(line string) string {
			return fmt.Sprintf("what is written here %s %s as it was read on %s, before %s was unlocked and locked again: it may have changed since", verb, x.name(&check.point), line, x.lock)
		}, "this is read before the lock is released")
		return
	}
}

// inTurn reports whether a value is made from what the function changes under the lock,
// as a counter is: the next who computes it gets another one.
func (x *sectioned) inTurn(act *access, value []ast.Expr) bool {
	made := x.uses.From(value...)
	return slices.ContainsFunc(x.writes, func(w *access) bool {
		return w.res != act.res && slices.ContainsFunc(x.reads, func(r *access) bool {
			return r.own() && r.res == w.res && made.Nodes[x.node(r.op())] && skeleton.Leads(r.node, act.node, x.releases)
		})
	})
}

// sameEntry reports whether two accesses are to one element, if to any.
func (x *sectioned) sameEntry(a, b *access) bool {
	if a.res.IsOne() {
		return true
	}
	return a.res.Sel != nil && a.res.Sel.Name == "[]" && a.res.Base().IsOne() && x.sameKey(&a.point, &b.point)
}

func (x *sectioned) releases(n *skeleton.Node) bool {
	return lockset.IsRelease(n) && n.Res == x.lock
}

// released reports whether the lock is released on each way from check to act, and
// there is one.
func (x *sectioned) released(check, act *access) bool {
	if !skeleton.Leads(check.node, act.node, nil) {
		return false
	}
	return !check.own() || !act.own() || !skeleton.Leads(check.node, act.node, x.releases)
}

// written returns the value that a write stores, or adds to what is there; not ok if
// that is not seen, or if it is a deletion.
func (c *checker) written(p *point) (value []ast.Expr, adds, ok bool) {
	e, isExpr := c.node(p.op()).(ast.Expr)
	if !isExpr {
		return nil, false, false
	}
	cur, found := c.cursor(e)
	if !found {
		return nil, false, false
	}
	switch st := cur.Parent().Node().(type) {
	case *ast.IncDecStmt:
		return nil, true, true
	case *ast.AssignStmt:
		if st.Tok != token.ASSIGN {
			return st.Rhs, true, true
		}
		i := slices.Index(st.Lhs, e)
		if i < 0 {
			return nil, false, false
		}
		if len(st.Rhs) == len(st.Lhs) {
			return st.Rhs[i : i+1], false, true
		}
		return st.Rhs, false, true
	}
	return nil, false, false
}

// isPlain reports whether a helper's write is done whatever it finds.
func (x *sectioned) isPlain(act *access, adds bool) bool {
	ops := act.op().Fn.Ops()
	return len(x.uses.Conditions(x.node(act.op()))) == 0 && (adds || !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Read && op.Res == act.op().Res
	}))
}

// isComputed reports whether act stores a number or string, or a list.
func (x *sectioned) isComputed(act *access) bool {
	e, ok := x.node(act.op()).(ast.Expr)
	if !ok {
		return false
	}
	switch x.view.TypeOf(e).Underlying().(type) {
	case *types.Basic, *types.Slice:
		return true
	}
	return false
}

// decides reports whether what check has read decides whether the write is done, in a way
// that makes it wrong once that has changed: something is stored because nothing was
// there, or a number is changed that was large or small enough.
func (x *sectioned) decides(d *dependence, check *access, adds bool, value []ast.Expr) bool {
	from := x.found(&check.point)
	for _, cond := range d.conds {
		if adds {
			if x.compares(cond, from) {
				return true
			}
			continue
		}
		if x.isTransition(cond, from, value) {
			return true
		}
		zero := x.uses.Zero(cond)
		if zero != nil && x.uses.Is(zero, from) && x.isAbsence(check) && !x.uses.IsZero(value[0]) {
			return true
		}
	}
	return false
}

// isTransition reports whether a constant is stored because what was read is another one.
func (x *sectioned) isTransition(cond defuse.Cond, from ast.Node, value []ast.Expr) bool {
	a, b := cond.Equal()
	if a == nil || len(value) != 1 || x.pass.TypesInfo.Types[value[0]].Value == nil {
		return false
	}
	if x.pass.TypesInfo.Types[a].Value != nil {
		a, b = b, a
	}
	state := x.pass.TypesInfo.Types[b].Value
	return state != nil && x.uses.Is(a, from) && state.ExactString() != x.pass.TypesInfo.Types[value[0]].Value.ExactString()
}

// compares reports whether a condition, or what it is made from, compares what node has found
// by its size.
func (x *sectioned) compares(cond defuse.Cond, node ast.Node) bool {
	for part := range x.uses.From(cond.Expr).Nodes {
		e, ok := part.(ast.Expr)
		if !ok {
			continue
		}
		if a, b := (defuse.Cond{Expr: e}).Compares(); a != nil && (x.uses.From(a).Nodes[node] || x.uses.From(b).Nodes[node]) {
			return true
		}
	}
	return false
}

// isAbsence reports whether a zero result of the helpers that have done check says that what
// was read is zero, and not that a condition on it does not hold.
func (x *sectioned) isAbsence(check *access) bool {
	for i, op := range check.chain[1:] {
		f := op.Fn
		if f.Obj == nil || f.Obj.Signature().Results().Len() != 1 || !skeleton.IsBool(f.Obj.Signature().Results().At(0).Type()) {
			continue
		}
		node := x.node(check.chain[i+1])
		decl, ok := f.Syntax().(*ast.FuncDecl)
		absent := false
		for _, e := range returned(decl, ok) {
			for _, cond := range defuse.Split(e, false) {
				zero := x.uses.Zero(cond)
				absent = absent || zero != nil && x.uses.From(zero).Nodes[node]
			}
		}
		if !absent {
			return false
		}
	}
	return true
}

// returned returns the expressions that a function of one result returns.
func returned(decl *ast.FuncDecl, ok bool) []ast.Expr {
	var exprs []ast.Expr
	if !ok {
		return nil
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			exprs = append(exprs, ret.Results...)
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	return exprs
}

// rechecked reports whether act depends on something that is looked at after the lock
// has been taken for it.
func (x *sectioned) rechecked(act *access, value []ast.Expr) bool {
	if !act.own() {
		return false
	}
	var acquired token.Pos
	for _, n := range x.graph.Nodes {
		if lockset.IsAcquire(n) && n.Res == x.lock && n.Op.Pos < act.op().Pos && skeleton.Leads(n, act.node, x.releases) {
			acquired = max(acquired, n.Op.Pos)
		}
	}
	for _, cond := range x.uses.Conditions(x.node(act.op())) {
		if cond.Expr.Pos() > acquired {
			return true
		}
	}
	made := x.uses.From(value...)
	return slices.ContainsFunc(x.reads, func(r *access) bool {
		return r.own() && r.res == act.res && skeleton.Leads(r.node, act.node, x.releases) && made.Nodes[x.node(r.op())]
	})
}

// marked reports whether anything is written in the section in which check reads: it may
// tell others that somebody is at it.
func (x *sectioned) marked(check *access) bool {
	if !check.own() {
		return slices.ContainsFunc(check.op().Fn.Ops(), func(op *skeleton.Op) bool { return op.Kind == syncapi.Write })
	}
	return slices.ContainsFunc(x.writes, func(w *access) bool {
		if w.res != check.res && w.res.Sel == nil && w.res.Root.Kind == skeleton.Local {
			return false // a variable of the function, for what was read
		}
		return w.own() && (skeleton.Leads(check.node, w.node, x.releases) || skeleton.Leads(w.node, check.node, x.releases))
	})
}
