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
// it is made, those of structs that are a part of it included.
func (b *builder) referring(v, holder ssa.Value) []FieldClass {
	if mi := dynamicType(v); mi != nil {
		v = mi.X
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		return b.referringAt(v, holder)
	case *ssa.Call: // of a constructor
		fn := v.Call.StaticCallee()
		made := returnedAlloc(fn)
		for i, arg := range v.Call.Args {
			if made != nil && b.sameObject(arg, holder) {
				return b.referringAt(made, fn.Params[i])
			}
		}
	}
	return nil
}

// returnedAlloc returns what fn makes and returns, nil if it may return something else.
func returnedAlloc(fn *ssa.Function) *ssa.Alloc {
	if fn == nil {
		return nil
	}
	var made *ssa.Alloc
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			ret, ok := instr.(*ssa.Return)
			if !ok {
				continue
			}
			if len(ret.Results) != 1 {
				return nil
			}
			alloc, ok := ret.Results[0].(*ssa.Alloc)
			if !ok || made != nil && made != alloc {
				return nil
			}
			made = alloc
		}
	}
	return made
}

// referringAt is referring for the struct at addr.
func (b *builder) referringAt(addr, holder ssa.Value) []FieldClass {
	var fields []FieldClass
	for _, ref := range *addr.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok || fa.X != addr || b.assignments(addr, fa.Field) > 1 {
			continue
		}
		class, named := fieldClass(fa.X.Type(), fa.Field)
		if _, st := structOf(fa.Type()); st != nil && isStruct(class.FieldType()) {
			fields = append(fields, b.referringAt(fa, holder)...)
		}
		for _, use := range *fa.Referrers() {
			s, ok := use.(*ssa.Store)
			if !ok || !named || s.Addr != fa {
				continue
			}
			if b.sameObject(s.Val, holder) {
				fields = append(fields, class)
			} else if load, ok := s.Val.(*ssa.UnOp); ok && load.Op == token.MUL { // of a literal within a literal
				if part, ok := load.X.(*ssa.Alloc); ok && len(b.stores[part]) == 0 {
					fields = append(fields, b.referringAt(part, holder)...)
				}
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

// leadsBack reports whether the field name of p is another name of what has p in a field,
// perhaps with structs between that are a part of one another, and of which one that is.
func (in *interner) leadsBack(p Path, name string, owner *types.TypeName) (up Path, ok bool) {
	s := p.Sel
	for s != nil && s.isPart() {
		s = s.Up
	}
	if s == nil || s.Owner == nil || !in.backward[backKey{FieldClass{s.Owner, s.Name}, FieldClass{owner, name}}] {
		return up, false
	}
	return Path{p.Root, s.Up}, true
}

func isStruct(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.IsNil()
}
