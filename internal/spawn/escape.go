package spawn

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Escapes reports whether n gives the thing at p, or what holds it, to code
// outside of the graphs that n is in, or to a place where they do not follow it.
func Escapes(n *skeleton.Node, p skeleton.Path) bool {
	if n.Op == nil {
		return false
	}
	v := n.Graph.View()
	has := func(q skeleton.Path) bool {
		if q.Root == nil {
			return false
		}
		_, ok := v.Reach(q, p)
		return ok
	}
	for _, s := range n.Spawns {
		if !s.Mode.Starts() && has(s.Func) {
			return true // at a time that is not known
		}
	}
	switch n.Op.Kind {
	case syncapi.Store, syncapi.Send:
		return slices.ContainsFunc(n.Args, has)
	case syncapi.Return:
		return n.Frame.Call == nil && n.Graph.Spawner == nil && slices.ContainsFunc(n.Args, has)
	case syncapi.Call:
		foreign := n.Op.Obj != nil && !slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return !t.Func.Imported() })
		given := func(q skeleton.Path) bool { return has(q) && !n.Yields(q) && (!foreign || !hides(v, q, p)) }
		known := len(n.Op.Targets) > 0 || n.Res.Root != nil && n.Res.Root.Kind == skeleton.FuncVal && n.Res.Root.Func != nil
		return (!known && !asksOwn(n, p, has) || known && !entered(n) && !lends(n, p, has)) && slices.ContainsFunc(n.Args, given) || returnsOne(n, has)
	case syncapi.Notify:
		return slices.ContainsFunc(n.Args, has)
	}
	return false
}

// hides reports whether q is the object that has the channel at p in a field, and other
// packages which are given that can do nothing to the channel: neither the field nor a method
// that has to do with it is exported, or keeps the object for others.
func hides(v *skeleton.View, q, p skeleton.Path) bool {
	class, ok := p.Class()
	if !ok || q != p.Base() || token.IsExported(class.Field) {
		return false
	}
	if _, ok := p.Type().Underlying().(*types.Chan); !ok {
		return false
	}
	of := func(p skeleton.Path) bool {
		c, ok := p.Class()
		return ok && c == class
	}
	declared := false
	for _, f := range v.Funcs {
		if f.Obj == nil || !isMethodOf(f.Obj, class.Type) {
			continue
		}
		declared = true
		if !f.Obj.Exported() {
			continue
		}
		if slices.ContainsFunc(f.Results, of) || v.Retains(f, 0) || slices.ContainsFunc(v.Effects(f, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Len), func(e skeleton.Effect) bool { return of(e.Res) }) {
			return false
		}
	}
	return declared
}

// isMethodOf reports whether fn is a method of the type t, or of pointers to it.
func isMethodOf(fn *types.Func, t *types.TypeName) bool {
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	of := types.Unalias(recv.Type())
	if ptr, ok := of.(*types.Pointer); ok {
		of = types.Unalias(ptr.Elem())
	}
	named, ok := of.(*types.Named)
	return ok && named.Origin().Obj() == t
}

// asksOwn reports whether n calls a method of another package, of the object that has the
// channel at p in a field: it has no skeleton, and so does nothing to what that package keeps
// in its fields.
func asksOwn(n *skeleton.Node, p skeleton.Path, has func(skeleton.Path) bool) bool {
	class, ok := p.Class()
	if !ok || n.Op.Obj == nil || n.Op.Obj.Pkg() != class.Type.Pkg() || len(n.Args) == 0 || slices.ContainsFunc(n.Args[1:], has) {
		return false
	}
	recv := n.Op.Obj.Signature().Recv()
	if recv == nil || types.IsInterface(recv.Type()) || n.Graph.Root == nil || n.Graph.Root.Obj == nil || n.Graph.Root.Obj.Pkg() == class.Type.Pkg() {
		return false
	}
	_, isChan := p.Type().Underlying().(*types.Chan)
	return isChan
}

// lends reports whether the callees of n, which do not stand in at it, do nothing with the
// channel at p, a field of an object that they are handed, and do not keep the object.
func lends(n *skeleton.Node, p skeleton.Path, has func(skeleton.Path) bool) bool {
	v := n.Graph.View()
	if p.Sel == nil || p.Sel.Up != nil || len(n.Op.Targets) == 0 || p.Type() == nil {
		return false
	}
	if _, ok := p.Type().Underlying().(*types.Chan); !ok {
		return false
	}
	class, ok := p.Class()
	if !ok || slices.ContainsFunc(v.CallEffects(n, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Len), func(e skeleton.Effect) bool {
		of, ok := e.Res.Class()
		return e.Res == p || ok && of == class
	}) {
		return false
	}
	for _, t := range n.Op.Targets {
		for i, a := range t.Args {
			if a = n.Frame.Resolve(a); has(a) && (a.Sel != nil || a.Root.Kind == skeleton.FuncVal || v.Retains(t.Func, i)) {
				return false
			}
		}
	}
	return true
}

