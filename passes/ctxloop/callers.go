package ctxloop

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
)

// A grower is a function each call of which derives a context from itself: a field of
// what it is handed, or a variable of the package.
type grower struct {
	fn    *types.Func
	param int // -1 for the receiver, -2 for a variable of the package
	g     *growth
}

// callers reports loops around calls of functions that derive the field of an object
// from itself, up to two calls deep.
func (c *checker) callers() {
	var work []grower
	for _, g := range c.own {
		if gr, ok := c.growerOf(g); ok {
			work = append(work, gr)
		}
	}
	seen := make(map[grower]bool)
	for range 3 {
		var next []grower
		for _, gr := range work {
			if seen[gr] {
				continue
			}
			seen[gr] = true
			for cur := range c.index.Calls(gr.fn) {
				if up, ok := c.call(cur, gr); ok {
					next = append(next, up)
				}
			}
		}
		work = next
	}
}

// growerOf returns the grower that the function around g is.
func (c *checker) growerOf(g *growth) (grower, bool) {
	if g.d.varies(c, loop{g.cur, g.cur.Node()}) || c.resets(g) {
		return grower{}, false
	}
	decl, ok := c.whole(g.cur, g.target)
	if !ok || c.mentionsParam(g.d.by, decl) {
		return grower{}, false
	}
	return c.growerIn(decl, rootOf(g.target), g)
}

// growerIn returns the grower that decl is, if root is one of its parameters.
func (c *checker) growerIn(decl *ast.FuncDecl, root *ast.Ident, g *growth) (grower, bool) {
	fn, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	if !ok || root == nil {
		return grower{}, false
	}
	v, ok := c.pass.TypesInfo.ObjectOf(root).(*types.Var)
	if !ok {
		return grower{}, false
	}
	sig := fn.Signature()
	switch {
	case v.Parent() == c.pass.Pkg.Scope():
		return grower{fn, -2, g}, true
	case sig.Recv() == v:
		_, isPointer := v.Type().Underlying().(*types.Pointer)
		return grower{fn, -1, g}, isPointer
	}
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			_, isPointer := v.Type().Underlying().(*types.Pointer)
			return grower{fn, i, g}, isPointer
		}
	}
	return grower{}, false
}

// whole returns the declared function that does what is at cur in each call, if it
// reaches it: no condition on target is around, and no literal.
func (c *checker) whole(cur inspector.Cursor, target ast.Expr) (*ast.FuncDecl, bool) {
	for up := range cur.Enclosing() {
		switch n := up.Node().(type) {
		case *ast.FuncLit:
			return nil, false
		case *ast.FuncDecl:
			return n, true
		}
		if k := up.ParentEdgeKind(); k == edge.IfStmt_Body || k == edge.IfStmt_Else {
			stmt := up.Parent().Node().(*ast.IfStmt)
			if c.guards(stmt.Cond, up.Node(), target) {
				return nil, false
			}
		}
	}
	return nil, false
}

// mentionsParam reports whether the parameters of a function are among what tells
// a context from others.
func (c *checker) mentionsParam(by []ast.Expr, decl *ast.FuncDecl) bool {
	return slices.ContainsFunc(by, func(e ast.Expr) bool {
		found := false
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				obj := c.pass.TypesInfo.Uses[id]
				_, isVar := obj.(*types.Var)
				found = found || isVar && decl.Pos() <= obj.Pos() && obj.Pos() < decl.End()
			}
			return !found
		})
		return found
	})
}

// resets reports whether anything in the package assigns the field or variable that
// grows a value that is not derived from it.
func (c *checker) resets(g *growth) bool {
	id := symindex.LastIdent(g.target)
	for use := range c.index.Uses(c.pass.TypesInfo.Uses[id]) {
		cur := use
		if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
			cur = cur.Parent()
		}
		if cur.ParentEdgeKind() != edge.AssignStmt_Lhs {
			continue
		}
		if other := c.growthAt(cur.Parent()); other == nil {
			return true
		}
	}
	return false
}

// objectOf returns what a call of a grower derives the context of, and the variable
// that it is or is a field of; nil if it is not known.
func (c *checker) objectOf(call *ast.CallExpr, gr grower) (ast.Expr, *types.Var) {
	var object ast.Expr
	switch {
	case gr.param == -2:
		return gr.g.target, nil
	case gr.param >= 0 && gr.param < len(call.Args):
		object = call.Args[gr.param]
		if u, ok := ast.Unparen(object).(*ast.UnaryExpr); ok {
			object = u.X
		}
	case gr.param == -1:
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			object = sel.X
		}
	}
	if object == nil || rootOf(object) == nil {
		return nil, nil
	}
	v, ok := c.pass.TypesInfo.ObjectOf(rootOf(object)).(*types.Var)
	if !ok {
		return nil, nil
	}
	return object, v
}

// call reports a call of a grower if it is in a loop, and returns the grower that the
// function around it is otherwise.
func (c *checker) call(cur inspector.Cursor, gr grower) (grower, bool) {
	call := cur.Node().(*ast.CallExpr)
	object, v := c.objectOf(call, gr)
	if object == nil {
		return grower{}, false
	}
	g := &growth{cur: cur, target: object, call: call}
	l, ok := c.loopAround(g, v)
	if !ok {
		decl, ok := c.whole(cur, object)
		if !ok {
			return grower{}, false
		}
		return c.growerIn(decl, rootOf(object), gr.g)
	}
	if c.once(cur, l, object) || c.setAnew(l, object) {
		return grower{}, false
	}
	name := types.ExprString(gr.g.target)
	d := c.diagnostic(call, l, fmt.Sprintf("%s derives %s from itself in each turn of the loop", types.ExprString(call.Fun), name))
	d.Related = append(d.Related, analysis.RelatedInformation{
		Pos: gr.g.call.Pos(), End: gr.g.call.End(), Message: fmt.Sprintf("%s is derived here", name),
	})
	c.found = append(c.found, d)
	return grower{}, false
}
