package skeleton

import (
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An Interest says what an outline has of a function.
type Interest struct {
	// Ops are the kinds of operations, beside those that decide which of them
	// are run.
	Ops []syncapi.Op
	// Quiet says that calls of functions which do no more than access memory are there
	// as well. They are if Ops has accesses.
	Quiet bool
	// Enter says whether a callee stands in at its call, with its arguments as
	// the outline names them. Of others there is only the call.
	Enter func(call *Node, t *Target) bool
}

// Outline returns a graph of f with what is of interest alone. It has all paths
// of [View.Expand] between those operations, perhaps more: conditions that
// callees which are left out would set are not known. It costs a fraction.
// The caller may not change it.
func (v *View) Outline(f *Func, in Interest) *Graph {
	keep := kindsOf(in.Ops)
	if in.Quiet {
		keep.add(alsoQuiet)
	}
	return v.expand(&Graph{Root: f, view: v, keep: keep, enters: in.Enter})
}

type outlineKey struct {
	f    *Func
	keep kinds
}

// blocks returns the blocks of f as a graph with operations of the given kinds
// has them, none meaning all.
func (v *View) blocks(f *Func, keep kinds) []*Block {
	form := f.form(keep)
	if keep == (kinds{}) || f.Effects {
		return form
	}
	key := outlineKey{f, keep}
	bs, ok := v.outlines[key]
	if !ok {
		bs = filter(form, func(op *Op) bool { return keeps(op, keep) })
		v.outlines[key] = bs
	}
	return bs
}

// keeps reports whether op belongs into a graph of the given kinds. Calls all
// do, since a callee may be of interest.
func keeps(op *Op, keep kinds) bool {
	switch op.Kind {
	case syncapi.Return, syncapi.Panic, syncapi.Exit, syncapi.Goexit, syncapi.Set, syncapi.Recover, syncapi.Go,
		syncapi.Call, syncapi.Cancel:
		return true
	case syncapi.Defer:
		return keeps(op.Inner, keep)
	}
	return keep.has(op.Kind) || len(op.Callbacks) > 0
}

// CallEffects returns the operations of the given kinds that the callees of n
// do, or have done, as n's graph names what they act on. See [View.Effects].
func (v *View) CallEffects(n *Node, ops ...syncapi.Op) []Effect {
	if n.Op == nil {
		return nil
	}
	var effects []Effect
	if len(n.Op.Targets) == 0 && !n.Res.IsZero() && n.Op.Is(syncapi.Call, syncapi.Cancel) {
		for _, t := range v.calledValue(n.Res, n.Args) { // which the graph knows better
			effects = v.summariesOf(ops).called(effects, n.Op, t, false, false)
		}
		return effects
	}
	effects = v.OpEffects(n.Op, ops...)
	for i := range effects {
		effects[i].Res = n.Frame.subst(effects[i].Res)
	}
	return effects
}
