package condwait

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A verdict says what a function does behind a Wait, or behind a call that
// waits.
type verdict uint8

const (
	tested  verdict = iota // the condition is tested again
	guarded                // the condition was tested before the Wait alone
	bare                   // the function knows no condition
)

// A recheck looks for a path behind a wait on which nothing tests the condition
// again: a may-analysis on the syntax. What counts as a test errs to silence. If
// a condition decides whether to wait, it is whatever has to do with the same
// variables, or is the condition of a loop that is come back to at once; else it is any test of what others can change.
type recheck struct {
	info  *types.Info
	sig   *ast.FuncType
	body  *ast.BlockStmt
	wait  ast.Node
	tests map[ast.Node]bool     // the expressions that decide where control goes
	heads map[ast.Node]bool     // those of loops
	guard ast.Stmt              // the innermost statement that decides whether to wait, nil if none does
	state map[types.Object]bool // what its condition has to do with
	later map[types.Object]bool // variables that are assigned behind the wait
	cycle bool                  // control may come back to the wait
	seen  map[place]bool
}

// A place is one of a path behind the wait.
type place struct {
	block    *cfg.Block
	merged   bool // something is done that is done without a wait as well
	unlocked bool
}

// recheck judges the wait that is done by call, in f.
func (c *checker) recheck(f *skeleton.Func, call *ast.CallExpr) (verdict, ast.Stmt) {
	sig, body := syntaxOf(f)
	if body == nil {
		return tested, nil
	}
	g := c.graphs[f]
	if g == nil {
		g = cfg.New(body, c.mayReturn)
		c.graphs[f] = g
	}
	r := &recheck{
		info: c.pass.TypesInfo, sig: sig, body: body, wait: call,
		tests: make(map[ast.Node]bool), heads: make(map[ast.Node]bool), state: make(map[types.Object]bool), later: make(map[types.Object]bool),
		seen: make(map[place]bool),
	}
	for _, b := range g.Blocks {
		for i, n := range b.Nodes {
			if !b.Live || !within(call, n) {
				continue
			}
			r.assignedFrom(b, i+1, make(map[*cfg.Block]bool))
			r.prepare()
			switch ok := r.nodes(place{block: b}, i+1); {
			case ok:
				return tested, nil
			case r.guard != nil:
				return guarded, r.guard
			}
			return bare, nil
		}
	}
	return tested, nil // not reached
}

func syntaxOf(f *skeleton.Func) (*ast.FuncType, *ast.BlockStmt) {
	switch n := f.Syntax().(type) {
	case *ast.FuncDecl:
		return n.Type, n.Body
	case *ast.FuncLit:
		return n.Type, n.Body
	}
	return nil, nil
}

func within(n, outer ast.Node) bool { return outer.Pos() <= n.Pos() && n.End() <= outer.End() }

// mayReturn reports whether control may come back from a call.
func (c *checker) mayReturn(call *ast.CallExpr) bool {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		if b, ok := c.pass.TypesInfo.Uses[fun].(*types.Builtin); ok && b.Name() == "panic" {
			return false
		}
	case *ast.SelectorExpr:
		fn, _ := c.pass.TypesInfo.Uses[fun.Sel].(*types.Func)
		if eff := syncapi.EffectOf(fn); eff != nil && (eff.Op.Ends() || eff.Op == syncapi.Panic) {
			return false
		}
	}
	return true
}

// prepare finds the tests of the function and what decides whether to wait.
func (r *recheck) prepare() {
	ast.Inspect(r.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			r.tests[n.Cond] = true
			r.guards(n, n.Body.Pos(), append(initial(n), n.Cond)...)
		case *ast.ForStmt:
			if n.Cond != nil {
				r.tests[n.Cond] = true
				r.heads[n.Cond] = true
			}
			r.loop(n.Body)
		case *ast.RangeStmt:
			r.tests[n.X] = true
			r.loop(n.Body)
		case *ast.SwitchStmt:
			r.switches(n)
		case *ast.TypeSwitchStmt:
			r.tests[n.Assign] = true
		case *ast.CommClause:
			if n.Comm != nil {
				r.tests[n.Comm] = true
			}
		}
		return true
	})
}

