package semleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// deferRelease returns the fix that releases what a acquires in a defer statement,
// and nowhere else.
//
// It is offered where that does not change what a path that released already does
// but for the moment of its return: each release is a statement of its own before a
// return that computes nothing, or before the end of the function, all are written
// alike, and nothing else of the function or of what it starts has to do with the semaphore.
func (c *checker) deferRelease(a *skeleton.Node, isRelease func(*skeleton.Node) bool) []analysis.SuggestedFix {
	site := siteOf(a)
	body, ok := c.bodyOf(site)
	if !ok || a.InLoop() {
		return nil
	}
	at, ok := c.behind(site, body)
	if !ok {
		return nil
	}
	var edits []analysis.TextEdit
	var release ast.Expr
	for _, n := range a.Graph.Nodes {
		switch {
		case n.Op == nil || n == a:
			continue
		case len(n.Spawns) > 0 && slices.ContainsFunc(n.Spawns, func(s *skeleton.Spawn) bool {
			return slices.ContainsFunc(s.Graph().Nodes, func(m *skeleton.Node) bool { return m.Op != nil && m.Res == a.Res })
		}):
			return nil
		case n.Op.Kind == a.Op.Kind && n.Res == a.Res || n.Op.Is(syncapi.Default) && isRelease(n):
			return nil
		case !isRelease(n):
			continue
		}
		e, cur, ok := c.lastRelease(n, body)
		if !ok || release != nil && types.ExprString(e) != types.ExprString(release) {
			return nil
		}
		release = e
		block, isBlock := cur.Parent().Node().(*ast.BlockStmt)
		if !isBlock {
			return nil
		}
		from, to, ok := report.Line(c.pass, block, cur.Node().(ast.Stmt))
		if !ok {
			return nil
		}
		if !slices.ContainsFunc(edits, func(e analysis.TextEdit) bool { return e.Pos == from }) {
			edits = append(edits, analysis.TextEdit{Pos: from, End: to})
		}
	}
	if release == nil || !c.isStable(release, body, site) {
		return nil
	}
	text := "defer " + types.ExprString(release)
	if _, ok := release.(*ast.UnaryExpr); ok {
		text = "defer func() { " + types.ExprString(release) + " }()"
	}
	end := report.EndOfLine(c.pass, at.End())
	edits = append(edits, analysis.TextEdit{Pos: end, End: end, NewText: []byte("\n" + report.Indent(c.pass, at.Pos()) + text)})
	return []analysis.SuggestedFix{{Message: "Defer the release", TextEdits: edits}}
}

// bodyOf returns the body of the function that does op.
func (c *checker) bodyOf(op *skeleton.Op) (*ast.BlockStmt, bool) {
	switch fn := op.Fn.Syntax().(type) {
	case *ast.FuncDecl:
		return fn.Body, fn.Body != nil
	case *ast.FuncLit:
		return fn.Body, true
	}
	return nil, false
}

// behind returns the statement of body behind which what site acquires is
// acquired: that of site, or the one that leaves the function if it failed.
func (c *checker) behind(site *skeleton.Op, body *ast.BlockStmt) (ast.Stmt, bool) {
	node := c.view.Node(site)
	if node == nil {
		return nil, false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return nil, false
	}
	inner := node
	for cur.Parent().Node() != body {
		switch parent := cur.Parent().Node().(type) {
		case *ast.ExprStmt, *ast.AssignStmt, *ast.IfStmt, *ast.CommClause, *ast.SelectStmt, *ast.SendStmt:
		case *ast.BlockStmt:
			if parent != selectBody(cur.Parent()) {
				return nil, false
			}
		default:
			return nil, false
		}
		cur = cur.Parent()
	}
	switch stmt := cur.Node().(type) {
	case *ast.SendStmt:
		return stmt, true
	case *ast.ExprStmt:
		return stmt, stmt.X == inner
	case *ast.AssignStmt:
		next, ok := cur.NextSibling()
		if id, isIdent := stmt.Lhs[0].(*ast.Ident); ok && isIdent && len(stmt.Lhs) == 1 && stmt.Rhs[0] == inner {
			if check, isIf := next.Node().(*ast.IfStmt); isIf && check.Init == nil && c.leavesOn(check, id) {
				return check, true
			}
		}
	case *ast.IfStmt:
		if as, ok := stmt.Init.(*ast.AssignStmt); ok && len(as.Lhs) == 1 && as.Rhs[0] == inner {
			id, isIdent := as.Lhs[0].(*ast.Ident)
			return stmt, isIdent && c.leavesOn(stmt, id)
		}
	case *ast.SelectStmt:
		for _, s := range stmt.Body.List {
			clause := s.(*ast.CommClause)
			if clause.Comm == inner && len(clause.Body) > 0 || clause.Comm != inner && !leaves(clause.Body) {
				return nil, false
			}
		}
		return stmt, true
	}
	return nil, false
}

