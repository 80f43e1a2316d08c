package spawn

import (
	"iter"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Focus finds the functions that show how operations of two kinds on one
// thing go together, and looks at each as narrowly as that allows.
type Focus struct {
	Locks *lockset.Locks
	X, Y  syncapi.Op
	// Keep says which effects are of interest.
	Keep func(skeleton.Effect) bool
	// Globals says that Fields lists package variables as well.
	Globals bool
	// Renewed says that callees which assign a thing stand in as well.
	Renewed bool
	// Enter, if set, says which callees stand in that nothing else asks for.
	Enter func(call *skeleton.Node, t *skeleton.Target) bool
	// Yields is that of [skeleton.Interest].
	Yields bool
	// Near leaves out what code of other packages alone does on one goroutine:
	// it has nothing to do with the others, unless they come to it another way.
	Near bool
}

// order are the operations by which goroutines wait for each other.
var order = []syncapi.Op{
	syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo,
	syncapi.GroupGo, syncapi.GroupWait, syncapi.CondWait, syncapi.CondSignal, syncapi.CondBroadcast, syncapi.Cancel,
}

// Graphs returns the graphs of the functions that have both kinds of
// operations on one thing: those that made the thing, and those at which the
// package is entered and that are given it. Of functions that do not do the
// operations themselves, the first few stand for all.
func (fc *Focus) Graphs() iter.Seq[*skeleton.Graph] {
	isEntry := make(map[*skeleton.Func]bool)
	for _, f := range fc.Locks.View.Entries() {
		isEntry[f] = true
	}
	var sample skeleton.Sample
	return func(yield func(*skeleton.Graph) bool) {
		for _, f := range fc.Locks.View.Funcs {
			things := fc.things(f, isEntry[f], &sample)
			if len(things) > 0 && !yield(fc.Graph(f, func(p skeleton.Path) bool { return things[p] })) {
				return
			}
		}
	}
}

// things returns what both kinds of operations act on in f, and f is to show.
func (fc *Focus) things(f *skeleton.Func, isEntry bool, sample *skeleton.Sample) map[skeleton.Path]bool {
	effects := fc.Locks.View.Effects(f, fc.X, fc.Y)
	ys := make(map[skeleton.Path][]*skeleton.Op)
	for _, e := range effects {
		if e.Op.Kind == fc.Y && e.Res.IsOne() && fc.Keep(e) {
			ys[e.Res] = append(ys[e.Res], e.Op)
		}
	}
	things := make(map[skeleton.Path]bool)
	for _, e := range effects {
		if e.Op.Kind != fc.X || len(ys[e.Res]) == 0 || !fc.Keep(e) {
			continue
		}
		own := e.Res.Root.Owner == f && e.Res.Root.Kind != skeleton.Param
		if !own && !isEntry {
			continue
		}
		for _, y := range ys[e.Res] {
			if sample.Wants(f, e.Op, y) {
				things[e.Res] = true
			}
		}
	}
	return things
}

// Graph returns the graph of f in which those callees stand in that act on
// things for which wanted holds, or on what a goroutine which does so signals:
// no other can put it in order. Callees that leave a lock in another state than
// they found it in are there as well.
func (fc *Focus) Graph(f *skeleton.Func, wanted func(skeleton.Path) bool) *skeleton.Graph {
	v := fc.Locks.View
	signalled := fc.signalled(f, wanted)
	kinds := append([]syncapi.Op{fc.X, fc.Y}, order...)
	known := make(map[*skeleton.Node]bool)
	return v.Outline(f, skeleton.Interest{Yields: fc.Yields, Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
		enter, ok := known[call]
		if !ok {
			for _, e := range v.CallEffects(call, kinds...) {
				enter = enter || signalled[lastOf(e.Res)] || wanted(e.Res)
			}
			enter = enter || fc.Renewed && (v.May(t.Func, syncapi.Store) || v.May(t.Func, syncapi.MakeChan)) && acts(v.CallEffects(call, syncapi.Store, syncapi.MakeChan), wanted)
			known[call] = enter
		}
		return enter || fc.Locks.Unbalanced(t.Func) || fc.Enter != nil && fc.Enter(call, t)
	}})
}

// acts reports whether one of the effects is on a thing for which wanted holds.
func acts(effects []skeleton.Effect, wanted func(skeleton.Path) bool) bool {
	return slices.ContainsFunc(effects, func(e skeleton.Effect) bool { return wanted(e.Res) })
}

// Bounded returns what Graph does, if that meets a bound in f or a goroutine that
// it starts, with Near set.
func (fc *Focus) Bounded(f *skeleton.Func, wanted func(skeleton.Path) bool) *skeleton.Graph {
	g := fc.Graph(f, wanted)
	for each := range Graphs(g) {
		if each.Widened {
			near := *fc
			near.Near = true
			return near.Graph(f, wanted)
		}
	}
	return g
}

// signalled returns what is acted on by the goroutines that f starts, directly
// or not, and that act on a wanted thing.
func (fc *Focus) signalled(f *skeleton.Func, wanted func(skeleton.Path) bool) map[awaited]bool {
	kinds := append([]syncapi.Op{fc.X, fc.Y}, order...)
	names := make(map[awaited]bool)
	own := make(map[awaited]bool) // done by code of this package as well
	ways := make(map[awaited]int) // by how many operations of f
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			effects := fc.Locks.View.OpEffects(op, kinds...)
			acts := false
			here := make(map[awaited]bool)
			for _, e := range effects {
				acts = acts || e.Started && wanted(e.Res)
				here[lastOf(e.Res)] = true
				own[lastOf(e.Res)] = own[lastOf(e.Res)] || !e.Op.Fn.Imported()
			}
			for name := range here {
				ways[name]++
			}
			if !acts {
				continue
			}
			for _, e := range effects {
				if e.Started {
					names[lastOf(e.Res)] = true
				}
			}
		}
	}
	if fc.Near {
		maps.DeleteFunc(names, func(name awaited, _ bool) bool { return !own[name] && ways[name] < 2 })
	}
	return names
}