// loop forgets what was tested outside of a loop around the wait.
func (r *recheck) loop(body *ast.BlockStmt) {
	if within(r.wait, body) {
		r.guard = nil
		clear(r.state)
	}
}

// guards notes that conds decide whether to wait, if the wait is behind from in
// the statement s.
func (r *recheck) guards(s ast.Stmt, from token.Pos, conds ...ast.Expr) {
	if !within(r.wait, s) || r.wait.Pos() < from {
		return
	}
	for _, cond := range conds {
		if r.private(cond) {
			continue
		}
		r.guard = s
		r.mentions(cond, func(obj types.Object) { r.state[obj] = true })
	}
}

// initial returns what the variables of an if statement are set to.
func initial(s *ast.IfStmt) []ast.Expr {
	if assign, ok := s.Init.(*ast.AssignStmt); ok {
		return slices.Clone(assign.Rhs)
	}
	return nil
}

func (r *recheck) switches(s *ast.SwitchStmt) {
	var conds []ast.Expr
	if s.Tag != nil {
		r.tests[s.Tag] = true
		conds = append(conds, s.Tag)
	}
	for _, clause := range s.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			if s.Tag == nil {
				r.tests[e] = true
				conds = append(conds, e)
			}
		}
	}
	r.guards(s, s.Body.Pos(), conds...)
}

// -- paths --

// nodes follows the nodes of a block from the i-th on. It reports whether all
// paths come to a test.
func (r *recheck) nodes(at place, i int) bool {
	for _, n := range at.block.Nodes[i:] {
		switch {
		case within(r.wait, n):
			return !at.unlocked
		case r.tests[n]:
			if r.isTest(n, at) {
				return true
			}
			if r.guard != nil && within(n, r.guard) && n.End() <= r.guardBody() {
				return false // the guard itself, in another turn
			}
		case r.unlocks(n):
			at.unlocked = true
		default:
			if ret, ok := n.(*ast.ReturnStmt); ok {
				return r.tells(ret)
			}
			at.merged = at.merged || r.guard != nil && !within(n, r.guard)
		}
	}
	if len(at.block.Succs) == 0 {
		return !at.block.Live || len(at.block.Nodes) > 0 && !isReturn(at.block.Nodes[len(at.block.Nodes)-1]) // a call that does not return
	}
	for _, s := range at.block.Succs {
		next := place{s, at.merged, at.unlocked}
		if r.seen[next] {
			continue
		}
		r.seen[next] = true
		if !r.nodes(next, 0) {
			return false
		}
	}
	return true
}

func isReturn(n ast.Node) bool {
	_, ok := n.(*ast.ReturnStmt)
	return ok
}

// guardBody returns where the condition of the guard has ended.
func (r *recheck) guardBody() token.Pos {
	switch s := r.guard.(type) {
	case *ast.IfStmt:
		return s.Body.Pos()
	case *ast.SwitchStmt:
		return s.End()
	}
	return token.NoPos
}

// isTest reports whether a test that is come to tells if the condition holds.
func (r *recheck) isTest(n ast.Node, at place) bool {
	e, ok := n.(ast.Expr)
	if !ok { // of a select or type switch
		return r.guard == nil || !at.merged
	}
	if r.derived(e) {
		return true
	}
	_, isRange := r.rangeOf(e)
	switch {
	case at.unlocked && !r.cycle:
		return false
	case r.guard == nil:
		return !isRange && !r.private(e)
	case at.unlocked:
		return false
	case r.mentionsState(e):
		return !at.merged || !within(n, r.guard)
	}
	return !at.merged && r.heads[n] && !r.private(e)
}

func (r *recheck) rangeOf(e ast.Expr) (s *ast.RangeStmt, ok bool) {
	ast.Inspect(r.body, func(n ast.Node) bool {
		if rs, is := n.(*ast.RangeStmt); is && rs.X == e {
			s, ok = rs, true
		}
		return !ok
	})
	return s, ok
}

