package ctxfield

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// fromCaller reports whether each context that is put into a field comes from
// a caller, by a parameter: so it belongs to that call, and is not one that
// the struct has made for itself.
func (c *checker) fromCaller(h *holder) bool {
	if h.field == nil || !isContext(h.field.Type()) {
		return false
	}
	given := false
	for _, cur := range c.storesOf(h) {
		value := ast.Unparen(cur.Node().(ast.Expr))
		if c.pass.TypesInfo.Types[value].IsNil() {
			continue // cleared
		}
		if !c.handedIn(cur, value, 0) {
			return false
		}
		given = true
	}
	return given
}

// storesOf returns the values that the code puts into a field.
func (c *checker) storesOf(h *holder) []inspector.Cursor {
	var values []inspector.Cursor
	for use := range c.index.Uses(h.field) {
		if c.inTest(use.Node().Pos()) {
			continue
		}
		switch parent := use.Parent(); use.ParentEdgeKind() {
		case edge.KeyValueExpr_Key:
			values = append(values, parent.ChildAt(edge.KeyValueExpr_Value, -1))
		case edge.SelectorExpr_Sel:
			if kind, i := parent.ParentEdge(); kind == edge.AssignStmt_Lhs {
				rhs := parent.Parent().Node().(*ast.AssignStmt).Rhs
				values = append(values, parent.Parent().ChildAt(edge.AssignStmt_Rhs, min(i, len(rhs)-1)))
			}
		}
	}
	for _, cur := range c.valuesOf(h.owner) {
		if lit, ok := cur.Node().(*ast.CompositeLit); ok && len(lit.Elts) > 0 {
			str := h.owner.Underlying().(*types.Struct)
			for i := range lit.Elts {
				if _, ok := lit.Elts[i].(*ast.KeyValueExpr); !ok && str.Field(i) == h.field {
					values = append(values, cur.ChildAt(edge.CompositeLit_Elts, i))
				}
			}
		}
	}
	return values
}

// handedIn reports whether a value comes from a parameter or receiver of the
// function around cur: it is one, a part of one, or what a call makes of one.
func (c *checker) handedIn(cur inspector.Cursor, e ast.Expr, depth int) bool {
	if depth > maxDepth {
		return false
	}
	depth++
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		v, ok := c.pass.TypesInfo.Uses[e].(*types.Var)
		return ok && (v.Kind() == types.ParamVar || v.Kind() == types.RecvVar || c.assignedFrom(cur, v, depth))
	case *ast.SelectorExpr:
		return c.handedIn(cur, e.X, depth)
	case *ast.StarExpr:
		return c.handedIn(cur, e.X, depth)
	case *ast.CallExpr:
		if fun, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && c.handedIn(cur, fun.X, depth) {
			return true
		}
		for _, arg := range e.Args {
			if c.handedIn(cur, arg, depth) {
				return true
			}
		}
	}
	return false
}

// assignedFrom reports whether all that is assigned to a variable of the
// function around cur is handed in.
func (c *checker) assignedFrom(cur inspector.Cursor, v *types.Var, depth int) bool {
	found := false
	for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		for stmt := range decl.Preorder((*ast.AssignStmt)(nil)) {
			as := stmt.Node().(*ast.AssignStmt)
			for i, lhs := range as.Lhs {
				id, ok := lhs.(*ast.Ident)
				if !ok || c.pass.TypesInfo.ObjectOf(id) != v {
					continue
				}
				value := as.Rhs[min(i, len(as.Rhs)-1)]
				if found && (c.uses(value, v) || c.onlyIfNil(stmt, v)) {
					continue // ctx = context.WithValue(ctx, …), or the default
				}
				if !c.handedIn(stmt, value, depth) {
					return false
				}
				found = true
			}
		}
	}
	return found
}

// onlyIfNil reports whether a statement runs only if a variable is nil.
func (c *checker) onlyIfNil(stmt inspector.Cursor, v *types.Var) bool {
	for cur := range stmt.Enclosing((*ast.IfStmt)(nil)) {
		cond, ok := cur.Node().(*ast.IfStmt).Cond.(*ast.BinaryExpr)
		if ok && cond.Op == token.EQL && c.variable(cond.X) == v && c.pass.TypesInfo.Types[cond.Y].IsNil() {
			return true
		}
	}
	return false
}

// uses reports whether a variable is used in an expression.
func (c *checker) uses(e ast.Expr, v *types.Var) bool {
	for use := range c.index.Uses(v) {
		if pos := use.Node().Pos(); e.Pos() <= pos && pos < e.End() {
			return true
		}
	}
	return false
}
