package semleak

import (
	"go/token"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- semaphores of types of other packages --

// isForeign reports whether op, of another package, acts on p as on a semaphore: a
// channel that carries nothing, in a field that only that package can name, or one
// of x/sync. That there is room for more than one is not seen here.
func (c *checker) isForeign(op *skeleton.Op, p skeleton.Path) bool {
	class, ok := p.Class()
	if !ok || token.IsExported(class.Field) || class.Type.Pkg() == c.pass.Pkg {
		return false
	}
	if op.Is(syncapi.SemAcquire, syncapi.SemRelease) {
		return true
	}
	t := class.FieldType()
	return t != nil && carriesNothing(t) && op.Arm == nil && !op.Range
}

// foreign adds the semaphores of other packages' types that f acquires by one call
// and releases by another: one that is never released by who acquires it may be a
// signal.
func (c *checker) foreign(f *skeleton.Func, paths map[skeleton.Path]bool, acquired []skeleton.Effect, release syncapi.Op) {
	if len(acquired) == 0 {
		return
	}
	for _, r := range c.view.Effects(f, release) {
		if !r.Op.Fn.Imported() || !c.isForeign(r.Op, r.Res) {
			continue
		}
		if slices.ContainsFunc(acquired, func(a skeleton.Effect) bool { return a.Res == r.Res }) {
			paths[r.Res] = true
		}
	}
}

// collectForeign notes what a call of another package's function does to semaphores.
func (c *checker) collectForeign(f *skeleton.Func, call *skeleton.Op) {
	for _, e := range c.view.OpEffects(call, syncapi.Send, syncapi.Recv, syncapi.SemAcquire, syncapi.SemRelease) {
		if e.Op.Fn.Imported() && c.isForeign(e.Op, e.Res) {
			c.uses = append(c.uses, use{f, e.Op, e.Res})
		}
	}
}

// mayAct reports whether u may act on the semaphore of a. Those of other packages'
// types are told apart by the fields that this one has them in.
func (c *checker) mayAct(u use, a *skeleton.Node) bool {
	if !u.op.Fn.Imported() || !a.Op.Fn.Imported() {
		return c.same(u.op, a.Op)
	}
	used, _ := u.res.Class()
	class, _ := a.Res.Class()
	in, known := u.res.Base().Class()
	of, ok := a.Res.Base().Class()
	return used == class && (!known || !ok || in == of)
}

// runs reports whether a function stands in a graph, or in one that it starts.
func runs(g *skeleton.Graph, f *skeleton.Func) bool {
	for each := range spawn.Graphs(g) {
		for _, n := range each.Nodes {
			if n.Frame != nil && n.Frame.Func.Outermost() == f {
				return true
			}
		}
	}
	return false
}
