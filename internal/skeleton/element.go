package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// An elementKey tells an element of a map, slice or array from others, as long as
// control does not come to where it is picked again.
type elementKey struct {
	of    any // the path of the whole, or the value if that may be one of several
	which any // the index, or what yields the element
}

// Element returns a number that operations of a function have in common if they act
// on one and the same element of a map, slice or array, or on a part of it, whose
// path is that of all elements; 0 if that is not known, or if the element has got
// another name, by which others may act on it.
func (o *Op) Element() int { return o.element }

// Index returns by what the element of a map, slice or array is picked that n acts on, or
// on a part of: nodes that act on one resource by one index act on the same element, unless
// a loop has given the index another value between. It is zero if that is not known.
func (n *Node) Index() Path {
	if n.Op == nil {
		return Path{}
	}
	p := n.Frame.subst(n.Op.index)
	if p.Root == nil || p.Sel != nil || p.Root.Kind == Local || p.Root.Kind == Global {
		return Path{} // what is in memory may change
	}
	return p
}

// indexOf returns the path of the index by which the element is picked that v is, or is
// a part of, zero if it is picked by more than one.
func (b *builder) indexOf(v ssa.Value) Path {
	var index ssa.Value
	for {
		if whole, ok := holding(v); ok {
			v = whole
			continue
		}
		var of, i ssa.Value
		switch x := v.(type) {
		case *ssa.IndexAddr:
			of, i = x.X, x.Index
		case *ssa.Lookup:
			of, i = x.X, x.Index
		case *ssa.UnOp:
			return Path{}
		default:
			if index == nil || !b.path(v).one() {
				return Path{}
			}
			return b.path(index)
		}
		if index != nil {
			return Path{}
		}
		v, index = of, i
	}
}

// holding returns what v is a field of, or is loaded from; not ok if it is neither.
func holding(v ssa.Value) (whole ssa.Value, ok bool) {
	switch x := v.(type) {
	case *ssa.FieldAddr:
		return x.X, true
	case *ssa.Field:
		return x.X, true
	case *ssa.UnOp:
		return x.X, x.Op == token.MUL
	}
	return nil, false
}

// elementOf returns the number of the element that v is, or is a part of.
func (b *builder) elementOf(v ssa.Value) int {
	for {
		if !confined(v) {
			return 0
		}
		whole, ok := holding(v)
		if !ok {
			break
		}
		v = whole
	}
	switch x := v.(type) {
	case *ssa.IndexAddr:
		return b.element(x.X, x.Index)
	case *ssa.Lookup:
		return b.element(x.X, x.Index)
	case *ssa.Extract:
		switch t := x.Tuple.(type) {
		case *ssa.Lookup:
			return b.element(t.X, t.Index)
		case *ssa.Next:
			if r, ok := t.Iter.(*ssa.Range); ok {
				return b.element(r.X, t)
			}
		}
	}
	return 0
}

func (b *builder) element(of, index ssa.Value) int {
	k := elementKey{of, index}
	if p := b.path(of); p.IsOne() {
		k.of = p
	}
	if c, ok := index.(*ssa.Const); ok && c.Value != nil {
		k.which = c.Value.ExactString()
	}
	n, ok := b.elements[k]
	if !ok {
		n = len(b.elements) + 1
		b.elements[k] = n
	}
	return n
}

// confined reports whether v is only looked at, and handed to calls: it gets no
// other name in its function.
func confined(v ssa.Value) bool {
	if v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == v {
				return false
			}
		case *ssa.Phi, *ssa.MakeInterface, *ssa.MakeClosure, *ssa.Return, *ssa.Send, *ssa.MapUpdate, *ssa.Go, *ssa.ChangeType, *ssa.Convert:
			return false
		}
	}
	return true
}
