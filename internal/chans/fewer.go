package chans

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// Fewer reports whether the channel c has room for fewer than there are goroutines like that of
// s, one for each element of a list: for a part of the list, as a quorum, or for the lesser of
// its length and another number. It knows the capacity by its form, through variables that are
// set once and functions that return no more than an expression, and errs to false.
func (p *Package) Fewer(c *Channel, s *skeleton.Node) bool {
	start := s.Graph.Spawner
	if c.Made == nil || start == nil || s.InLoop() || c.Made.Frame.Call != nil || start.Frame.Call != nil || start.Op.Fn != c.Made.Op.Fn {
		return false
	}
	call, ok := c.Graph.View().Node(c.Made.Op).(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	list := turnsOf(start)
	return list != "" && !assigned(list, c.Made.Op, start.Op) && p.isPartOf(call.Args[1], list, maxCallers)
}

// isPartOf reports whether the number e is a part of the length of a list.
func (p *Package) isPartOf(e ast.Expr, list string, levels int) bool {
	if levels == 0 {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := p.Info.Uses[e].(*types.Var); ok && !v.IsField() {
			def := p.setOnce(v)
			return def != nil && p.isPartOf(def, list, levels-1)
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.ADD, token.SUB:
			return p.Info.Types[e.Y].Value != nil && p.isPartOf(e.X, list, levels)
		case token.QUO:
			return p.Info.Types[e.Y].Value != nil && isLength(e.X, list)
		}
	case *ast.CallExpr:
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok && p.Info.Uses[id] == types.Universe.Lookup("min") {
			for _, a := range e.Args {
				if isLength(a, list) {
					return true
				}
			}
			return false
		}
		if fn := typeutil.StaticCallee(p.Info, e); fn != nil && fn.Signature().Recv() != nil {
			if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && strings.HasPrefix(list, types.ExprString(sel.X)+".") {
				own := fn.Signature().Recv().Name() + strings.TrimPrefix(list, types.ExprString(sel.X))
				returned := p.Root.OnlyReturned(fn)
				return returned != nil && p.isPartOf(returned, own, levels-1)
			}
		}
	}
	return false
}

// setOnce returns what the local variable v is declared with, if it is never assigned again;
// else nil.
func (p *Package) setOnce(v *types.Var) ast.Expr {
	def, ok := p.Root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return nil
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, i := def.ParentEdge()
	if as.Tok != token.DEFINE || len(as.Lhs) != len(as.Rhs) {
		return nil
	}
	if p.assigned(v) {
		return nil
	}
	return as.Rhs[i]
}

// isLength reports whether e is the length of the list.
func isLength(e ast.Expr, list string) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && listOf(call) == list
}
