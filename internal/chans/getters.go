package chans

import (
	"go/ast"
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/implements"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Holder is [Variable], and if op acts on what a function of the package returns, which
// has nothing but one field or variable to return, that one.
func Holder(view *skeleton.View, root *syntax.Tree, info *types.Info, op *skeleton.Op) *types.Var {
	if v := Variable(view, info, op); v != nil {
		return v
	}
	call, ok := ast.Unparen(view.Operand(op)).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := typeutil.StaticCallee(info, call)
	if fn == nil {
		return nil
	}
	decl := root.Decl(fn)
	if decl == nil || decl.Body == nil {
		return nil
	}
	var of *types.Var
	for _, e := range returnedBy(decl, 0) {
		if info.Types[e].IsNil() {
			continue
		}
		v := Named(info, e)
		if v == nil || of != nil && v != of {
			return nil
		}
		of = v
	}
	return of
}

// returnedBy returns what the return statements of decl return as the i-th result: nil for
// one that names nothing, and the call if it hands on the results of one.
func returnedBy(decl *ast.FuncDecl, i int) (es []ast.Expr) {
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			switch len(ret.Results) {
			case 0:
				es = append(es, nil)
			case 1:
				es = append(es, ret.Results[0])
			default:
				es = append(es, ret.Results[i])
			}
		}
		_, isLit := n.(*ast.FuncLit)
		return !isLit
	})
	return es
}

// returned notes that the channel is the i-th result of the function around ret: whoever
// calls that has it.
func (c *collector) returned(ret inspector.Cursor, i int) {
	var fn *types.Func
	for at := range ret.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if decl, ok := at.Node().(*ast.FuncDecl); ok {
			fn, _ = c.info.Defs[decl.Name].(*types.Func)
		}
		break
	}
	if fn == nil || c.index.Public(fn) || implements.Any(fn) {
		c.Open = true
		return
	}
	result := fn.Signature().Results().At(i)
	if c.returns[result] {
		return
	}
	if c.returns == nil {
		c.returns = make(map[*types.Var]bool)
	}
	c.returns[result] = true
	if !c.index.Used(fn) {
		c.Open = true // as for callers that are yet to come
	}
	for use := range c.index.Uses(fn) {
		cur := expression(use)
		if cur.ParentEdgeKind() != edge.CallExpr_Fun {
			c.Open = true
			return
		}
		switch call := expression(cur.Parent()); {
		case call.ParentEdgeKind() == edge.ExprStmt_X:
		case fn.Signature().Results().Len() == 1:
			c.use(call)
		default:
			c.oneOf(call, i)
		}
	}
}

// oneOf notes that the channel is the i-th of the results of a call that has several.
func (c *collector) oneOf(call inspector.Cursor, i int) {
	switch parent := call.Parent().Node().(type) {
	case *ast.AssignStmt:
		c.to(parent.Lhs[i])
	case *ast.ValueSpec:
		c.variable(c.info.Defs[parent.Names[i]], false)
	case *ast.ReturnStmt:
		c.returned(call.Parent(), i)
	default:
		c.Open = true
	}
}

// maxCallers bounds by how many calls the size of a channel is followed to its callers, and
// what makes it is looked for.
const maxCallers = 3

// Capacity returns the most that the channels have room for which make makes, not known
// if that is not a constant, nor a parameter that each caller gives a constant.
func (p *Package) Capacity(make *ast.CallExpr) (n int64, known bool) {
	if len(make.Args) < 2 {
		return 0, true
	}
	return p.constant(make.Args[1], maxCallers)
}

// constant returns the most that e is, by so many levels of callers.
func (p *Package) constant(e ast.Expr, levels int) (n int64, known bool) {
	if v := p.Info.Types[e].Value; v != nil {
		return constant.Int64Val(constant.ToInt(v))
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok || levels == 0 {
		return 0, false
	}
	v, ok := p.Info.Uses[id].(*types.Var)
	if !ok {
		return 0, false
	}
	fn, i := p.paramOf(v)
	if fn == nil || p.Index.Public(fn) || implements.Any(fn) || p.assigned(v) {
		return 0, false
	}
	calls := 0
	for use := range p.Index.Uses(fn) {
		cur := expression(use)
		if cur.ParentEdgeKind() != edge.CallExpr_Fun {
			return 0, false
		}
		call := cur.Parent().Node().(*ast.CallExpr)
		if i >= len(call.Args) {
			return 0, false
		}
		m, ok := p.constant(call.Args[i], levels-1)
		if !ok {
			return 0, false
		}
		n = max(n, m)
		calls++
	}
	return n, calls > 0
}

// paramOf returns the function whose parameter v is, with its index; nil if it is none of
// a declared function, or takes what is left of the arguments.
func (p *Package) paramOf(v *types.Var) (fn *types.Func, i int) {
	def, ok := p.Root.FindByPos(v.Pos(), v.Pos())
	if !ok || def.ParentEdgeKind() != edge.Field_Names {
		return nil, 0
	}
	for at := range def.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := at.Node().(*ast.FuncDecl)
		if !ok {
			return nil, 0
		}
		fn, _ := p.Info.Defs[decl.Name].(*types.Func)
		if fn == nil || fn.Signature().Variadic() {
			return nil, 0
		}
		for i := range fn.Signature().Params().Len() {
			if fn.Signature().Params().At(i) == v {
				return fn, i
			}
		}
		return nil, 0
	}
	return nil, 0
}

// assigned reports whether v is given another value than that it starts with.
func (p *Package) assigned(v *types.Var) bool {
	for use := range p.Index.Uses(v) {
		switch use.ParentEdgeKind() {
		case edge.AssignStmt_Lhs, edge.IncDecStmt_X, edge.UnaryExpr_X, edge.RangeStmt_Key, edge.RangeStmt_Value:
			return true
		}
	}
	return false
}
