package chans

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// container adds a variable or field that keeps the channel as an element.
func (c *collector) container(e ast.Expr) {
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = c.info.ObjectOf(e)
	case *ast.SelectorExpr:
		obj = c.info.Uses[e.Sel]
	}
	v, ok := obj.(*types.Var)
	if !ok || !c.elems || !KeepsChans(v.Type()) {
		c.Open = true
		return
	}
	c.Kept = true
	c.add(v, false, c.made)
}

// ContainerOf returns the slice, array or map of channels whose element op acts on: by
// its index, or by a variable that is declared as that element; nil if it does not.
func ContainerOf(view *skeleton.View, root *syntax.Tree, info *types.Info, op *skeleton.Op) *types.Var {
	e := ast.Unparen(view.Operand(op))
	if id, ok := e.(*ast.Ident); ok {
		v, ok := info.Uses[id].(*types.Var)
		if !ok || v.IsField() {
			return nil
		}
		def, ok := root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
		if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
			return nil
		}
		_, i := def.ParentEdge()
		e = ast.Unparen(counterpart(def.Parent().Node().(*ast.AssignStmt), i))
	}
	ix, ok := e.(*ast.IndexExpr)
	if !ok {
		return nil
	}
	v, _ := info.Uses[symindex.LastIdent(ix.X)].(*types.Var)
	if v == nil || !KeepsChans(v.Type()) {
		return nil
	}
	return v.Origin()
}

// made notes what a container is declared with.
func (c *collector) made(id inspector.Cursor) {
	switch id.ParentEdgeKind() {
	case edge.AssignStmt_Lhs:
		_, i := id.ParentEdge()
		c.filled(counterpart(id.Parent().Node().(*ast.AssignStmt), i))
	case edge.ValueSpec_Names:
		spec := id.Parent().Node().(*ast.ValueSpec)
		if _, i := id.ParentEdge(); len(spec.Values) == len(spec.Names) {
			c.filled(spec.Values[i])
		} else if len(spec.Values) > 0 {
			c.Open = true
		}
	default:
		c.Open = true
	}
}

// KeepsChans reports whether t is a slice, array or map of channels.
func KeepsChans(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return isChan(t.Elem())
	case *types.Array:
		return isChan(t.Elem())
	case *types.Map:
		return isChan(t.Elem())
	}
	return false
}

// keeps notes what is done at one use of a container.
func (c *collector) keeps(cur inspector.Cursor) {
	parent := cur.Parent()
	switch cur.ParentEdgeKind() {
	case edge.IndexExpr_X:
		c.use(expression(parent))
	case edge.RangeStmt_X:
		if id, ok := parent.Node().(*ast.RangeStmt).Value.(*ast.Ident); ok && id.Name != "_" {
			c.variable(c.info.ObjectOf(id), false)
		}
	case edge.CallExpr_Args:
		_, i := cur.ParentEdge()
		c.handed(parent.Node().(*ast.CallExpr), i)
	case edge.AssignStmt_Lhs:
		_, i := cur.ParentEdge()
		c.filled(counterpart(parent.Node().(*ast.AssignStmt), i))
	case edge.AssignStmt_Rhs:
		as := parent.Node().(*ast.AssignStmt)
		if _, i := cur.ParentEdge(); len(as.Lhs) == len(as.Rhs) {
			c.container(as.Lhs[i])
		} else {
			c.Open = true
		}
	case edge.KeyValueExpr_Key:
		c.filled(parent.Node().(*ast.KeyValueExpr).Value)
	case edge.BinaryExpr_X, edge.BinaryExpr_Y: // compared
	default:
		c.Open = true
	}
}

// handed notes that a container is the i-th argument of a call.
func (c *collector) handed(call *ast.CallExpr, i int) {
	if c.isBuiltin(call, "len", "cap", "append", "delete", "clear") {
		return
	}
	fn := typeutil.StaticCallee(c.info, call)
	if fn == nil || !c.declares(fn.Origin()) || call.Ellipsis.IsValid() {
		c.Open = true
		return
	}
	sig := fn.Origin().Signature()
	if i >= sig.Params().Len() || sig.Variadic() && i == sig.Params().Len()-1 || !KeepsChans(sig.Params().At(i).Type()) {
		c.Open = true
		return
	}
	c.add(sig.Params().At(i), true, c.made)
}

