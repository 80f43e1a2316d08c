package skeleton

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// finish settles what depends on other functions, and simplifies.
func (b *builder) finish(funcs []*Func) {
	compareReturned(funcs)
	splitMemory(funcs)
	for _, f := range funcs {
		f.Quiet = quietAlone(f)
	}
	// Both start from the best and get worse: the greatest fixpoint, so that
	// mutually recursive functions without operations are quiet.
	for changed := true; changed; {
		changed = false
		for _, f := range funcs {
			quiet, light, returns := f.Quiet && quietCalls(f), f.Light && lightCalls(f), comesBack(f)
			writes := f.writes || callsWriter(f)
			if quiet != f.Quiet || light != f.Light || returns != f.Returns || writes != f.writes {
				f.Quiet, f.Light, f.Returns, f.writes = quiet, light, returns, writes
				changed = true
			}
		}
	}
	for _, f := range funcs {
		dropQuietCalls(f)
		f.Blocks = simplify(f.Blocks)
		finishMemory(f)
	}
}

// quietAlone reports whether f has no operation, calls apart.
func quietAlone(f *Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case syncapi.Return, syncapi.Work, syncapi.Set, syncapi.Count, syncapi.Clock, syncapi.Call:
			case syncapi.Defer:
				if !op.Inner.Is(syncapi.Work, syncapi.Call) {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

// quietCalls reports whether all that f calls is quiet.
func quietCalls(f *Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer {
				op = op.Inner
			}
			if op.Kind == syncapi.Call && !quietCall(op) {
				return false
			}
		}
	}
	return f.Returns
}

func quietCall(op *Op) bool {
	if len(op.Targets) == 0 {
		return op.mild && !slices.ContainsFunc(op.Callbacks, loudMethod) // else a dynamic call, or one that is handed something
	}
	for _, t := range op.Targets {
		if !t.Func.Quiet {
			return false
		}
	}
	return true
}

// loudMethod reports whether c, a method that library code calls, does anything.
func loudMethod(c Callback) bool { return c.Mode != syncapi.NowOnce || !c.Func.Root.Func.Quiet }

// lightCalls reports whether f does no work and calls only light functions.
func lightCalls(f *Func) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case syncapi.Work, syncapi.Go, syncapi.Run, syncapi.Sleep:
				return false
			case syncapi.Call:
				if !lightCall(op) {
					return false
				}
			case syncapi.Defer:
				if op.Inner.Kind == syncapi.Work || op.Inner.Kind == syncapi.Call && !lightCall(op.Inner) {
					return false
				}
			}
		}
	}
	return true
}

func lightCall(op *Op) bool {
	for _, t := range op.Targets {
		if !t.Func.Light {
			return false
		}
	}
	return len(op.Targets) > 0
}

// comesBack reports whether a return of f can be reached past the calls that
// do not come back.
func comesBack(f *Func) bool {
	if len(f.Blocks) == 0 || f.Effects {
		return f.Returns
	}
	seen := make(map[*Block]bool)
	stack := []*Block{f.Blocks[0]}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		through := true
		for _, op := range b.Ops {
			if op.Kind == syncapi.Return {
				return true
			}
			if op.Kind == syncapi.Call && neverReturns(op) {
				through = false
				break
			}
		}
		if through {
			for _, e := range b.Succs {
				stack = append(stack, e.To)
			}
		}
	}
	// A panic that a deferred function recovers from is a return, too.
	return f.Returns && f.Recovers()
}

func neverReturns(op *Op) bool {
	for _, t := range op.Targets {
		if t.Func.Returns {
			return false
		}
	}
	return len(op.Targets) > 0
}

// Recovers reports whether f defers what recovers.
func (f *Func) Recovers() bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer && recovers(op.Inner) {
				return true
			}
		}
	}
	return false
}

// dropQuietCalls replaces the calls of quiet functions by the work they are,
// unless they are handed something that a check may ask after.
func dropQuietCalls(f *Func) {
	for _, b := range f.Blocks {
		kept := b.Ops[:0]
		for _, op := range b.Ops {
			if op.Kind == syncapi.Call && len(op.Targets) == 0 {
				op.Callbacks = slices.DeleteFunc(op.Callbacks, func(c Callback) bool { return !loudMethod(c) })
			}
			if op.Kind == syncapi.Call && quietCall(op) && !handsOver(op) {
				for _, r := range op.Results {
					r.dropped = op
				}
				if lightCall(op) && (!op.used || !writesSome(op)) {
					continue
				}
				op = &Op{Kind: syncapi.Work, Pos: op.Pos, Fn: f}
			}
			if op.Kind == syncapi.Work && len(kept) > 0 && kept[len(kept)-1].Kind == syncapi.Work {
				kept[len(kept)-1].stand(op)
				continue
			}
			kept = append(kept, op)
		}
		b.Ops = kept
	}
}

