package ctxfield

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// awaited reports whether the function around a goroutine, which runs the
// literal, waits for it: the goroutine sends on a channel, closes it, or is
// done with a group, which the function receives from or waits for. That it
// may do so counts.
func (c *checker) awaited(lit inspector.Cursor) bool {
	ends := make(map[types.Object]bool)
	for cur := range lit.Preorder((*ast.SendStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.SendStmt:
			c.add(ends, n.Chan)
		case *ast.CallExpr:
			if c.effect(n, syncapi.WgDone) {
				c.add(ends, ast.Unparen(n.Fun).(*ast.SelectorExpr).X)
			} else if id, ok := n.Fun.(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] == types.Universe.Lookup("close") {
				c.add(ends, n.Args[0])
			}
		}
	}
	for decl := range lit.Enclosing((*ast.FuncDecl)(nil)) {
		for cur := range decl.Preorder((*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil), (*ast.CallExpr)(nil)) {
			if v := c.waitsFor(cur.Node()); v != nil && ends[v] && !lit.Contains(cur) {
				return true
			}
		}
	}
	return false
}

// waitsFor returns the variable that an operation waits for, if any.
func (c *checker) waitsFor(n ast.Node) types.Object {
	switch n := n.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			return c.variable(n.X)
		}
	case *ast.RangeStmt:
		return c.variable(n.X)
	case *ast.CallExpr:
		if c.effect(n, syncapi.WgWait) {
			return c.variable(ast.Unparen(n.Fun).(*ast.SelectorExpr).X)
		}
	}
	return nil
}

// effect reports whether a call is of a method that does op.
func (c *checker) effect(call *ast.CallExpr, op syncapi.Op) bool {
	fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
	if fn == nil {
		return false
	}
	effect := syncapi.EffectOf(fn)
	_, method := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return method && effect != nil && effect.Op == op
}

func (c *checker) add(vars map[types.Object]bool, e ast.Expr) {
	if v := c.variable(e); v != nil {
		vars[v] = true
	}
}

func (c *checker) variable(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return c.pass.TypesInfo.Uses[id]
	}
	return nil
}
