package skeleton

import (
	"go/token"
	"go/types"
	"maps"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Loops that end by themselves, because each turn brings a counter nearer to
// its bound, have Count operations: one with N = 0 where the loop is entered,
// and one with N = 1 wherever its counter advances. Both act on the same
// resource. So a cycle in a skeleton goes on without bound unless it passes an
// advance and does not pass the entry of the same loop.
//
// A counter is a variable from whose value the next is computed (i+1, q[1:],
// p.next) and on which a branch depends that leaves the loop, or that leads to
// something slow: a loop that yields for some turns and then sleeps counts too.
// It is a may-analysis that errs to more counters.
//
// A loop that does nothing at all but look at memory, until another goroutine has
// changed it, has a Poll in each turn, which acts on what it looks at.

// A countFinder finds the counters of the loops of one function.
type countFinder struct {
	*funcBuilder
	after map[ssa.Instruction][]*Op // operations behind an instruction
	on    map[blockEdge][]*Op       // operations on an edge
}

type blockEdge struct{ from, to *ssa.BasicBlock }

// A loop is a natural loop.
type loop struct {
	head *ssa.BasicBlock
	body map[*ssa.BasicBlock]bool
	root *Root
}

// findCounts finds the counters of fn.
func (fb *funcBuilder) findCounts() {
	c := &countFinder{fb, make(map[ssa.Instruction][]*Op), make(map[blockEdge][]*Op)}
	loops := loopsOf(fb.fn)
	fb.turning = make(map[*ssa.BasicBlock]bool)
	for _, l := range loops {
		maps.Copy(fb.turning, l.body)
		switch {
		case l.plain() && c.polls(l):
		case l.plain() && !l.looks():
			if within(l, loops, nil) {
				c.onEntry(l, &Op{Kind: syncapi.Work, Pos: fb.fn.Pos()})
			}
		case l.mayPoll() || l.looks() || within(l, loops, (*loop).mayPoll):
			l.root = &Root{Kind: Value, Owner: fb.f, Name: "turns"}
			c.count(l)
		}
	}
	fb.counts = c
}

// loopsOf returns the natural loops of fn, by their heads.
func loopsOf(fn *ssa.Function) []*loop {
	var loops []*loop
	for _, head := range fn.Blocks {
		var l *loop
		for _, pred := range head.Preds {
			if !head.Dominates(pred) {
				continue
			}
			if l == nil {
				l = &loop{head: head, body: map[*ssa.BasicBlock]bool{head: true}}
				loops = append(loops, l)
			}
			l.add(pred)
		}
	}
	return loops
}

// add adds b and what leads to it within the loop.
func (l *loop) add(b *ssa.BasicBlock) {
	for stack := []*ssa.BasicBlock{b}; len(stack) > 0; {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !l.body[b] {
			l.body[b] = true
			stack = append(stack, b.Preds...)
		}
	}
}

// within reports whether l is in another loop, one for which cond holds.
func within(l *loop, loops []*loop, cond func(*loop) bool) bool {
	for _, o := range loops {
		if o != l && o.body[l.head] && (cond == nil || cond(o)) {
			return true
		}
	}
	return false
}

// plain reports whether a loop does nothing but compute.
func (l *loop) plain() bool {
	for b := range l.body {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Call:
				if _, builtin := instr.Call.Value.(*ssa.Builtin); !builtin {
					return false
				}
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return false
				}
			case *ssa.Select, *ssa.Send, *ssa.Go, *ssa.Defer:
				return false
			}
		}
	}
	return true
}

// mayPoll reports whether a loop has a select statement that does not wait, or
// calls something that may have one.
func (l *loop) mayPoll() bool {
	for b := range l.body {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Call:
				if _, builtin := instr.Call.Value.(*ssa.Builtin); !builtin && syncapi.EffectOf(calleeObj(&instr.Call)) == nil {
					return true
				}
			case *ssa.Select:
				if !instr.Blocking {
					return true
				}
			}
		}
	}
	return false
}

// looks reports whether a loop looks at an atomic or the like, or at how full a channel
// is, takes a lock to look at what that guards, or yields.
func (l *loop) looks() bool {
	for b := range l.body {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if lenOfChan(call) {
				return true
			}
			eff := syncapi.EffectOf(calleeObj(&call.Call))
			if eff == nil {
				continue
			}
			switch eff.Op {
			case syncapi.AtomicLoad, syncapi.MapRead, syncapi.CtxErr, syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.TryRLock,
				syncapi.SemTryAcquire, syncapi.Yield:
				return true
			}
		}
	}
	return false
}

