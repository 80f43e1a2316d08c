package shutdownrace

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// endless reports whether a context surely has no end while it is used: it has no
// parent, or is made of such by adding values or a cancel function that is called by
// a defer statement at most. A parameter of a function that is not exported is what all
// its callers hand over, through at most depth functions.
func (c *checker) endless(e ast.Expr, depth int) bool {
	sources := c.values.Sources(e)
	return depth > 0 && len(sources) > 0 && !slices.ContainsFunc(sources, func(src values.Source) bool { return !c.endlessSource(src, depth) })
}

func (c *checker) endlessSource(src values.Source, depth int) bool {
	if src.Param != nil {
		return c.endlessParam(src.Param, depth-1)
	}
	call, ok := ast.Unparen(src.Expr).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
	_, valued := syncapi.ContextKey(fn)
	switch {
	case syncapi.IsRootContext(fn):
		return true
	case valued:
		return c.endless(call.Args[0], depth)
	case syncapi.IsCancelOnly(fn):
		return src.Index == 0 && c.cancelDeferred(call) && c.endless(call.Args[0], depth)
	}
	return false
}

// cancelDeferred reports whether the cancel function that a call makes is named by
// nothing but defer statements of a variable: it is called when the function returns.
func (c *checker) cancelDeferred(call *ast.CallExpr) bool {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return false
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 {
		return false
	}
	id, ok := assign.Lhs[1].(*ast.Ident)
	if !ok {
		return false
	}
	cancel := c.pass.TypesInfo.Defs[id]
	if cancel == nil {
		return id.Name == "_"
	}
	for use := range c.index.Uses(cancel) {
		if use.ParentEdgeKind() != edge.CallExpr_Fun || use.Parent().ParentEdgeKind() != edge.DeferStmt_Call {
			return false
		}
	}
	return true
}

// endlessParam reports whether all callers of a function hand over an endless context
// for a parameter of it, and all are known.
func (c *checker) endlessParam(param *types.Var, depth int) bool {
	fn, i := c.functionOf(param)
	if fn == nil || fn.Exported() {
		return false
	}
	called := false
	for use := range c.index.Uses(fn) {
		fun := use
		if fun.ParentEdgeKind() == edge.SelectorExpr_Sel {
			fun = fun.Parent()
		}
		if fun.ParentEdgeKind() != edge.CallExpr_Fun {
			return false // a function value
		}
		call := fun.Parent().Node().(*ast.CallExpr)
		if i >= len(call.Args) || !c.endless(call.Args[i], depth) {
			return false
		}
		called = true
	}
	return called
}

// functionOf returns the declared function that a variable is a parameter of, and its
// place among the parameters. Methods may be called through interfaces.
func (c *checker) functionOf(param *types.Var) (*types.Func, int) {
	cur, ok := c.root.FindByPos(param.Pos(), param.Pos())
	if !ok {
		return nil, 0
	}
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := up.Node().(*ast.FuncDecl)
		if !ok || decl.Recv != nil {
			break
		}
		fn, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok || fn.Signature().Variadic() {
			break
		}
		for i := range fn.Signature().Params().Len() {
			if fn.Signature().Params().At(i) == param {
				return fn, i
			}
		}
	}
	return nil, 0
}
