package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A funcBuilder fills the skeleton of one function.
type funcBuilder struct {
	*builder
	f       *Func
	fn      *ssa.Function
	conds   map[*ssa.If]Cond
	tracked map[Path]bool // condition variables that can decide more than one branch
	defs    map[ssa.Value]Path
	cur     *Block
	blocks  []*Block // by index of the SSA block
	selects map[*ssa.Select]*Op
}

// build fills the skeleton of fn.
func (b *builder) build(fn *ssa.Function) {
	fb := &funcBuilder{builder: b, f: b.funcs[fn], fn: fn, selects: make(map[*ssa.Select]*Op)}
	if len(fn.Blocks) == 0 {
		fb.f.Returns = true
		return
	}
	fb.findConds()
	fb.blocks = make([]*Block, len(fn.Blocks))
	for i := range fn.Blocks {
		fb.blocks[i] = &Block{}
	}
	for i, block := range fn.Blocks {
		fb.cur = fb.blocks[i]
		fb.instrs(block)
	}
	fb.f.Blocks = fb.blocks
	for i := range fn.Signature.Results().Len() {
		fb.f.Results = append(fb.f.Results, b.resultOf(fb.f, i))
	}
	fb.f.Light = !hasLoop(fn)
}

// hasLoop reports whether fn has a cycle. Blocks that dominate a predecessor
// of theirs head one.
func hasLoop(fn *ssa.Function) bool {
	for _, block := range fn.Blocks {
		for _, succ := range block.Succs {
			if succ.Dominates(block) {
				return true
			}
		}
	}
	return false
}

// -- conditions --

// findConds finds the branches whose conditions a path search can use: on
// variables that decide more than one branch, or are set to a constant.
func (fb *funcBuilder) findConds() {
	fb.conds = make(map[*ssa.If]Cond)
	fb.tracked = make(map[Path]bool)
	fb.defs = make(map[ssa.Value]Path)
	uses := make(map[Path]int)
	for _, block := range fb.fn.Blocks {
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if cond, def := fb.cond(branch.Cond); !cond.Var.IsZero() && cond.Var.one() {
			fb.conds[branch] = cond
			uses[cond.Var]++
			if def != nil {
				fb.defs[def] = cond.Var
			}
		}
	}
	for v, n := range uses {
		heap := v.Sel != nil || v.Root.Kind == Local || v.Root.Kind == Global || v.Root.Owner != fb.f
		fb.tracked[v] = n > 1 || heap || fb.constPhi(v) || v.Root.Kind == Param || v.Root.Kind == Result
	}
	for branch, cond := range fb.conds {
		if !fb.tracked[cond.Var] {
			delete(fb.conds, branch)
		}
	}
}

// constPhi reports whether v is a phi that some edge gives a constant.
func (fb *funcBuilder) constPhi(v Path) bool {
	for val, p := range fb.defs {
		if phi, ok := val.(*ssa.Phi); ok && p == v {
			for _, e := range phi.Edges {
				if _, ok := e.(*ssa.Const); ok {
					return true
				}
			}
		}
	}
	return false
}

// cond returns the condition that v states, and the register that holds its
// variable if that is one.
func (fb *funcBuilder) cond(v ssa.Value) (Cond, ssa.Value) {
	switch v := v.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			c, def := fb.cond(v.X)
			c.Want = !c.Want
			return c, def
		}
	case *ssa.BinOp:
		return fb.compare(v)
	case *ssa.Const, *ssa.FreeVar:
		return Cond{}, nil
	}
	p, def := fb.condVar(v)
	return Cond{p, true}, def
}

// compare returns the condition of a comparison with a constant.
func (fb *funcBuilder) compare(v *ssa.BinOp) (Cond, ssa.Value) {
	if v.Op != token.EQL && v.Op != token.NEQ {
		return Cond{}, nil
	}
	x, k := v.X, v.Y
	if _, ok := x.(*ssa.Const); ok {
		x, k = k, x
	}
	c, ok := k.(*ssa.Const)
	if !ok {
		return Cond{}, nil
	}
	if ex, ok := x.(*ssa.Extract); ok {
		if _, ok := ex.Tuple.(*ssa.Select); ok {
			return Cond{}, nil // the dispatch of a select, which has its own form
		}
	}
	p, def := fb.condVar(x)
	equal := v.Op == token.EQL
	switch {
	case c.Value == nil:
		return Cond{p, !equal}, def // true stands for non-nil
	case c.Value.Kind() == constant.Bool:
		return Cond{p, constant.BoolVal(c.Value) == equal}, def
	}
	return Cond{fb.extend(p, "=="+c.Value.ExactString(), nil), equal}, def
}

// condVar returns the variable that v reads: a variable with an address, or
// the register v itself.
func (fb *funcBuilder) condVar(v ssa.Value) (Path, ssa.Value) {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if cell := fb.cell(load.X); cell != nil {
			return Path{Root: fb.cellRoot(cell)}, nil
		}
		return fb.path(load.X), nil
	}
	switch v.(type) {
	case *ssa.Parameter:
		return fb.path(v), nil
	case *ssa.Call, *ssa.Extract:
		p := fb.path(v)
		if p.Root.Kind == Result && p.Sel == nil {
			return p, v
		}
	}
	return Path{Root: fb.valueRoot(v)}, v
}