// lenOfChan reports whether call is len(ch) of a channel.
func lenOfChan(call *ssa.Call) bool {
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" {
		return false
	}
	_, ok := call.Call.Args[0].Type().Underlying().(*types.Chan)
	return ok
}

// polls adds a Poll to each turn of a plain loop that changes nothing, and that is
// left only if memory which others may have has changed. It reports whether l is
// one.
func (c *countFinder) polls(l *loop) bool {
	d := &support{make(map[ssa.Value]bool), make(map[any]bool)}
	if !c.looksOnly(l, d) {
		return false
	}
	op := &Op{Kind: syncapi.Poll}
	for _, b := range c.fn.Blocks { // in the order of the code
		if !l.body[b] {
			continue
		}
		for _, instr := range b.Instrs {
			v, isValue := instr.(ssa.Value)
			if phi, ok := instr.(*ssa.Phi); ok && d.values[phi] {
				return false
			}
			if res, ok := c.polled(v); isValue && d.values[v] && ok && op.Res.IsZero() {
				op.Res, op.Pos = res, instr.Pos()
			}
		}
	}
	if op.Res.IsZero() || !op.Pos.IsValid() {
		return false
	}
	for _, pred := range l.head.Preds {
		if l.body[pred] {
			e := blockEdge{pred, l.head}
			c.on[e] = append(c.on[e], op)
		}
	}
	return true
}

// looksOnly reports whether a turn of l changes nothing. It adds to d what decides
// whether l is left.
func (c *countFinder) looksOnly(l *loop, d *support) bool {
	for b := range l.body {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store, *ssa.MapUpdate, *ssa.Next, *ssa.Range, *ssa.Alloc, *ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeClosure:
				return false
			case *ssa.Call:
				if name := instr.Call.Value.Name(); name != "len" && name != "cap" {
					return false
				}
			case *ssa.Return, *ssa.Panic:
				return false
			case *ssa.If:
				if !l.body[b.Succs[0]] || !l.body[b.Succs[1]] {
					c.support(l, d, instr.Cond)
				}
			}
		}
	}
	return true
}

// polled returns what v looks at, if others may change that: a variable, field or
// element, or how full a channel is.
func (c *countFinder) polled(v ssa.Value) (Path, bool) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op != token.MUL || onStack(v.X) {
			break
		}
		if cell := c.cell(v.X); cell != nil {
			return Path{Root: c.cellRoot(cell)}, true
		}
		return c.path(v.X), true
	case *ssa.Call:
		if _, ok := v.Call.Args[0].Type().Underlying().(*types.Chan); ok {
			return c.path(v.Call.Args[0]), true
		}
	}
	return Path{}, false
}

// onEntry puts op on the edges that lead into a loop, or past it because there
// is no turn to be made.
func (c *countFinder) onEntry(l *loop, op *Op) {
	for _, pred := range l.head.Preds {
		if l.body[pred] {
			continue
		}
		for _, succ := range pred.Succs {
			if succ == l.head || l.exitsTo(succ) {
				e := blockEdge{pred, succ}
				c.on[e] = append(c.on[e], op)
			}
		}
	}
}

// exitsTo reports whether the loop ends at b.
func (l *loop) exitsTo(b *ssa.BasicBlock) bool {
	for _, pred := range b.Preds {
		if l.body[pred] && !l.body[b] {
			return true
		}
	}
	return false
}

// advance notes that the loop's counter advances at instr. What stands in the
// head comes before the test, and counts once that has been passed.
func (c *countFinder) advance(l *loop, instr ssa.Instruction) {
	op := &Op{Kind: syncapi.Count, Pos: instr.Pos(), Res: Path{Root: l.root}, N: 1, NKnown: true}
	b := instr.Block()
	if b != l.head || len(b.Succs) < 2 {
		c.after[instr] = append(c.after[instr], op)
		return
	}
	for _, succ := range b.Succs {
		if e := (blockEdge{b, succ}); l.body[succ] {
			c.on[e] = append(c.on[e], op)
		}
	}
}