// filled notes what a container is given as a whole.
func (c *collector) filled(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if c.isBuiltin(e, "make", "append") {
			return
		}
	case *ast.CompositeLit:
		if len(e.Elts) == 0 {
			return
		}
	case *ast.Ident:
		if !c.info.Types[e].IsNil() {
			c.container(e)
		}
		return
	case *ast.SelectorExpr:
		c.container(e)
		return
	}
	c.Open = true
}

func (c *collector) isBuiltin(call *ast.CallExpr, names ...string) bool {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return false
	}
	b, ok := c.info.Uses[id].(*types.Builtin)
	return ok && slices.Contains(names, b.Name())
}

// Holder returns the variable or field that is given the channel which made makes, perhaps as
// an element, where it is made; nil if there is none.
func (p *Package) Holder(made *skeleton.Op) *types.Var {
	node := p.Locks.View.Node(made)
	if node == nil {
		return nil
	}
	cur, ok := p.Root.FindNode(node)
	if !ok {
		return nil
	}
	var e ast.Expr
	switch cur.ParentEdgeKind() {
	case edge.AssignStmt_Rhs:
		as := cur.Parent().Node().(*ast.AssignStmt)
		if _, i := cur.ParentEdge(); i < len(as.Lhs) {
			e = as.Lhs[i]
		}
	case edge.KeyValueExpr_Value:
		e = cur.Parent().Node().(*ast.KeyValueExpr).Key
	}
	if ix, ok := e.(*ast.IndexExpr); ok {
		e = ast.Unparen(ix.X)
	}
	switch x := e.(type) {
	case *ast.Ident:
		v, _ := p.Info.ObjectOf(x).(*types.Var)
		return v
	case *ast.SelectorExpr:
		v, _ := p.Info.Uses[x.Sel].(*types.Var)
		return v
	}
	return nil
}

// Elements returns what the package does to the elements of the slice or map that f gives the
// channel ch to where it makes it, and those elements as one channel; nil if there are none, or
// if code that is not seen may have them.
func (p *Package) Elements(f *skeleton.Func, ch *Channel) (*Uses, *Channel) {
	v := p.Holder(ch.Made.Op)
	if v == nil || ch.Made.Op.Fn != f {
		return nil, nil
	}
	u := ElementsOf(p.Root, p.Index, p.Info, v)
	if u.Open {
		return nil, nil
	}
	element := elementOf(ch, u.Receives(p.Locks.View))
	if element.IsZero() {
		return nil, nil
	}
	return u, Element(p.Locks, f, ch.Path, element)
}

// Receives returns a predicate that holds for the nodes of the receives in u.
func (u *Uses) Receives(view *skeleton.View) func(*skeleton.Node) bool {
	return func(n *skeleton.Node) bool {
		return slices.ContainsFunc(u.Recvs, func(cur inspector.Cursor) bool { return cur.Node() == view.Node(n.Op) })
	}
}

// elementOf returns the path of the elements of which ch is one: that to which it is
// assigned, perhaps by an append, or from which the function receives; zero if there is
// none.
func elementOf(ch *Channel, isRecv func(*skeleton.Node) bool) skeleton.Path {
	p := ch.Path
	for n := range spawn.Nodes(ch.Graph, syncapi.Store) {
		if len(n.Args) > 0 && n.Args[0] == p && n.Res.Sel != nil && n.Res.Sel.Name == "[]" {
			p = n.Res
		}
	}
	if p != ch.Path {
		return p
	}
	for n := range spawn.Nodes(ch.Graph, syncapi.Recv) {
		if isRecv(n) {
			return n.Res
		}
	}
	return skeleton.Path{}
}
