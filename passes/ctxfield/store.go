package ctxfield

import (
	"fmt"
	"go/ast"
	"go/types"
)

// stores returns the places where a context is stored in a field whose type
// does not tell: any, or another interface, or a container of such.
func (c *checker) stores() []*holder {
	var holders []*holder
	add := func(h *holder) {
		if h != nil && !c.inTest(h.pos) {
			holders = append(holders, h)
		}
	}
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil), (*ast.CompositeLit)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			if len(n.Lhs) == len(n.Rhs) {
				for i, lhs := range n.Lhs {
					add(c.assigned(lhs, n.Rhs[i]))
				}
			}
		case *ast.CompositeLit:
			for _, h := range c.composed(n) {
				add(h)
			}
		case *ast.CallExpr:
			add(c.handed(n))
		}
	}
	return holders
}

// assigned returns the store that an assignment makes: s.f = ctx, s.f[i] =
// ctx, or s.f = append(s.f, ctx).
func (c *checker) assigned(lhs, rhs ast.Expr) *holder {
	sel := fieldOf(lhs)
	if sel == nil {
		return nil
	}
	if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok && c.pass.TypesInfo.Types[call.Fun].IsBuiltin() && len(call.Args) > 1 {
		for _, arg := range call.Args[1:] {
			if h := c.store(sel, arg); h != nil {
				return h
			}
		}
		return nil
	}
	return c.store(sel, rhs)
}

// composed returns the stores that the elements of a struct literal make.
func (c *checker) composed(lit *ast.CompositeLit) []*holder {
	t := c.pass.TypesInfo.TypeOf(lit).Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem().Underlying() // {…} stands for &T{…}
	}
	str, ok := t.(*types.Struct)
	if !ok {
		return nil
	}
	owner, _ := keyOf(c.pass.TypesInfo.TypeOf(lit))
	var holders []*holder
	for i, element := range lit.Elts {
		var field *types.Var
		value := element
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			value = kv.Value
			if key, ok := kv.Key.(*ast.Ident); ok {
				field, _ = c.pass.TypesInfo.Uses[key].(*types.Var)
			}
		} else {
			field = str.Field(i)
		}
		if field != nil && c.untold(field, value) {
			holders = append(holders, newStore(owner, field, element))
		}
	}
	return holders
}

// keepers are the methods by which the containers of the standard library
// that hold values of any type are given one, by package path.
var keepers = map[string]map[string]bool{
	"sync":           {"Store": true, "LoadOrStore": true, "Swap": true, "CompareAndSwap": true},
	"sync/atomic":    {"Store": true, "Swap": true, "CompareAndSwap": true},
	"container/list": {"PushBack": true, "PushFront": true, "InsertBefore": true, "InsertAfter": true},
}

// handed returns the store that a call of a method of a field makes:
// s.f.Store(ctx).
func (c *checker) handed(call *ast.CallExpr) *holder {
	fun, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	method, ok := c.pass.TypesInfo.Uses[fun.Sel].(*types.Func)
	if !ok || method.Pkg() == nil || !keepers[method.Pkg().Path()][method.Name()] || method.Signature().Recv() == nil {
		return nil
	}
	sel := fieldOf(fun.X)
	if sel == nil {
		return nil
	}
	for _, arg := range call.Args {
		if h := c.store(sel, arg); h != nil {
			h.pos, h.end = call.Pos(), call.End()
			return h
		}
	}
	return nil
}

// store returns the store of a value in the field that sel selects, if the
// value is a context and the type of the field does not tell.
func (c *checker) store(sel *ast.SelectorExpr, value ast.Expr) *holder {
	selection := c.pass.TypesInfo.Selections[sel]
	if selection == nil || selection.Kind() != types.FieldVal {
		return nil
	}
	field := selection.Obj().(*types.Var)
	if !c.untold(field, value) {
		return nil
	}
	return newStore(ownerOfField(selection), field, sel)
}

// ownerOfField returns the struct type that declares the selected field, which
// may be one that the operand embeds.
func ownerOfField(selection *types.Selection) types.Type {
	owner := selection.Recv()
	for _, i := range selection.Index()[:len(selection.Index())-1] {
		key, _ := keyOf(owner)
		if key == nil {
			break
		}
		owner = key.Underlying().(*types.Struct).Field(i).Type()
	}
	if key, _ := keyOf(owner); key != nil {
		return key
	}
	return owner
}

func newStore(owner types.Type, field *types.Var, at ast.Node) *holder {
	return &holder{
		pos:     at.Pos(),
		end:     at.End(),
		owner:   owner,
		field:   field,
		message: fmt.Sprintf("a context is stored in field %s of %s", field.Name(), nameOf(owner)),
	}
}

// untold reports whether a value has a context in it, for which the type of
// the field has no room by its declaration.
func (c *checker) untold(field *types.Var, value ast.Expr) bool {
	if holds(field.Origin().Type()) || holds(field.Type()) {
		return false
	}
	value = ast.Unparen(value)
	if t := c.pass.TypesInfo.TypeOf(value); t != nil && isContext(t) {
		return true
	}
	lit, ok := value.(*ast.CompositeLit)
	if !ok {
		return false
	}
	switch c.pass.TypesInfo.TypeOf(lit).Underlying().(type) {
	case *types.Slice, *types.Array, *types.Map:
	default:
		return false // a struct, which is looked at by itself
	}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			element = kv.Value
		}
		if c.untold(field, element) {
			return true
		}
	}
	return false
}

// fieldOf returns the selection by which an operand is a field, or an element
// of one.
func fieldOf(e ast.Expr) *ast.SelectorExpr {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}