// tells reports whether a return statement tells the caller if the condition
// holds.
func (r *recheck) tells(ret *ast.ReturnStmt) bool {
	return slices.ContainsFunc(ret.Results, func(e ast.Expr) bool {
		basic, ok := r.info.TypeOf(e).Underlying().(*types.Basic)
		if !ok || basic.Info()&types.IsBoolean == 0 {
			return false
		}
		if r.guard == nil {
			return !r.private(e)
		}
		return r.mentionsState(e)
	})
}

// unlocks reports whether a statement releases a lock.
func (r *recheck) unlocks(n ast.Node) bool {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, _ := r.info.Uses[sel.Sel].(*types.Func)
	eff := syncapi.EffectOf(fn)
	return eff != nil && (eff.Op == syncapi.Unlock || eff.Op == syncapi.RUnlock)
}

// assignedFrom notes the variables that are assigned behind the wait, and
// whether control comes back to it.
func (r *recheck) assignedFrom(b *cfg.Block, i int, seen map[*cfg.Block]bool) {
	for _, n := range b.Nodes[i:] {
		r.cycle = r.cycle || within(r.wait, n)
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.ASSIGN && assign.Tok != token.DEFINE {
			continue
		}
		for _, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok {
				if obj := r.info.ObjectOf(id); obj != nil {
					r.later[obj] = true
				}
			}
		}
	}
	for _, s := range b.Succs {
		if !seen[s] {
			seen[s] = true
			r.assignedFrom(s, 0, seen)
		}
	}
}

// -- expressions --

// mentions calls yield for each variable, field and function that e has to do
// with. What stands before a selector is not meant.
func (r *recheck) mentions(e ast.Expr, yield func(types.Object)) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			yield(r.info.Uses[n.Sel])
			if _, ok := ast.Unparen(n.X).(*ast.CallExpr); !ok {
				return false
			}
		case *ast.Ident:
			switch obj := r.info.Uses[n].(type) {
			case *types.Var, *types.Func:
				yield(obj)
			}
		}
		return true
	})
}

func (r *recheck) mentionsState(e ast.Expr) bool {
	found := false
	r.mentions(e, func(obj types.Object) { found = found || r.state[obj] })
	return found
}

// derived reports whether e tests a variable that is assigned behind the wait, in
// the way in which one asks whether there is something.
func (r *recheck) derived(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || !r.later[r.info.Uses[id]] {
			return true
		}
		t := r.info.TypeOf(id).Underlying()
		basic, isBasic := t.(*types.Basic)
		found = found || !isBasic || basic.Info()&types.IsBoolean != 0 || r.guard == nil
		return true
	})
	return found
}

// private reports whether the outcome of e is nothing that others can change:
// it has to do with variables of the function alone, which no literal uses.
func (r *recheck) private(e ast.Expr) bool {
	private := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr, *ast.StarExpr:
			if tv := r.info.Types[n.(ast.Expr)]; !tv.IsType() && tv.Value == nil {
				private = false
			}
			return false
		case *ast.CallExpr:
			private = private && r.isConversion(n)
		case *ast.IndexExpr, *ast.TypeAssertExpr:
			private = false
		case *ast.Ident:
			if v, ok := r.info.Uses[n].(*types.Var); ok {
				private = private && r.ownVar(v)
			}
		}
		return private
	})
	return private
}

// isConversion reports whether a call is a conversion or of a builtin.
func (r *recheck) isConversion(call *ast.CallExpr) bool {
	tv := r.info.Types[call.Fun]
	return tv.IsType() || tv.IsBuiltin()
}

// ownVar reports whether v is a variable of the function that no literal in it
// uses, and that is not assigned anew behind the wait.
func (r *recheck) ownVar(v *types.Var) bool {
	inner := r.info.Scopes[r.sig]
	if r.later[v] || inner == nil || v.Parent() == nil || !inner.Contains(v.Pos()) && v.Parent() != inner {
		return false // perhaps one of the functions around this one
	}
	own := true
	ast.Inspect(r.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ast.Inspect(n, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				own = own && (!ok || r.info.Uses[id] != v)
				return own
			})
			return false
		case *ast.UnaryExpr:
			id, ok := ast.Unparen(n.X).(*ast.Ident)
			own = own && (n.Op != token.AND || !ok || r.info.Uses[id] != v)
		}
		return own
	})
	return own
}
