package skeleton

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A funcBuilder fills the skeleton of one function.
type funcBuilder struct {
	*builder
	f       *Func
	fn      *ssa.Function
	conds   map[*ssa.If]Cond
	implied map[*ssa.If]implied
	arms    map[*ssa.SelectState]Cond // see findArms
	tracked map[Path]bool             // condition variables that can decide more than one branch
	defs    map[ssa.Value][]Path      // by register, the condition variables that are about its value
	pairs   []*pair                   // two variables that branches compare
	cur     *Block
	blocks  []*Block // by index of the SSA block
	selects map[*ssa.Select]*Op
	counts  *countFinder
	ended   []Path                   // contexts, see findEnded
	turning map[*ssa.BasicBlock]bool // blocks in loops

	inUse      map[*ssa.Alloc]bool // objects that are used, not just set, before the current instruction
	unwound    bool                // the deferred calls have been run
	operandBuf [8]*ssa.Value
}

// build fills the skeleton of fn.
func (b *builder) build(fn *ssa.Function) {
	fb := &funcBuilder{builder: b, f: b.funcs[fn], fn: fn, selects: make(map[*ssa.Select]*Op), inUse: make(map[*ssa.Alloc]bool)}
	if len(fn.Blocks) == 0 {
		fb.f.Returns = true
		return
	}
	fb.findEnded()
	fb.findConds()
	fb.f.Light = !hasLoop(fn)
	if !fb.f.Light {
		fb.findCounts()
	}
	fb.blocks = make([]*Block, len(fn.Blocks))
	for i := range fn.Blocks {
		fb.blocks[i] = &Block{}
	}
	for i, block := range fn.Blocks {
		fb.cur = fb.blocks[i]
		if i == 0 {
			fb.begin()
		}
		fb.instrs(block)
	}
	fb.f.Blocks = fb.blocks
	fb.findInvoked()
	for i := range fn.Signature.Results().Len() {
		fb.f.Results = append(fb.f.Results, b.resultOf(fb.f, i))
	}
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
	fb.implied = make(map[*ssa.If]implied)
	fb.tracked = make(map[Path]bool)
	fb.defs = make(map[ssa.Value][]Path)
	uses := make(map[Path]int)
	use := func(v Path, def ssa.Value) {
		uses[v]++
		if def != nil {
			fb.about(def, v)
		}
	}
	for _, block := range fb.fn.Blocks {
		branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
		if !ok {
			continue
		}
		if cond, def := fb.cond(branch.Cond); !cond.Var.IsZero() && cond.Var.one() {
			fb.conds[branch] = cond
			use(cond.Var, def)
		}
		if i, def := fb.implies(branch.Cond); !i.err.IsZero() {
			fb.implied[branch] = i
			use(i.err, def)
		}
	}
	fb.findArms(use)
	for v, n := range uses {
		heap := v.Sel != nil || v.Root.Kind == Local || v.Root.Kind == Global || v.Root.Owner != fb.f
		fb.tracked[v] = n > 1 || heap || fb.constPhi(v) || fb.isRecover(v) || v.Root.Kind == Param || v.Root.Kind == Result
	}
	for branch, cond := range fb.conds {
		if !fb.asks(cond.Var) {
			delete(fb.conds, branch)
		}
	}
	for branch, i := range fb.implied {
		if !fb.asks(i.err) {
			delete(fb.implied, branch)
		}
	}
	for arm, cond := range fb.arms {
		if !fb.asks(cond.Var) {
			delete(fb.arms, arm)
		}
	}
	fb.followFuncs()
	fb.followResults()
	fb.followFlags()
}

// findArms finds the arms of select statements whose channels are variables of the function
// that may be nil: such an arm is taken only if it is not.
func (fb *funcBuilder) findArms(use func(v Path, def ssa.Value)) {
	fb.arms = make(map[*ssa.SelectState]Cond)
	for _, block := range fb.fn.Blocks {
		for _, instr := range block.Instrs {
			sel, ok := instr.(*ssa.Select)
			if !ok {
				continue
			}
			for _, st := range sel.States {
				_, isPhi := st.Chan.(*ssa.Phi)
				load, isLoad := st.Chan.(*ssa.UnOp)
				if isPhi || isLoad && load.Op == token.MUL && fb.cell(load.X) != nil {
					v, def := fb.condVar(st.Chan)
					fb.arms[st] = Cond{v, true}
					use(v, def)
				}
			}
		}
	}
}

