package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/implements"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// maxTargets is how many functions a dynamic call may have as targets before
// it counts as unknown.
const maxTargets = 3

// funcOf returns the skeleton of fn, nil if it has none. Instances stand for
// their generic function, wrappers for what they wrap.
func (b *builder) funcOf(fn *ssa.Function) *Func {
	if f := b.funcs[fn]; f != nil {
		return f
	}
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if f := b.funcs[fn]; f != nil {
		return f
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return nil
	}
	return b.funcOfObj(obj)
}

// funcOfObj returns the skeleton of a declared function, from this package or
// from the facts of its own; nil if it has none.
func (b *builder) funcOfObj(obj *types.Func) *Func {
	obj = obj.Origin()
	f, ok := b.byObj[obj]
	if !ok && obj.Pkg() != nil && obj.Pkg() != b.pass.Pkg {
		f = b.importFunc(obj)
		b.byObj[obj] = f
	}
	return f
}

// targets returns what a call may call, nil if that is not known. Calls of
// several targets come from interfaces with few implementations in the
// package and from fields that few functions are stored in.
func (b *builder) targets(c *ssa.CallCommon) []*Target {
	args := b.operands(c)
	if c.IsInvoke() {
		return b.invoked(c, args)
	}
	if fn, ok := c.Value.(*ssa.Function); ok {
		if f := b.funcOf(fn); f != nil {
			return []*Target{{Func: f, Args: args}}
		}
		return nil
	}
	return b.calledValue(b.path(c.Value), args)
}

// calledValue returns what calling the function value p may call.
func (b *builder) calledValue(p Path, args []Path) []*Target {
	if p.Root == nil {
		return nil
	}
	if p.Root.Kind == FuncVal && p.Sel == nil && p.Root.Func != nil {
		return []*Target{p.Root.target(args)}
	}
	if p.Sel == nil {
		if t := p.Root.returned(args); t != nil {
			return []*Target{t}
		}
	}
	class, ok := p.Class()
	if !ok || class.Type.Pkg() != b.pass.Pkg {
		return b.calledLater(p, args)
	}
	funcs := b.fieldFuncs[class]
	if b.fieldFuncs == nil {
		funcs = b.storedFuncs(class)
	}
	var targets []*Target
	for _, q := range funcs {
		if q.fn.Root.ofHolder {
			targets = append(targets, &Target{Func: q.fn.Root.Func, Args: append([]Path{p.Base()}, args...)})
			continue
		}
		t := q.fn.Root.target(args)
		t.holder, t.held = q.holder, p.Base()
		targets = append(targets, t)
	}
	if len(targets) == 0 {
		return b.calledLater(p, args)
	}
	return targets
}

// calledLater returns what calling the function value p may call that was kept there,
// once all skeletons are built.
func (b *builder) calledLater(p Path, args []Path) []*Target {
	var targets []*Target
	funcs, held := b.kept.called(p)
	for _, q := range funcs {
		t := q.fn.Root.target(args)
		if q.holder != nil && !held.IsZero() {
			t.holder, t.held = q.holder, held
			if !q.fn.Root.Bound.IsZero() {
				t.Args[0] = b.rebound(t.Args[0], q.holder, held)
			}
		}
		targets = append(targets, t)
	}
	return targets
}

// rebound returns p, a path of the function that knows as holder what others know as
// held, in their paths: also if it is an object that was made with holder in a field.
func (b *builder) rebound(p Path, holder *Root, held Path) Path {
	r := p.Root
	if r == holder {
		return b.graft(held, p.Sel)
	}
	if r.Owner != holder.Owner || r.frame != nil || !r.refersTo(holder) {
		return p
	}
	key := reboundKey{r, held}
	c := b.rebounds[key]
	if c == nil {
		clone := *r
		clone.Owner, clone.inits = nil, make(map[string]Path)
		for name, init := range r.inits {
			if init.Root == holder {
				init = b.graft(held, init.Sel)
			}
			clone.inits[name] = init
		}
		c = &clone
		if b.rebounds == nil {
			b.rebounds = make(map[reboundKey]*Root)
		}
		b.rebounds[key] = c
	}
	return b.graft(Path{Root: c}, p.Sel)
}

