package closing

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file decides whether the values that conditions are made of are free.

// free reports whether the value of e is free.
func (r *reader) free(e ast.Expr) bool {
	if tv := r.info.Types[e]; tv.Value != nil || tv.IsNil() {
		return true
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return r.free(e.X)
	case *ast.UnaryExpr:
		return e.Op != token.ARROW && r.free(e.X)
	case *ast.StarExpr:
		return r.free(e.X)
	case *ast.BinaryExpr:
		return r.free(e.X) && r.free(e.Y)
	case *ast.IndexExpr:
		return r.free(e.X) && r.free(e.Index)
	case *ast.TypeAssertExpr:
		return r.free(e.X)
	case *ast.Ident:
		return r.variable(r.info.ObjectOf(e))
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok {
			if _, ok := r.info.Uses[id].(*types.PkgName); ok {
				return r.variable(r.info.Uses[e.Sel])
			}
		}
		sel := r.info.Selections[e]
		if sel == nil || sel.Kind() != types.FieldVal {
			return false
		}
		return r.racy && r.sets(sel.Obj()) || r.mode != sequence && r.free(e.X)
	case *ast.CallExpr:
		return r.call(e)
	}
	return false
}

// call reports whether the result of a call is free: an error, or what a
// function makes of free arguments.
func (r *reader) call(e *ast.CallExpr) bool {
	if syncapi.IsError(r.info.TypeOf(e)) {
		return true
	}
	built := r.info.Types[e.Fun].IsType() || r.info.Types[e.Fun].IsBuiltin()
	fn := typeutil.StaticCallee(r.info, e)
	if eff := syncapi.EffectOf(fn); !built && (fn == nil || eff != nil) {
		return eff != nil && eff.Op == syncapi.AtomicLoad && r.racy && r.stores(e)
	}
	if fn != nil && r.peeks(fn) {
		return true
	}
	for _, a := range e.Args {
		if !r.isType(a) && !r.free(a) {
			return false
		}
	}
	if built {
		return true
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil {
		return r.mode != sequence && r.free(sel.X)
	}
	return len(e.Args) > 0 || fn.Pkg() != r.pkg // else it goes by the state of the package
}

// variable reports whether the value of a variable is free.
func (r *reader) variable(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	if !ok {
		return obj != nil // a constant, or a function
	}
	if v.Parent() == nil || v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		return syncapi.IsError(v.Type()) && !v.IsField() // io.EOF
	}
	r.vars[v] = true
	body := bodyOf(r.fn)
	if r.racy && r.sets(v) {
		return true
	}
	switch {
	case !encloses(r.fn, v.Pos()):
		return false // captured
	case !encloses(body, v.Pos()):
		return r.mode == sequence // a parameter
	case r.busy[v]:
		return true
	}
	if r.busy == nil {
		r.busy = make(map[types.Object]bool)
	}
	r.busy[v] = true
	return r.defined(v, body)
}

// defined reports whether all that a variable of the function is assigned is
// free, and some of it is assigned within the scope.
//
//nolint:gocognit // a case for each statement that assigns
func (r *reader) defined(v *types.Var, body *ast.BlockStmt) bool {
	free, inScope := true, false
	def := func(at ast.Node, ok bool) {
		free = free && ok
		inScope = inScope || at.Pos() >= r.scope.Pos() && at.End() <= r.scope.End()
	}
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && r.info.ObjectOf(id) == v
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			free = free && !assigns(r.info, n, v)
			return false
		case *ast.ForStmt:
			if n.Init != nil && encloses(n.Init, v.Pos()) {
				free = false // it counts
			}
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if is(lhs) {
					def(n, (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) && r.freeDef(n, i, v))
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if is(name) {
					def(n, len(n.Values) == 0 || len(n.Values) == len(n.Names) && r.free(n.Values[i]) || len(n.Values) < len(n.Names) && syncapi.IsError(v.Type()))
				}
			}
		case *ast.IncDecStmt:
			free = free && !is(n.X)
		case *ast.UnaryExpr:
			free = free && (n.Op != token.AND || !is(n.X))
		case *ast.RangeStmt:
			if n.Key != nil && is(n.Key) {
				_, isMap := r.info.TypeOf(n.X).Underlying().(*types.Map)
				def(n, r.mode == sequence || isMap)
			}
			if n.Value != nil && is(n.Value) {
				def(n, true)
			}
		}
		return free
	})
	return free && (inScope || r.mode == sequence)
}

