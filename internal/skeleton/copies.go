package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// copied returns the parameter, result of a call or literal that v holds a copy of, nil if
// there is none, or if the two may come to differ. In go/ssa a struct that is passed
// by value, such as a receiver, moves to a variable of the function first, and so does
// one that a call returns, or that a literal makes for a variable which closures capture.
// What its channels, functions and pointers lead to is what those of the parameter lead to, as
// long as nothing is assigned to v or to a part of it; with a lock or another
// such object by value the copy has one of its own.
func (b *builder) copied(v *ssa.Alloc) ssa.Value {
	stores := b.stores[v]
	if len(stores) != 1 {
		return nil
	}
	val := stores[0].Val
	if !sharesAll(val.Type(), maxSelectors) || !b.onlyRead(v) {
		return nil
	}
	switch x := val.(type) {
	case *ssa.Parameter:
		return val
	case *ssa.UnOp:
		if !isLiteralOf(x) {
			return nil
		}
	case *ssa.Call:
	case *ssa.Extract:
		if _, ok := x.Tuple.(*ssa.Call); !ok {
			return nil
		}
	default:
		return nil
	}
	if b.path(val).Sel != nil {
		return nil // an element perhaps, of which there are more
	}
	return val
}

// isLiteralOf reports whether load is all that is done with a composite literal once its
// fields are set.
func isLiteralOf(load *ssa.UnOp) bool {
	lit, ok := load.X.(*ssa.Alloc)
	return ok && load.Op == token.MUL && lit.Comment == "complit" && !slices.ContainsFunc(*lit.Referrers(), func(ref ssa.Instruction) bool {
		fa, ok := ref.(*ssa.FieldAddr)
		return ref != load && (!ok || slices.ContainsFunc(*fa.Referrers(), func(use ssa.Instruction) bool {
			s, ok := use.(*ssa.Store)
			return !ok || s.Addr != fa
		}))
	})
}

// placedIn returns the field of another literal that the composite literal lit is the value
// of, and goes nowhere else; nil if it is not. go/ssa may make it aside before.
func placedIn(lit *ssa.Alloc) *ssa.FieldAddr {
	if lit.Comment != "complit" || lit.Referrers() == nil {
		return nil
	}
	for _, ref := range *lit.Referrers() {
		load, ok := ref.(*ssa.UnOp)
		if !ok || !isLiteralOf(load) || len(*load.Referrers()) != 1 {
			continue
		}
		s, ok := (*load.Referrers())[0].(*ssa.Store)
		if !ok || s.Val != load {
			return nil
		}
		fa, ok := s.Addr.(*ssa.FieldAddr)
		if !ok {
			return nil
		}
		if holder, ok := fa.X.(*ssa.Alloc); !ok || holder == lit || holder.Comment != "complit" {
			return nil
		}
		return fa
	}
	return nil
}

// sharesAll reports whether t is a struct that is made of nothing but references
// and plain values, so that a copy shares all that operations act on.
func sharesAll(t types.Type, depth int) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth == 0 {
		return false
	}
	for f := range st.Fields() {
		switch f.Type().Underlying().(type) {
		case *types.Basic:
		case *types.Struct:
			if !sharesAll(f.Type(), depth-1) {
				return false
			}
		default:
			if !isReference(f.Type()) {
				return false
			}
		}
	}
	return true
}

// onlyRead reports whether the struct at addr is set as a whole at most, and
// its address goes nowhere but into closures that only read it, too.
func (b *builder) onlyRead(addr ssa.Value) bool {
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			if _, whole := addr.(*ssa.Alloc); !whole || ref.Addr != addr {
				return false
			}
		case *ssa.FieldAddr:
			if !b.onlyRead(ref) {
				return false
			}
		case *ssa.MakeClosure:
			lit, _ := ref.Fn.(*ssa.Function)
			for i, bound := range ref.Bindings {
				if bound == addr && (lit == nil || i >= len(lit.FreeVars) || !b.onlyRead(lit.FreeVars[i])) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
