package lockleak

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fixLeak returns the fix of a leak: the deferred call that unlocks, where
// nothing else does, or a call before each return that leaks.
func (c *checker) fixLeak(l *leak) []analysis.SuggestedFix {
	call, ok := c.view.Node(l.site).(*ast.CallExpr)
	switch {
	case l.site != l.node.Op || l.starter != nil, !l.node.Res.IsOne() && l.node.InLoop():
		return nil
	case l.deferred:
		if !l.again {
			return nil
		}
		return c.rename(l.site, map[string]string{"Lock": "Unlock", "RLock": "RUnlock"})
	case !ok || !l.certain || l.end.Kind != syncapi.Return:
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Lock" && sel.Sel.Name != "RLock" {
		return nil
	}
	name := "Unlock"
	if lockset.IsShared(l.node) {
		name = "RUnlock"
	}
	unlock := types.ExprString(sel.X) + "." + name + "()"
	if l.never {
		if l.node.InLoop() || !c.isStatement(call, l.site.Fn) {
			return nil
		}
		return []analysis.SuggestedFix{{
			Message:   "Defer the call to " + name,
			TextEdits: []analysis.TextEdit{{Pos: call.End(), End: call.End(), NewText: []byte("\ndefer " + unlock)}},
		}}
	}
	fix := analysis.SuggestedFix{Message: "Call " + name + " before the return"}
	for _, end := range l.ends {
		pos, ok := c.beforeEnd(end)
		if !ok || !stable(sel.X) {
			return nil
		}
		fix.TextEdits = append(fix.TextEdits, analysis.TextEdit{Pos: pos, End: pos, NewText: []byte(unlock + "\n")})
	}
	return []analysis.SuggestedFix{fix}
}

// stable reports whether e is made of names and fields only.
func stable(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return true
	case *ast.SelectorExpr:
		return stable(e.X)
	}
	return false
}

// isStatement reports whether the call is a statement of a block of f.
func (c *checker) isStatement(call *ast.CallExpr, f *skeleton.Func) bool {
	found := false
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		if b, ok := n.(*ast.BlockStmt); ok {
			found = found || slices.ContainsFunc(b.List, func(s ast.Stmt) bool {
				e, ok := s.(*ast.ExprStmt)
				return ok && e.X == ast.Expr(call)
			})
		}
		return !found
	})
	return found
}

// beforeEnd returns the position before a return whose results do not depend
// on the lock, or before the end of the function.
func (c *checker) beforeEnd(end *skeleton.Op) (token.Pos, bool) {
	ret, ok := c.view.Node(end).(*ast.ReturnStmt)
	if !ok {
		pos, _ := end.Fn.Closing()
		return pos, true
	}
	plain := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.BasicLit:
			return true
		case *ast.Ident:
			obj := c.pass.TypesInfo.Uses[e]
			v, isVar := obj.(*types.Var)
			return !isVar || v.Parent() != c.pass.Pkg.Scope() || types.Implements(v.Type(), errorType)
		}
		return false
	}
	return ret.Pos(), !slices.ContainsFunc(ret.Results, func(e ast.Expr) bool { return !plain(e) })
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// rename returns the fix that calls another method at op.
func (c *checker) rename(op *skeleton.Op, names map[string]string) []analysis.SuggestedFix {
	var sel *ast.SelectorExpr
	switch n := c.view.Node(op).(type) {
	case *ast.CallExpr:
		sel, _ = ast.Unparen(n.Fun).(*ast.SelectorExpr)
	case *ast.DeferStmt:
		sel, _ = ast.Unparen(n.Call.Fun).(*ast.SelectorExpr)
	}
	if sel == nil || names[sel.Sel.Name] == "" {
		return nil
	}
	name := names[sel.Sel.Name]
	return []analysis.SuggestedFix{{
		Message:   "Call " + name,
		TextEdits: []analysis.TextEdit{{Pos: sel.Sel.Pos(), End: sel.Sel.End(), NewText: []byte(name)}},
	}}
}