// count adds the operations of a loop that has a counter.
func (c *countFinder) count(l *loop) {
	d := c.deciders(l)
	found := make(map[ssa.Instruction]bool)
	for v := range d.values {
		switch v := v.(type) {
		case *ssa.Next:
			found[v] = true
		case *ssa.Phi:
			c.steps(l, v, found)
		}
	}
	for b := range l.body {
		for _, instr := range b.Instrs {
			if s, ok := instr.(*ssa.Store); ok && d.memory[c.memory(s.Addr)] && c.fromItself(l, s) {
				found[s] = true
			}
		}
	}
	if len(found) == 0 {
		return
	}
	c.onEntry(l, &Op{Kind: syncapi.Count, Pos: c.fn.Pos(), Res: Path{Root: l.root}, NKnown: true})
	for _, b := range c.fn.Blocks { // in the order of the code
		for _, instr := range b.Instrs {
			if found[instr] {
				c.advance(l, instr)
			}
		}
	}
}

// steps adds to found the instructions that compute the next value of a
// variable, phi at the head of the loop, from the last one.
func (c *countFinder) steps(l *loop, phi *ssa.Phi, found map[ssa.Instruction]bool) {
	if phi.Block() != l.head || IsBool(phi.Type()) {
		return
	}
	seen := make(map[ssa.Value]bool)
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] || v == phi {
			return
		}
		seen[v] = true
		if p, ok := v.(*ssa.Phi); ok && l.body[p.Block()] {
			for _, e := range p.Edges {
				visit(e)
			}
			return
		}
		instr, ok := v.(ssa.Instruction)
		if !ok || !l.body[instr.Block()] {
			return
		}
		if needs := c.needs(l, v); needs.values[phi] {
			found[instr] = true
		}
	}
	for i, e := range phi.Edges {
		if l.body[phi.Block().Preds[i]] {
			visit(e)
		}
	}
}

// fromItself reports whether s stores what is computed from the last value.
func (c *countFinder) fromItself(l *loop, s *ssa.Store) bool {
	if IsBool(s.Val.Type()) {
		return false
	}
	return c.needs(l, s.Val).memory[c.memory(s.Addr)]
}

// IsBool reports whether t is a type of booleans.
func IsBool(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

// -- what a value depends on --

// A support is what values depend on, within a loop.
type support struct {
	values map[ssa.Value]bool
	memory map[any]bool // variables with an address
}

// deciders returns what the branches depend on that leave the loop or lead to
// something slow.
func (c *countFinder) deciders(l *loop) *support {
	s := &support{make(map[ssa.Value]bool), make(map[any]bool)}
	for b := range l.body {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		for _, succ := range b.Succs {
			if !l.body[succ] || c.slow(l, succ) {
				c.support(l, s, branch.Cond)
				break
			}
		}
	}
	return s
}

// slow reports whether something that waits, or may, comes only if a branch
// to the given block is taken.
func (c *countFinder) slow(l *loop, to *ssa.BasicBlock) bool {
	if len(to.Preds) != 1 || to == l.head {
		return false
	}
	for _, b := range c.fn.Blocks {
		if !l.body[b] || !to.Dominates(b) {
			continue
		}
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Call:
				eff := syncapi.EffectOf(calleeObj(&instr.Call))
				if eff != nil && eff.Op.Blocks() || eff == nil && instr.Call.StaticCallee() != nil {
					return true
				}
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return true
				}
			case *ssa.Select:
				if instr.Blocking {
					return true
				}
			}
		}
	}
	return false
}

// needs returns what v is computed from.
func (c *countFinder) needs(l *loop, v ssa.Value) *support {
	s := &support{make(map[ssa.Value]bool), make(map[any]bool)}
	c.support(l, s, v)
	return s
}

// support adds to s what v depends on within the loop.
func (c *countFinder) support(l *loop, s *support, v ssa.Value) {
	instr, ok := v.(ssa.Instruction)
	if !ok || !l.body[instr.Block()] || s.values[v] {
		return
	}
	s.values[v] = true
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			return
		}
		if v.Op == token.MUL {
			s.memory[c.memory(v.X)] = true
		}
	case *ssa.Select, *ssa.Alloc:
		return
	case *ssa.Phi:
		if v.Block() == l.head {
			return
		}
	}
	for _, o := range instr.Operands(nil) {
		if *o != nil {
			c.support(l, s, *o)
		}
	}
}

// memory identifies the variable at an address: by the position where it is
// declared, since the variables of a loop are one in each turn, else by path.
func (c *countFinder) memory(addr ssa.Value) any {
	switch addr := addr.(type) {
	case *ssa.Phi:
		return addr.Pos()
	case *ssa.Alloc:
		if addr.Pos().IsValid() {
			return addr.Pos()
		}
	}
	if cell := c.cell(addr); cell != nil {
		return Path{Root: c.cellRoot(cell)}
	}
	return c.path(addr)
}
