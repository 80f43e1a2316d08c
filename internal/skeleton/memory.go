package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Beside the operations of concurrency, a skeleton knows the accesses to
// memory that other goroutines may have: reads and writes of package
// variables, of captured variables and those whose address is taken, of
// fields, of what pointers point to, and of the elements of maps and slices.
// They are in the graphs of those who ask for Read or Write (see [Interest])
// and in no others, and stay within the package.
//
// A Read or Write acts on the variable itself: on the field s.m, whatever map
// that holds. What is done to the map acts on s.m[]. An access that comes behind the
// same access of the same block, with no operation between, is left out. So
// are the fields of a struct that are set where it is made, and values that are
// copied as a whole by assignment through a pointer. An access to an element of
// an array or slice has the path of the index in Op.Args, a zero one if that says
// nothing: the slice is a part of another one, or all elements are accessed.
//
// With the accesses there is a Set wherever a loop makes, in each turn, a
// variable or object anew that others may have. For those who ask there is also a
// Rebind wherever a name comes to mean something else without an access: a variable
// that goes by the name of its value is set to nil or moves on to what that leads to,
// or a variable that only the function has, with what is in it, is assigned.

// access adds the accesses of an instruction.
func (fb *funcBuilder) access(instr ssa.Instruction) {
	fb.madeAnew(instr)
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.MUL && !fb.unwound {
			fb.at(syncapi.Read, instr.X, posOfLoad(instr), instr)
		}
	case *ssa.RunDefers:
		fb.unwound = true // what is read then are the results, which deferred calls may wait for
	case *ssa.Return:
		fb.unwound = false
	case *ssa.Store:
		if !fb.initialises(instr) && !storesItself(instr) {
			fb.at(syncapi.Write, instr.Addr, instr.Pos(), instr)
			fb.notesNil(instr)
		}
		fb.rebinds(instr)
	case *ssa.MapUpdate:
		fb.element(syncapi.Write, instr.Map, instr.Pos())
	case *ssa.Lookup:
		if _, ok := instr.X.Type().Underlying().(*types.Map); ok {
			fb.element(syncapi.Read, instr.X, instr.Pos())
		}
	case *ssa.Range:
		if _, ok := instr.X.Type().Underlying().(*types.Map); ok {
			fb.element(syncapi.Read, instr.X, instr.Pos())
		}
	case *ssa.Extract:
		fb.nextOf(instr)
	case *ssa.Call:
		fb.accessByBuiltin(instr)
		fb.filled(instr)
	case *ssa.Slice:
		fb.cut(instr)
	}
	fb.noteUse(instr)
}

// storesItself reports whether a variable is given its own value, as a return statement
// does with the results that it names. The compiler leaves that out, unless something is done
// in between.
func storesItself(s *ssa.Store) bool {
	load, ok := s.Val.(*ssa.UnOp)
	if !ok || load.Op != token.MUL || load.X != s.Addr || load.Block() != s.Block() {
		return false
	}
	instrs := s.Block().Instrs
	from, to := slices.Index(instrs, ssa.Instruction(load)), slices.Index(instrs, ssa.Instruction(s))
	return from < to && !slices.ContainsFunc(instrs[from:to], func(between ssa.Instruction) bool {
		switch between := between.(type) {
		case *ssa.UnOp:
			return between.Op != token.MUL
		case *ssa.Store, *ssa.DebugRef:
			return false
		}
		return true
	})
}

// posOfLoad returns the position of a load: that of the return statement, if it
// is that of a named result.
func posOfLoad(load *ssa.UnOp) token.Pos {
	if refs := load.Referrers(); !load.Pos().IsValid() && len(*refs) == 1 {
		if ret, ok := (*refs)[0].(*ssa.Return); ok {
			return ret.Pos()
		}
	}
	return load.Pos()
}

// accessByBuiltin adds what a builtin function does to maps and slices.
func (fb *funcBuilder) accessByBuiltin(call *ssa.Call) {
	fn, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || len(call.Call.Args) == 0 {
		return
	}
	arg := call.Call.Args[0]
	_, isMap := arg.Type().Underlying().(*types.Map)
	switch fn.Name() {
	case "delete", "clear":
		fb.element(syncapi.Write, arg, call.Pos())
	case "len":
		if isMap {
			fb.element(syncapi.Read, arg, call.Pos())
		}
	case "copy":
		fb.element(syncapi.Write, arg, call.Pos())
	}
}

