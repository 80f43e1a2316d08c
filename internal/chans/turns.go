package chans

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Turns returns how often the statement at cur, a send or what starts a
// goroutine, runs by constant loops around it that made is not in, 0 if that is
// not known.
func Turns(info *types.Info, cur inspector.Cursor, made *skeleton.Op) int64 {
	n := int64(1)
	for up := cur; ; up = up.Parent() { // the send itself must run in each turn
		switch up.Node().(type) {
		case *ast.SendStmt, *ast.GoStmt, *ast.BlockStmt:
			continue
		case *ast.ForStmt, *ast.RangeStmt:
			if isCut(up.Node()) {
				return 0
			}
			continue
		case *ast.FuncLit, *ast.FuncDecl:
		default:
			if up.Node().Pos() > made.Pos || made.Pos >= up.Node().End() {
				return 0
			}
		}
		break
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		if at.Node().Pos() <= made.Pos && made.Pos < at.Node().End() {
			break
		}
		switch loop := at.Node().(type) {
		case *ast.RangeStmt:
			n *= constantOf(info, loop.X)
		case *ast.ForStmt:
			n *= countedBy(info, loop)
		default:
			return n
		}
	}
	return n
}

// isCut reports whether a statement within a loop may cut a turn short.
func isCut(loop ast.Node) bool { return cutsBefore(loop, loop.End()) }

// cutsShort reports whether a statement within the loop, one directly around n, may end the
// loop, or a turn before it comes to n.
func cutsShort(loop ast.Node, n *skeleton.Node) bool { return cutsBefore(loop, n.Op.Pos) }

// cutsBefore reports whether a statement within a loop may end it, or go on to the next turn
// in front of pos.
func cutsBefore(loop ast.Node, pos token.Pos) bool {
	found := false
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			found = found || n.Tok != token.CONTINUE || n.Label != nil || n.Pos() < pos
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}

// constantOf returns the value of e, 0 if it is not a small constant.
func constantOf(info *types.Info, e ast.Expr) int64 {
	v := info.Types[e].Value
	if v == nil || v.Kind() != constant.Int {
		return 0
	}
	n, _ := constant.Int64Val(v)
	return min(max(n, 0), 1<<20)
}

// countedBy returns how often a loop of the form for i := 0; i < n; i++ runs.
func countedBy(info *types.Info, loop *ast.ForStmt) int64 {
	init, _ := loop.Init.(*ast.AssignStmt)
	cond, _ := loop.Cond.(*ast.BinaryExpr)
	post, _ := loop.Post.(*ast.IncDecStmt)
	if init == nil || cond == nil || post == nil || post.Tok != token.INC || len(init.Rhs) != 1 || info.Types[init.Rhs[0]].Value == nil {
		return 0
	}
	from, to := constantOf(info, init.Rhs[0]), constantOf(info, cond.Y)
	switch cond.Op {
	case token.LSS:
		return max(to-from, 0)
	case token.LEQ:
		return max(to-from+1, 0)
	}
	return 0
}

// IsAnyNumber reports whether e is something to range over of which there is any number: a
// channel, or what is found in a field or parameter, or a call returns.
func IsAnyNumber(root *syntax.Tree, info *types.Info, e ast.Expr) bool {
	t := info.TypeOf(e)
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Chan:
		return true
	case *types.Slice, *types.Map:
	default:
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr, *ast.SelectorExpr:
		return true
	case *ast.Ident:
		v, ok := info.Uses[e].(*types.Var)
		if !ok {
			return false
		}
		def, ok := root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
		return ok && def.ParentEdgeKind() == edge.Field_Names
	}
	return false
}
