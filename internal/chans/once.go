package chans

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Once reports whether what stands at cur is done at most once, however often
// its statement is reached, since a condition around it picks one time: a
// counter that has one value, a flag that is set along with it, a swap or a
// sync.Once. It knows the form alone, and errs to true.
func Once(info *types.Info, cur inspector.Cursor) bool {
	for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := at.Node().(type) {
		case *ast.FuncDecl:
			return false
		case *ast.FuncLit:
			return isOfOnce(info, at)
		case *ast.IfStmt:
			if n.Body.Pos() <= cur.Node().Pos() && cur.Node().End() <= n.Body.End() && picksOne(info, at, n.Cond) {
				return true
			}
		}
	}
	return false
}

// Turn returns the if statement or case around cur that picks one turn of a loop which has a
// function literal around that run in each of its turns, as a goroutine or the like: no more
// than one of these comes to cur. It is nil if there is none.
func Turn(info *types.Info, cur inspector.Cursor) ast.Node {
	for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.FuncDecl)(nil)) {
		switch n := at.Node().(type) {
		case *ast.FuncDecl:
			return nil
		case *ast.IfStmt:
			eq, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
			if ok && eq.Op == token.EQL && n.Body.Pos() <= cur.Node().Pos() && cur.Node().End() <= n.Body.End() && (isTurn(info, at, eq.X) || isTurn(info, at, eq.Y)) {
				return n
			}
		case *ast.CaseClause:
			sw, ok := at.Parent().Parent().Node().(*ast.SwitchStmt)
			if ok && len(n.List) == 1 && sw.Tag != nil && isTurn(info, at, sw.Tag) {
				return n
			}
		}
	}
	return nil
}

// isTurn reports whether e is the variable of a loop around a function literal that the
// statement at stmt is in.
func isTurn(info *types.Info, stmt inspector.Cursor, e ast.Expr) bool {
	for at := range stmt.Enclosing((*ast.FuncLit)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if _, isLit := at.Node().(*ast.FuncLit); !isLit {
			return false
		}
		return counts(info, at, e)
	}
	return false
}

// isOfOnce reports whether a function literal is what a sync.Once is to do.
func isOfOnce(info *types.Info, lit inspector.Cursor) bool {
	return lit.ParentEdgeKind() == edge.CallExpr_Args && does(info, lit.Parent().Node().(*ast.CallExpr), syncapi.OnceDo)
}

// does reports whether a call is the operation op.
func does(info *types.Info, e ast.Expr, op syncapi.Op) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	var id *ast.Ident
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		id = fun.Sel
	case *ast.Ident:
		id = fun
	default:
		return false
	}
	fn, ok := info.Uses[id].(*types.Func)
	if !ok {
		return false
	}
	effect := syncapi.EffectOf(fn)
	return effect != nil && effect.Op == op
}

// picksOne reports whether a condition of the if statement at stmt holds once.
func picksOne(info *types.Info, stmt inspector.Cursor, cond ast.Expr) bool {
	body := stmt.Node().(*ast.IfStmt).Body
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return picksOne(info, stmt, e.X) || picksOne(info, stmt, e.Y)
		case token.EQL:
			return counts(info, stmt, e.X) || counts(info, stmt, e.Y) || info.Types[e.Y].IsNil() && sets(body, e.X)
		}
	case *ast.UnaryExpr:
		return e.Op == token.NOT && (sets(body, e.X) || does(info, e.X, syncapi.AtomicUpdate))
	case *ast.CallExpr:
		return does(info, e, syncapi.AtomicCAS)
	}
	return false
}

// counts reports whether e has another value each time: it is the variable of a
// loop around stmt, or the result of an atomic addition.
func counts(info *types.Info, stmt inspector.Cursor, e ast.Expr) bool {
	if does(info, e, syncapi.AtomicUpdate) {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || info.Uses[id] == nil {
		return false
	}
	for at := range stmt.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		switch loop := at.Node().(type) {
		case *ast.ForStmt:
			if post, ok := loop.Post.(*ast.IncDecStmt); ok && sameVar(info, post.X, id) {
				return true
			}
		case *ast.RangeStmt:
			if key, ok := loop.Key.(*ast.Ident); ok && info.Defs[key] == info.Uses[id] && !isMapOrChan(info.TypeOf(loop.X)) {
				return true
			}
		}
		break // the innermost
	}
	return false
}

func isMapOrChan(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Map, *types.Chan, *types.Signature:
		return true
	}
	return false
}

func sameVar(info *types.Info, e ast.Expr, id *ast.Ident) bool {
	x, ok := ast.Unparen(e).(*ast.Ident)
	return ok && info.Uses[x] != nil && info.Uses[x] == info.Uses[id]
}

// sets reports whether a statement of body itself gives e, a flag, a value.
func sets(body *ast.BlockStmt, e ast.Expr) bool {
	return slices.ContainsFunc(body.List, func(s ast.Stmt) bool {
		as, ok := s.(*ast.AssignStmt)
		return ok && gives(as, types.ExprString(ast.Unparen(e)))
	})
}

// gives reports whether as assigns to what is spelled so.
func gives(as *ast.AssignStmt, spelled string) bool {
	return slices.ContainsFunc(as.Lhs, func(e ast.Expr) bool { return types.ExprString(e) == spelled })
}

// OfError reports whether what stands at cur is done because of an error: the innermost
// if statement around it says that there is one.
func OfError(info *types.Info, cur inspector.Cursor) bool {
	for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		stmt, ok := at.Node().(*ast.IfStmt)
		return ok && stmt.Body.Pos() <= cur.Node().Pos() && cur.Node().End() <= stmt.Body.End() && saysError(info, stmt.Cond)
	}
	return false
}

// saysError reports whether cond being true says that there is an error, of a kind that is
// not the common end of something.
func saysError(info *types.Info, cond ast.Expr) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.BinaryExpr:
		return e.Op == token.LAND && (saysError(info, e.X) || saysError(info, e.Y)) ||
			e.Op == token.NEQ && info.Types[e.Y].IsNil() && syncapi.IsError(info.TypeOf(e.X))
	case *ast.CallExpr:
		fn := typeutil.StaticCallee(info, e)
		return syncapi.TestsError(fn) && (len(e.Args) < 2 || !usual().MatchString(types.ExprString(e.Args[1])))
	}
	return false
}

// usual matches the names of errors by which something comes to its end.
var usual = lazyregexp.New(`EOF|Clos|Cancel|Done|Stop|Exit|Quit|End|Skip|Deadline|Timeout`)