// filled adds the write to the elements of a buffer that a call of a function of
// another package fills.
func (fb *funcBuilder) filled(call *ssa.Call) {
	fn, args := call.Call.Method, call.Call.Args
	if fn != nil {
		args = append([]ssa.Value{call.Call.Value}, args...)
	} else if callee := call.Call.StaticCallee(); callee != nil {
		fn, _ = callee.Object().(*types.Func)
	}
	if fn == nil || fn.Pkg() == fb.pkg.Pkg && call.Call.Method == nil {
		return
	}
	if i, ok := syncapi.Fills(fn); ok && i < len(args) {
		fb.element(syncapi.Write, args[i], call.Pos())
	}
}

// cut adds a write to the elements of a slice that is cut to nothing, s[:0]: it
// is to be filled again, unless it has no room left.
func (fb *funcBuilder) cut(s *ssa.Slice) {
	if _, isSlice := s.X.Type().Underlying().(*types.Slice); !isSlice {
		return
	}
	if high, ok := intConst(s.High); ok && high == 0 && s.Pos().IsValid() && !isEmptied(s) {
		fb.element(syncapi.Write, s.X, s.Pos())
	}
}

// madeAnew adds a Set for what a loop makes in each turn.
func (fb *funcBuilder) madeAnew(instr ssa.Instruction) {
	if !fb.turning[instr.Block()] {
		return
	}
	set := func(r *Root) {
		fb.emit(&Op{Kind: syncapi.Set, Pos: instr.Pos(), Assign: Assign{Var: Path{Root: r}}, ofMemory: true})
	}
	switch instr := instr.(type) {
	case *ssa.Alloc:
		if instr.Heap {
			set(fb.cellRoot(instr))
		}
	case *ssa.MakeMap:
		set(fb.valueRoot(instr))
	case *ssa.MakeSlice:
		set(fb.valueRoot(instr))
	case *ssa.Call:
		for i := range instr.Call.Signature().Results().Len() {
			if r := fb.results[resultKey{instr, i}]; r != nil {
				set(r)
			} else if isReference(instr.Call.Signature().Results().At(i).Type()) {
				set(fb.resultRoot(instr, i))
			}
		}
	}
}

// at adds the access of instr to what is at an address, if others may reach that.
func (fb *funcBuilder) at(kind syncapi.Op, addr ssa.Value, pos token.Pos, instr ssa.Instruction) {
	if !pos.IsValid() {
		pos = addr.Pos()
	}
	if !pos.IsValid() || onStack(addr) {
		return
	}
	op := &Op{Kind: kind, Pos: pos, Res: fb.cellPath(addr), each: fb.isEach(addr, instr)}
	if ia, ok := addr.(*ssa.IndexAddr); ok {
		op.Args = []Path{{}}
		if !fb.isPart(ia.X, maxSelectors) {
			op.N, op.NKnown = intConst(ia.Index)
			op.Args[0] = fb.path(ia.Index)
		}
	}
	fb.remember(op)
}

// notesNil gives the write that a store has just added, if it did, nil as its
// argument, if that is what is stored.
func (fb *funcBuilder) notesNil(s *ssa.Store) {
	c, ok := s.Val.(*ssa.Const)
	if !ok || !c.IsNil() || len(fb.cur.Ops) == 0 {
		return
	}
	last := fb.cur.Ops[len(fb.cur.Ops)-1]
	if last.Kind == syncapi.Write && last.Pos == s.Pos() && last.Args == nil {
		last.Args = []Path{fb.path(c)}
	}
}

// isPart reports whether v is, or may be, a part of another slice that goes by
// the same path.
func (b *builder) isPart(v ssa.Value, depth int) bool {
	if depth == 0 {
		return true
	}
	switch v := v.(type) {
	case *ssa.Slice:
		return v.Low != nil || b.isPart(v.X, depth-1)
	case *ssa.Phi:
		return true
	case *ssa.UnOp:
		if cell := b.cell(v.X); cell != nil && v.Op == token.MUL {
			if val := b.onlyStore(cell); val != nil {
				return b.isPart(val, depth-1)
			}
		}
	}
	return false
}