// about notes that the condition variable v is about the value of the register val.
func (fb *funcBuilder) about(val ssa.Value, v Path) {
	if !slices.Contains(fb.defs[val], v) {
		fb.defs[val] = append(fb.defs[val], v)
	}
}

// track follows the condition variable v, which is about the value of the register val.
func (fb *funcBuilder) track(val ssa.Value, v Path) {
	fb.about(val, v)
	fb.tracked[v] = true
}

// asks reports whether v is tracked. If it is about the result of a callee, that has to
// tell.
func (fb *funcBuilder) asks(v Path) bool {
	if !fb.tracked[v] {
		return false
	}
	if v.Root.Kind == Result {
		v.Root.tested = true
		v.Root.compare(v.Sel)
	}
	return true
}

// followFlags tracks the phis with a constant that tracked ones are made from, booleans and
// those that are compared with a constant: a variable that is set on one way through a loop
// is asked at its head.
func (fb *funcBuilder) followFlags() {
	var work []*ssa.Phi
	for _, block := range fb.fn.Blocks {
		for _, instr := range block.Instrs {
			if phi, ok := instr.(*ssa.Phi); ok && len(fb.defs[phi]) > 0 {
				work = append(work, phi)
			}
		}
	}
	for len(work) > 0 {
		phi := work[len(work)-1]
		work = work[:len(work)-1]
		for _, v := range fb.defs[phi] {
			if !fb.tracked[v] || !v.Sel.compares() && !IsBool(phi.Type()) {
				continue
			}
			for _, e := range phi.Edges {
				if from, ok := e.(*ssa.Phi); ok && fb.follows(from, v) {
					work = append(work, from)
				}
			}
		}
	}
}

// follows tracks of the phi from what v says of one that is made from it. It reports
// whether that is new.
func (fb *funcBuilder) follows(from *ssa.Phi, v Path) bool {
	of := Path{Root: fb.valueRoot(from)}
	if v.Sel.compares() {
		of = fb.extend(of, v.Sel.Name, nil)
	}
	if slices.Contains(fb.defs[from], of) || !slices.ContainsFunc(from.Edges, isConst) {
		return false
	}
	fb.track(from, of)
	return true
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

// followResults tracks the boolean and error phis that are returned, so that a
// caller who tests the result knows which way was taken.
func (fb *funcBuilder) followResults() {
	for _, block := range fb.fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, r := range ret.Results {
			if phi, ok := returned(r).(*ssa.Phi); ok && (IsBool(phi.Type()) || types.Identical(phi.Type(), errorType)) {
				fb.track(phi, Path{Root: fb.valueRoot(phi)})
			}
			fb.followResult(returned(r))
		}
	}
}

// followResult tracks the result of a callee that is returned, or that what is returned
// depends on.
func (fb *funcBuilder) followResult(r ssa.Value) {
	v, def := fb.calleesResult(r), r
	if v.IsZero() {
		var cond Cond
		cond, def = fb.derived(r)
		v = cond.Var
	}
	if v.IsZero() || def == nil {
		return
	}
	fb.track(def, v)
	fb.asks(v)
}

// followFuncs tracks the registers that hold one function or another, so that
// the edges say which: a search can follow a function through them.
func (fb *funcBuilder) followFuncs() {
	for _, block := range fb.fn.Blocks {
		for _, instr := range block.Instrs {
			phi, ok := instr.(*ssa.Phi)
			if !ok {
				break
			}
			if _, ok := phi.Type().Underlying().(*types.Signature); !ok {
				continue
			}
			if v := (Path{Root: fb.valueRoot(phi)}); fb.path(phi) == v {
				fb.track(phi, v)
			}
		}
	}
}

