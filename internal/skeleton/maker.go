package skeleton

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A maker is the call of a function that returns a literal of its own, which captures
// nothing but what the function is given: to call that literal, no more needs to be known.
// What has no result and is returned by a function that does more than to make it acts
// for that function, as the one to release a lock or to cancel a context does, and is left
// to who knows about those.
type maker struct {
	fn   *Func
	args []Path // as the caller has them
}

// findLiteral notes the literal that a call of t returns as its result i, which r
// stands for.
func (b *builder) findLiteral(r *Root, t *Target, i int) {
	p := b.resultOf(t.Func, i)
	if p.Root == nil || p.Sel != nil || p.Root.Kind != FuncVal || p.Root.Func == nil || t.Func.ssa == nil || p.Root.Func.Parent != t.Func {
		return
	}
	if _, ok := r.Type.Underlying().(*types.Signature); !ok || !b.capturesParams(p.Root.Func.ssa, t.Func) {
		return
	}
	r.literal, r.maker = p.Root, &maker{t.Func, t.Args}
}

// capturesParams reports whether all that the literal lit of f captures are parameters of
// f and package variables.
func (b *builder) capturesParams(lit *ssa.Function, f *Func) bool {
	mc := b.closures[lit]
	if lit == nil || mc == nil {
		return lit != nil && len(lit.FreeVars) == 0
	}
	for _, v := range mc.Bindings {
		p := b.path(v)
		given := p.Root.Kind == Param && p.Root.Owner == f
		if p.Root.Kind == Local && len(b.stores[v]) == 1 { // a copy of what is no reference
			_, given = b.stores[v][0].Val.(*ssa.Parameter)
		}
		if !given && p.Root.Kind != Global {
			return false
		}
	}
	return true
}

// returned returns the call of the literal that a call has returned as r, nil if that is
// not known.
func (r *Root) returned(args []Path) *Target {
	o := r.Origin()
	if o.literal == nil || o.dropped == nil && typeOf(o).(*types.Signature).Results().Len() == 0 {
		return nil
	}
	m := o.maker
	if r.frame != nil {
		m = r.frame.makerOf(m)
	}
	return &Target{Func: o.literal.Func, Args: args, maker: m}
}

// makerOf returns m, a call of the skeleton of f.Func, with its arguments as the graph
// names them.
func (f *Frame) makerOf(m *maker) *maker {
	if m == nil {
		return nil
	}
	return &maker{m.fn, f.substAll(m.args)}
}