// element adds an access to the elements of a map or slice.
func (fb *funcBuilder) element(kind syncapi.Op, of ssa.Value, pos token.Pos) {
	op := &Op{Kind: kind, Pos: pos, Res: fb.extend(fb.path(of), "[]", nil)}
	if _, isMap := of.Type().Underlying().(*types.Map); !isMap {
		op.Args = []Path{{}}
	}
	fb.remember(op)
}

// remember emits an access unless it is a repetition, or of unknown memory.
func (fb *funcBuilder) remember(op *Op) {
	r := op.Res.Root
	if r == nil || r.Kind == Nil || r.Kind == FuncVal || r.Kind == Value && op.Res.Sel == nil {
		return
	}
	ops := fb.cur.Ops
	for i := len(ops) - 1; i >= 0 && ops[i].Is(syncapi.Read, syncapi.Write, syncapi.Rebind); i-- {
		o := ops[i]
		if o.Res == op.Res && o.N == op.N && o.NKnown == op.NKnown && (o.Kind == op.Kind || o.Kind == syncapi.Write) {
			return
		}
	}
	fb.emit(op)
	fb.f.touches = true
}

// cellPath returns the path of the memory at an address: of a field or
// variable itself, not of what it was once assigned.
func (fb *funcBuilder) cellPath(addr ssa.Value) Path {
	if cell := fb.cell(addr); cell != nil {
		return Path{Root: fb.cellRoot(cell)}
	}
	switch addr := addr.(type) {
	case *ssa.FieldAddr:
		owner, st := structOf(addr.X.Type())
		if st == nil {
			return Path{}
		}
		base := fb.basePath(addr.X)
		if base.Root == nil || depth(base.Sel) > maxSelectors {
			return base
		}
		return Path{base.Root, fb.sel(base.Sel, st.Field(addr.Field).Name(), owner)}
	case *ssa.IndexAddr:
		return fb.extend(fb.path(addr.X), "[]", nil)
	}
	p := fb.path(addr)
	if load, ok := addr.(*ssa.UnOp); ok && load.Op == token.MUL && p == fb.cellPath(load.X) {
		return fb.extend(p, "*", nil) // not the pointer, but what it points to
	}
	return p
}

// basePath returns the path of the struct at an address: of a variable itself,
// not of what it is a copy of.
func (fb *funcBuilder) basePath(addr ssa.Value) Path {
	if cell := fb.cell(addr); cell != nil {
		return Path{Root: fb.cellRoot(cell)}
	}
	if fa, ok := addr.(*ssa.FieldAddr); ok {
		return fb.cellPath(fa) // a struct within a struct
	}
	return fb.path(addr)
}

// onStack reports whether an address is that of a variable, or a part of one,
// that only the function itself has.
func onStack(addr ssa.Value) bool {
	for {
		switch a := addr.(type) {
		case *ssa.FieldAddr:
			addr = a.X
		case *ssa.IndexAddr:
			addr = a.X
		case *ssa.Alloc:
			return !a.Heap
		default:
			return false
		}
	}
}

// initialises reports whether s sets a part of an object where it is made,
// before anything else is done with the object.
func (fb *funcBuilder) initialises(s *ssa.Store) bool {
	root := s.Addr
	for {
		if fa, ok := root.(*ssa.FieldAddr); ok {
			root = fa.X
		} else if ia, ok := root.(*ssa.IndexAddr); ok {
			root = ia.X
		} else {
			break
		}
	}
	alloc, ok := root.(*ssa.Alloc)
	return ok && alloc.Block() == s.Block() && !fb.inUse[alloc]
}

// noteUse notes the objects that instr uses as a whole, not just a part of them.
func (fb *funcBuilder) noteUse(instr ssa.Instruction) {
	switch instr.(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.DebugRef:
		return
	}
	for _, o := range instr.Operands(fb.operandBuf[:0]) {
		if alloc, ok := (*o).(*ssa.Alloc); ok {
			fb.inUse[alloc] = true
		}
	}
}

// splitMemory gives each function two forms of its control flow: Blocks
// without the accesses, and memory with them, if it or what it calls has any.
func splitMemory(funcs []*Func) {
	for _, f := range funcs {
		f.memory = f.Blocks
		f.Blocks = without(f.memory)
	}
	for changed := true; changed; {
		changed = false
		for _, f := range funcs {
			if !f.touches && callsToucher(f) {
				f.touches, changed = true, true
			}
		}
	}
	for _, f := range funcs {
		if !f.touches {
			f.memory = nil
		}
	}
}

