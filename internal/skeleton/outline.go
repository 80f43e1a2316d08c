package skeleton

import (
	"go/types"

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
	// Yields says that literals which a goroutine other than f's hands to a function value
	// or an interface's method that is not known stand in behind the call: they are taken to
	// be called there, any number of times. See [Node.Yields].
	Yields bool
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
	return v.expand(&Graph{Root: f, view: v, keep: keep, enters: in.Enter, yielding: in.Yields})
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
	s := v.summariesOf(ops)
	var effects []Effect
	if len(n.Op.Targets) == 0 && !n.Res.IsZero() && n.Op.Is(syncapi.Call, syncapi.Cancel) {
		for _, t := range v.calledValue(n.Res, n.Args) { // which the graph knows better
			effects = append(effects, n.Frame.captured(s.called(nil, n.Op, t, false, false), t.Func, n.Res)...)
		}
		return effects
	}
	effects = s.opEffects(n.Op, false)
	for i := range effects {
		effects[i].Res = n.Frame.subst(effects[i].Res)
	}
	return s.handed(effects, n)
}

// handed adds to effects what the functions do that the caller of n's function has
// handed it, and that the callees of n call in turn.
func (s *effectSummaries) handed(effects []Effect, n *Node) []Effect {
	op := n.Op
	if op.Inner != nil {
		op = op.Inner
	}
	for _, t := range op.Targets {
		for _, e := range s.of[t.Func] {
			p, ok := s.bind(e.Res, op, t)
			if !ok || s.keep.has(e.Op.Kind) || p.Root.Kind != Param {
				continue
			}
			f := n.Frame.subst(p)
			for _, g := range s.view.calledValue(f, nil) {
				effects = append(effects, n.Frame.captured(s.called(nil, e.Op, g, e.Started, false), g.Func, f)...)
			}
		}
	}
	return effects
}

// captured names what the effects of a call of the literal fn are on, as far as fn
// captures it, as the graph does: by the activation in which the literal was made.
func (f *Frame) captured(effects []Effect, fn *Func, value Path) []Effect {
	lexical := f.lexicalOf(fn, value)
	if lexical == nil {
		return effects
	}
	for i, e := range effects {
		if e.Res.Root != nil && e.Res.Root.frame == nil {
			effects[i].Res = lexical.subst(e.Res)
		}
	}
	return effects
}

// Yields reports whether the function p, which the call n hands over, stands in behind n: it
// runs before n returns, or is taken to do so (see [Interest]).
func (n *Node) Yields(p Path) bool {
	for i, a := range n.Args {
		if a != p || i >= len(n.Op.Args) {
			continue
		}
		for _, cb := range n.Op.Callbacks {
			if cb.Func == n.Op.Args[i] && (cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce) {
				return true
			}
		}
		if n.Graph.yields(n.Op) && p.IsLiteral() {
			return true
		}
	}
	return false
}

// Yielded reports whether n is in a literal that is taken to be called by code unseen, see
// [Interest].
func (n *Node) Yielded() bool {
	for _, call := range n.Calls() {
		if call.Op.yielded {
			return true
		}
	}
	return false
}

// yields reports whether the literals that the call op hands over stand in behind it.
func (g *Graph) yields(op *Op) bool {
	if !g.yielding || g.Spawner == nil || op.Kind != syncapi.Call || len(op.Targets) > 0 {
		return false
	}
	if op.Obj == nil {
		return true
	}
	recv := op.Obj.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}
