package chans

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Sole returns the channels in fields of which there is but one at a time when f, a
// test or another function that is given nothing and that nothing calls, runs: one
// statement of the package makes them, f comes to it once, and all that the package does to
// that field f and the goroutines that it starts do. By whatever name they know the
// object, it is the one that f has made. That the package tells no other function of the
// field is a must-analysis of the syntax, see [UsesOf].
func (p *Package) Sole(f *skeleton.Func) []*Channel {
	if !p.isAlone(f) {
		return nil
	}
	fields := p.soleFields(f)
	if len(fields) == 0 {
		return nil
	}
	makers := p.makers(fields)
	fc := &spawn.Focus{
		Locks: p.Locks, X: syncapi.Send, Y: syncapi.Recv,
		Keep: func(skeleton.Effect) bool { return true },
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			return !t.Func.Imported() && leadsTo(t.Func, makers, maxCallers)
		},
	}
	g := fc.Bounded(f, func(path skeleton.Path) bool {
		class, ok := path.Class()
		return ok && fields[class] != nil
	})
	if p.handsOut(g) {
		return nil
	}
	var cs []*Channel
	for _, class := range classes(fields) {
		if c := p.sole(g, fields[class]); c != nil {
			cs = append(cs, c)
		}
	}
	return cs
}

// handsOut reports whether g, or a goroutine that it starts, gives an object of the package
// to code that is not seen, or is not seen as a whole: what is done to the field is then not
// all that is done in g.
func (p *Package) handsOut(g *skeleton.Graph) bool {
	pkg := g.Root.Obj.Pkg()
	for each := range spawn.Graphs(g) {
		if each.Widened || each.AnyTimes() {
			return true
		}
		for n := range spawn.Nodes(each, syncapi.Call) {
			unseen := len(n.Op.Targets) == 0 || slices.ContainsFunc(n.Op.Targets, func(t *skeleton.Target) bool { return t.Func.Imported() })
			if unseen && slices.ContainsFunc(n.Args, func(a skeleton.Path) bool { return mayHold(a.Type(), pkg) }) {
				return true
			}
		}
	}
	return false
}

// mayHold reports whether a value of type t may be an object of a type of pkg, or lead to
// one: those of other packages are taken to do so if they are interfaces, but for errors
// and contexts.
func mayHold(t types.Type, pkg *types.Package) bool {
	if t == nil {
		return false
	}
	of := NamedBy(t)
	switch {
	case of != nil && of.Pkg() == pkg:
		return true
	case of != nil && (of.Pkg() == nil || syncapi.IsContextPackage(of.Pkg())) || syncapi.IsTest(t):
		return false
	}
	return types.IsInterface(t)
}

// isAlone reports whether f is given no object, nor called by the package.
func (p *Package) isAlone(f *skeleton.Func) bool {
	if f.Obj == nil || f.Parent != nil || p.Index.Used(f.Obj) {
		return false
	}
	sig := f.Obj.Signature()
	for v := range sig.Params().Variables() {
		if !syncapi.IsNativeTest(v.Type()) {
			return false
		}
	}
	return sig.Recv() == nil && sig.Results().Len() == 0
}

// soleFields returns the fields with a channel that f may act on, of which one statement of
// the package makes all, with what is done to them.
func (p *Package) soleFields(f *skeleton.Func) map[skeleton.FieldClass]*Uses {
	view := p.Locks.View
	fields := make(map[skeleton.FieldClass]*Uses)
	known := make(map[skeleton.FieldClass]bool)
	for _, e := range view.Effects(f, syncapi.Send, syncapi.Recv, syncapi.Close) {
		class, ok := e.Res.Class()
		if !ok || known[class] || e.Op.Fn.Imported() {
			continue
		}
		v := Holder(view, p.Root, p.Info, e.Op)
		if v == nil || !v.IsField() || v.Pkg() != class.Type.Pkg() {
			continue
		}
		known[class] = true
		if u := UsesOf(p.Root, p.Index, p.Info, v); !u.Open && !u.Polled && len(u.Makes) == 1 {
			fields[class] = u
		}
	}
	return fields
}

// makers returns the functions that make the channels in fields.
func (p *Package) makers(fields map[skeleton.FieldClass]*Uses) map[*skeleton.Func]bool {
	view := p.Locks.View
	makers := make(map[*skeleton.Func]bool)
	for _, f := range view.Funcs {
		for _, op := range f.Ops() {
			if op.Kind != syncapi.MakeChan {
				continue
			}
			for _, u := range fields {
				makers[f] = makers[f] || view.Node(op) == u.Makes[0]
			}
		}
	}
	return makers
}

// leadsTo reports whether f is one of a set of functions, or calls one by so many levels.
func leadsTo(f *skeleton.Func, set map[*skeleton.Func]bool, levels int) bool {
	return set[f] || levels > 0 && slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Call && slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
			return leadsTo(t.Func, set, levels-1)
		})
	})
}

// classes returns the keys of fields in the order of the source.
func classes(fields map[skeleton.FieldClass]*Uses) []skeleton.FieldClass {
	var list []skeleton.FieldClass
	for class := range fields {
		list = append(list, class)
	}
	slices.SortFunc(list, func(a, b skeleton.FieldClass) int {
		return int(fields[a].Makes[0].Pos() - fields[b].Makes[0].Pos())
	})
	return list
}

// sole returns the channel that u is about, nil if g does not come to all of its uses, or
// makes more than one.
func (p *Package) sole(g *skeleton.Graph, u *Uses) *Channel {
	c := &Channel{Graph: g}
	uses := make(map[ast.Node]bool)
	for _, cur := range slices.Concat(u.Sends, u.Recvs) {
		uses[cur.Node()] = true
	}
	for _, call := range u.Closes {
		uses[call] = true
	}
	met := make(map[ast.Node]bool)
	for each := range spawn.Graphs(g) {
		for n := range spawn.Nodes(each, syncapi.MakeChan, syncapi.Send, syncapi.Recv, syncapi.Close) {
			node := g.View().Node(n.Op)
			switch {
			case node == u.Makes[0] && (c.Made != nil || n.Graph != g || n.InLoop()):
				return nil
			case node == u.Makes[0]:
				c.Made, c.Path, c.Cap, c.CapKnown = n, n.Res, n.Op.N, n.Op.NKnown
			case uses[node]:
				if n.Frame.Widened || n.Res.Root != nil && n.Res.Root.Kind == skeleton.Global {
					return nil
				}
				met[node] = true
				c.addTo(n)
			}
		}
	}
	if c.Made == nil || len(met) < len(uses) {
		return nil
	}
	return c
}