func callsToucher(f *Func) bool {
	found := false
	eachCallee(f, func(g *Func) { found = found || g.touches })
	return found
}

// without returns a copy of blocks that has no accesses.
func without(blocks []*Block) []*Block {
	copies := make([]*Block, len(blocks))
	of := make(map[*Block]*Block, len(blocks))
	for i, b := range blocks {
		copies[i] = &Block{}
		of[b] = copies[i]
	}
	for i, b := range blocks {
		c := copies[i]
		for _, op := range b.Ops {
			if !op.Is(syncapi.Read, syncapi.Write, syncapi.Rebind) && !op.ofMemory {
				c.Ops = append(c.Ops, op)
			}
		}
		for _, e := range b.Succs {
			c.Succs = append(c.Succs, &Edge{To: of[e.To], Cond: e.Cond, Sets: e.Sets})
		}
	}
	return copies
}

// finishMemory drops from the form with accesses the calls that have none. Those
// that take time are Work, as opaque calls are, with what they are handed.
func finishMemory(f *Func) {
	for _, b := range f.memory {
		kept := b.Ops[:0]
		for _, op := range b.Ops {
			if op.Kind == syncapi.Call && quietCall(op) && !handsOver(op) && !touching(op) {
				if lightCall(op) && (!op.used || !writesSome(op)) {
					continue
				}
				op = &Op{Kind: syncapi.Work, Pos: op.Pos, Fn: f, Obj: op.Obj, Args: op.Args}
			}
			if op.Kind == syncapi.Work && op.Obj == nil && len(kept) > 0 && kept[len(kept)-1].Is(syncapi.Write, syncapi.Set) {
				continue // the write says it
			}
			kept = append(kept, op)
		}
		b.Ops = kept
	}
	f.memory = simplify(f.memory)
}

func touching(op *Op) bool {
	for _, t := range op.Targets {
		if t.Func.touches {
			return true
		}
	}
	return false
}

// alsoQuiet is no operation: it says in a set of them that calls of functions which do
// no more than access memory are wanted.
const alsoQuiet syncapi.Op = 127

// wantsMemory reports whether k has accesses, or calls of functions that do no more.
func (k kinds) wantsMemory() bool {
	return k.has(syncapi.Read) || k.has(syncapi.Write) || k.has(alsoQuiet)
}

// form returns the control flow of f as a graph of the given kinds needs it.
func (f *Func) form(keep kinds) []*Block {
	if f.memory != nil && keep.wantsMemory() {
		return f.memory
	}
	return f.Blocks
}

// Ops returns the operations of f, in no order in time, accesses and calls of
// functions that do no more than access memory included. The caller may not change it.
func (f *Func) Ops() []*Op {
	if ops := f.ops.Load(); ops != nil {
		return *ops
	}
	var ops []*Op
	blocks := f.Blocks
	if f.memory != nil {
		blocks = f.memory
	}
	for _, b := range blocks {
		ops = append(ops, b.Ops...)
	}
	ops = slices.Clip(ops)
	f.ops.Store(&ops)
	return ops
}

// silent reports whether f has no operation of interest at all.
func (f *Func) silent(keep kinds) bool {
	return f.Quiet && (!f.touches || !keep.wantsMemory())
}

// OnlyBehind reports whether control comes to op, an operation of f or an access, only by
// way of a branch for which says holds.
func (f *Func) OnlyBehind(op *Op, says func(Cond) bool) bool {
	blocks := f.Blocks
	if op.Is(syncapi.Read, syncapi.Write) {
		blocks = f.memory
	}
	if len(blocks) == 0 {
		return false
	}
	seen := map[*Block]bool{blocks[0]: true}
	for work := []*Block{blocks[0]}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if slices.Contains(b.Ops, op) {
			return false
		}
		for _, e := range b.Succs {
			if !says(e.Cond) && !seen[e.To] {
				seen[e.To] = true
				work = append(work, e.To)
			}
		}
	}
	return slices.ContainsFunc(blocks, func(b *Block) bool { return slices.Contains(b.Ops, op) })
}