// assign returns the assignment of val to the condition variable v.
func (fb *funcBuilder) assign(v Path, val ssa.Value) Assign {
	switch val := val.(type) {
	case *ssa.Const:
		if val.Value == nil {
			return Assign{Var: v, Known: true, Value: !val.IsNil()}
		}
		if val.Value.Kind() == constant.Bool {
			return Assign{Var: v, Known: true, Value: constant.BoolVal(val.Value)}
		}
		return Assign{Var: v}
	case *ssa.MakeChan, *ssa.MakeClosure, *ssa.MakeMap, *ssa.Function, *ssa.Alloc, *ssa.MakeInterface:
		return Assign{Var: v, Known: true, Value: true}
	}
	from, _ := fb.condVar(val)
	if from == v {
		return Assign{Var: v}
	}
	return Assign{Var: v, From: from}
}

// -- blocks --

func (fb *funcBuilder) instrs(block *ssa.BasicBlock) {
	for _, instr := range block.Instrs {
		if !fb.instr(instr) {
			return // control ends here
		}
		if v, ok := instr.(ssa.Value); ok {
			fb.define(v)
		}
	}
	fb.succs(block)
}

// define forgets what was known of the variable that v holds: it has a new
// value now, in each turn of a loop.
func (fb *funcBuilder) define(v ssa.Value) {
	if _, isPhi := v.(*ssa.Phi); isPhi {
		return // set on the edges
	}
	if p, ok := fb.defs[v]; ok && fb.tracked[p] {
		fb.emit(&Op{Kind: syncapi.Set, Pos: v.Pos(), Assign: Assign{Var: p}})
	}
}

// succs adds the edges out of a block.
func (fb *funcBuilder) succs(block *ssa.BasicBlock) {
	branch, _ := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	cond, known := fb.conds[branch]
	for i, succ := range block.Succs {
		e := &Edge{To: fb.blocks[succ.Index], Sets: fb.phiSets(block, succ)}
		if known {
			e.Cond = Cond{cond.Var, cond.Want == (i == 0)}
		}
		fb.cur.Succs = append(fb.cur.Succs, e)
	}
	if branch != nil {
		fb.selectArms(block, branch)
	}
}

// phiSets returns the assignments to tracked phis on the edge from block to succ.
func (fb *funcBuilder) phiSets(block, succ *ssa.BasicBlock) []Assign {
	var sets []Assign
	pred := -1
	for i, p := range succ.Preds {
		if p == block {
			pred = i
		}
	}
	for _, instr := range succ.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if v, ok := fb.defs[phi]; ok && pred >= 0 && fb.tracked[v] {
			sets = append(sets, fb.assign(v, phi.Edges[pred]))
		}
	}
	return sets
}

// selectArms recognises the dispatch "if index == k" after a select, and puts
// the arm's operation between the branch and the arm's body.
func (fb *funcBuilder) selectArms(block *ssa.BasicBlock, branch *ssa.If) {
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Op != token.EQL {
		return
	}
	index, ok := cmp.X.(*ssa.Extract)
	if !ok || index.Index != 0 {
		return
	}
	sel, ok := index.Tuple.(*ssa.Select)
	if !ok {
		return
	}
	head := fb.selects[sel]
	k, ok := intConst(cmp.Y)
	if head == nil || !ok || int(k) >= len(sel.States) || len(fb.cur.Succs) != 2 {
		return
	}
	fb.between(fb.cur.Succs[0], fb.armOp(head, sel, int(k)))
	if int(k) != len(sel.States)-1 {
		return
	}
	if sel.Blocking { // the other edge leads to a panic that cannot be
		fb.cur.Succs = fb.cur.Succs[:1]
		return
	}
	def := &Op{Kind: syncapi.Default, Pos: head.Pos, Fn: fb.f, Arm: head, Case: -1}
	fb.between(fb.cur.Succs[1], def)
}

// between puts op on the edge e.
func (fb *funcBuilder) between(e *Edge, op *Op) {
	mid := &Block{Ops: []*Op{op}, Succs: []*Edge{{To: e.To, Sets: e.Sets}}}
	fb.f.Blocks = append(fb.f.Blocks, mid)
	fb.blocks = append(fb.blocks, mid)
	e.To, e.Sets = mid, nil
}

func (fb *funcBuilder) armOp(head *Op, sel *ssa.Select, k int) *Op {
	st := sel.States[k]
	op := &Op{Kind: syncapi.Recv, Pos: st.Pos, Fn: fb.f, Res: fb.path(st.Chan), Arm: head, Case: k}
	if st.Dir == types.SendOnly {
		op.Kind = syncapi.Send
		op.Args = []Path{fb.path(st.Send)}
	}
	return op
}

// emit appends op to the current block.
func (fb *funcBuilder) emit(op *Op) {
	op.Fn = fb.f
	if op.Inner != nil {
		op.Inner.Fn = fb.f
	}
	if op.Kind == syncapi.Work {
		if n := len(fb.cur.Ops); n > 0 && fb.cur.Ops[n-1].Kind == syncapi.Work {
			return // one stands for all in a row
		}
	}
	fb.cur.Ops = append(fb.cur.Ops, op)
}
