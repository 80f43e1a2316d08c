package skeleton

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An implied condition is what one outcome of a branch says of an error that the branch
// does not compare with nil: err == io.EOF, or errors.Is(err, io.EOF), is true of no
// error that is nil.
type implied struct {
	cond Cond
	when bool // the outcome
	def  ssa.Value
}

// implies returns what the outcome of v implies, not ok if v tests no error.
func (fb *funcBuilder) implies(v ssa.Value) (i implied, ok bool) {
	err, when := nonNilIf(v)
	if err == nil {
		return implied{}, false
	}
	p, def := fb.condVar(err)
	return implied{Cond{p, true}, when, def}, p.one()
}

// sentinelOf returns the error that v is, if a package variable has it; else nil.
func (b *builder) sentinelOf(v ssa.Value) *Root {
	load, ok := v.(*ssa.UnOp)
	if !ok || !isError(v) {
		return nil
	}
	r := b.sentinels[load.X]
	if r == nil {
		r = &Root{Kind: Value, Name: sentinel + load.X.String(), Type: errorType}
		if b.sentinels == nil {
			b.sentinels = make(map[ssa.Value]*Root)
		}
		b.sentinels[load.X] = r
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
func nonNilIf(v ssa.Value) (x ssa.Value, when bool) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			x, when = nonNilIf(v.X)
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
		return tested(v), true
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

// assume puts what a branch implies on its edge e.
func (fb *funcBuilder) assume(e *Edge, cond Cond) {
	mid := fb.newBlock()
	mid.Succs = []*Edge{{To: e.To, Cond: cond, Sets: e.Sets}}
	e.To, e.Sets = mid, nil
}
