package ctxfield

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// This file decides whether the values of a struct type are gone when the call
// that made them returns. It goes by the type: each expression of it in the
// package has to be in a place that does not keep the value. So a value that
// is passed on need not be followed, for the parameter is such an expression
// as well. What becomes an interface counts as kept, and what a callback
// refers to as not kept, unless it runs on a goroutine that is started here
// and not waited for.

// withinCall reports whether no value of the struct type outlives the call in
// which it was made.
func (c *checker) withinCall(t types.Type) bool {
	if within, ok := c.within[t]; ok {
		return within
	}
	values := c.valuesOf(t)
	within := len(values) > 0
	c.within[t] = within // for types that hold each other
	for _, cur := range values {
		within = within && c.passes(cur, t)
	}
	c.within[t] = within
	return within
}

// valuesOf returns the expressions whose values are structs of a type of this
// package, or one without a name, or pointers to such.
func (c *checker) valuesOf(t types.Type) []inspector.Cursor {
	if c.values == nil {
		c.values = c.valuesByType()
	}
	return c.values[t]
}

func (c *checker) valuesByType() map[types.Type][]inspector.Cursor {
	values := make(map[types.Type][]inspector.Cursor)
	for cur := range c.root.Preorder(
		(*ast.Ident)(nil), (*ast.SelectorExpr)(nil), (*ast.CallExpr)(nil), (*ast.CompositeLit)(nil), (*ast.UnaryExpr)(nil),
		(*ast.StarExpr)(nil), (*ast.IndexExpr)(nil), (*ast.TypeAssertExpr)(nil),
	) {
		e := cur.Node().(ast.Expr)
		if id, ok := e.(*ast.Ident); ok {
			v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
			if !ok || v.IsField() || cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
				continue // a part of an expression that is looked at
			}
		} else if !c.pass.TypesInfo.Types[e].IsValue() {
			continue
		}
		key, _ := keyOf(c.pass.TypesInfo.TypeOf(e))
		if named, ok := key.(*types.Named); ok && named.Obj().Pkg() != c.pass.Pkg {
			continue
		}
		if key != nil && !c.inTest(e.Pos()) {
			values[key] = append(values[key], cur)
		}
	}
	return values
}

// passes reports whether an expression of struct type t is in a place that
// does not keep its value beyond the call.
func (c *checker) passes(cur inspector.Cursor, t types.Type) bool {
	if id, ok := cur.Node().(*ast.Ident); ok && !c.ofThisCall(cur, c.pass.TypesInfo.ObjectOf(id)) {
		return false
	}
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	parent := cur.Parent()
	switch kind {
	case edge.StarExpr_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.ExprStmt_X, edge.Field_Names, edge.ValueSpec_Names:
		return true
	case edge.UnaryExpr_X:
		return parent.Node().(*ast.UnaryExpr).Op == token.AND
	case edge.SelectorExpr_X:
		selection := c.pass.TypesInfo.Selections[parent.Node().(*ast.SelectorExpr)]
		return selection != nil && (selection.Kind() == types.FieldVal || c.runsWithin(parent))
	case edge.AssignStmt_Lhs:
		return c.keepsWithin(parent.Node().(*ast.AssignStmt).Lhs[i])
	case edge.AssignStmt_Rhs:
		as := parent.Node().(*ast.AssignStmt)
		return len(as.Lhs) == len(as.Rhs) && c.is(as.Lhs[i], t) && c.keepsWithin(as.Lhs[i])
	case edge.ValueSpec_Values:
		spec := parent.Node().(*ast.ValueSpec)
		return len(spec.Names) == len(spec.Values) && c.is(spec.Names[i], t)
	case edge.KeyValueExpr_Value:
		return c.is(parent.Node().(*ast.KeyValueExpr).Key, t) && c.withinLiteral(parent.Parent())
	case edge.CompositeLit_Elts:
		return c.withinLiteral(parent)
	case edge.CallExpr_Args:
		return c.passedAs(parent, i, t)
	case edge.ReturnStmt_Results:
		return c.returnedWithin(parent)
	}
	return false
}

// is reports whether an expression is of the struct type, or points to it;
// the blank identifier may pass for one.
func (c *checker) is(e ast.Expr, t types.Type) bool {
	if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	typ := c.pass.TypesInfo.TypeOf(e)
	if typ == nil {
		return false
	}
	key, _ := keyOf(typ)
	return key == t
}