// selectBody returns the block at cur if it is that of a select statement.
func selectBody(cur inspector.Cursor) *ast.BlockStmt {
	if cur.ParentEdgeKind() != edge.SelectStmt_Body {
		return nil
	}
	return cur.Node().(*ast.BlockStmt)
}

// leavesOn reports whether check returns if the error in id is not nil.
func (c *checker) leavesOn(check *ast.IfStmt, id *ast.Ident) bool {
	cond, ok := check.Cond.(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || check.Else != nil || !c.pass.TypesInfo.Types[cond.Y].IsNil() {
		return false
	}
	x, ok := ast.Unparen(cond.X).(*ast.Ident)
	return ok && c.pass.TypesInfo.ObjectOf(x) == c.pass.TypesInfo.ObjectOf(id) && leaves(check.Body.List)
}

func leaves(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].(*ast.ReturnStmt)
	return ok
}

// lastRelease returns the statement by which n releases, and what it does, if that
// stands last on its path and does nothing else.
func (c *checker) lastRelease(n *skeleton.Node, body *ast.BlockStmt) (ast.Expr, inspector.Cursor, bool) {
	site := siteOf(n)
	e, ok := c.view.Node(site).(ast.Expr)
	if !ok || site != n.Op && !isOnly(n) {
		return nil, inspector.Cursor{}, false
	}
	cur, ok := c.root.FindNode(e)
	if !ok || cur.ParentEdgeKind() != edge.ExprStmt_X {
		return nil, inspector.Cursor{}, false
	}
	cur = cur.Parent()
	next, ok := cur.NextSibling()
	if !ok {
		return e, cur, cur.Parent().Node() == body
	}
	ret, ok := next.Node().(*ast.ReturnStmt)
	return e, cur, ok && cur.ParentEdgeKind() == next.ParentEdgeKind() && !slices.ContainsFunc(ret.Results, func(e ast.Expr) bool { return !c.computed(e) })
}

// isOnly reports whether the function that does n does nothing else.
func isOnly(n *skeleton.Node) bool {
	decl, ok := n.Op.Fn.Syntax().(*ast.FuncDecl)
	return ok && decl.Body != nil && len(decl.Body.List) == 1 && len(n.Calls()) == 1
}

// computed reports whether the value of e is known already: it calls and reads nothing.
func (c *checker) computed(e ast.Expr) bool {
	known := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr, *ast.FuncLit, *ast.SelectorExpr, *ast.IndexExpr, *ast.StarExpr:
			known = known && c.pass.TypesInfo.Types[n.(ast.Expr)].Value != nil
		case *ast.UnaryExpr:
			known = known && n.Op != token.ARROW
		}
		return known
	})
	return known
}

// isStable reports whether release means the same wherever body writes it behind
// site: it is made of names and fields that nothing in body assigns.
func (c *checker) isStable(release ast.Expr, body *ast.BlockStmt, site *skeleton.Op) bool {
	used := make(map[types.Object]bool)
	stable := true
	ast.Inspect(release, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			used[c.pass.TypesInfo.Uses[n]] = true
		case *ast.CallExpr:
			stable = stable && n == release
		case *ast.UnaryExpr:
			stable = stable && n == release
		case *ast.IndexExpr, *ast.FuncLit, *ast.StarExpr:
			stable = false
		}
		return stable
	})
	pos, _ := c.view.Extent(site)
	for obj := range used {
		stable = stable && obj != nil && (obj.Pkg() != c.pass.Pkg || obj.Pos() < pos || obj.Parent() == nil)
	}
	ast.Inspect(body, func(n ast.Node) bool {
		var set []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			set = n.Lhs
		case *ast.IncDecStmt:
			set = []ast.Expr{n.X}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				set = []ast.Expr{n.X}
			}
		}
		for _, e := range set {
			if id := symindex.LastIdent(e); id != nil && used[c.pass.TypesInfo.Uses[id]] {
				stable = false
			}
		}
		return stable
	})
	return stable
}
