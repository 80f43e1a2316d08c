package ctxloop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxDepth bounds through how many calls and variables a context is followed.
const maxDepth = 6

// A derived value says how a context came to be.
type derived struct {
	from bool          // it is, or holds, the context in question
	grew bool          // and it was derived from it
	call *ast.CallExpr // the outermost call that did so
	by   []ast.Expr    // what tells it from others derived in the same way: keys, deadlines
	via  []token.Pos   // where variables are declared that had the context before
}

// saved reports whether the context comes from a variable that had it before the loop.
func (d derived) saved(l loop) bool {
	return slices.ContainsFunc(d.via, func(pos token.Pos) bool { return !l.holds(pos) })
}

// varies reports whether what tells the derived context from others is another in each
// turn of a loop.
func (d derived) varies(c *checker, l loop) bool {
	for _, e := range d.by {
		found := false
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
				found = found || ok && !v.IsField() && (l.holds(v.Pos()) || c.assignedIn(v, l))
			}
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// assignedIn reports whether a loop assigns v.
func (c *checker) assignedIn(v *types.Var, l loop) bool {
	for id := range c.index.Uses(v) {
		switch id.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X:
			if l.holds(id.Node().Pos()) {
				return true
			}
		}
	}
	return false
}

// derives says how the value of e came to be from target.
func (c *checker) derives(e, target ast.Expr, depth int) derived {
	if depth == 0 {
		return derived{}
	}
	if c.same(e, target) {
		return derived{from: true}
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if value := c.definition(e); value != nil {
			d := c.derives(value, target, depth-1)
			d.via = append(d.via, c.pass.TypesInfo.Uses[e].Pos())
			return d
		}
	case *ast.CallExpr:
		return c.derivesCall(e, target, depth)
	}
	return derived{}
}

// definition returns what a local variable is declared with, nil if it gets another
// value as well.
func (c *checker) definition(id *ast.Ident) ast.Expr {
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Pkg() != c.pass.Pkg || v.IsField() || v.Parent() == c.pass.Pkg.Scope() {
		return nil
	}
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() == edge.AssignStmt_Lhs {
			return nil
		}
	}
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return nil
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, i := def.ParentEdge()
	switch {
	case len(as.Lhs) == len(as.Rhs):
		return as.Rhs[i]
	case i == 0:
		return as.Rhs[0]
	}
	return nil
}

func (c *checker) derivesCall(call *ast.CallExpr, target ast.Expr, depth int) derived {
	fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
	if fn == nil {
		return derived{}
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil && c.same(sel.X, target) {
		switch results := fn.Signature().Results(); {
		case len(call.Args) == 0 && results.Len() == 1 && syncapi.IsContext(results.At(0).Type()):
			return derived{from: true} // the context that a request carries
		case len(call.Args) == 1 && syncapi.IsContext(c.pass.TypesInfo.TypeOf(call.Args[0])) && results.Len() == 1:
			return c.derives(call.Args[0], target, depth-1) // the request with another
		}
	}
	h := c.helperOf(fn, depth)
	if h == nil || h.param >= len(call.Args) {
		return derived{}
	}
	d := c.derives(call.Args[h.param], target, depth-1)
	if !d.from {
		return derived{}
	}
	d.grew, d.call = true, call
	for i, arg := range call.Args {
		if i != h.param && (h.by == nil || h.by[i]) {
			d.by = append(d.by, arg)
		}
	}
	return d
}

// A helper is a function whose first result is a context derived from a parameter.
type helper struct {
	param int
	by    map[int]bool // the parameters that tell it from others; nil for all
}

// helperOf returns the helper that fn is, nil if it is none.
func (c *checker) helperOf(fn *types.Func, depth int) *helper {
	fn = fn.Origin()
	if syncapi.DerivesContext(fn) {
		return &helper{by: map[int]bool{1: true}}
	}
	if h, ok := c.helpers[fn]; ok {
		return h
	}
	c.helpers[fn] = nil // for recursion
	sig := fn.Signature()
	param := -1
	for i := range sig.Params().Len() {
		if param < 0 && syncapi.IsContext(sig.Params().At(i).Type()) {
			param = i
		}
	}
	if param < 0 || sig.Results().Len() == 0 || !syncapi.IsContext(sig.Results().At(0).Type()) {
		return nil
	}
	var h *helper
	if decl := c.declOf(fn); decl != nil {
		h = c.helperBody(decl, sig, param, depth)
	} else if c.derivesElsewhere(fn) {
		h = &helper{param: param}
	}
	c.helpers[fn] = h
	return h
}

func (c *checker) declOf(fn *types.Func) *ast.FuncDecl {
	id, ok := c.root.FindByPos(fn.Pos(), fn.Pos())
	if !ok {
		return nil
	}
	decl, _ := id.Parent().Node().(*ast.FuncDecl)
	return decl
}

// derivesElsewhere reports whether a function of another package derives contexts.
func (c *checker) derivesElsewhere(fn *types.Func) bool {
	f := c.view.FuncOf(fn)
	return f != nil && f.Imported() && (c.view.May(f, syncapi.CtxDerive) || c.view.May(f, syncapi.NewCancel))
}

// helperBody looks for returns of what a function derives from its parameter.
func (c *checker) helperBody(decl *ast.FuncDecl, sig *types.Signature, param, depth int) *helper {
	if decl.Body == nil {
		return nil
	}
	var h *helper
	name := paramName(decl, param)
	if name == nil {
		return nil
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		var value ast.Expr
		switch n := n.(type) {
		case *ast.ReturnStmt:
			if len(n.Results) > 0 {
				value = n.Results[0]
			}
		case *ast.AssignStmt: // ctx = context.WithValue(ctx, …); return ctx
			if c.same(n.Lhs[0], name) {
				value = n.Rhs[0]
			}
		}
		if value == nil || h != nil {
			return true
		}
		if d := c.derives(value, name, depth-1); d.grew {
			h = &helper{param: param, by: make(map[int]bool)}
			for _, e := range d.by {
				c.paramsIn(e, sig, h.by)
			}
		}
		return true
	})
	return h
}

// paramName returns the identifier that declares the i-th parameter.
func paramName(decl *ast.FuncDecl, i int) *ast.Ident {
	for _, field := range decl.Type.Params.List {
		for _, name := range field.Names {
			if i == 0 {
				return name
			}
			i--
		}
	}
	return nil
}

// paramsIn adds the indices of the parameters that e mentions.
func (c *checker) paramsIn(e ast.Expr, sig *types.Signature, set map[int]bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			for i := range sig.Params().Len() {
				if c.pass.TypesInfo.Uses[id] == sig.Params().At(i) {
					set[i] = true
				}
			}
		}
		return true
	})
}
