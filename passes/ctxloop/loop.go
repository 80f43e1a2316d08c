package ctxloop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// A loop is a for or range statement.
type loop struct {
	cur  inspector.Cursor
	node ast.Node
}

func (l loop) holds(pos token.Pos) bool { return l.node.Pos() <= pos && pos < l.node.End() }

// loopAround returns the innermost loop around a growth in which all turns have
// the same v, the variable that grows or holds what does; nil for a variable of
// another package.
func (c *checker) loopAround(g *growth, v *types.Var) (loop, bool) {
	for cur := range g.cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		l := loop{cur, cur.Node()}
		switch n := cur.Node().(type) {
		case *ast.ForStmt:
			declared := v != nil && l.holds(v.Pos()) && (n.Init == nil || v.Pos() >= n.Init.End())
			if !declared && (n.Init == nil || g.cur.Node().Pos() >= n.Init.End()) {
				return l, true
			}
		case *ast.RangeStmt:
			if v == nil || !l.holds(v.Pos()) {
				return l, true
			}
		case *ast.FuncLit:
			if cur.ParentEdgeKind() != edge.CallExpr_Fun || v != nil && l.holds(v.Pos()) {
				return loop{}, false // run elsewhere, or the variable is its own
			}
		case *ast.FuncDecl:
			return loop{}, false
		}
	}
	return loop{}, false
}

// once reports whether what is done at cur, in a loop, is done in one turn at most: the
// loop is left behind it, or a condition that it changes is asked before.
func (c *checker) once(cur inspector.Cursor, l loop, target ast.Expr) bool {
	breaks := true // an unlabelled break leaves the loop
	for up := range cur.Enclosing() {
		if up == l.cur {
			return false
		}
		switch kind := up.ParentEdgeKind(); kind {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			if kind != edge.BlockStmt_List {
				breaks = false
			}
			if leaves(up.Parent().Node(), breaks) {
				return true
			}
		case edge.IfStmt_Body, edge.IfStmt_Else:
			stmt := up.Parent().Node().(*ast.IfStmt)
			if c.guards(stmt.Cond, up.Node(), target) || stmt.Init != nil && c.mentions(stmt.Init, target) {
				return true
			}
		}
	}
	return false
}

// leaves reports whether a list of statements ends in one that leaves the loop.
func leaves(n ast.Node, breaks bool) bool {
	var list []ast.Stmt
	switch n := n.(type) {
	case *ast.BlockStmt:
		list = n.List
	case *ast.CaseClause:
		list = n.Body
	case *ast.CommClause:
		list = n.Body
	}
	if len(list) == 0 {
		return false
	}
	switch last := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.GOTO || last.Tok == token.BREAK && (breaks || last.Label != nil)
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// guards reports whether a condition depends on what body changes: the target, or a
// variable that body assigns.
func (c *checker) guards(cond ast.Expr, body ast.Node, target ast.Expr) bool {
	if c.mentions(cond, target) {
		return true
	}
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		var lhs []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			lhs = n.Lhs
		case *ast.IncDecStmt:
			lhs = []ast.Expr{n.X}
		}
		for _, e := range lhs {
			found = found || isPlace(e) && c.mentions(cond, e)
		}
		return !found
	})
	return found
}

// mentions reports whether n names the variable or field target.
func (c *checker) mentions(n ast.Node, target ast.Expr) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			found = found || c.same(e, target)
		}
		return !found
	})
	return found
}

// setAnew reports whether a loop assigns target a value that is not derived from
// it.
func (c *checker) setAnew(l loop, target ast.Expr) bool {
	for cur := range l.cur.Preorder((*ast.AssignStmt)(nil)) {
		as := cur.Node().(*ast.AssignStmt)
		if cur.ParentEdgeKind() == edge.ForStmt_Init {
			continue // before the first turn
		}
		for i, lhs := range as.Lhs {
			if !c.same(lhs, target) && !c.same(lhs, rootOf(target)) {
				continue
			}
			value := as.Rhs[0]
			if len(as.Lhs) == len(as.Rhs) {
				value = as.Rhs[i]
			}
			if d := c.derives(value, target, maxDepth); !d.grew {
				return true
			}
		}
	}
	return false
}
