package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// backward knows the fields of objects that lead back to what keeps those objects.
type backward struct {
	fields map[keeping][]FieldClass
	all    bool // they have all been found
}

// keeping is how an object is kept: in a field, or as an element of what a field has.
type keeping struct {
	field   FieldClass
	element bool
}

// back is what the fields are that lead back from a path, and to which part of the path.
type back struct {
	fields []FieldClass
	to     *Sel
}

// findBackward notes the fields that lead back: those of an object that is made
// for a field of another one, or for an element of it, and refers to that. x.child.parent
// is another name of x then, if all that the package assigns to child refers to what has
// it. (A may-analysis: what replaces the parent of a child elsewhere ends that.)
func (b *builder) findBackward() {
	b.backward.fields = make(map[keeping][]FieldClass)
	for class, stores := range b.fields {
		b.backwardFrom(class, stores, false)
	}
	for class, stores := range b.members {
		if !slices.ContainsFunc(b.fields[class], func(s fieldStore) bool { return !b.startsEmpty(class, s) }) {
			b.backwardFrom(class, stores, true)
		}
	}
	b.backward.all = true
}

func (b *builder) backwardFrom(class FieldClass, stores []fieldStore, element bool) {
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
			at := keeping{class, element}
			b.backward.fields[at] = append(b.backward.fields[at], field)
		}
	}
}

// startsEmpty reports whether s assigns to the field a map or slice that has no
// elements yet, or what the field had before, with more or fewer.
func (b *builder) startsEmpty(class FieldClass, s fieldStore) bool {
	if isNil(s.value) {
		return true
	}
	switch v := s.value.(type) {
	case *ssa.MakeMap:
		return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool { _, ok := ref.(*ssa.MapUpdate); return ok })
	case *ssa.MakeSlice:
		return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool { _, ok := ref.(*ssa.IndexAddr); return ok })
	case *ssa.Call:
		fn, ok := v.Call.Value.(*ssa.Builtin)
		if !ok || fn.Name() != "append" {
			return false
		}
		from, _, known := containerOf(v.Call.Args[0])
		return known && from == class
	case *ssa.Slice:
		from, _, ok := containerOf(v.X)
		return ok && from == class
	}
	return false
}

// containerOf returns the field that the map, slice or array v, or the array at v, is read
// from, and what holds the field.
func containerOf(v ssa.Value) (class FieldClass, holder ssa.Value, ok bool) {
	if s, isSlice := v.(*ssa.Slice); isSlice {
		v = s.X
	}
	if load, isLoad := v.(*ssa.UnOp); isLoad && load.Op == token.MUL {
		v = load.X
	}
	fa, ok := v.(*ssa.FieldAddr)
	if !ok {
		return FieldClass{}, nil, false
	}
	class, ok = fieldClass(fa.X.Type(), fa.Field)
	return class, fa.X, ok
}

// scanMember notes that value becomes an element of what a field has.
func (b *builder) scanMember(container, value ssa.Value) {
	if class, holder, ok := containerOf(container); ok {
		b.members[class] = append(b.members[class], fieldStore{holder: holder, value: value})
	}
}

// scanAppend notes what is appended to a slice that a field has.
func (b *builder) scanAppend(call *ssa.Call) {
	fn, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || fn.Name() != "append" || len(call.Call.Args) != 2 {
		return
	}
	into, more := call.Call.Args[0], call.Call.Args[1]
	array := varargs(more)
	if array == nil {
		class, _, _ := containerOf(into)
		if from, _, ok := containerOf(more); !ok || from != class {
			b.scanMember(into, more) // which refers to nothing
		}
		return
	}
	for _, v := range listed(array) {
		b.scanMember(into, v)
	}
}

// referring returns the fields of the new object v that are assigned holder, where
// it is made, perhaps in a function that is handed holder; those of structs that are a
// part of it included.
func (b *builder) referring(v, holder ssa.Value) []FieldClass {
	if mi := dynamicType(v); mi != nil {
		v = mi.X
	}
	switch v := v.(type) {
	case *ssa.Alloc:
		return b.assigned(v, func(val ssa.Value) bool { return b.sameObject(val, holder) })
	case *ssa.Call:
		return b.referringResult(v, holder)
	}
	return nil
}