// ofThisCall reports whether a variable belongs to the function that uses it
// at cur, or to one around it that has not returned by then.
func (c *checker) ofThisCall(cur inspector.Cursor, v types.Object) bool {
	if v == nil || v.Parent() == c.pass.Pkg.Scope() {
		return false
	}
	for lit := range cur.Enclosing((*ast.FuncLit)(nil)) {
		if n := lit.Node(); n.Pos() <= v.Pos() && v.Pos() < n.End() {
			break
		}
		if !c.runsWithin(lit) {
			return false
		}
	}
	return true
}

// runsWithin reports whether a function literal or method is called where it
// stands, kept in a variable of the function, or an argument, but not started
// on a goroutine that nothing waits for.
func (c *checker) runsWithin(fn inspector.Cursor) bool {
	kind, i := fn.ParentEdge()
	parent := fn.Parent()
	started := parent.ParentEdgeKind() == edge.GoStmt_Call
	switch kind {
	case edge.CallExpr_Fun:
		_, lit := fn.Node().(*ast.FuncLit)
		return !started || lit && c.awaited(fn)
	case edge.CallExpr_Args:
		callee := c.pass.TypesInfo.Types[parent.Node().(*ast.CallExpr).Fun]
		if callee.IsType() { // a conversion
			return c.runsWithin(parent)
		}
		return !started && !callee.IsBuiltin()
	case edge.AssignStmt_Rhs:
		as := parent.Node().(*ast.AssignStmt)
		return len(as.Lhs) == len(as.Rhs) && c.keepsWithin(as.Lhs[i])
	case edge.ValueSpec_Values:
		return parent.Parent().ParentEdgeKind() == edge.DeclStmt_Decl
	}
	return false
}

// keepsWithin reports whether what is assigned to an operand is not kept beyond the
// call: it is a variable of a function, or a field of a struct that is not
// kept either.
func (c *checker) keepsWithin(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := c.pass.TypesInfo.ObjectOf(e)
		return e.Name == "_" || obj != nil && obj.Parent() != c.pass.Pkg.Scope()
	case *ast.StarExpr:
		return c.keepsWithin(e.X)
	case *ast.SelectorExpr:
		selection := c.pass.TypesInfo.Selections[e]
		return selection != nil && c.structWithin(selection.Recv())
	}
	return false
}

func (c *checker) withinLiteral(lit inspector.Cursor) bool {
	n, ok := lit.Node().(*ast.CompositeLit)
	return ok && c.structWithin(c.pass.TypesInfo.TypeOf(n))
}

func (c *checker) structWithin(t types.Type) bool {
	key, _ := keyOf(t)
	named, ok := key.(*types.Named)
	return ok && !named.Obj().Exported() && c.withinCall(key)
}

// passedAs reports whether argument i of a call stays what it is: the
// parameter is of struct type t as well.
func (c *checker) passedAs(cur inspector.Cursor, i int, t types.Type) bool {
	call := cur.Node().(*ast.CallExpr)
	tv := c.pass.TypesInfo.Types[call.Fun]
	if tv.IsType() {
		return c.is(call, t)
	}
	sig, ok := types.Unalias(tv.Type).Underlying().(*types.Signature)
	if !ok || tv.IsBuiltin() || cur.ParentEdgeKind() == edge.GoStmt_Call {
		return false
	}
	if i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 {
		return false
	}
	key, _ := keyOf(sig.Params().At(i).Type())
	return key == t
}

// returnedWithin reports whether a return statement hands its results to
// calls in this package, where they are looked at.
func (c *checker) returnedWithin(ret inspector.Cursor) bool {
	for fn := range ret.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := fn.Node().(*ast.FuncDecl)
		if !ok || decl.Name.IsExported() {
			return false
		}
		called := false
		for use := range c.index.Uses(c.pass.TypesInfo.Defs[decl.Name]) {
			if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
				use = use.Parent()
			}
			if use.ParentEdgeKind() != edge.CallExpr_Fun {
				return false // the function is a value
			}
			called = called || !c.inTest(use.Node().Pos())
		}
		return called
	}
	return false
}