// constPhi reports whether v is a phi that some edge gives a constant, or an error of
// which more is known.
func (fb *funcBuilder) constPhi(v Path) bool {
	for val, about := range fb.defs {
		if phi, ok := val.(*ssa.Phi); ok && slices.Contains(about, v) {
			return slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool {
				_, ended := fb.errorOf(e)
				return isConst(e) || isError(e) || ended
			})
		}
	}
	return false
}

// isRecover reports whether v holds what recover returns.
func (fb *funcBuilder) isRecover(v Path) bool {
	for val, about := range fb.defs {
		if slices.Contains(about, v) && isRecover(val) {
			return true
		}
	}
	return false
}

func isRecover(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	fn, ok := call.Call.Value.(*ssa.Builtin)
	return ok && fn.Name() == "recover"
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
	case *ssa.Call:
		if c, def := fb.sentinelTest(v); !c.Var.IsZero() {
			return c, def
		}
	case *ssa.Const:
		if v.Value != nil && v.Value.Kind() == constant.Bool {
			return Cond{Path{Root: nilRoot}, !constant.BoolVal(v.Value)}, nil // nil is what is known
		}
		return Cond{}, nil
	case *ssa.FreeVar:
		return Cond{}, nil
	}
	p, def := fb.condVar(v)
	return Cond{p, true}, def
}

// compare returns the condition of a comparison with a constant.
func (fb *funcBuilder) compare(v *ssa.BinOp) (Cond, ssa.Value) {
	x, k, cmp := v.X, v.Y, v.Op
	if always, ok := constants(v); ok {
		return Cond{Path{Root: nilRoot}, !always}, nil // nil is what is known
	}
	if _, ok := x.(*ssa.Const); ok {
		x, k, cmp = k, x, mirrored[cmp]
	}
	c, ok := k.(*ssa.Const)
	if !ok {
		if cmp == token.EQL || cmp == token.NEQ {
			if fb.sentinelOf(k) == nil {
				x, k = k, x
			}
			if known := fb.sentinelOf(k); known != nil && fb.sentinelOf(x) == nil {
				return fb.isSentinel(x, known, cmp == token.EQL)
			}
		}
		return fb.comparePair(v), nil
	}
	if ex, ok := x.(*ssa.Extract); ok {
		if _, ok := ex.Tuple.(*ssa.Select); ok {
			return Cond{}, nil // the dispatch of a select, which has its own form
		}
	}
	p, def := fb.condVar(x)
	switch cmp {
	case token.EQL, token.NEQ:
	case token.LSS, token.GEQ:
		return fb.ordered(p, "<", c, cmp == token.LSS), def
	case token.GTR, token.LEQ:
		return fb.ordered(p, ">", c, cmp == token.GTR), def
	default:
		return Cond{}, nil
	}
	equal := cmp == token.EQL
	switch {
	case p.IsZero():
		return Cond{}, nil
	case c.Value == nil:
		return Cond{p, !equal}, def // true stands for non-nil
	case c.Value.Kind() == constant.Bool:
		return Cond{p, constant.BoolVal(c.Value) == equal}, def
	}
	return Cond{fb.extend(p, "=="+c.Value.ExactString(), nil), equal}, def
}

// constants returns what the comparison of two constants comes to, not ok if
// v is another one.
func constants(v *ssa.BinOp) (result, ok bool) {
	x, ok := v.X.(*ssa.Const)
	y, also := v.Y.(*ssa.Const)
	if !ok || !also || x.Value == nil || y.Value == nil {
		return false, false
	}
	return constant.Compare(x.Value, v.Op, y.Value), true
}

// mirrored has the comparison that says the same of swapped operands.
var mirrored = map[token.Token]token.Token{
	token.EQL: token.EQL, token.NEQ: token.NEQ,
	token.LSS: token.GTR, token.GTR: token.LSS, token.LEQ: token.GEQ, token.GEQ: token.LEQ,
}

// ordered returns the condition that p is less (or greater) than a constant.
func (fb *funcBuilder) ordered(p Path, op string, c *ssa.Const, want bool) Cond {
	if c.Value == nil || !p.one() {
		return Cond{}
	}
	return Cond{fb.extend(p, op+c.Value.ExactString(), nil), want}
}

