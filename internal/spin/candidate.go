package spin

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// candidates finds the functions whose graphs are worth a look.
type candidates struct {
	kind  *Kind
	view  *skeleton.View
	idle  map[*skeleton.Func]bool // see passes
	works map[*skeleton.Func]bool // see surelyWorks
}

// graph returns the graph of f in which loops are looked for. A callee that surely
// works, and does not poll, is left out: no idle loop leads through it.
func (c *candidates) graph(f *skeleton.Func) *skeleton.Graph {
	in := skeleton.Interest{Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
		return len(call.Op.Targets) != 1 || c.may(t.Func) || !c.surelyWorks(t.Func) || slices.ContainsFunc(call.Args, c.polling)
	}}
	if c.kind.Memory {
		in.Ops = slices.Collect(syncapi.Ops)
	}
	return c.view.Outline(f, in)
}

// surelyWorks reports whether f has an operation of its own that is not idle, or
// calls a function that has. (See [activations.prune] for why it is of no matter
// whether a call of f comes by it.)
func (c *candidates) surelyWorks(f *skeleton.Func) bool {
	if works, ok := c.works[f]; ok {
		return works
	}
	c.works[f] = false // in recursion
	for _, b := range f.Blocks {
		if slices.ContainsFunc(b.Ops, c.isWork) {
			c.works[f] = true
			break
		}
	}
	return c.works[f]
}

func (c *candidates) isWork(op *skeleton.Op) bool {
	switch op.Kind {
	case syncapi.Call:
		return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return c.surelyWorks(t.Func) })
	case syncapi.Select:
		return !c.kind.returns(op)
	case syncapi.Cancel, syncapi.Defer:
		return false
	}
	return op.Arm == nil && !c.kind.isIdleOp(op)
}

// may reports whether f, or anything that it calls, may poll.
func (c *candidates) may(f *skeleton.Func) bool {
	if c.kind.Stays != nil {
		return slices.ContainsFunc(f.Ops(), c.kind.polls) // callers have no such loop by it
	}
	return slices.ContainsFunc(c.kind.Polls, func(op syncapi.Op) bool { return c.view.May(f, op) })
}

// mayPoll reports whether the graph of f may have an idle loop that passes a
// poll: a first look, at the blocks of f by themselves, which says yes when
// in doubt. That loop is one of f's own, or one of a helper that calls back.
func (c *candidates) mayPoll(f *skeleton.Func) bool {
	if !c.may(f) {
		return false
	}
	idle := make(map[*skeleton.Block]bool)
	var polls []*skeleton.Block
	for _, b := range f.Blocks {
		if slices.ContainsFunc(b.Ops, c.callsBack) {
			return true
		}
		idle[b] = c.isIdle(b)
		if idle[b] && slices.ContainsFunc(b.Ops, c.maybePolls) {
			polls = append(polls, b)
		}
	}
	return slices.ContainsFunc(polls, func(b *skeleton.Block) bool {
		return leads(b, func(to *skeleton.Block) bool { return to == b }, idle)
	})
}

// isIdle reports whether control may pass all of b at once.
func (c *candidates) isIdle(b *skeleton.Block) bool {
	return !slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return !c.maybeIdle(op) })
}

// leads reports whether a way leads from b by blocks of in to an edge into one
// for which wanted holds.
func leads(b *skeleton.Block, wanted func(*skeleton.Block) bool, in map[*skeleton.Block]bool) bool {
	seen := make(map[*skeleton.Block]bool)
	for stack := []*skeleton.Block{b}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range at.Succs {
			if wanted(e.To) {
				return true
			}
			if in[e.To] && !seen[e.To] {
				seen[e.To] = true
				stack = append(stack, e.To)
			}
		}
	}
	return false
}

// passes reports whether a call of f may come back at once, without having
// achieved anything. In recursion it is taken to.
func (c *candidates) passes(f *skeleton.Func) bool {
	if idle, ok := c.idle[f]; ok {
		return idle
	}
	c.idle[f] = true
	if f.Light || len(f.Blocks) == 0 || f.Effects {
		return true
	}
	idle := make(map[*skeleton.Block]bool)
	for _, b := range f.Blocks {
		idle[b] = c.isIdle(b)
	}
	returns := func(b *skeleton.Block) bool {
		return idle[b] && slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return op.Kind == syncapi.Return })
	}
	first := f.Blocks[0]
	c.idle[f] = idle[first] && (returns(first) || leads(first, returns, idle))
	return c.idle[f]
}

// maybeIdle reports whether control may pass op at once, as [Kind.isIdle] has it.
func (c *candidates) maybeIdle(op *skeleton.Op) bool {
	if c.kind.discounts(op) {
		return true
	}
	switch op.Kind {
	case syncapi.Select:
		return c.kind.returns(op)
	case syncapi.Cancel:
		return true
	case syncapi.Call:
		for _, t := range op.Targets {
			if t.Func.Light || (c.may(t.Func) || !t.Func.Quiet && !c.view.May(t.Func, syncapi.Work)) && c.passes(t.Func) {
				return true
			}
		}
		return len(op.Targets) == 0 && !op.Dynamic.IsZero()
	}
	return c.kind.isIdleOp(op)
}

// maybePolls reports whether op polls, or calls what may.
func (c *candidates) maybePolls(op *skeleton.Op) bool {
	if op.Kind != syncapi.Call {
		return c.kind.polls(op)
	}
	for _, t := range op.Targets {
		if c.may(t.Func) {
			return true
		}
	}
	return len(op.Targets) == 0 && !op.Dynamic.IsZero()
}

// callsBack reports whether op hands a function that may poll, and
// may achieve nothing, to a helper which may call it in a loop.
func (c *candidates) callsBack(op *skeleton.Op) bool {
	for _, cb := range op.Callbacks {
		if cb.Mode == syncapi.Now && c.polling(cb.Func) {
			return true
		}
	}
	return op.Kind == syncapi.Call && slices.ContainsFunc(op.Args, c.polling)
}

// polling reports whether p is a function that may poll, and may achieve
// nothing.
func (c *candidates) polling(p skeleton.Path) bool {
	r := p.Root
	return r != nil && r.Kind == skeleton.FuncVal && r.Func != nil && c.may(r.Func) && c.passes(r.Func)
}