// elsewhere returns p, a path of the function that has put a literal into a field of
// holder, for an activation of that function which is another one: whose holder is
// known as held.
func (b *builder) elsewhere(p Path, held Path) Path {
	key := reboundKey{p.Root, held}
	c := b.rebounds[key]
	if c == nil {
		clone := *p.Root
		clone.Owner = nil
		c = &clone
		if b.rebounds == nil {
			b.rebounds = make(map[reboundKey]*Root)
		}
		b.rebounds[key] = c
	}
	return b.graft(Path{Root: c}, p.Sel)
}

// isOther reports whether held is an object that the function which knows one as
// holder has not made: it was given the one in question, or another function got it, or it
// is one of several elements. What is not known of fields is taken to be its own.
func (p Path) isOther(holder *Root) bool {
	r := p.Root
	if r == holder && p.Sel == nil {
		return false
	}
	if r.Owner != holder.Owner {
		return true
	}
	if r.Kind == Param && r != holder {
		return true
	}
	var names []string
	for s := p.Sel; s != nil; s = s.Up {
		names = append(names, s.Name)
	}
	for _, name := range slices.Backward(names) {
		if name == "[]" {
			return true
		}
		if r == nil {
			continue
		}
		init := r.inits[name]
		if r = init.Root; init.Sel != nil {
			r = nil
		}
		if r != nil && r.Kind == Param && r != holder {
			return true
		}
	}
	return false
}

// refersTo reports whether r was made with holder, or a part of it, in a field.
func (r *Root) refersTo(holder *Root) bool {
	for _, init := range r.inits {
		if init.Root == holder {
			return true
		}
	}
	return false
}

// A reboundKey tells an object that has a field which somebody knows as held.
type reboundKey struct {
	object *Root
	held   Path
}

// Called returns the functions that a call of the value p may call, as far as
// they are known.
func (v *View) Called(p Path) []*Func {
	var funcs []*Func
	for _, t := range v.calledValue(p, nil) {
		funcs = append(funcs, t.Func)
	}
	return funcs
}

// storedFuncs returns the functions that the package stores in a field, nil if
// not all are known or if they are too many.
func (b *builder) storedFuncs(class FieldClass) []storedFunc {
	var funcs []storedFunc
	for _, s := range b.fields[class] {
		if isNil(s.value) {
			continue
		}
		if _, ok := s.value.Type().Underlying().(*types.Signature); !ok {
			return nil
		}
		q := b.path(s.value)
		if q.Root.Kind != FuncVal || q.Root.Func == nil || len(funcs) == maxTargets {
			return nil
		}
		if b.ofHolder(s) {
			q.Root.ofHolder = true
		}
		funcs = append(funcs, storedFunc{q, b.holder(s.holder, q.Root.Func)})
	}
	return funcs
}

// holder returns the object at addr, which has the function f in a field, if f is a
// literal and the object one that the function around it was given or has
// made: f knows it by the same name.
func (b *builder) holder(addr ssa.Value, f *Func) *Root {
	p := b.path(addr)
	if f.Parent == nil || p.Sel != nil || p.Root.Owner != f.Parent || p.Root.Kind != Param && p.Root.Kind != Made && p.Root.Kind != Local {
		return nil
	}
	return p.Root
}

// target returns the call of the function value r with args.
func (r *Root) target(args []Path) *Target {
	if bound := r.Bound; !bound.IsZero() {
		if r.frame != nil {
			bound = r.frame.subst(bound)
		}
		args = append([]Path{bound}, args...)
	}
	return &Target{Func: r.Func, Args: args}
}

// invoked returns what an interface method call may call.
func (b *builder) invoked(c *ssa.CallCommon, args []Path) []*Target {
	if mi := dynamicType(c.Value); mi != nil {
		if fn := b.pkg.Prog.LookupMethod(mi.X.Type(), c.Method.Pkg(), c.Method.Name()); fn != nil {
			if f := b.funcOf(fn); f != nil {
				return []*Target{{Func: f, Args: args}}
			}
		}
		return nil
	}
	var targets []*Target
	for _, fn := range b.implementations(c) {
		f := b.funcOf(fn)
		if f == nil {
			return nil
		}
		targets = append(targets, &Target{Func: f, Args: args})
	}
	return targets
}

// dynamicType returns where v became an interface, if that is one place.
func dynamicType(v ssa.Value) *ssa.MakeInterface {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			return x
		case *ssa.ChangeInterface:
			v = x.X
		default:
			return nil
		}
	}
}