// returnsOne reports whether n calls one of several functions, and one of them returns what
// an argument has that the predicate holds for: the caller knows it by another name.
func returnsOne(n *skeleton.Node, has func(skeleton.Path) bool) bool {
	if len(n.Op.Targets) < 2 {
		return false
	}
	for _, t := range n.Op.Targets {
		for _, r := range t.Func.Results {
			if r.Root != nil && r.Root.Kind == skeleton.Param && r.Root.Owner == t.Func && r.Root.Index < len(t.Args) && has(n.Frame.Resolve(t.Args[r.Root.Index])) {
				return true
			}
		}
	}
	return false
}

// entered reports whether the callees of n stand in at it, or have no operation
// that could keep what they are handed.
func entered(n *skeleton.Node) bool {
	for _, t := range n.Op.Targets {
		if !t.Func.Quiet {
			return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Frame.Call == n })
		}
	}
	return true
}

// Followed reports whether all of the given kinds that literals of the function
// that has the thing at p do to it is in the graph g or in those of the goroutines
// that g starts: a literal may be kept or called by code that is not seen, and
// so it is not known when. The path is that of the function itself.
func Followed(g *skeleton.Graph, of *skeleton.Func, p skeleton.Path, kinds ...syncapi.Op) bool {
	in := make(map[*skeleton.Op]bool)
	for each := range Graphs(g) {
		for _, n := range each.Nodes {
			in[n.Op] = true
		}
	}
	for _, f := range g.View().Funcs {
		if f.Parent == nil || !isLiteralIn(f, of) {
			continue
		}
		for _, op := range f.Ops() {
			if op.Inner != nil {
				op = op.Inner
			}
			if !in[op] && (op.Res == p && op.Is(kinds...) || slices.Contains(op.Args, p)) {
				return false
			}
		}
	}
	return true
}

// isLiteralIn reports whether f is a literal in outer, directly or not.
func isLiteralIn(f, outer *skeleton.Func) bool {
	for f = f.Parent; f != nil && f != outer; f = f.Parent {
	}
	return f != nil
}

// Kept reports whether a call in the graph g of the function of, or in a literal
// of it, hands what holds the thing at p to a parameter of an interface type,
// whose methods may be called anywhere if the function does more than to call
// them, or the thing itself to a function that returns a literal, which may have
// captured it. Graphs lack the calls of functions that do nothing by themselves,
// so that the operations of all activations are looked at.
func Kept(g *skeleton.Graph, of *skeleton.Func, p skeleton.Path) bool {
	v := g.View()
	seen := make(map[*skeleton.Frame]bool)
	for each := range Graphs(g) {
		for _, n := range each.Nodes {
			fr := n.Frame
			if seen[fr] {
				continue
			}
			seen[fr] = true
			if slices.ContainsFunc(fr.Func.Ops(), func(op *skeleton.Op) bool { return keptBy(v, op, p, fr.Resolve) }) {
				return true
			}
		}
	}
	same := func(q skeleton.Path) skeleton.Path { return q }
	for _, f := range v.Funcs {
		if isLiteralIn(f, of) && slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return keptBy(v, op, p, same) }) {
			return true
		}
	}
	return false
}

// keptBy reports whether op is such a call; resolve gives the paths of its
// arguments.
func keptBy(v *skeleton.View, op *skeleton.Op, p skeleton.Path, resolve func(skeleton.Path) skeleton.Path) bool {
	if op.Inner != nil {
		op = op.Inner
	}
	for _, t := range op.Targets {
		returned := slices.ContainsFunc(t.Func.Results, func(r skeleton.Path) bool {
			return r.Root != nil && r.Root.Kind == skeleton.FuncVal && r.Root.Func != nil && r.Root.Func.Parent == t.Func
		})
		for i, a := range op.Args {
			if !returned && (!isInterface(t.Func, i) || t.Func.OnlyInvokes(i)) || a.Root == nil {
				continue
			}
			q := resolve(a)
			if _, ok := v.Reach(q, p); ok && (returned || q != p) && (!t.Func.Imported() || !hides(v, q, p)) {
				return true
			}
		}
	}
	return false
}

// isInterface reports whether the argument i of f, the receiver being the
// first, goes to a parameter of an interface type that has methods.
func isInterface(f *skeleton.Func, i int) bool {
	param := f.Param(i)
	if param == nil {
		return false
	}
	in, ok := param.Type().Underlying().(*types.Interface)
	return ok && in.NumMethods() > 0
}
