package breakselect

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// A state is a part of what a program knows: variables, by themselves or
// through what they refer to, or perhaps anything.
type state struct {
	vars map[*types.Var]bool
	any  bool
}

func (st *state) meets(other *state) bool {
	if st.any || other.any {
		return true
	}
	for v := range st.vars {
		if other.vars[v] {
			return true
		}
	}
	return false
}

// doneBy returns what the case of s changes before its break, and the variable
// by which it was told to run.
func (c *checker) doneBy(s *site) *state {
	st := &state{vars: make(map[*types.Var]bool)}
	assigned := func(e ast.Expr) {
		if v := c.rootVar(e); v != nil {
			st.vars[v] = true
		}
	}
	if comm, ok := s.clause.(*ast.CommClause); ok {
		if ch := channelOf(comm.Comm); ch != nil {
			assigned(ch)
		}
	}
	ast.Inspect(s.clause, func(n ast.Node) bool {
		if n == nil || n.Pos() >= s.brk.Pos() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				assigned(lhs)
			}
		case *ast.IncDecStmt:
			assigned(n.X)
		case *ast.CallExpr:
			c.called(st, n, true)
		}
		return true
	})
	return st
}

// readBy returns what the conditions depend on, through variables that the loop
// assigns outside of the statement which the break leaves.
func (c *checker) readBy(s *site, conds ...ast.Node) *state {
	st := &state{vars: make(map[*types.Var]bool)}
	read := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.Ident:
				if v, ok := c.pass.TypesInfo.Uses[n].(*types.Var); ok && !v.IsField() {
					st.vars[v] = true
				}
			case *ast.CallExpr:
				c.called(st, n, false)
			}
			return true
		})
	}
	for _, cond := range conds {
		read(cond)
		st.any = st.any || c.readsShared(cond)
	}
	for before := -1; before < len(st.vars); {
		before = len(st.vars)
		ast.Inspect(s.loopBody(), func(n ast.Node) bool {
			if n == ast.Node(s.stmt) {
				return false
			}
			if assign, ok := n.(*ast.AssignStmt); ok {
				for i, lhs := range assign.Lhs {
					if v := c.rootVar(lhs); v != nil && st.vars[v] {
						read(assign.Rhs[min(i, len(assign.Rhs)-1)])
					}
				}
			}
			return true
		})
	}
	return st
}

// readsShared reports whether a condition depends on a field, a package variable,
// or a variable that a function literal assigns: who closes a channel may set it.
func (c *checker) readsShared(cond ast.Node) bool {
	shared := false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return !shared
		}
		v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		shared = shared || ok && (v.IsField() || v.Parent() == c.pass.Pkg.Scope() || c.setByLiteral(v))
		return !shared
	})
	return shared
}

// setByLiteral reports whether a function literal assigns v, which is declared
// outside of it.
func (c *checker) setByLiteral(v *types.Var) bool {
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
		for _, lhs := range cur.Node().(*ast.AssignStmt).Lhs {
			id, ok := lhs.(*ast.Ident)
			if !ok || c.pass.TypesInfo.Uses[id] != v {
				continue
			}
			for encl := range cur.Enclosing((*ast.FuncLit)(nil)) {
				return v.Pos() < encl.Node().Pos() || encl.Node().End() <= v.Pos()
			}
		}
	}
	return false
}

// called adds to st what a call may look at, or change if it changes is set.
// A function of another package knows only what it is handed, and changes
// that only through references.
func (c *checker) called(st *state, call *ast.CallExpr, changes bool) {
	if c.pass.TypesInfo.Types[call.Fun].IsType() {
		return
	}
	switch callee := typeutil.Callee(c.pass.TypesInfo, call).(type) {
	case *types.Builtin:
	case *types.Func:
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && callee.Signature().Recv() != nil {
			if v := c.rootVar(sel.X); v != nil {
				st.vars[v] = true
			}
			break
		}
		st.any = st.any || callee.Pkg() == c.pass.Pkg
	default:
		st.any = true // a function value
	}
	if !changes {
		return
	}
	for _, arg := range call.Args {
		t := c.pass.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		switch t.Underlying().(type) {
		case *types.Pointer, *types.Map, *types.Slice, *types.Chan, *types.Interface:
			if v := c.rootVar(arg); v != nil {
				st.vars[v] = true
			}
		case *types.Signature:
			st.any = true
		}
	}
}

// rootVar returns the variable that an expression starts from, nil if it does
// not start from one.
func (c *checker) rootVar(e ast.Expr) *types.Var {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			v, _ := c.pass.TypesInfo.ObjectOf(x).(*types.Var)
			return v
		case *ast.SelectorExpr:
			if v, ok := c.pass.TypesInfo.Uses[x.Sel].(*types.Var); ok && !v.IsField() {
				return v // of another package
			}
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.UnaryExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		default:
			return nil
		}
	}
}