// condVar returns the variable that v reads: a variable with an address, or
// the register v itself.
func (fb *funcBuilder) condVar(v ssa.Value) (Path, ssa.Value) {
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL {
		if cell := fb.cell(load.X); cell != nil {
			return Path{Root: fb.cellRoot(cell)}, nil
		}
		p := fb.path(load.X)
		if fb.askedLater(load) && fb.stores(p) {
			return Path{Root: fb.valueRoot(v)}, v // what was there then
		}
		return p, nil
	}
	switch v := v.(type) {
	case *ssa.Parameter:
		return fb.path(v), nil
	case *ssa.Call:
		if p := fb.path(v); p.Root.Kind == Result && p.Sel == nil {
			return p, v
		} else if types.Identical(v.Type(), errorType) {
			return Path{Root: fb.resultRoot(v, 0)}, v // whatever error it may be
		}
	case *ssa.Extract:
		if p := fb.path(v); p.Root.Kind == Result && p.Sel == nil {
			return p, v
		} else if call, ok := v.Tuple.(*ssa.Call); ok && types.Identical(v.Type(), errorType) {
			return Path{Root: fb.resultRoot(call, v.Index)}, v
		}
	}
	return Path{Root: fb.valueRoot(v)}, v
}

// askedLater reports whether branches of several blocks ask about what was loaded once.
func (fb *funcBuilder) askedLater(load *ssa.UnOp) bool {
	blocks := make(map[*ssa.BasicBlock]bool)
	for work := []ssa.Value{load}; len(work) > 0; work = work[1:] {
		for _, ref := range *work[0].Referrers() {
			switch ref := ref.(type) {
			case *ssa.If:
				blocks[ref.Block()] = true
			case *ssa.BinOp:
				work = append(work, ref)
			}
		}
	}
	return len(blocks) > 1
}

// stores reports whether the function stores something at p.
func (fb *funcBuilder) stores(p Path) bool {
	for _, block := range fb.fn.Blocks {
		for _, instr := range block.Instrs {
			if s, ok := instr.(*ssa.Store); ok && (fb.cellPath(s.Addr) == p || fb.path(s.Addr) == p) {
				return true
			}
		}
	}
	return false
}

// assign returns the assignment of val to the condition variable v.
func (fb *funcBuilder) assign(v Path, val ssa.Value) Assign {
	if ended, ok := fb.errorOf(val); ok {
		return Assign{Var: v, From: ended}
	}
	if v.Sel.compares() {
		x, _ := fb.condVar(val)
		if known := fb.sentinelOf(val); known != nil {
			x = Path{Root: known}
		} else if isNil(val) {
			x = Path{Root: nilRoot}
		}
		from := fb.extend(x, v.Sel.Name, nil)
		if value, ok := from.fixed(); ok {
			return Assign{Var: v, Known: true, Value: value}
		}
		if from == v {
			return Assign{} // it stays what it is
		}
		return Assign{Var: v, From: from}
	}
	switch val := val.(type) {
	case *ssa.Const:
		if val.Value == nil {
			return Assign{Var: v, Known: true, Value: !val.IsNil()}
		}
		if val.Value.Kind() == constant.Bool {
			return Assign{Var: v, Known: true, Value: constant.BoolVal(val.Value)}
		}
		return Assign{Var: v}
	case *ssa.MakeClosure, *ssa.MakeMap, *ssa.Function, *ssa.Alloc, *ssa.MakeInterface:
		return Assign{Var: v, Known: true, Value: true}
	}
	if isNewChan(val) || isError(val) {
		return Assign{Var: v, Known: true, Value: true}
	}
	if ex, ok := val.(*ssa.Extract); ok && makesCancel(ex) {
		return Assign{Var: v, Known: true, Value: true, From: fb.path(val)}
	}
	from, _ := fb.condVar(val)
	if _, ok := val.Type().Underlying().(*types.Signature); ok {
		from = fb.path(val)
	}
	if from == v {
		return Assign{} // it stays what it is
	}
	return Assign{Var: v, From: from}
}

// makesCancel reports whether v is a result of a library function that makes
// a cancel function, and so not nil.
func makesCancel(v *ssa.Extract) bool {
	call, ok := v.Tuple.(*ssa.Call)
	if !ok {
		return false
	}
	eff := syncapi.EffectOf(calleeObj(call.Common()))
	return eff != nil && eff.Op == syncapi.NewCancel
}