// writesSome reports whether a call changes something. If its result is used
// as well, as that of an iterator's Next is, it gets on.
func writesSome(op *Op) bool {
	for _, t := range op.Targets {
		if t.Func.writes {
			return true
		}
	}
	return false
}

func callsWriter(f *Func) bool {
	found := false
	eachOp(f, func(op *Op) { found = found || writesSome(op) })
	return found
}

// handsOver reports whether a call has a function among its arguments.
func handsOver(op *Op) bool {
	for _, a := range op.Args {
		if a.Root.Kind == FuncVal || a.Root.Kind == Result && a.Sel == nil {
			return true
		}
	}
	return len(op.Callbacks) > 0
}

// filter returns a copy of blocks that has only the operations for which keep
// holds, and no more of the control flow than they need.
func filter(blocks []*Block, keep func(*Op) bool) []*Block {
	copies := make(map[*Block]*Block, len(blocks))
	for _, b := range blocks {
		copies[b] = &Block{}
	}
	kept := make([]*Block, len(blocks))
	for i, b := range blocks {
		c := copies[b]
		for _, op := range b.Ops {
			if keep(op) {
				c.Ops = append(c.Ops, op)
			}
		}
		for _, e := range b.Succs {
			c.Succs = append(c.Succs, &Edge{To: copies[e.To], Cond: e.Cond, Sets: e.Sets})
		}
		kept[i] = c
	}
	return simplify(kept)
}

// simplify removes blocks that hold nothing, and branches that make no
// difference. It returns the blocks that are left, the entry first.
func simplify(blocks []*Block) []*Block {
	if len(blocks) == 0 {
		return nil
	}
	for _, b := range blocks {
		decide(b)
	}
	for changed := true; changed; {
		changed = false
		for _, b := range blocks {
			for i, e := range b.Succs {
				if next := skip(e); next != nil {
					b.Succs[i] = next
					changed = true
				}
			}
			changed = dedupe(b) || changed
		}
	}
	blocks = reachable(blocks[0])
	for i, b := range blocks {
		b.Index = i
	}
	return blocks
}

// decide removes the edges of b that are never taken, since a constant decides.
func decide(b *Block) {
	b.Succs = slices.DeleteFunc(b.Succs, func(e *Edge) bool { return e.Cond.Var.Root == nilRoot && e.Cond.Want })
	for _, e := range b.Succs {
		if e.Cond.Var.Root == nilRoot {
			e.Cond = Cond{}
		}
	}
}

// skip returns the edge that leads past an empty block behind e, or nil.
func skip(e *Edge) *Edge {
	t := e.To
	if len(t.Ops) > 0 || len(t.Succs) != 1 {
		return nil
	}
	next := t.Succs[0]
	if next.To == t || !next.Cond.Var.IsZero() || len(next.Sets) > 0 && len(e.Sets) > 0 {
		return nil
	}
	sets := e.Sets
	if len(next.Sets) > 0 {
		sets = next.Sets
	}
	return &Edge{To: next.To, Cond: e.Cond, Sets: sets}
}

// dedupe removes edges that say the same as another, and turns of an empty
// loop, which end some time. It reports whether it removed any.
func dedupe(b *Block) bool {
	n := len(b.Succs)
	if n < 2 {
		return false
	}
	kept := b.Succs[:0]
	for i, e := range b.Succs {
		same := false
		for _, o := range b.Succs[:i] {
			same = same || o.To == e.To && len(o.Sets) == 0 && len(e.Sets) == 0
		}
		if same || e.To == b && len(b.Ops) == 0 && len(e.Sets) == 0 {
			for _, k := range kept {
				if k.To == e.To {
					k.Cond = Cond{}
				}
			}
			continue
		}
		kept = append(kept, e)
	}
	b.Succs = kept
	if len(kept) == 1 {
		kept[0].Cond = Cond{}
	}
	return len(kept) < n
}

// reachable lists the blocks that can be reached, in depth-first order.
func reachable(entry *Block) []*Block {
	var blocks []*Block
	seen := make(map[*Block]bool)
	var visit func(b *Block)
	visit = func(b *Block) {
		if seen[b] {
			return
		}
		seen[b] = true
		blocks = append(blocks, b)
		for _, e := range b.Succs {
			visit(e.To)
		}
	}
	visit(entry)
	return blocks
}
