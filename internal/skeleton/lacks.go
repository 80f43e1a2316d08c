package skeleton

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// lacking are fields of channel types that nothing gives a channel, in an object made
// at pos: the package assigns them to other objects only, each where that is made.
type lacking struct {
	pos    token.Pos
	fields map[string]bool
}

// Lacks reports whether p is a field of channel type which nothing gives a channel in the
// object that it is a field of, and where that is made. It is a must-analysis, but for
// what is assigned by reflection.
func (p Path) Lacks() (made token.Pos, ok bool) {
	if p.Root == nil || p.Sel == nil || p.Sel.Up != nil || p.Sel.Owner == nil {
		return token.NoPos, false
	}
	l := p.Root.Origin().lacks
	if l == nil || !l.fields[p.Sel.Name] {
		return token.NoPos, false
	}
	return l.pos, true
}

// LacksAny reports whether there are fields that the object which r stands for lacks.
func (r *Root) LacksAny() bool { return r.Origin().lacks != nil }

// findLacking notes what the struct lacks that v holds, which r stands for.
func (b *builder) findLacking(v *ssa.Alloc, r *Root) {
	owner, st := structOf(r.Type)
	if st == nil || owner == nil || owner.Pkg() != b.pass.Pkg || b.copiedOver[owner] || v.Referrers() == nil {
		return
	}
	for field := range st.Fields() {
		if _, isChan := field.Type().Underlying().(*types.Chan); !isChan || field.Exported() || b.gives(FieldClass{owner, field.Name()}, v) {
			continue
		}
		if r.lacks == nil {
			r.lacks = &lacking{v.Pos(), make(map[string]bool)}
		}
		r.lacks.fields[field.Name()] = true
	}
	if r.lacks == nil {
		return
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v {
				r.lacks = nil // it is a copy
				return
			}
		case *ssa.FieldAddr:
			if !onlyLoaded(ref) {
				delete(r.lacks.fields, st.Field(ref.Field).Name())
			}
		}
	}
}

// gives reports whether a field may be assigned in the object that v holds.
func (b *builder) gives(class FieldClass, v *ssa.Alloc) bool {
	for _, s := range b.fields[class] {
		if s.base == nil || s.base == ssa.Value(v) {
			return true
		}
	}
	return false
}

// onlyLoaded reports whether nothing else is done with an address than to load from it.
func onlyLoaded(addr *ssa.FieldAddr) bool {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if ref.Op != token.MUL {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// scanCopy notes that an object of a struct type is assigned as a whole, where that
// is not a variable of the function.
func (b *builder) scanCopy(s *ssa.Store) {
	if _, isAlloc := s.Addr.(*ssa.Alloc); isAlloc {
		return
	}
	if owner, st := structOf(s.Val.Type()); st != nil && owner != nil {
		if _, isStruct := s.Val.Type().Underlying().(*types.Struct); isStruct {
			b.copiedOver[owner] = true
		}
	}
}