// -- blocks --

func (fb *funcBuilder) instrs(block *ssa.BasicBlock) {
	for _, instr := range block.Instrs {
		if !fb.instr(instr) {
			return // control ends here
		}
		if v, ok := instr.(ssa.Value); ok {
			fb.define(v)
			fb.makesContext(v)
		}
		if fb.counts != nil {
			for _, op := range fb.counts.after[instr] {
				fb.emit(op)
			}
		}
	}
	fb.walk(block)
	fb.succs(block)
}

// define forgets what was known of the variable that v holds: it has a new
// value now, in each turn of a loop.
func (fb *funcBuilder) define(v ssa.Value) {
	if _, isPhi := v.(*ssa.Phi); isPhi {
		return // set on the edges
	}
	fb.sets(v.Pos(), fb.unpair(v))
	for _, p := range fb.defs[v] {
		if !fb.tracked[p] || p.Root.Kind == Result { // results are set at the call, so that what the callee returns can be known
			continue
		}
		set := Assign{Var: p}
		if isRecover(v) {
			set.From = Path{Root: recoveredRoot}
		}
		fb.sets(v.Pos(), []Assign{set})
	}
}

// sets adds assignments to condition variables.
func (fb *funcBuilder) sets(pos token.Pos, sets []Assign) {
	for _, set := range sets {
		fb.emit(&Op{Kind: syncapi.Set, Pos: pos, Assign: set})
	}
}

// succs adds the edges out of a block.
func (fb *funcBuilder) succs(block *ssa.BasicBlock) {
	branch, _ := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	cond, known := fb.conds[branch]
	var rebinds [][]*Op // by successor
	for i, succ := range block.Succs {
		e := &Edge{To: fb.blocks[succ.Index], Sets: fb.phiSets(block, succ)}
		if known {
			e.Cond = Cond{cond.Var, cond.Want == (i == 0)}
		}
		fb.cur.Succs = append(fb.cur.Succs, e)
		rebinds = append(rebinds, append(fb.phiRebinds(block, succ), fb.phiStores(block, succ)...))
	}
	if branch != nil {
		fb.selectArms(branch)
	}
	for i, e := range fb.cur.Succs {
		for _, op := range rebinds[i] {
			fb.between(e, op)
			e.Sets = nil // behind op now
		}
		if implied, ok := fb.implied[branch]; ok && implied.when == (i == 0) {
			fb.assume(e, implied.err)
		}
	}
	if fb.counts == nil {
		return
	}
	for i, succ := range block.Succs {
		if i == len(fb.cur.Succs) {
			break // cut off by selectArms
		}
		for _, op := range fb.counts.on[blockEdge{block, succ}] {
			fb.between(fb.cur.Succs[i], op)
		}
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
		for _, v := range fb.defs[phi] {
			if pred < 0 || !fb.tracked[v] {
				continue
			}
			if a := fb.assign(v, phi.Edges[pred]); !a.Var.IsZero() {
				sets = append(sets, a)
			}
		}
		sets = append(sets, fb.unpair(phi)...)
		sets = append(sets, fb.counterSets(phi)...)
	}
	return sets
}

// counterSets returns assignments that forget the comparisons with a constant of a
// variable of a loop which a literal has captured: in each turn that is a new one,
// at the address phi, with another value.
func (fb *funcBuilder) counterSets(phi *ssa.Phi) []Assign {
	ptr, ok := phi.Type().Underlying().(*types.Pointer)
	if !ok {
		return nil
	}
	if _, ok := ptr.Elem().Underlying().(*types.Basic); !ok {
		return nil
	}
	at := fb.path(phi)
	var sets []Assign
	for v := range fb.tracked {
		if fb.tracked[v] && v != at && v.HasPrefix(at) {
			sets = append(sets, Assign{Var: v})
		}
	}
	slices.SortFunc(sets, func(a, b Assign) int { return strings.Compare(a.Var.Sel.Name, b.Var.Sel.Name) })
	return sets
}

