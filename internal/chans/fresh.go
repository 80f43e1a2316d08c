package chans

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// IsFresh reports whether the local variable v is declared as a channel made there, or as
// one that a function of the package makes at each call, and returns.
func IsFresh(root *syntax.Tree, info *types.Info, v *types.Var) bool {
	return isFresh(root, info, v, maxCallers)
}

func isFresh(root *syntax.Tree, info *types.Info, v *types.Var, levels int) bool {
	id, ok := root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || id.ParentEdgeKind() != edge.AssignStmt_Lhs || !isChan(v.Type()) {
		return false
	}
	as := id.Parent().Node().(*ast.AssignStmt)
	_, i := id.ParentEdge()
	if len(as.Lhs) == len(as.Rhs) {
		return makesAnew(root, info, as.Rhs[i], 0, levels)
	}
	return makesAnew(root, info, as.Rhs[0], i, levels)
}

// makesAnew reports whether e, or its i-th result if it has several, is a channel made for
// that, by so many levels of calls.
func makesAnew(root *syntax.Tree, info *types.Info, e ast.Expr, i, levels int) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && info.Uses[id] == types.Universe.Lookup("make") {
		return true
	}
	fn := typeutil.StaticCallee(info, call)
	if fn == nil || levels == 0 {
		return false
	}
	decl := root.Decl(fn)
	if decl == nil || decl.Body == nil {
		return false
	}
	found := false
	for _, e := range returnedBy(decl, i) {
		if e == nil {
			return false
		}
		if info.Types[e].IsNil() {
			continue
		}
		of := 0
		if _, ok := info.TypeOf(e).(*types.Tuple); ok {
			of = i
		}
		v := Named(info, e)
		if (v == nil || v.IsField() || !isFresh(root, info, v, levels-1)) && !makesAnew(root, info, e, of, levels-1) {
			return false
		}
		found = true
	}
	return found
}
