package wgadd

import (
	"bytes"
	"go/ast"
	"go/format"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fix returns the fix that moves the Add x before the go statement, if the
// Add is a statement of its own at the top of a literal that the go statement
// runs, and its operands are the same outside of the literal.
func (c *checker) fix(x *skeleton.Node) []analysis.SuggestedFix {
	start, ok := c.view.Node(x.Graph.Spawner.Op).(*ast.GoStmt)
	if !ok || x.Op.Fn.Imported() || !x.Op.Is(syncapi.WgAdd) {
		return nil
	}
	lit, ok := ast.Unparen(start.Call.Fun).(*ast.FuncLit)
	call, isCall := c.view.Node(x.Op).(*ast.CallExpr)
	if !ok || !isCall || x.Op.Fn.Syntax() != ast.Node(lit) || c.usesOwn(lit, call) {
		return nil
	}
	i := slices.IndexFunc(lit.Body.List, func(s ast.Stmt) bool {
		e, ok := s.(*ast.ExprStmt)
		return ok && ast.Unparen(e.X) == ast.Expr(call)
	})
	if i < 0 || !plain(lit.Body.List[:i]) {
		return nil
	}
	var src bytes.Buffer
	if err := format.Node(&src, c.pass.Fset, call); err != nil {
		return nil
	}
	end := lit.Body.Rbrace
	if i+1 < len(lit.Body.List) {
		end = lit.Body.List[i+1].Pos()
	}
	if report.Commented(c.pass, call.End(), end) {
		end = call.End()
	}
	return []analysis.SuggestedFix{{
		Message: "Move the call to Add before the go statement",
		TextEdits: []analysis.TextEdit{
			{Pos: start.Pos(), End: start.Pos(), NewText: append(src.Bytes(), '\n')},
			{Pos: call.Pos(), End: end},
		},
	}}
}

// plain reports whether the statements are only deferred calls, which do not
// keep the Add from being run.
func plain(stmts []ast.Stmt) bool {
	for _, s := range stmts {
		if _, ok := s.(*ast.DeferStmt); !ok {
			return false
		}
	}
	return true
}

// usesOwn reports whether the call names something that the literal declares.
func (c *checker) usesOwn(lit *ast.FuncLit, call *ast.CallExpr) bool {
	own := false
	ast.Inspect(call, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj := c.pass.TypesInfo.Uses[id]; obj != nil && lit.Pos() <= obj.Pos() && obj.Pos() < lit.End() {
				own = true
			}
		}
		return true
	})
	return own
}