// referringResult returns the fields of the new object that a call returns which are
// assigned the parameter that holder is passed for.
func (b *builder) referringResult(call *ssa.Call, holder ssa.Value) []FieldClass {
	fn := call.Call.StaticCallee()
	i := slices.IndexFunc(call.Call.Args, func(a ssa.Value) bool { return b.sameObject(a, holder) })
	if fn == nil || fn.Pkg != b.pkg || i < 0 || i >= len(fn.Params) || fn.Signature.Results().Len() != 1 {
		return nil
	}
	var fields []FieldClass
	first := true
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || isNil(ret.Results[0]) {
			continue
		}
		made, ok := ret.Results[0].(*ssa.Alloc)
		if !ok {
			return nil
		}
		of := b.assigned(made, func(val ssa.Value) bool { return b.sameObject(val, fn.Params[i]) })
		if !first {
			of = slices.DeleteFunc(of, func(f FieldClass) bool { return !slices.Contains(fields, f) })
		}
		fields, first = of, false
	}
	return fields
}

// assigned returns the fields of the struct at addr that are assigned once where it is
// made, and what is one for which is holds.
func (b *builder) assigned(addr ssa.Value, is func(ssa.Value) bool) []FieldClass {
	var fields []FieldClass
	for _, ref := range *addr.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok || fa.X != addr || b.assignments(addr, fa.Field) > 1 {
			continue
		}
		class, named := fieldClass(fa.X.Type(), fa.Field)
		if _, st := structOf(fa.Type()); st != nil && isStruct(class.FieldType()) {
			fields = append(fields, b.assigned(fa, is)...)
		}
		for _, use := range *fa.Referrers() {
			s, ok := use.(*ssa.Store)
			if !ok || !named || s.Addr != fa {
				continue
			}
			if is(s.Val) {
				fields = append(fields, class)
			} else if load, ok := s.Val.(*ssa.UnOp); ok && load.Op == token.MUL { // of a literal within a literal
				if part, ok := load.X.(*ssa.Alloc); ok && len(b.stores[part]) == 0 {
					fields = append(fields, b.assigned(part, is)...)
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
// or as an element of what a field has,
// perhaps with structs between that are a part of one another, and of which one that is.
func (in *interner) leadsBack(p Path, name string, owner *types.TypeName) (up Path, ok bool) {
	if p.Sel == nil {
		return Path{}, false
	}
	b := p.Sel.back
	if b == nil {
		b = in.backFrom(p.Sel)
		if in.backward.all {
			p.Sel.back = b
		}
	}
	for _, field := range b.fields {
		if field.Type == owner && field.Field == name {
			return Path{p.Root, b.to}, true
		}
	}
	return Path{}, false
}

// leadsOn reports whether no field of s leads back: behind any root, s is what
// extending it step by step comes to, but for what is known of the root.
func (in *interner) leadsOn(s *Sel) bool {
	if s.Up == nil || s.on {
		return true
	}
	if !in.backward.all || !in.leadsOn(s.Up) {
		return false
	}
	_, leads := in.leadsBack(Path{Sel: s.Up}, s.Name, s.Owner)
	s.on = !leads
	return s.on
}

// nowhere is where most paths lead back to.
var nowhere = new(back)

// backFrom returns where the fields of what s selects lead back to.
func (in *interner) backFrom(s *Sel) *back {
	for s != nil && s.isPart() {
		s = s.Up
	}
	element := s != nil && s.Name == "[]" && s.Up != nil
	if element {
		s = s.Up
	}
	if s == nil || s.Owner == nil {
		return nowhere
	}
	fields := in.backward.fields[keeping{FieldClass{s.Owner, s.Name}, element}]
	if len(fields) == 0 {
		return nowhere
	}
	return &back{fields, s.Up}
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
