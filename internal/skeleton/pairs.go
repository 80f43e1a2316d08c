package skeleton

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// A pair is two variables that branches compare with one another. What such a
// comparison says is a variable by itself: two branches that ask the same go the
// same way, until one of the two is given another value.
type pair struct {
	x, y       Path
	defX, defY ssa.Value // the registers that hold them, nil if they have an address
	less       bool      // x < y, else x == y
	states     Path      // the variable
}

// comparePair returns the condition of a comparison of two variables.
func (fb *funcBuilder) comparePair(v *ssa.BinOp) Cond {
	x, y, want := v.X, v.Y, true
	less := false
	switch v.Op {
	case token.EQL:
	case token.NEQ:
		want = false
	case token.LSS:
		less = true
	case token.GEQ:
		less, want = true, false
	case token.GTR:
		x, y, less = y, x, true
	case token.LEQ:
		x, y, less, want = y, x, true, false
	default:
		return Cond{}
	}
	p := &pair{less: less}
	p.x, p.defX = fb.condVar(x)
	p.y, p.defY = fb.condVar(y)
	if !p.x.one() || !p.y.one() || p.x.isBeyond() || p.y.isBeyond() {
		return Cond{}
	}
	for _, q := range fb.pairs {
		if q.less == less && (q.x == p.x && q.y == p.y || !less && q.x == p.y && q.y == p.x) {
			return Cond{q.states, want}
		}
	}
	name := p.x.String() + " == " + p.y.String()
	if less {
		name = p.x.String() + " < " + p.y.String()
	}
	p.states = Path{Root: &Root{Kind: Value, Owner: fb.f, Name: name, Type: v.Type(), Pos: v.Pos()}}
	fb.pairs = append(fb.pairs, p)
	return Cond{p.states, want}
}

// unpair returns assignments that forget what comparisons with the register v said.
func (fb *funcBuilder) unpair(v ssa.Value) []Assign {
	return fb.forget(func(p *pair) bool { return p.defX == v || p.defY == v })
}

// unpairStored returns assignments that forget what comparisons with the variable at
// dst said, or with what it leads to.
func (fb *funcBuilder) unpairStored(dst Path) []Assign {
	return fb.forget(func(p *pair) bool { return p.x.HasPrefix(dst) || p.y.HasPrefix(dst) })
}

// unpairShared returns assignments that forget what comparisons said of variables which
// other goroutines may change, now that this one has let them.
func (fb *funcBuilder) unpairShared() []Assign {
	shared := func(p Path) bool { return p.Sel != nil || p.Root.Kind == Global || p.Root.Kind == Local }
	return fb.forget(func(p *pair) bool { return shared(p.x) || shared(p.y) })
}

// forget returns assignments that forget what those comparisons say for which which holds.
func (fb *funcBuilder) forget(which func(*pair) bool) []Assign {
	var sets []Assign
	for _, p := range fb.pairs {
		if fb.tracked[p.states] && which(p) {
			sets = append(sets, Assign{Var: p.states})
		}
	}
	return sets
}
