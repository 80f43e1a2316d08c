package busyselect

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// mayPoll reports whether the graph of f may have an idle loop that passes a
// default: a first look, at the blocks of f by themselves, which says yes when
// in doubt. That loop is one of f's own, or one of a helper that calls back.
func mayPoll(view *skeleton.View, f *skeleton.Func) bool {
	if !view.May(f, syncapi.Default) {
		return false
	}
	idle := make(map[*skeleton.Block]bool)
	var polls []*skeleton.Block
	for _, b := range f.Blocks {
		if slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return callsBack(view, op) }) {
			return true
		}
		idle[b] = !slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return !maybeIdle(view, op) })
		if idle[b] && slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return maybeDefault(view, op) }) {
			polls = append(polls, b)
		}
	}
	return slices.ContainsFunc(polls, func(b *skeleton.Block) bool { return inCycle(b, idle) })
}

// inCycle reports whether b leads to itself by blocks of in.
func inCycle(b *skeleton.Block, in map[*skeleton.Block]bool) bool {
	seen := make(map[*skeleton.Block]bool)
	for stack := []*skeleton.Block{b}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, e := range at.Succs {
			if e.To == b {
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

// maybeIdle reports whether control may pass op at once, as [isIdle] has it.
func maybeIdle(view *skeleton.View, op *skeleton.Op) bool {
	switch op.Kind {
	case syncapi.Select:
		return op.Defined
	case syncapi.Cancel:
		return true
	case syncapi.Call:
		for _, t := range op.Targets {
			if t.Func.Light || view.May(t.Func, syncapi.Default) || !t.Func.Quiet && !view.May(t.Func, syncapi.Work) {
				return true
			}
		}
		return len(op.Targets) == 0 && !op.Dynamic.IsZero()
	}
	return idle[op.Kind]
}

// maybeDefault reports whether op is a default, or calls what may have one.
func maybeDefault(view *skeleton.View, op *skeleton.Op) bool {
	if op.Kind != syncapi.Call {
		return op.Kind == syncapi.Default
	}
	for _, t := range op.Targets {
		if view.May(t.Func, syncapi.Default) {
			return true
		}
	}
	return len(op.Targets) == 0 && !op.Dynamic.IsZero()
}

// callsBack reports whether op hands a function that may have a default to a
// helper which may call it in a loop.
func callsBack(view *skeleton.View, op *skeleton.Op) bool {
	polls := func(p skeleton.Path) bool {
		r := p.Root
		return r != nil && r.Kind == skeleton.FuncVal && r.Func != nil && view.May(r.Func, syncapi.Default)
	}
	for _, c := range op.Callbacks {
		if c.Mode == syncapi.Now && polls(c.Func) {
			return true
		}
	}
	return op.Kind == syncapi.Call && slices.ContainsFunc(op.Args, polls)
}