// implementations returns the methods of the package that a call of an
// interface of the package may reach; none if there are more than maxTargets.
func (b *builder) implementations(c *ssa.CallCommon) []*ssa.Function {
	call := implements.Call{Method: c.Method}
	if caller := c.Value.Parent(); caller != nil {
		call.InTest = report.Tests(b.pass, caller.Pos())
	}
	if fns, ok := b.impls[call]; ok {
		return fns
	}
	var fns []*ssa.Function
	iface, _ := types.Unalias(c.Value.Type()).(*types.Named)
	if iface != nil && iface.Obj().Pkg() == b.pass.Pkg && iface.TypeParams() == nil {
		fns = b.functions(implements.Methods(b.pass, iface.Underlying().(*types.Interface), call))
	}
	b.impls[call] = fns
	return fns
}

// functions returns the functions declared by decls; none if one is not known, or if they
// are more than maxTargets.
func (b *builder) functions(decls []*types.Func) []*ssa.Function {
	if len(decls) > maxTargets {
		return nil
	}
	var fns []*ssa.Function
	for _, decl := range decls {
		fn := b.pkg.Prog.FuncValue(decl)
		if fn == nil {
			return nil
		}
		fns = append(fns, fn)
	}
	return fns
}

// reached returns what an interface method call reaches whose receiver is known to have
// the type that recv has: the method of that type, even if it is none of targets, as one
// that only tests have; or all of targets if the type is not known.
func (b *builder) reached(fn *types.Func, recv []Path, targets []*Target) []*Target {
	if len(targets) == 0 || fn == nil || len(recv) == 0 || !isAbstract(fn) {
		return targets
	}
	t := recv[0].pointee()
	if t == nil || types.IsInterface(t) {
		return targets
	}
	obj, index, _ := types.LookupFieldOrMethod(t, true, fn.Pkg(), fn.Name())
	m, ok := obj.(*types.Func)
	if !ok {
		return targets
	}
	for _, target := range targets {
		if target.Func.Obj == m.Origin() {
			return []*Target{target}
		}
	}
	if f := b.byObj[m.Origin()]; f != nil && len(index) == 1 {
		return []*Target{{Func: f, Args: targets[0].Args}}
	}
	return targets
}

// isAbstract reports whether fn is a method of an interface.
func isAbstract(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// pointee returns the type of what p names, or points to; nil if that is not known.
func (p Path) pointee() types.Type {
	t := p.Type()
	if t == nil {
		return nil
	}
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if _, isParam := types.Unalias(t).(*types.TypeParam); isParam {
		return nil
	}
	return t
}

// findInvoked notes the parameters of fn, of interface types, of which it calls methods
// that are known and does nothing else with them.
func (fb *funcBuilder) findInvoked() {
	for i, p := range fb.fn.Params {
		if in, ok := p.Type().Underlying().(*types.Interface); ok && in.NumMethods() > 0 && fb.onlyInvoked(p, maxSelectors) {
			if fb.f.invoked == nil {
				fb.f.invoked = make([]bool, len(fb.fn.Params))
			}
			fb.f.invoked[i] = true
		}
	}
}

// onlyInvoked reports whether v, or the value of the variable that it is the address of,
// is used for calls of its known methods only, by literals too, to a depth of at most depth.
func (fb *funcBuilder) onlyInvoked(v ssa.Value, depth int) bool {
	if v.Referrers() == nil || depth == 0 {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.If, *ssa.BinOp:
		case ssa.CallInstruction:
			c := ref.Common()
			if !c.IsInvoke() || c.Value != v || slices.Contains(c.Args, v) || len(fb.targets(c)) == 0 {
				return false
			}
		case *ssa.Store:
			cell, ok := ref.Addr.(*ssa.Alloc)
			if !ok || cell != v && !fb.onlyInvoked(cell, depth-1) {
				return false
			}
		case *ssa.UnOp:
			if ref.Op != token.MUL || !fb.onlyInvoked(ref, depth-1) {
				return false
			}
		case *ssa.MakeClosure:
			lit, _ := ref.Fn.(*ssa.Function)
			for i, bound := range ref.Bindings {
				if bound == v && (lit == nil || i >= len(lit.FreeVars) || !fb.onlyInvoked(lit.FreeVars[i], depth-1)) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// OnlyInvokes reports whether all that f, and its literals, do with the parameter i, of an
// interface type, is to call methods of it that are known.
func (f *Func) OnlyInvokes(i int) bool { return i < len(f.invoked) && f.invoked[i] }
