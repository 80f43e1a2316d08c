package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A backKey is a field of an object that is kept in a field.
type backKey struct{ kept, field FieldClass }

// findBackward notes the fields that lead back: those of an object that is made
// for a field of another one, and refers to that. x.child.parent is another name of
// x then, if all that the package assigns to child refers to what has it. (A
// may-analysis: what replaces the parent of a child elsewhere ends that.)
func (b *builder) findBackward() {
	b.backward = make(map[backKey]bool)
	for class, stores := range b.fields {
		counts, made := make(map[FieldClass]int), 0
		for _, s := range stores {
			if isNil(s.value) {
				continue
			}
			made++
			for _, field := range b.referring(s.value, s.holder) {
				counts[field]++
			}
		}
		for field, n := range counts {
			if n == made && !b.assignedLater(field) {
				b.backward[backKey{class, field}] = true
			}
		}
	}
}

// referring returns the fields of the new object v that are assigned holder, where
// it is made.
func (b *builder) referring(v, holder ssa.Value) []FieldClass {
	if mi := dynamicType(v); mi != nil {
		v = mi.X
	}
	alloc, ok := v.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var fields []FieldClass
	for _, ref := range *alloc.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		class, named := fieldClass(fa.X.Type(), fa.Field)
		for _, use := range *fa.Referrers() {
			if s, ok := use.(*ssa.Store); ok && named && s.Addr == fa && b.sameObject(s.Val, holder) && b.assignments(alloc, fa.Field) == 1 {
				fields = append(fields, class)
			}
		}
	}
	return fields
}

// Lent reports whether a field is a reference to what others may know by another name:
// it is assigned something else than what is new there, or belongs to a type of another
// package. (It errs to true.)
func (v *View) Lent(class FieldClass) bool {
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f.Name() == class.Field {
			return isReference(f.Type()) && (class.Type.Pkg() != v.pass.Pkg || v.lent[class])
		}
	}
	return false
}

// findLent notes the fields that are assigned references to what is not new.
func (b *builder) findLent() {
	b.lent = make(map[FieldClass]bool)
	for class, stores := range b.fields {
		b.lent[class] = slices.ContainsFunc(stores, func(s fieldStore) bool {
			alloc, isNew := s.value.(*ssa.Alloc)
			return !isNil(s.value) && (!isNew || !alloc.Heap)
		})
	}
}

// ofHolder reports whether a function that is stored in a field is a method of
// what has the field.
func (b *builder) ofHolder(s fieldStore) bool {
	mc, ok := s.value.(*ssa.MakeClosure)
	if !ok || len(mc.Bindings) != 1 {
		return false
	}
	fn, ok := mc.Fn.(*ssa.Function)
	return ok && b.funcs[fn] == nil && b.sameObject(mc.Bindings[0], s.holder)
}

// sameObject reports whether v and w are one pointer, perhaps read twice from a
// captured variable that is assigned once.
func (b *builder) sameObject(v, w ssa.Value) bool {
	if v == w {
		return true
	}
	x, ok := v.(*ssa.UnOp)
	y, also := w.(*ssa.UnOp)
	if !ok || !also || x.Op != token.MUL || y.Op != token.MUL {
		return false
	}
	cell := b.cell(x.X)
	return cell != nil && cell == b.cell(y.X) && len(b.stores[cell]) == 1
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}
