package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An Effect is an operation that a function does itself, or has others do.
type Effect struct {
	Op      *Op
	Res     Path // what it acts on, as the function names it
	Started bool // it runs on a goroutine that the function starts
}

// maxEffects bounds the effects of a function; further ones are not noted.
const maxEffects = 256

// Effects returns the operations of the given kinds that f does itself, or has
// done by what it calls, defers or starts, in no order in time. It is the
// summary of a function in the sense of Sharir and Pnueli's functional
// approach (1981), free of context and of the control flow: that an operation
// is among the effects does not mean that it is ever reached. What is done to
// objects that a callee makes and keeps to itself is the callee's alone.
func (v *View) Effects(f *Func, ops ...syncapi.Op) []Effect {
	return v.summariesOf(ops).of[f]
}

func (v *View) summariesOf(ops []syncapi.Op) *effectSummaries {
	key := kindsOf(ops)
	s := v.summaries[key]
	if s == nil {
		s = v.summarize(key)
		v.summaries[key] = s
	}
	return s
}

// OpEffects returns the operations of the given kinds that an operation of a
// function has done by what it calls or starts, as the function names what
// they act on.
func (v *View) OpEffects(op *Op, ops ...syncapi.Op) []Effect {
	return v.summariesOf(ops).opEffects(op, false)
}

// StartsBefore reports whether f starts, before pos and perhaps by what it calls, a
// goroutine that has an effect of the given kinds for which counts holds.
func (v *View) StartsBefore(f *Func, pos token.Pos, counts func(Effect) bool, ops ...syncapi.Op) bool {
	return slices.ContainsFunc(v.summariesOf(ops).startsOf(f), func(s start) bool {
		return s.op.Pos < pos && slices.ContainsFunc(s.effects, counts)
	})
}

// A start is an operation of a function that starts goroutines, perhaps by what it calls,
// with what they do.
type start struct {
	op      *Op
	effects []Effect // all of them Started
}

// startsOf returns the operations of f that start goroutines which have effects.
func (s *effectSummaries) startsOf(f *Func) []start {
	starts, ok := s.starts[f]
	if !ok {
		for _, op := range f.Ops() {
			if effects := s.opEffects(op, true); len(effects) > 0 {
				starts = append(starts, start{op, slices.Clip(effects)})
			}
		}
		if s.starts == nil {
			s.starts = make(map[*Func][]start)
		}
		s.starts[f] = starts
	}
	return starts
}

// opEffects returns the effects of an operation of a function, or of those only that
// goroutines have which it starts.
func (s *effectSummaries) opEffects(op *Op, onlyStarted bool) []Effect {
	v := s.view
	inner, started := op, false
	if op.Kind == syncapi.Go || op.Kind == syncapi.Defer {
		inner, started = op.Inner, op.Kind == syncapi.Go
	}
	var effects []Effect
	for _, t := range inner.Targets {
		effects = s.called(effects, inner, t, started, onlyStarted)
	}
	if len(inner.Targets) == 0 && !inner.Dynamic.IsZero() {
		for _, t := range v.calledValue(inner.Dynamic, inner.Args) {
			effects = s.called(effects, inner, t, started, onlyStarted)
		}
	}
	for _, c := range inner.Callbacks {
		for _, t := range v.calledValue(c.Func, nil) {
			effects = s.called(effects, inner, t, started || c.Mode.Starts(), onlyStarted)
		}
	}
	return effects
}

// called adds to effects what the function does that op calls, and what those
// do that op hands it to call; of both only what goroutines do, if that is all there
// is to be.
func (s *effectSummaries) called(effects []Effect, op *Op, t *Target, started, onlyStarted bool) []Effect {
	for _, e := range s.of[t.Func] {
		if onlyStarted && !started && !e.Started && s.keep.has(e.Op.Kind) {
			continue
		}
		res, ok := s.bind(e.Res, op, t)
		switch {
		case !ok:
		case s.keep.has(e.Op.Kind):
			effects = append(effects, Effect{e.Op, res, started || e.Started})
		case res.Sel == nil && (res.Root.Kind == FuncVal || res.Root.Kind == Result):
			for _, g := range s.view.calledValue(res, nil) {
				for _, d := range s.of[g.Func] {
					if onlyStarted && !started && !e.Started && !d.Started {
						continue
					}
					if res, ok := s.bind(d.Res, e.Op, g); ok && s.keep.has(d.Op.Kind) {
						effects = append(effects, Effect{d.Op, res, started || e.Started || d.Started})
					}
				}
			}
		}
	}
	return effects
}

