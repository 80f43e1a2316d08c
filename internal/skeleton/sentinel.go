package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An implied condition is what one outcome of a branch says of an error that the branch
// does not compare with nil: err == io.EOF, or errors.Is(err, io.EOF), is true of no
// error that is nil.
type implied struct {
	err  Path // is not nil
	when bool // the outcome
}

// implies returns what the outcome of v implies, and the register that holds the error if
// that is one; zero if v tests no error.
func (fb *funcBuilder) implies(v ssa.Value) (implied, ssa.Value) {
	err, when := fb.nonNilIf(v)
	if err == nil {
		return implied{}, nil
	}
	p, def := fb.condVar(err)
	if !p.one() {
		return implied{}, nil
	}
	return implied{p, when}, def
}

// sentinelOf returns the error that v is, if a package variable has it; else nil.
func (b *builder) sentinelOf(v ssa.Value) *Root {
	load, ok := v.(*ssa.UnOp)
	if !ok || !isError(v) {
		return nil
	}
	known := load.X.(*ssa.Global).Object()
	if known == nil {
		return nil
	}
	r := b.sentinels[known]
	if r == nil {
		r = &Root{Kind: Value, Name: sentinel + syncapi.ErrorName(known), Type: errorType}
		b.sentinels[known] = r
	}
	return r
}

// isSentinel returns the condition that err is, or wraps, the error that a package
// variable has, zero if the variable of err is not known.
func (fb *funcBuilder) isSentinel(err ssa.Value, known *Root, want bool) (Cond, ssa.Value) {
	p, def := fb.condVar(err)
	if p.IsZero() || !p.one() {
		return Cond{}, nil
	}
	return Cond{fb.extend(p, "=="+known.Name, nil), want}, def
}

// sentinelTest returns the condition that errors.Is states, zero if call is another one,
// or one that asks for an error that is not known.
func (fb *funcBuilder) sentinelTest(call *ssa.Call) (Cond, ssa.Value) {
	err := tested(call)
	if err == nil || len(call.Call.Args) != 2 {
		return Cond{}, nil
	}
	known := fb.sentinelOf(call.Call.Args[1])
	if known == nil {
		return Cond{}, nil
	}
	return fb.isSentinel(err, known, true)
}

// nonNilIf returns the error, or other interface value, that is not nil if v is when; nil if v says
// nothing of any.
func (b *builder) nonNilIf(v ssa.Value) (x ssa.Value, when bool) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			x, when = b.nonNilIf(v.X)
			return x, !when
		}
	case *ssa.BinOp:
		if v.Op != token.EQL && v.Op != token.NEQ {
			return nil, false
		}
		switch {
		case isError(v.Y) && !isError(v.X):
			return v.X, v.Op == token.EQL
		case isError(v.X) && !isError(v.Y):
			return v.Y, v.Op == token.EQL
		}
	case *ssa.Call:
		if x := tested(v); x != nil {
			return x, true
		}
		return b.passedTo(v), true
	case *ssa.Extract:
		if v.Index != 1 {
			return nil, false
		}
		switch t := v.Tuple.(type) {
		case *ssa.TypeAssert:
			return t.X, true
		case *ssa.Call:
			return tested(t), true
		}
	}
	return nil, false
}

// tested returns the error that a library function has been asked about, nil if call is
// another one, or one that asks whether it is an error that may be nil itself.
func tested(call *ssa.Call) ssa.Value {
	c := call.Common()
	if !syncapi.TestsError(calleeObj(c)) || len(c.Args) == 0 || !types.IsInterface(c.Args[0].Type()) {
		return nil
	}
	if len(c.Args) == 2 && types.Identical(c.Args[1].Type(), errorType) && !isError(c.Args[1]) {
		return nil
	}
	return c.Args[0]
}

// passedTo returns the error that is passed to a function of the package which returns
// true for none that is nil, as isNotFound(err); nil if call is another one.
func (b *builder) passedTo(call *ssa.Call) ssa.Value {
	fn := call.Call.StaticCallee()
	if fn == nil || !IsBool(call.Type()) {
		return nil
	}
	if i := b.refuses(fn); i >= 0 {
		return call.Call.Args[i]
	}
	return nil
}

// refuses returns the index of the parameter that is an error and not nil where fn returns
// true, -1 if there is none.
func (b *builder) refuses(fn *ssa.Function) int {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if i, ok := b.refusals[fn]; ok {
		return i
	}
	b.refusals[fn] = -1 // for recursive ones
	if len(fn.Blocks) == 0 || fn.Recover != nil {
		return -1
	}
	for i, p := range fn.Params {
		if types.Identical(p.Type(), errorType) && b.refusesNil(fn, p) {
			b.refusals[fn] = i
			break
		}
	}
	return b.refusals[fn]
}

// refusesNil reports whether fn returns false wherever its parameter p is nil.
func (b *builder) refusesNil(fn *ssa.Function, p *ssa.Parameter) bool {
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if ok && !b.falseIfNil(ret.Results[0], block, p) {
			return false
		}
	}
	return true
}

// falseIfNil reports whether r, as it is known at the end of block, is false if p is nil.
func (b *builder) falseIfNil(r ssa.Value, block *ssa.BasicBlock, p *ssa.Parameter) bool {
	if x, when := b.nonNilIf(r); x == p && when || b.onlyNonNil(block, p) {
		return true
	}
	switch r := r.(type) {
	case *ssa.Const:
		return r.Value != nil && !constant.BoolVal(r.Value)
	case *ssa.Phi:
		for i, e := range r.Edges {
			if e == r || !b.falseIfNil(e, r.Block().Preds[i], p) && !b.leadsNonNil(r.Block().Preds[i], r.Block(), p) {
				return false
			}
		}
		return true
	}
	return false
}

// onlyNonNil reports whether block is reached only where p is not nil.
func (b *builder) onlyNonNil(block *ssa.BasicBlock, p *ssa.Parameter) bool {
	for dom := block; dom != nil; dom = dom.Idom() {
		if len(dom.Preds) == 1 && b.leadsNonNil(dom.Preds[0], dom, p) {
			return true
		}
	}
	return false
}

// leadsNonNil reports whether the branch at the end of from leads to block only where p is
// not nil.
func (b *builder) leadsNonNil(from, block *ssa.BasicBlock, p *ssa.Parameter) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	taken := from.Succs[0] == block
	if x, when := b.nonNilIf(branch.Cond); x == p && when == taken {
		return true
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.X != p || !isNil(cmp.Y) {
		return false
	}
	return cmp.Op == token.NEQ && taken || cmp.Op == token.EQL && !taken
}

// assume puts on the edge e that err is not nil.
func (fb *funcBuilder) assume(e *Edge, err Path) {
	mid := fb.newBlock()
	mid.Succs = []*Edge{{To: e.To, Cond: Cond{err, true}, Sets: e.Sets}}
	e.To, e.Sets = mid, nil
}
