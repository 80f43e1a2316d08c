package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A gathering looks for what a slice or map has been given that a function makes anew: a
// snapshot of what another one keeps, or what a loop has picked from there. The container
// is memory of its own, but its elements are those of the other one.
type gathering struct {
	b    *builder
	seen map[ssa.Value]bool
	from Path // what all elements seen so far are
}

// gathered returns the path of what all elements of the container v are that another
// container keeps, zero if v is no such copy.
func (b *builder) gathered(v ssa.Value) Path {
	if p, ok := b.copies[v]; ok {
		return p
	}
	b.copies[v] = Path{} // while it is at work
	g := &gathering{b: b, seen: make(map[ssa.Value]bool)}
	if g.container(v) && !b.takes(v.Parent(), g.from) {
		b.copies[v] = g.from
	}
	return b.copies[v]
}

// takes reports whether fn empties the container that has the elements at p, or gives it
// others: then what fn has picked from there is its own.
func (b *builder) takes(fn *ssa.Function, p Path) bool {
	if fn == nil || p.Root == nil {
		return false
	}
	sel := p.Sel
	for sel.Name != "[]" {
		sel = sel.Up
	}
	whole := Path{Root: p.Root, Sel: sel.Up}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if _, isField := instr.Addr.(*ssa.FieldAddr); isField && b.path(instr.Addr) == whole {
					return true
				}
			case *ssa.Call:
				fn, ok := instr.Call.Value.(*ssa.Builtin)
				if ok && (fn.Name() == "delete" || fn.Name() == "clear") && b.path(instr.Call.Args[0]) == whole {
					return true
				}
			}
		}
	}
	return false
}

// container notes the elements of v. It reports whether all of them are known.
func (g *gathering) container(v ssa.Value) bool {
	if g.seen[v] {
		return true
	}
	g.seen[v] = true
	return g.source(v) && g.filled(v)
}

// source notes the elements that v has from where it comes.
func (g *gathering) source(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Const:
		return v.IsNil()
	case *ssa.MakeMap:
		return true
	case *ssa.MakeSlice:
		n, known := intConst(v.Len)
		return known && n == 0 || g.copiedTo(v)
	case *ssa.Phi:
		for _, e := range v.Edges {
			if !g.container(e) {
				return false
			}
		}
		return true
	case *ssa.Slice:
		if n, known := intConst(v.High); v.High != nil && known && n == 0 {
			return true
		}
		if _, isArray := v.X.(*ssa.Alloc); isArray {
			return g.filled(v.X)
		}
		return g.container(v.X)
	case *ssa.ChangeType:
		return g.container(v.X)
	case *ssa.UnOp:
		return v.Op == token.MUL && g.variable(v.X)
	case *ssa.Extract:
		call, ok := v.Tuple.(*ssa.Call)
		return ok && g.result(call, v.Index)
	case *ssa.Call:
		return g.call(v)
	}
	return false
}

// variable notes what the container is that a variable of a function has.
func (g *gathering) variable(addr ssa.Value) bool {
	cell, ok := g.b.cell(addr).(*ssa.Alloc)
	if !ok || len(g.b.stores[cell]) == 0 {
		return false
	}
	for _, s := range g.b.stores[cell] {
		if !g.container(s.Val) {
			return false
		}
	}
	return true
}

func (g *gathering) call(v *ssa.Call) bool {
	c := v.Common()
	if fn, ok := c.Value.(*ssa.Builtin); ok {
		if fn.Name() != "append" || len(c.Args) != 2 || !g.container(c.Args[0]) {
			return false
		}
		if array := varargs(c.Args[1]); array != nil {
			return g.elements(listed(array))
		}
		return g.all(c.Args[1])
	}
	if obj := calleeObj(c); obj != nil && syncapi.Clones(obj) && len(c.Args) == 1 {
		return g.all(c.Args[0])
	}
	return g.result(v, 0)
}

// result notes what the container has that a function of the package returns.
func (g *gathering) result(call *ssa.Call, i int) bool {
	targets := g.b.targets(call.Common())
	if len(targets) != 1 || targets[0].Func.ssa == nil {
		return false
	}
	t, of := targets[0], Path{}
	for _, block := range t.Func.ssa.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) || isNil(ret.Results[i]) {
			continue
		}
		p := g.b.gathered(ret.Results[i])
		if p.Root == nil || of.Root != nil && p != of {
			return false
		}
		of = p
	}
	switch {
	case of.Root == nil:
		return false
	case of.Root.Kind == Global:
		return g.element(of)
	case of.Root.Kind == Param && of.Root.Owner == t.Func && of.Root.Index < len(t.Args):
		return g.element(g.b.graft(t.Args[of.Root.Index], of.Sel))
	}
	return false
}

// all notes all elements of another container.
func (g *gathering) all(v ssa.Value) bool {
	if p := g.b.gathered(v); p.Root != nil {
		return g.element(p)
	}
	return g.element(g.b.extend(g.b.path(v), "[]", nil))
}

// copiedTo notes what is copied to the slice v, and reports whether anything is, or is
// stored there.
func (g *gathering) copiedTo(v ssa.Value) bool {
	found := false
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.IndexAddr:
			found = true
		case *ssa.Call:
			fn, ok := ref.Call.Value.(*ssa.Builtin)
			if ok && fn.Name() == "copy" && ref.Call.Args[0] == v {
				if !g.all(ref.Call.Args[1]) {
					return false
				}
				found = true
			}
		}
	}
	return found
}

// filled notes what is stored to elements of v.
func (g *gathering) filled(v ssa.Value) bool {
	if v.Referrers() == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Map == v && !g.elements([]ssa.Value{g.b.member(ref)}) {
				return false
			}
		case *ssa.IndexAddr:
			for _, use := range *ref.Referrers() {
				if s, ok := use.(*ssa.Store); ok && s.Addr == ref && !g.elements([]ssa.Value{s.Val}) {
					return false
				}
			}
		}
	}
	return true
}

func (g *gathering) elements(vals []ssa.Value) bool {
	for _, v := range vals {
		if !isNil(v) && !g.element(g.b.path(v)) {
			return false
		}
	}
	return true
}

// element notes that p is an element, and reports whether that is one that another
// container keeps, as all others are.
func (g *gathering) element(p Path) bool {
	kept := false
	for s := p.Sel; s != nil; s = s.Up {
		kept = kept || s.Name == "[]"
	}
	if !kept || p.Root == nil || p.Root.Kind == Nil || g.from.Root != nil && g.from != p {
		return false
	}
	g.from = p
	return true
}

// elementIn returns the path of the elements of the container v, as they are when they are
// taken out of it.
func (b *builder) elementIn(v ssa.Value) Path {
	if p := b.gathered(v); p.Root != nil {
		return p
	}
	return b.extend(b.path(v), "[]", nil)
}
