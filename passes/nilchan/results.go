package nilchan

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// results reports the operations of f on what a function returned that always
// returns a nil channel.
func (c *checker) results(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			r := op.Res.Root
			if !op.Is(syncapi.Send, syncapi.Recv) || op.Arm != nil || r == nil || r.Kind != skeleton.Result || op.Res.Sel != nil || c.seen[op] {
				continue
			}
			call, ok := c.view.Node(&skeleton.Op{Pos: r.Pos, Fn: op.Fn}).(*ast.CallExpr)
			if !ok || op.Kind == syncapi.Recv && !op.Range && isSignal(r.Type) {
				continue // never ready, on purpose
			}
			fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
			if fn == nil || !c.returnsNil(fn) || c.compared(op) {
				continue
			}
			c.seen[op] = true
			pos, end := c.view.Extent(op)
			c.found = append(c.found, finding{analysis.Diagnostic{
				Pos: pos, End: end,
				Message: fmt.Sprintf("this %s blocks for ever: %s returns a nil channel", noun(op), fn.Name()),
				Related: []analysis.RelatedInformation{{
					Pos: call.Pos(), End: call.End(), Message: fmt.Sprintf("%s is called here", fn.Name()),
				}},
			}, nil, noun(op)})
		}
	}
}

// compared reports whether the variable that op operates on is compared or
// assigned.
func (c *checker) compared(op *skeleton.Op) bool {
	id, ok := ast.Unparen(c.view.Operand(op)).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return true
	}
	for use := range c.index.Uses(v) {
		if c.setsOrTests(use) {
			return true
		}
	}
	return false
}

// returnsNil reports whether fn, a function of this package with one result,
// returns nil on each path. If there is another version of it for other
// platforms, it does so on purpose.
func (c *checker) returnsNil(fn *types.Func) bool {
	if fn.Pkg() != c.pass.Pkg || fn.Signature().Results().Len() != 1 {
		return false
	}
	f := c.view.FuncOf(fn)
	if f == nil {
		return false
	}
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok || decl.Body == nil || c.inIgnored(fn.Name()) {
		return false
	}
	returns, all := 0, true
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
			all = all && len(n.Results) == 1 && c.isNilValue(n.Results[0])
		}
		return true
	})
	return returns > 0 && all
}

// isNilValue reports whether e is nil, or a variable that always is.
func (c *checker) isNilValue(e ast.Expr) bool {
	if c.isNilLiteral(e) {
		return true
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	return ok && isChan(v.Type()) && c.isUnset(v)
}
