package mixedatomic

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// byLast reports whether op is done only by whoever has taken the last reference away:
// where an atomic subtraction from what is at a place gave zero, in its function or in
// each caller of that. By then nobody else knows the object. It goes by the place, not
// by the object, which errs to silence.
func (c *checker) byLast(op *skeleton.Op, at place, depth int) bool {
	v := c.variable(at)
	cur, ok := c.root.FindByPos(op.Pos, op.Pos)
	if v == nil || !ok {
		return false
	}
	if slices.ContainsFunc(c.uses.Conditions(cur.Node()), func(cond defuse.Cond) bool {
		zero := c.uses.Zero(cond)
		return zero != nil && c.subtracts(zero, v)
	}) {
		return true
	}
	callers, ok := c.locks.Callers(op.Fn)
	return ok && depth > 0 && len(callers) > 0 && !slices.ContainsFunc(callers, func(call *skeleton.Op) bool {
		return !c.inTest(call) && !c.byLast(call, at, depth-1)
	})
}

// subtracts reports whether e may be the result of an atomic subtraction from v.
func (c *checker) subtracts(e ast.Expr, v *types.Var) bool {
	for n := range c.uses.From(e).Nodes {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 2 {
			continue
		}
		fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
		if effect := syncapi.EffectOf(fn); effect == nil || effect.Op != syncapi.AtomicUpdate || fn.Signature().Recv() != nil {
			continue
		}
		delta := c.pass.TypesInfo.Types[call.Args[1]].Value
		if delta == nil || delta.Kind() != constant.Int {
			continue
		}
		// Of an unsigned counter, one is taken away by adding the greatest value.
		if constant.Sign(delta) < 0 || constant.Compare(delta, token.GTR, constant.MakeInt64(1<<31)) {
			if c.addressed(call.Args[0]) == v {
				return true
			}
		}
	}
	return false
}

// addressed returns the variable or field whose address e is, nil if it is something else.
func (c *checker) addressed(e ast.Expr) *types.Var {
	addr, ok := ast.Unparen(e).(*ast.UnaryExpr)
	if !ok || addr.Op != token.AND {
		return nil
	}
	v, _ := c.pass.TypesInfo.Uses[symindex.LastIdent(addr.X)].(*types.Var)
	if v != nil {
		v = v.Origin()
	}
	return v
}
