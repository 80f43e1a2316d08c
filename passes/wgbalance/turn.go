package wgbalance

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// isLast reports whether the turn of a loop in which d is reached may be the last one by
// the very condition under which d is: behind d, the loop is left under a condition on
// what that tests as well, such as n >= limit behind n == limit. It errs to true.
func (c *checker) isLast(d *skeleton.Node) bool {
	n := c.view.Node(d.Op)
	if n == nil {
		return false
	}
	cur, ok := c.root.FindNode(n)
	if !ok {
		return false
	}
	tested := make(map[types.Object]bool)
	for ; cur.Node() != nil; cur = cur.Parent() {
		switch st := cur.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.File:
			return false
		case *ast.IfStmt:
			c.uses(st.Cond, func(obj types.Object) { tested[obj] = true })
		}
		for next, ok := cur.NextSibling(); ok && next.ParentEdgeKind() == cur.ParentEdgeKind(); next, ok = next.NextSibling() {
			if c.leavesBy(next, tested) {
				return true
			}
		}
	}
	return false
}

// leavesBy reports whether the statement at cur is an if that tests one of some variables
// and leaves what is around it.
func (c *checker) leavesBy(cur inspector.Cursor, tested map[types.Object]bool) bool {
	st, ok := cur.Node().(*ast.IfStmt)
	if !ok || !defuse.Leaves(st.Body) && (st.Else == nil || !defuse.Leaves(st.Else)) {
		return false
	}
	found := false
	c.uses(st.Cond, func(obj types.Object) { found = found || tested[obj] })
	return found
}

// uses calls yield for the variables and fields in an expression.
func (c *checker) uses(e ast.Expr, yield func(types.Object)) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pass.TypesInfo.Uses[id].(*types.Var); ok {
				yield(v)
			}
		}
		return true
	})
}
