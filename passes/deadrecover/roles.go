package deadrecover

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A role is what becomes of a function. Of two uses, the greater role counts.
type role uint8

const (
	called   role = iota // all that is done to it is to call it, if anything
	outside              // code that is not seen may have it
	deferred             // it is deferred
	started              // it starts a goroutine; of no function
)

// A use is what becomes of a function, and where.
type use struct {
	role role
	at   ast.Node // a call, nil if there is none
}

func (u use) and(v use) use {
	if v.role > u.role || v.role == u.role && u.at == nil {
		return v
	}
	return u
}

// function returns what becomes of the function at fn.
func (c *checker) function(fn inspector.Cursor) use {
	decl, ok := fn.Node().(*ast.FuncDecl)
	if !ok {
		return c.value(fn)
	}
	obj, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	if !ok {
		return use{role: outside}
	}
	if obj.Name() == "init" || obj.Name() == "_" {
		return use{}
	}
	u := c.uses(obj)
	if u.role == called && (c.visible(obj) || u.at == nil && len(c.pass.IgnoredFiles) > 0) {
		return use{role: outside}
	}
	if u.role == called && decl.Recv != nil {
		u = u.and(c.byInterface(obj))
	}
	return u
}

// visible reports whether code of other packages may call a function.
func (c *checker) visible(fn *types.Func) bool {
	if !fn.Exported() {
		return false
	}
	return c.pass.Pkg.Name() != "main" || fn.Signature().Recv() != nil
}

// uses returns what becomes of an object that is a function, or holds one.
func (c *checker) uses(obj types.Object) use {
	if c.seen[obj] {
		return use{}
	}
	c.seen[obj] = true
	defer delete(c.seen, obj)
	var u use
	for id := range c.index.Uses(obj) {
		u = u.and(c.value(id))
	}
	return u
}

// byInterface returns what becomes of the methods of interfaces of the package that
// the method fn may implement.
func (c *checker) byInterface(fn *types.Func) use {
	var u use
	for _, obj := range c.pass.TypesInfo.Defs {
		m, ok := obj.(*types.Func)
		if ok && m != fn && m.Name() == fn.Name() && m.Signature().Recv() != nil && types.IsInterface(m.Signature().Recv().Type()) {
			u = u.and(c.uses(m))
		}
	}
	return u
}

// value returns what becomes of the function that is the value of the expression at
// cur, or the name of which is.
func (c *checker) value(cur inspector.Cursor) use {
	for {
		switch cur.ParentEdgeKind() {
		case edge.SelectorExpr_Sel, edge.ParenExpr_X, edge.IndexExpr_X, edge.IndexListExpr_X:
			cur = cur.Parent()
			continue
		}
		break
	}
	parent := cur.Parent()
	kind, i := cur.ParentEdge()
	switch kind {
	case edge.CallExpr_Fun:
		if parent.ParentEdgeKind() == edge.DeferStmt_Call {
			return use{role: deferred}
		}
		return use{at: parent.Node()}
	case edge.CallExpr_Args:
		return c.argument(parent.Node().(*ast.CallExpr), i)
	case edge.AssignStmt_Lhs:
		return use{} // another value
	case edge.AssignStmt_Rhs:
		as := parent.Node().(*ast.AssignStmt)
		if len(as.Lhs) == len(as.Rhs) {
			return c.variable(as.Lhs[i])
		}
	case edge.ValueSpec_Values:
		if spec := parent.Node().(*ast.ValueSpec); i < len(spec.Names) {
			return c.variable(spec.Names[i])
		}
	case edge.KeyValueExpr_Key:
		return use{}
	case edge.KeyValueExpr_Value:
		return c.variable(parent.Node().(*ast.KeyValueExpr).Key)
	case edge.BinaryExpr_X, edge.BinaryExpr_Y: // compared with nil
		return use{}
	}
	return use{role: outside}
}

// variable returns what becomes of the function that e is given.
func (c *checker) variable(e ast.Expr) use {
	id := symindex.LastIdent(e)
	if id == nil {
		return use{role: outside}
	}
	if id.Name == "_" {
		return use{}
	}
	v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return use{role: outside}
	}
	shared := v.IsField() || v.Parent() == c.pass.Pkg.Scope()
	if v.Pkg() != c.pass.Pkg || shared && v.Exported() {
		return use{role: outside}
	}
	return c.uses(v.Origin())
}

// argument returns what becomes of a function that is the i-th argument of a call.
func (c *checker) argument(call *ast.CallExpr, i int) use {
	fn := typeutil.StaticCallee(c.pass.TypesInfo, call)
	if fn == nil {
		return use{role: outside}
	}
	fn = fn.Origin()
	sig := fn.Signature()
	if effect := syncapi.EffectOf(fn); effect != nil {
		operand := i
		if sig.Recv() != nil {
			operand++
		}
		for _, cb := range effect.Calls {
			if cb.Arg == operand {
				return use{at: call}
			}
		}
	}
	if !c.isHere(fn.Pos()) || i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 {
		return use{role: outside}
	}
	return c.uses(sig.Params().At(i))
}

func (c *checker) isHere(pos token.Pos) bool {
	_, ok := c.root.FindByPos(pos, pos)
	return ok
}
