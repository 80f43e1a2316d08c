package nilchan

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// deliberate reports whether n is evidently meant to block for ever: it receives
// from a nil literal, or from a channel that has no other use than to be waited
// for.
func (c *checker) deliberate(site, n *skeleton.Node) bool {
	if site == n {
		if call, ok := c.operand(n).(*ast.CallExpr); ok && len(call.Args) == 1 && c.isNilLiteral(call.Args[0]) {
			return true
		}
	}
	if n.Op.Kind != syncapi.Recv || n.Op.Range {
		return false
	}
	v := c.variable(n.Res)
	if v == nil && site == n {
		id, ok := c.operand(n).(*ast.Ident)
		if !ok {
			return false
		}
		if v, ok = c.pass.TypesInfo.Uses[id].(*types.Var); !ok {
			return false
		}
	}
	if v == nil { // a literal, handed to a helper
		t := n.Op.Res.Root.Type
		return t == nil || isSignal(t)
	}
	return !v.IsField() && isSignal(v.Type()) && c.onlyAwaited(v)
}

// isSignal reports whether t is a channel of empty structs.
func isSignal(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	st, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

// onlyAwaited reports whether all uses of v are receives, or hand it on.
func (c *checker) onlyAwaited(v *types.Var) bool {
	for use := range c.index.Uses(v) {
		switch use.ParentEdgeKind() {
		case edge.UnaryExpr_X:
			if use.Parent().Node().(*ast.UnaryExpr).Op != token.ARROW {
				return false
			}
		case edge.CallExpr_Args:
			if c.pass.TypesInfo.Types[use.Parent().Node().(*ast.CallExpr).Fun].IsBuiltin() {
				return false
			}
		case edge.ReturnStmt_Results:
		default:
			return false
		}
	}
	return true
}