// freeDef reports whether what an assignment gives its i-th operand is free.
func (r *reader) freeDef(s *ast.AssignStmt, i int, v *types.Var) bool {
	if syncapi.IsError(v.Type()) && len(s.Rhs) < len(s.Lhs) {
		return true
	}
	if len(s.Rhs) == len(s.Lhs) {
		return r.free(s.Rhs[i])
	}
	switch rhs := ast.Unparen(s.Rhs[0]).(type) {
	case *ast.UnaryExpr: // v, ok := <-ch
		return i == 1 || r.mode == sequence
	case *ast.CallExpr:
		return r.call(rhs)
	default: // v, ok := m[k], v, ok := x.(T)
		return r.free(rhs)
	}
}

// assigns reports whether a literal assigns v, or may have it assigned.
func assigns(info *types.Info, lit *ast.FuncLit, v *types.Var) bool {
	found := false
	is := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok && info.ObjectOf(id) == v {
			found = true
		}
	}
	ast.Inspect(lit, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				is(lhs)
			}
		case *ast.IncDecStmt:
			is(n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				is(n.X)
			}
		}
		return !found
	})
	return found
}

// racy reports whether a path comes to n by no lock, Once or atomic operation
// that could choose one of several goroutines.
func racy(n *skeleton.Node) bool {
	return spawn.Path(n.Graph.Entry, n, func(at *skeleton.Node) bool {
		return at.Op.Is(syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.OnceDo, syncapi.AtomicCAS, syncapi.AtomicUpdate, syncapi.SemAcquire)
	}) != nil
}

// sets reports whether the function assigns a constant to v, which is a field
// or a captured variable.
func (r *reader) sets(v types.Object) bool {
	found := false
	ast.Inspect(bodyOf(r.fn), func(n ast.Node) bool {
		s, ok := n.(*ast.AssignStmt)
		if !ok || s.Tok != token.ASSIGN || len(s.Lhs) != len(s.Rhs) {
			return !found
		}
		for i, lhs := range s.Lhs {
			tv := r.info.Types[s.Rhs[i]]
			found = found || r.object(lhs) == v && (tv.Value != nil || tv.IsNil())
		}
		return !found
	})
	return found && (v.Parent() == nil || !encloses(r.fn, v.Pos()))
}

// object returns the variable or field that e names.
func (r *reader) object(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.info.ObjectOf(e)
	case *ast.SelectorExpr:
		return r.info.ObjectOf(e.Sel)
	}
	return nil
}

// stores reports whether the function stores to the atomic variable that the
// call e loads.
func (r *reader) stores(e *ast.CallExpr) bool {
	found := false
	ast.Inspect(bodyOf(r.fn), func(n ast.Node) bool {
		s, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if eff := syncapi.EffectOf(typeutil.StaticCallee(r.info, s)); eff != nil && eff.Op == syncapi.AtomicStore {
			found = r.atomic(s) != nil && r.atomic(s) == r.atomic(e)
		}
		return !found
	})
	return found
}

// atomic returns the variable that an atomic operation acts on: its receiver
// or what its first argument is the address of.
func (r *reader) atomic(e *ast.CallExpr) types.Object {
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && r.info.Selections[sel] != nil {
		return r.object(sel.X)
	}
	if len(e.Args) == 0 {
		return nil
	}
	if u, ok := ast.Unparen(e.Args[0]).(*ast.UnaryExpr); ok {
		return r.object(u.X)
	}
	return nil
}