// maxEffectSelectors bounds the paths of effects, maxEffectNames how many
// things of a function one operation acts on: recursion makes many of them.
const (
	maxEffectSelectors = 4
	maxEffectNames     = 8
)

// effectSummaries are the effects of all functions that a package reaches,
// computed bottom-up to the least fixpoint: each effect passes each call once.
type effectSummaries struct {
	view    *View
	keep    kinds
	of      map[*Func][]Effect
	callers map[*Func][]*effectCall
	work    []*Func // whose effects have grown
	waiting map[*Func]bool
	starts  map[*Func][]start // see startsOf

	grown *Func // whose effects seen and names are about
	seen  map[Effect]bool
	names map[*Op]int
}

// An effectCall is a call by which the effects of its target become the
// caller's.
type effectCall struct {
	caller  *Func
	op      *Op
	target  *Target
	started bool
	done    int // how many of the target's effects have been taken over
}

func (v *View) summarize(keep kinds) *effectSummaries {
	s := &effectSummaries{
		view:    v,
		keep:    keep,
		of:      make(map[*Func][]Effect),
		callers: make(map[*Func][]*effectCall),
		waiting: make(map[*Func]bool),
		seen:    make(map[Effect]bool),
		names:   make(map[*Op]int),
	}
	for _, f := range v.CalleesFirst() {
		for _, b := range f.form(keep) {
			for _, op := range b.Ops {
				if op.Kind == syncapi.Defer {
					op = op.Inner
				}
				s.op(f, op, false)
			}
		}
		s.of[f] = slices.Clone(s.of[f]) // few of them grow any more
	}
	for len(s.work) > 0 {
		f := s.work[0]
		s.work = s.work[1:]
		s.waiting[f] = false
		for _, c := range s.callers[f] {
			s.pass(c)
		}
	}
	// What was kept for the fixpoint is larger than the effects.
	*s = effectSummaries{view: s.view, keep: s.keep, of: s.of}
	return s
}

// op notes what op, an operation of f, does, and what it calls.
func (s *effectSummaries) op(f *Func, op *Op, started bool) {
	if s.keep.has(op.Kind) && op.Res.Root != nil {
		s.add(f, Effect{op, op.Res, started})
	}
	if op.Kind == syncapi.Go {
		s.op(f, op.Inner, true)
		return
	}
	for _, t := range op.Targets {
		s.call(f, op, t, started)
	}
	if len(op.Targets) == 0 && !op.Dynamic.IsZero() {
		s.dynamic(f, op, op.Dynamic, op.Args, started)
	}
	for _, c := range op.Callbacks {
		switch {
		case c.Mode == syncapi.Now, c.Mode == syncapi.NowOnce:
			s.dynamic(f, op, c.Func, nil, started)
		case c.Mode.Starts():
			s.dynamic(f, op, c.Func, nil, true)
		}
	}
}

// dynamic notes a call of the function value p by op. If it is a parameter of
// f, the callers know which function it is: the call is an effect by itself.
func (s *effectSummaries) dynamic(f *Func, op *Op, p Path, args []Path, started bool) {
	targets := s.view.calledValue(p, args)
	for _, t := range targets {
		s.call(f, op, t, started)
	}
	if len(targets) == 0 && p.Root != nil && p.Root.Kind == Param && p.Sel == nil {
		if op.Kind != syncapi.Call {
			op = &Op{Kind: syncapi.Call, Fn: op.Fn, Pos: op.Pos, Dynamic: p}
		}
		s.add(f, Effect{op, p, started})
	}
}

func (s *effectSummaries) call(f *Func, op *Op, t *Target, started bool) {
	c := &effectCall{caller: f, op: op, target: t, started: started}
	s.callers[t.Func] = append(s.callers[t.Func], c)
	s.pass(c)
}

