package falsesharing

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// lineSize is the size of a cache line.
const lineSize = 64

// A place is where in memory an expression is: in the object base, at an offset
// from its start, or from that of the element at an index that is no constant.
type place struct {
	base   skeleton.Path
	offset int64
	size   int64
	slot   *ast.IndexExpr // the element, nil if there is none
	elem   int64          // its size
}

// placeOf returns where e is, the expression of the resource of n.
func (c *checker) placeOf(n *skeleton.Node, e ast.Expr) (p place, ok bool) {
	if u, isAddr := ast.Unparen(e).(*ast.UnaryExpr); isAddr && u.Op == token.AND {
		e = u.X
	}
	t := c.pass.TypesInfo.TypeOf(e)
	if t == nil || n.Res.Root == nil || isPointer(t) || !isSized(t) {
		return p, false
	}
	p.size = c.pass.TypesSizes.Sizeof(t)
	at := n.Res
	for {
		e = ast.Unparen(e)
		switch x := e.(type) {
		case *ast.SelectorExpr:
			steps, done := c.field(x, &p)
			for range steps {
				if at.Sel == nil {
					return p, false
				}
				at.Sel = at.Sel.Up
			}
			if p.base = at; done {
				return p, steps > 0
			}
			e = x.X
			continue
		case *ast.IndexExpr:
			done := c.element(x, &p)
			if at.Sel == nil || at.Sel.Name != "[]" || p.elem < 0 {
				return p, false
			}
			at.Sel = at.Sel.Up
			if p.base = at; done {
				return p, true
			}
			e = x.X
			continue
		}
		return p, p.base.Root != nil
	}
}

// field adds to p where a field is in the struct that has it. It returns how many
// fields that were, those that are embedded among them, and whether the struct is
// an object of its own, to which a pointer points.
func (c *checker) field(x *ast.SelectorExpr, p *place) (steps int, done bool) {
	sel := c.pass.TypesInfo.Selections[x]
	if sel == nil || sel.Kind() != types.FieldVal {
		return 0, true
	}
	t := sel.Recv()
	var offset int64
	for i, index := range sel.Index() {
		if ptr, ok := t.Underlying().(*types.Pointer); ok {
			if i > 0 {
				offset, p.base = 0, skeleton.Path{}
				return 0, true // of an embedded pointer
			}
			t, done = ptr.Elem(), true
		}
		s, ok := t.Underlying().(*types.Struct)
		if !ok || !isSized(s) {
			return 0, true
		}
		var fields []*types.Var
		for f := range s.Fields() {
			fields = append(fields, f)
		}
		offset += c.pass.TypesSizes.Offsetsof(fields)[index]
		t = s.Field(index).Type()
		steps++
	}
	p.offset += offset
	return steps, done
}

// element adds to p where an element is in its array or slice, and reports whether
// that is an object of its own. The size of the element is -1 if it has no place.
func (c *checker) element(x *ast.IndexExpr, p *place) (done bool) {
	t := c.pass.TypesInfo.TypeOf(x.X).Underlying()
	if ptr, ok := t.(*types.Pointer); ok {
		t, done = ptr.Elem().Underlying(), true
	}
	var elem types.Type
	switch t := t.(type) {
	case *types.Array:
		elem = t.Elem()
	case *types.Slice:
		elem, done = t.Elem(), true
	default:
		p.elem = -1
		return true
	}
	if !isSized(elem) {
		p.elem = -1
		return true
	}
	size := c.pass.TypesSizes.Sizeof(elem)
	if tv := c.pass.TypesInfo.Types[x.Index]; tv.Value != nil {
		if i, ok := constant.Int64Val(tv.Value); ok {
			p.offset += i * size
			return done
		}
	}
	if p.slot != nil {
		p.elem = -1 // a matrix, whose rows are worked on
		return true
	}
	p.slot, p.elem = x, size
	return true
}

// isSized reports whether the size of values of type t is known: no type parameter
// is a part of them.
func isSized(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam, *types.Tuple:
		return false
	case *types.Named:
		return isSized(t.Underlying())
	case *types.Array:
		return isSized(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !isSized(f.Type()) {
				return false
			}
		}
	case *types.Basic:
		return t.Kind() != types.Invalid
	}
	return true
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