// selectArms recognises the dispatch "if index == k" after a select, and puts
// the arm's operation between the branch and the arm's body.
func (fb *funcBuilder) selectArms(branch *ssa.If) {
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
	fb.cur.Succs[0].Cond = fb.arms[sel.States[k]]
	fb.between(fb.cur.Succs[0], fb.armOp(head, sel, int(k)))
	if int(k) != lastDispatched(sel) {
		return
	}
	if sel.Blocking { // the other edge leads to a panic that cannot be
		fb.cur.Succs = fb.cur.Succs[:1]
		return
	}
	fb.fork(fb.cur.Succs[1], sel, fb.armsFrom(head, sel, int(k)+1))
}

// lastDispatched returns the last case of a select that has a branch of its
// own, -1 if none has. If the last cases and the default have no code, go/ssa
// does not tell them apart.
func lastDispatched(sel *ssa.Select) int {
	last := -1
	for _, ref := range *sel.Referrers() {
		index, ok := ref.(*ssa.Extract)
		if !ok || index.Index != 0 {
			continue
		}
		for _, ref := range *index.Referrers() {
			cmp, ok := ref.(*ssa.BinOp)
			if !ok {
				continue
			}
			for _, ref := range *cmp.Referrers() {
				if _, ok := ref.(*ssa.If); ok {
					k, _ := intConst(cmp.Y)
					last = max(last, int(k))
				}
			}
		}
	}
	return last
}

// armsFrom returns the operations of the arms of a select from case k on, the
// default last.
func (fb *funcBuilder) armsFrom(head *Op, sel *ssa.Select, k int) []*Op {
	var arms []*Op
	for ; k < len(sel.States); k++ {
		arms = append(arms, fb.armOp(head, sel, k))
	}
	if !sel.Blocking {
		arms = append(arms, &Op{Kind: syncapi.Default, Pos: head.Pos, Arm: head, Case: -1})
	}
	return arms
}

// fork puts the arms ops of sel, of which one takes place, on the edge e.
func (fb *funcBuilder) fork(e *Edge, sel *ssa.Select, ops []*Op) {
	cond := func(arm *Op) (c Cond) {
		if arm.Case >= 0 {
			c = fb.arms[sel.States[arm.Case]]
		}
		return c
	}
	if len(ops) == 1 {
		e.Cond = cond(ops[0])
		fb.between(e, ops[0])
		return
	}
	branch := fb.newBlock()
	for _, op := range ops {
		out := &Edge{To: e.To, Sets: e.Sets, Cond: cond(op)}
		fb.between(out, op)
		branch.Succs = append(branch.Succs, out)
	}
	e.To, e.Sets = branch, nil
}

func (fb *funcBuilder) newBlock() *Block {
	b := &Block{}
	fb.f.Blocks = append(fb.f.Blocks, b)
	fb.blocks = append(fb.blocks, b)
	return b
}

// between puts op on the edge e.
func (fb *funcBuilder) between(e *Edge, op *Op) {
	op.Fn = fb.f
	mid := &Block{Ops: []*Op{op}, Succs: []*Edge{{To: e.To, Sets: e.Sets}}}
	if set := fb.setEnded(op); set != nil {
		mid.Ops = append(mid.Ops, set)
	}
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

// stand has o, some work, stand for the next one as well: it is where the first is that is
// anywhere in the code.
func (o *Op) stand(next *Op) {
	if !o.Pos.IsValid() {
		o.Pos = next.Pos
	}
}

// emit appends op to the current block.
func (fb *funcBuilder) emit(op *Op) {
	op.Fn = fb.f
	if op.Inner != nil {
		op.Inner.Fn = fb.f
	}
	if op.Kind == syncapi.Work && op.Obj == nil {
		if n := len(fb.cur.Ops); n > 0 && fb.cur.Ops[n-1].Kind == syncapi.Work {
			fb.cur.Ops[n-1].stand(op)
			return // one stands for all in a row
		}
	}
	fb.cur.Ops = append(fb.cur.Ops, op)
	if op.Is(syncapi.Unlock, syncapi.RUnlock, syncapi.CondWait, syncapi.Sleep, syncapi.Recv) {
		fb.sets(op.Pos, fb.unpairShared())
	}
}