// pass takes over what is new among the effects of a call's target.
func (s *effectSummaries) pass(c *effectCall) {
	for c.done < len(s.of[c.target.Func]) {
		e := s.of[c.target.Func][c.done]
		c.done++
		res, ok := s.bind(e.Res, c.op, c.target)
		switch {
		case !ok:
		case s.keep.has(e.Op.Kind):
			s.add(c.caller, Effect{e.Op, res, c.started || e.Started})
		default:
			s.dynamic(c.caller, e.Op, res, nil, c.started || e.Started)
		}
	}
}

func (s *effectSummaries) add(f *Func, e Effect) {
	s.recall(f)
	if s.seen[e] || len(s.of[f]) >= maxEffects || s.names[e.Op] >= maxEffectNames || depth(e.Res.Sel) > maxEffectSelectors {
		return
	}
	s.seen[e] = true
	s.names[e.Op]++
	s.of[f] = append(s.of[f], e)
	if !s.waiting[f] {
		s.waiting[f] = true
		s.work = append(s.work, f)
	}
}

// recall makes seen and names those of f. Kept for all functions at once they would be
// many times what they are about.
func (s *effectSummaries) recall(f *Func) {
	if s.grown == f {
		return
	}
	s.grown = f
	clear(s.seen)
	clear(s.names)
	for _, e := range s.of[f] {
		s.seen[e] = true
		s.names[e.Op]++
	}
}

// bind returns p, a path of the function that op calls, as the caller knows
// it, not ok if it doesn't.
func (s *effectSummaries) bind(p Path, op *Op, t *Target) (Path, bool) {
	if t.holder != nil && t.held.Root != nil {
		if q := s.view.rebound(p, t.holder, t.held); q != p {
			return q, true
		}
	}
	r, in := p.Root, s.view.interner
	switch {
	case t.maker != nil && r.Kind == Param && r.Owner == t.maker.fn:
		if r.Index >= len(t.maker.args) || t.maker.args[r.Index].Root == nil {
			return Path{}, false
		}
		return in.graft(t.maker.args[r.Index], p.Sel), true
	case r.Owner != t.Func:
		return p, true // a package variable, or one of a function around the literal
	case r.Kind == Param:
		if r.Index >= len(t.Args) || t.Args[r.Index].Root == nil || !t.Args[r.Index].mayHave(p.Sel) {
			return Path{}, false
		}
		return in.graft(t.Args[r.Index], p.Sel), true
	}
	escapes := false
	for i, res := range t.Func.Results {
		if res.Root == nil || i >= len(op.Results) {
			continue
		}
		to := Path{Root: op.Results[i]}
		if res.Root == r && res.Sel == nil {
			return in.graft(to, p.Sel), true
		}
		for _, name := range sortedKeys(res.Root.inits) {
			init := res.Root.inits[name]
			if init.Root == r && init.Sel == nil {
				owner, _ := structOf(to.Root.Type)
				return in.graft(in.extend(to, name, owner), p.Sel), true
			}
			escapes = escapes || init.Root != nil && init.Root.Kind == FuncVal
		}
		escapes = escapes || res.Root.Kind == FuncVal
	}
	return p, escapes // by a closure that captures it
}

// mayHave reports whether p may be what the path sel begins at: it is not if it is nil, or if it
// is a struct of another type, as for those methods that an interface call may
// reach which are of other types than the value that is known here.
func (p Path) mayHave(sel *Sel) bool {
	if sel == nil {
		return true
	}
	for sel.Up != nil {
		sel = sel.Up
	}
	if p.Root.Kind == Nil {
		return false
	}
	of, isNamed := types.Unalias(p.pointee()).(*types.Named)
	if sel.Owner == nil || !isNamed || of.Origin().Obj() == sel.Owner {
		return true
	}
	_, isStruct := of.Underlying().(*types.Struct)
	return !isStruct || types.Identical(of.Underlying(), sel.Owner.Type().Underlying())
}

// CalleesFirst lists the functions of the package and all that they may run,
// as far as they are known, callees before callers, recursion apart.
func (v *View) CalleesFirst() []*Func {
	if v.order != nil {
		return v.order
	}
	seen := make(map[*Func]bool)
	var visit func(f *Func)
	visit = func(f *Func) {
		if seen[f] {
			return
		}
		seen[f] = true
		eachCallee(f, visit)
		v.order = append(v.order, f)
	}
	for _, f := range v.Funcs {
		visit(f)
	}
	return v.order
}
