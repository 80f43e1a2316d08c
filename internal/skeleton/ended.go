package skeleton

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows that the error of a context which is done is not nil. Whether it is
// known to be done is a variable that is set where its Done channel is received from,
// and that the error is given by: no branch asks about it, since a context may end at
// any time.

// findEnded finds the contexts of which the function asks for both.
func (fb *funcBuilder) findEnded() {
	done := make(map[Path]bool)
	var errs []Path
	for _, block := range fb.fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			switch eff := syncapi.EffectOf(calleeObj(call.Common())); {
			case eff == nil:
			case eff.Op == syncapi.CtxErr:
				errs = append(errs, fb.contextOf(call))
			case eff.Op == syncapi.CtxDone:
				done[fb.contextOf(call)] = true
			}
		}
	}
	for _, ctx := range errs {
		if done[ctx] && ctx.one() && ctx.Root.Kind != Value && !slices.Contains(fb.ended, ctx) {
			fb.ended = append(fb.ended, ctx)
		}
	}
}

func (fb *funcBuilder) contextOf(call *ssa.Call) Path {
	v := operand(call.Common(), 0)
	if v == nil {
		return Path{}
	}
	return fb.path(v)
}

// errorOf returns the variable that tells whether the context is done whose error v
// is, not ok if v is no such error.
func (fb *funcBuilder) errorOf(v ssa.Value) (ended Path, ok bool) {
	call, ok := v.(*ssa.Call)
	if !ok || len(fb.ended) == 0 {
		return Path{}, false
	}
	if eff := syncapi.EffectOf(calleeObj(call.Common())); eff == nil || eff.Op != syncapi.CtxErr {
		return Path{}, false
	}
	return fb.endedVar(fb.contextOf(call))
}

// endedVar returns the variable of a context, not ok if it has none.
func (fb *funcBuilder) endedVar(ctx Path) (ended Path, ok bool) {
	if !slices.Contains(fb.ended, ctx) {
		return Path{}, false
	}
	return fb.extend(ctx, "Err()", nil), true
}

// setEnded returns the operation by which the context is known to be done whose channel
// op receives from, nil if that is no such channel.
func (fb *funcBuilder) setEnded(op *Op) *Op {
	if op.Kind != syncapi.Recv || len(fb.ended) == 0 || op.Res.Sel == nil || op.Res.Sel.Name != "Done()" {
		return nil
	}
	ended, ok := fb.endedVar(op.Res.Base())
	if !ok {
		return nil
	}
	return &Op{Kind: syncapi.Set, Pos: op.Pos, Fn: fb.f, Assign: Assign{Var: ended, Known: true, Value: true}}
}

// forgetEnded adds that nothing is known of the context at p: it is another one now.
func (fb *funcBuilder) forgetEnded(p Path) {
	if ended, ok := fb.endedVar(p); ok {
		fb.emit(&Op{Kind: syncapi.Set, Pos: fb.fn.Pos(), Assign: Assign{Var: ended}})
	}
}

// makesContext forgets what was known of a context that v makes anew.
func (fb *funcBuilder) makesContext(v ssa.Value) {
	if len(fb.ended) == 0 {
		return
	}
	switch v.(type) {
	case *ssa.Call, *ssa.Extract:
		fb.forgetEnded(fb.path(v))
	}
}

// begin adds that nothing is known of any context when the function is called.
func (fb *funcBuilder) begin() {
	for _, ctx := range fb.ended {
		fb.forgetEnded(ctx)
	}
}
