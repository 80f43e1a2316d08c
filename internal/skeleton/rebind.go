package skeleton

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// rebinds adds a Rebind for a store that changes what a name stands for, but is no
// access: to a variable of the function alone, and of nil to one that goes by the
// name of its value.
func (fb *funcBuilder) rebinds(s *ssa.Store) {
	if onStack(s.Addr) {
		if p := fb.cellPath(s.Addr); p.Root != nil && p.one() && holdsReference(s.Val.Type(), maxSelectors) {
			fb.emit(&Op{Kind: syncapi.Rebind, Pos: s.Pos(), Res: p})
			if q := fb.path(s.Addr); q != p && q.Root.Kind == Result { // a copy, known by the name of what a call returns
				fb.emit(&Op{Kind: syncapi.Rebind, Pos: s.Pos(), Res: q})
			}
		}
		return
	}
	c, isConst := s.Val.(*ssa.Const)
	if cell := fb.cell(s.Addr); cell != nil && isConst && c.IsNil() {
		if p := fb.path(s.Addr); p.Root != fb.cellRoot(cell) && p.Root.Kind != Nil {
			fb.emit(&Op{Kind: syncapi.Rebind, Pos: s.Pos(), Res: p})
		}
	}
}

// phiRebinds returns the Rebinds on the edge from block to succ: those of the
// variables that become nil there, or move on to what they lead to, but keep the name
// of the value that they had.
func (fb *funcBuilder) phiRebinds(block, succ *ssa.BasicBlock) []*Op {
	pred := -1
	for i, p := range succ.Preds {
		if p == block {
			pred = i
		}
	}
	var ops []*Op
	for _, instr := range succ.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok || pred < 0 {
			break
		}
		p := fb.path(phi)
		own := fb.roots[phi]
		if p.Root.Kind == Nil || p.Root == own {
			continue
		}
		if q := fb.path(phi.Edges[pred]); q.Root.Kind == Nil || q.Root == own && q.Sel != nil {
			ops = append(ops, &Op{Kind: syncapi.Rebind, Pos: phi.Pos(), Res: p})
		}
	}
	return ops
}

// phiStores returns the Stores on the edge from block to succ: a variable that may be one
// of several channels, such as the output of the last stage which a loop has added, is by
// its own name none of them, and gets what it is.
func (fb *funcBuilder) phiStores(block, succ *ssa.BasicBlock) []*Op {
	pred := slices.Index(succ.Preds, block)
	var ops []*Op
	for _, instr := range succ.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok || pred < 0 {
			break
		}
		if _, isChan := phi.Type().Underlying().(*types.Chan); !isChan {
			continue
		}
		p, q := fb.path(phi), fb.path(phi.Edges[pred])
		if p.Root == fb.roots[phi] && p.Sel == nil && q != p && q.Root.Kind != Nil {
			ops = append(ops, &Op{Kind: syncapi.Store, Pos: phi.Pos(), Res: p, Args: []Path{q}})
		}
	}
	return ops
}

// holdsReference reports whether a value of type t is a reference, or has one in it
// at a depth of at most depth.
func holdsReference(t types.Type, depth int) bool {
	if isReference(t) {
		return true
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth == 0 {
		return false
	}
	for f := range st.Fields() {
		if holdsReference(f.Type(), depth-1) {
			return true
		}
	}
	return false
}
