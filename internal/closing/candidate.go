package closing

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file chooses the functions whose graphs may show two closes of one
// channel, and the callees that stand in there.

// asked reports whether a branch depends on a boolean that the call op returns:
// "is it closed", "am I the first".
func asked(op *skeleton.Op) bool {
	for _, r := range op.Results {
		if b, ok := types.Unalias(r.Type).(*types.Basic); ok && b.Kind() == types.Bool && r.Tested() {
			return true
		}
	}
	return false
}

// answers reports whether f itself looks at something that another call of it
// may have changed: a flag, an atomic variable, a channel without waiting.
func answers(f *skeleton.Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			flag := op.Is(syncapi.Set) && op.Assign.Var.Root != nil && op.Assign.Var.Root.Visible()
			if flag || op.Is(syncapi.Default) || op.Is(atomics...) {
				return true
			}
		}
	}
	return false
}

// These bound how many functions that do not close themselves are looked at
// for a close: the first few show whether it is guarded. One that is not by the
// function around it may be misused by any of them.
const (
	maxCallers     = 3
	maxBareCallers = 40
)

// things returns the channels that f closes, or has closed, by two of its
// operations or by one that it may repeat.
func (t *twiceFinder) things(f *skeleton.Func) map[skeleton.Path]bool {
	if f.Effects || f.Imported() {
		return nil
	}
	sites := make(map[skeleton.Path]int)
	by := make(map[skeleton.Path][]skeleton.Effect)
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			for p, effects := range t.closes(op) {
				sites[p]++
				by[p] = append(by[p], effects...)
				if b.InLoop() || many(op) {
					sites[p]++
				}
			}
		}
	}
	things := make(map[skeleton.Path]bool)
	for p, n := range sites {
		if n > 1 && t.tells(f, by[p]) {
			things[p] = true
		}
	}
	return things
}

// tells reports whether f's graph may tell more of these closes than the
// graphs that have been looked at: f has one itself, or one is not guarded, or
// they are new.
func (t *twiceFinder) tells(f *skeleton.Func, closes []skeleton.Effect) bool {
	tells := false
	for _, e := range closes {
		shown := t.shown[e.Op]
		tells = tells || e.Op.Fn == f || shown < maxCallers || shown < maxBareCallers && t.bare(e.Op)
	}
	if tells {
		for _, e := range closes {
			t.shown[e.Op]++
		}
	}
	return tells
}

// bare reports whether the function around op always comes to op when it
// returns, conditions apart.
func (t *twiceFinder) bare(op *skeleton.Op) bool {
	is, known := t.isBare[op]
	if known {
		return is
	}
	seen := make(map[*skeleton.Block]bool)
	is = true
	for work := []*skeleton.Block{op.Fn.Blocks[0]}; len(work) > 0 && is; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || slices.ContainsFunc(b.Ops, func(o *skeleton.Op) bool { return o == op || o.Inner == op }) {
			continue
		}
		seen[b] = true
		is = !slices.ContainsFunc(b.Ops, func(o *skeleton.Op) bool { return o.Is(syncapi.Return) })
		for _, e := range b.Succs {
			work = append(work, e.To)
		}
	}
	t.isBare[op] = is
	return is
}

// closes returns the channels that op closes or has closed, by which effects.
func (t *twiceFinder) closes(op *skeleton.Op) map[skeleton.Path][]skeleton.Effect {
	things := make(map[skeleton.Path][]skeleton.Effect)
	inner := op
	if op.Inner != nil {
		inner = op.Inner
	}
	if inner.Kind == syncapi.Close && inner.Res.IsOne() {
		things[inner.Res] = append(things[inner.Res], skeleton.Effect{Op: inner, Res: inner.Res})
	}
	for _, e := range t.view.OpEffects(op, syncapi.Close) {
		if e.Res.IsOne() {
			things[e.Res] = append(things[e.Res], e)
		}
	}
	return things
}

// many reports whether op runs something on many goroutines.
func many(op *skeleton.Op) bool {
	for _, c := range op.Callbacks {
		if c.Mode == syncapi.ManyNow {
			return true
		}
	}
	return false
}
