package races

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// piped reports whether the goroutine of one of x and y, which are in two functions, uses an
// end of a pipe or connection behind it, and the other one another end before: what it
// reads there, or is taken from it, may tell how far the first one is. Both are looked for
// in the source, in the order that it has.
func (s *scope) piped(x, y *skeleton.Node) bool {
	if x.Op.Fn == y.Op.Fn {
		return false
	}
	return s.handsOver(x, y) || s.handsOver(y, x)
}

func (s *scope) handsOver(x, y *skeleton.Node) bool {
	from := token.NoPos
	if start := x.Graph.Spawner; start != nil && start.Op.Fn == y.Op.Fn {
		from = start.Op.Pos
	}
	behind := s.ends(x.Op.Fn, func(call *ast.CallExpr, deferred bool) bool { return deferred || call.End() > x.Op.Pos })
	if len(behind) == 0 {
		return false
	}
	before := s.ends(y.Op.Fn, func(call *ast.CallExpr, deferred bool) bool {
		return !deferred && from < call.Pos() && call.End() <= y.Op.Pos
	})
	for a := range behind {
		for b := range before {
			if a != b {
				return true
			}
		}
	}
	return false
}

// ends returns the variables that are ends of pipes and connections which those calls of f
// have as operands for which where holds.
func (s *scope) ends(f *skeleton.Func, where func(call *ast.CallExpr, deferred bool) bool) map[types.Object]bool {
	node := f.Syntax()
	if node == nil {
		return nil
	}
	found := make(map[types.Object]bool)
	deferred := make(map[*ast.CallExpr]bool)
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == node
		case *ast.DeferStmt:
			deferred[n.Call] = true
		case *ast.CallExpr:
			if where(n, deferred[n]) {
				s.addEnds(n, found)
			}
		}
		return true
	})
	return found
}

// addEnds adds those of the operands of call.
func (s *scope) addEnds(call *ast.CallExpr, ends map[types.Object]bool) {
	operands := call.Args
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		operands = append([]ast.Expr{sel.X}, operands...)
	}
	for _, e := range operands {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			if v, ok := s.pass.TypesInfo.Uses[id].(*types.Var); ok && syncapi.IsPipeEnd(v.Type()) {
				ends[v] = true
			}
		}
	}
}
