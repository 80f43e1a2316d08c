package ctxfield

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
)

// converted sees the values that become contexts where they are returned,
// stored or passed: of a type that embeds a context in order to be one.
func (c *checker) converted(uses map[types.Type]*use) {
	info := c.pass.TypesInfo
	note := func(value ast.Expr, target types.Type) {
		if u, _ := lookup(uses, info.TypeOf(value)); u != nil && target != nil && isContext(target) {
			u.isContext = true
		}
	}
	noteAll := func(values []ast.Expr, targets *types.Tuple) {
		for i, value := range values[:min(len(values), targets.Len())] {
			note(value, targets.At(i).Type())
		}
	}
	for cur := range c.root.Preorder((*ast.ReturnStmt)(nil), (*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.ReturnStmt:
			noteAll(n.Results, c.resultsAt(cur))
		case *ast.CallExpr:
			if sig, ok := info.TypeOf(n.Fun).Underlying().(*types.Signature); ok {
				noteAll(n.Args, sig.Params())
			}
		case *ast.AssignStmt:
			for i, value := range n.Rhs {
				if len(n.Lhs) == len(n.Rhs) {
					note(value, info.TypeOf(n.Lhs[i]))
				}
			}
		case *ast.ValueSpec:
			for _, value := range n.Values {
				if n.Type != nil {
					note(value, info.TypeOf(n.Type))
				}
			}
		}
	}
}

// resultsAt returns the results of the function around cur.
func (c *checker) resultsAt(cur inspector.Cursor) *types.Tuple {
	for fn := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var t types.Type
		switch n := fn.Node().(type) {
		case *ast.FuncDecl:
			t = c.pass.TypesInfo.TypeOf(n.Name)
		case *ast.FuncLit:
			t = c.pass.TypesInfo.TypeOf(n)
		}
		if sig, ok := t.(*types.Signature); ok {
			return sig.Results()
		}
		break
	}
	return nil
}
