package checkthenact

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// replaceByAdd offers to replace x.Store(x.Load() + c) by x.Add(c), nil if store is
// something else.
func (c *checker) replaceByAdd(store *ast.CallExpr) []analysis.SuggestedFix {
	sel, ok := ast.Unparen(store.Fun).(*ast.SelectorExpr)
	sum, isSum := value(store).(*ast.BinaryExpr)
	if !ok || !isSum || sum.Op != token.ADD && sum.Op != token.SUB || report.Commented(c.pass, store.Pos(), store.End()) {
		return nil
	}
	if _, ok := c.parent(store).(*ast.ExprStmt); !ok {
		return nil
	}
	rest := sum.Y
	if !c.loads(sum.X, store, sel) {
		if sum.Op != token.ADD || !c.loads(sum.Y, store, sel) {
			return nil
		}
		rest = sum.X
	}
	t, ok := c.pass.TypesInfo.TypeOf(sum).Underlying().(*types.Basic)
	if !ok || t.Info()&types.IsInteger == 0 || !c.constant(rest) {
		return nil
	}
	delta := types.ExprString(rest)
	if sum.Op == token.SUB {
		if t.Info()&types.IsUnsigned != 0 {
			return nil
		}
		switch ast.Unparen(rest).(type) {
		case *ast.BasicLit, *ast.Ident:
		default:
			delta = "(" + delta + ")"
		}
		delta = "-" + delta
	}
	add := strings.Replace(sel.Sel.Name, "Store", "Add", 1)
	return []analysis.SuggestedFix{{
		Message: "Replace the Load and the Store by an " + add,
		TextEdits: []analysis.TextEdit{
			{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(add)},
			{Pos: sum.Pos(), End: sum.End(), NewText: []byte(delta)},
		},
	}}
}

// loads reports whether e is the call that loads what store, with the function or
// method sel, stores to.
func (c *checker) loads(e ast.Expr, store *ast.CallExpr, sel *ast.SelectorExpr) bool {
	load, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	from, ok := ast.Unparen(load.Fun).(*ast.SelectorExpr)
	if !ok || strings.Replace(from.Sel.Name, "Load", "Store", 1) != sel.Sel.Name || len(load.Args) != len(store.Args)-1 {
		return false
	}
	if types.ExprString(from.X) != types.ExprString(sel.X) {
		return false
	}
	return len(load.Args) == 0 || types.ExprString(load.Args[0]) == types.ExprString(store.Args[0])
}

// constant reports whether e is a constant or a plain variable.
func (c *checker) constant(e ast.Expr) bool {
	e = ast.Unparen(e)
	if c.pass.TypesInfo.Types[e].Value != nil {
		return true
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	_, isVar := c.pass.TypesInfo.Uses[id].(*types.Var)
	return isVar
}

// replaceByLoadOrStore offers to replace
//
//	if _, ok := m.Load(k); !ok {
//		m.Store(k, v)
//	}
//
// by m.LoadOrStore(k, v), if v has no effects; nil if load and store are not so.
func (c *checker) replaceByLoadOrStore(load, store *ast.CallExpr) []analysis.SuggestedFix {
	stmt, ok := c.parent(store).(*ast.ExprStmt)
	if !ok || len(store.Args) != 2 || !c.effectless(store.Args[1]) {
		return nil
	}
	block, ok := c.parent(stmt).(*ast.BlockStmt)
	if !ok || len(block.List) != 1 {
		return nil
	}
	branch, ok := c.parent(block).(*ast.IfStmt)
	if !ok || branch.Else != nil || !isAbsent(branch, load) || report.Commented(c.pass, branch.Pos(), block.Pos()) {
		return nil
	}
	if _, ok := c.parent(branch).(*ast.BlockStmt); !ok {
		return nil
	}
	sel, ok := ast.Unparen(store.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message: "Replace the Load and the Store by a LoadOrStore",
		TextEdits: []analysis.TextEdit{
			{Pos: branch.Pos(), End: c.before(block.Lbrace, store)},
			{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte("LoadOrStore")},
			{Pos: c.behind(store, block.Rbrace), End: branch.End()},
		},
	}}
}

// before returns from where on the code of a block stays, if only the call in it does, with
// the comments before that.
func (c *checker) before(lbrace token.Pos, call *ast.CallExpr) token.Pos {
	if report.Commented(c.pass, lbrace, call.Pos()) {
		return lbrace + 1
	}
	return call.Pos()
}

// behind returns to where the code of a block stays.
func (c *checker) behind(call *ast.CallExpr, rbrace token.Pos) token.Pos {
	if file := c.pass.Fset.File(rbrace); report.Commented(c.pass, call.End(), rbrace) {
		return file.LineStart(file.Line(rbrace)) - 1
	}
	return call.End()
}

// isAbsent reports whether branch is one on "_, ok := load; !ok".
func isAbsent(branch *ast.IfStmt, load *ast.CallExpr) bool {
	init, ok := branch.Init.(*ast.AssignStmt)
	if !ok || len(init.Lhs) != 2 || len(init.Rhs) != 1 || init.Rhs[0] != load || init.Tok != token.DEFINE {
		return false
	}
	value, isIdent := init.Lhs[0].(*ast.Ident)
	found, also := init.Lhs[1].(*ast.Ident)
	not, isNot := ast.Unparen(branch.Cond).(*ast.UnaryExpr)
	if !isIdent || value.Name != "_" || !also || !isNot || not.Op != token.NOT {
		return false
	}
	id, ok := ast.Unparen(not.X).(*ast.Ident)
	return ok && id.Name == found.Name
}

// effectless reports whether e does nothing when it is evaluated, and cannot fail.
func (c *checker) effectless(e ast.Expr) bool {
	fine := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			_, builtin := typeutil.Callee(c.pass.TypesInfo, n).(*types.Builtin)
			fine = fine && (c.pass.TypesInfo.Types[n.Fun].IsType() || builtin && isAllocation(n))
		case *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr:
			fine = false
		case *ast.UnaryExpr:
			fine = fine && n.Op != token.ARROW
		case *ast.FuncLit:
			return false
		}
		return fine
	})
	return fine
}

func isAllocation(call *ast.CallExpr) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	return ok && (id.Name == "new" || id.Name == "make")
}

// cursor returns the place of n in the syntax of the package.
func (c *checker) cursor(n ast.Node) (inspector.Cursor, bool) {
	at, ok := c.root.FindByPos(n.Pos(), n.End())
	for ; ok && at.Node() != nil; at = at.Parent() {
		if at.Node() == n {
			return at, true
		}
	}
	return at, false
}

// parent returns the syntax around n, nil if there is none.
func (c *checker) parent(n ast.Node) ast.Node {
	cur, ok := c.cursor(n)
	if !ok {
		return nil
	}
	return cur.Parent().Node()
}

// value returns the value that a call stores, its last argument.
func value(call *ast.CallExpr) ast.Expr {
	if len(call.Args) == 0 {
		return nil
	}
	return ast.Unparen(call.Args[len(call.Args)-1])
}
