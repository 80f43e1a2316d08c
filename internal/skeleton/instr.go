package skeleton

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// instr adds the operations of an instruction. It reports whether control
// goes on behind it.
func (fb *funcBuilder) instr(instr ssa.Instruction) bool {
	fb.access(instr)
	switch instr := instr.(type) {
	case *ssa.MakeChan:
		op := &Op{Kind: syncapi.MakeChan, Pos: instr.Pos(), Res: fb.path(instr)}
		op.N, op.NKnown = intConst(instr.Size)
		fb.emit(op)
	case *ssa.Send:
		fb.emit(&Op{Kind: syncapi.Send, Pos: instr.Pos(), Res: fb.path(instr.Chan), Args: []Path{fb.path(instr.X)}})
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			op := &Op{Kind: syncapi.Recv, Pos: instr.Pos(), Res: fb.path(instr.X), Range: fb.isRange(instr)}
			fb.emit(op)
			if set := fb.setEnded(op); set != nil {
				fb.emit(set)
			}
		}
	case *ssa.Select:
		fb.selectHead(instr)
		return len(instr.States) > 0 || !instr.Blocking // select {} waits for ever
	case *ssa.Call:
		op := fb.call(instr.Common(), instr)
		fb.defineResults(instr)
		fb.renewResults(instr)
		fb.require(instr)
		if op != nil {
			fb.emit(op)
			return !op.Kind.Ends() && op.Kind != syncapi.Panic
		}
	case *ssa.Go:
		fb.emit(&Op{Kind: syncapi.Go, Pos: instr.Pos(), Inner: fb.inner(instr.Common(), instr)})
	case *ssa.Defer:
		fb.emit(&Op{Kind: syncapi.Defer, Pos: instr.Pos(), Inner: fb.inner(instr.Common(), instr)})
	case *ssa.Alloc:
		fb.renew(instr)
		if fb.tested[instr] {
			fb.emit(&Op{Kind: syncapi.Set, Pos: instr.Pos(), Assign: Assign{Var: Path{Root: fb.cellRoot(instr)}, Known: true}})
		}
	case *ssa.Store:
		fb.renew(instr)
		fb.store(instr)
	case *ssa.MapUpdate:
		fb.stored(instr.Pos(), fb.extend(fb.path(instr.Map), "[]", nil), fb.member(instr))
		fb.emit(&Op{Kind: syncapi.Work, Pos: instr.Pos()})
	case *ssa.Panic:
		fb.emit(&Op{Kind: syncapi.Panic, Pos: instr.Pos()})
		return false
	case *ssa.Return:
		fb.returns(instr)
		return false
	}
	return true
}

// require adds that a call is an assertion which may end the goroutine.
func (fb *funcBuilder) require(call *ssa.Call) {
	obj := calleeObj(call.Common())
	if !syncapi.IsRequire(obj) {
		return
	}
	if v := operand(call.Common(), 0); v != nil {
		fb.emit(&Op{Kind: syncapi.Require, Pos: call.Pos(), Obj: obj, Res: fb.testPath(v)})
	}
}

// testPath returns the path of a test. If it is the result of a call, like T() of a
// suite or an object that has the assertions for a test, it is that of the first
// operand, which callers know.
func (fb *funcBuilder) testPath(v ssa.Value) Path {
	for range maxTestCalls {
		from := v
		if mi, ok := v.(*ssa.MakeInterface); ok {
			from = mi.X
		}
		call, ok := from.(*ssa.Call)
		if !ok || !syncapi.IsTest(call.Type()) {
			break
		}
		first := operand(call.Common(), 0)
		if first == nil {
			break
		}
		v = first
	}
	return fb.path(v)
}

// maxTestCalls bounds the calls that lead from a test to what has its assertions.
const maxTestCalls = 4

// selectHead adds the head of a select statement, and its arms if go/ssa has
// no branch for any of them.
func (fb *funcBuilder) selectHead(sel *ssa.Select) {
	op := &Op{Kind: syncapi.Select, Pos: sel.Pos(), Defined: !sel.Blocking, N: int64(len(sel.States)), NKnown: true}
	fb.selects[sel] = op
	fb.emit(op)
	if !sel.Blocking && lastDispatched(sel) < 0 {
		next := &Edge{To: fb.newBlock()}
		fb.cur.Succs = append(fb.cur.Succs, next)
		fb.cur = next.To
		fb.fork(next, sel, fb.armsFrom(op, sel, 0))
	}
}

// returns adds a return statement. One that returns a condition which depends on what a
// callee has returned is a branch: it returns true or false.
func (fb *funcBuilder) returns(ret *ssa.Return) {
	fb.f.Returns = true
	for i, r := range ret.Results {
		cond, _ := fb.derived(returned(r))
		if cond.Var.IsZero() {
			continue
		}
		from := fb.cur
		for _, is := range []bool{true, false} {
			fb.cur = fb.newBlock()
			from.Succs = append(from.Succs, &Edge{To: fb.cur, Cond: Cond{cond.Var, cond.Want == is}})
			op := fb.returnOp(ret)
			op.Args[i] = Path{Root: boolRoots[is]}
			fb.emit(op)
		}
		return
	}
	fb.emit(fb.returnOp(ret))
}

// returnOp returns the operation of a return statement.
func (fb *funcBuilder) returnOp(ret *ssa.Return) *Op {
	op := &Op{Kind: syncapi.Return, Pos: ret.Pos()}
	for i, r := range ret.Results {
		r = returned(r)
		if isFunction(r) && i < maxResults {
			op.N |= 1 << i
		}
		op.Args = append(op.Args, fb.returnedPath(r))
	}
	return op
}

// returnedPath returns what a caller is to know of the result r.
func (fb *funcBuilder) returnedPath(r ssa.Value) Path {
	if known := fb.sentinelOf(r); known != nil {
		return Path{Root: known}
	}
	if isError(r) {
		return Path{Root: nonNilRoot}
	}
	if v := fb.errorVar(r); !v.IsZero() {
		return v
	}
	if ended, ok := fb.errorOf(r); ok {
		return ended
	}
	if v := fb.calleesResult(r); !v.IsZero() {
		return v
	}
	return fb.path(r)
}

// boolRoots are the boolean constants.
var boolRoots = map[bool]*Root{true: {Kind: Value, Name: "true"}, false: {Kind: Value, Name: "false"}}

// derived returns the condition that the boolean r states about a result of a callee, zero
// if it is another value.
func (fb *funcBuilder) derived(r ssa.Value) (Cond, ssa.Value) {
	switch r := r.(type) {
	case *ssa.UnOp:
		if r.Op != token.NOT {
			return Cond{}, nil
		}
	case *ssa.BinOp, *ssa.Call:
	default:
		return Cond{}, nil
	}
	if !IsBool(r.Type()) {
		return Cond{}, nil
	}
	cond, def := fb.cond(r)
	if def == r || cond.Var.IsZero() || !cond.Var.one() || cond.Var.Root.Kind != Result || cond.Var.Root.Owner != fb.f {
		return Cond{}, nil
	}
	return cond, def
}

// calleesResult returns the variable of the result r of a callee, a boolean, an error, a
// number or a string, which a caller may test; zero if r is another value.
func (fb *funcBuilder) calleesResult(r ssa.Value) Path {
	switch r.(type) {
	case *ssa.Call, *ssa.Extract:
	default:
		return Path{}
	}
	if _, basic := r.Type().Underlying().(*types.Basic); !basic && !types.Identical(r.Type(), errorType) {
		return Path{}
	}
	v, _ := fb.condVar(r)
	if v.Sel != nil || v.Root.Kind != Result || v.Root.Owner != fb.f {
		return Path{}
	}
	return v
}

// maxResults is how many results of a return may be known not to be nil.
const maxResults = 62

// isFunction reports whether v is a function, and so not nil.
func isFunction(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.ChangeType:
		return isFunction(v.X)
	case *ssa.MakeClosure, *ssa.Function:
		return true
	}
	return false
}

// errorVar returns the variable of type error that v reads, zero if it is no variable
// that a deferred function may change. What is assigned to it tells whether it is nil.
func (fb *funcBuilder) errorVar(v ssa.Value) Path {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL || !types.Identical(v.Type(), errorType) {
		return Path{}
	}
	if cell, ok := fb.cell(load.X).(*ssa.Alloc); ok {
		return Path{Root: fb.cellRoot(cell)}
	}
	return Path{}
}

// defineResults forgets what was known of the results of an earlier turn.
// This comes before the call, since a callee that is known sets its results.
func (fb *funcBuilder) defineResults(call *ssa.Call) {
	set := func(v ssa.Value) {
		if ex, ok := v.(*ssa.Extract); ok && makesCancel(ex) {
			return
		}
		for _, p := range fb.defs[v] {
			if !fb.tracked[p] || p.Root.Kind != Result {
				continue
			}
			ended, _ := fb.errorOf(v)
			fb.emit(&Op{Kind: syncapi.Set, Pos: call.Pos(), Assign: Assign{Var: p, From: ended}})
		}
	}
	set(call)
	if eff := syncapi.EffectOf(calleeObj(call.Common())); eff != nil && eff.Op == syncapi.NewCancel {
		made := Path{Root: fb.resultRoot(call, -1-eff.Res)}
		fb.emit(&Op{Kind: syncapi.Set, Pos: call.Pos(), Assign: Assign{Var: made, Known: true, Value: true}})
	}
	if refs := call.Referrers(); refs != nil {
		for _, ref := range *refs {
			if ex, ok := ref.(*ssa.Extract); ok {
				set(ex)
			}
		}
	}
}

// returned returns the value that a return statement gives for a result. In
// functions with deferred calls the results go through variables.
func returned(r ssa.Value) ssa.Value {
	load, ok := r.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return r
	}
	if local, ok := load.X.(*ssa.Alloc); !ok || local.Heap {
		return r // or a deferred function may change it
	}
	for _, instr := range load.Block().Instrs {
		if instr == load {
			break
		}
		if s, ok := instr.(*ssa.Store); ok && s.Addr == load.X {
			r = s.Val
		}
	}
	return r
}

// isError reports whether v is an error and surely not nil: one that is made
// here, or a package variable.
func isError(v ssa.Value) bool {
	if !types.Identical(v.Type(), errorType) {
		return false
	}
	switch v := v.(type) {
	case *ssa.MakeInterface:
		return true
	case *ssa.Call:
		return syncapi.MakesError(calleeObj(v.Common()))
	case *ssa.UnOp:
		_, global := v.X.(*ssa.Global)
		return v.Op == token.MUL && global
	}
	return false
}

var errorType = types.Universe.Lookup("error").Type()

// isRange reports whether a receive is that of a range loop: the position of
// a range loop's receive is the loop's own, with no arrow there.
func (fb *funcBuilder) isRange(v *ssa.UnOp) bool {
	return v.CommaOk && v.Block().Comment == "rangechan.loop"
}

// store adds what an assignment through an address means.
func (fb *funcBuilder) store(s *ssa.Store) {
	if _, isLocal := s.Addr.(*ssa.Alloc); !isLocal {
		fb.f.writes = true
	}
	var dst Path
	if cell := fb.cell(s.Addr); cell != nil {
		dst = Path{Root: fb.cellRoot(cell)}
	} else {
		dst = fb.path(s.Addr)
	}
	fb.forgetEnded(dst)
	if fb.tracked[dst] || fb.tested[fb.cell(s.Addr)] || fb.isFlag(s, dst) {
		set := fb.assign(dst, s.Val)
		if from := set.From; from.Sel == nil && from.Root != nil && from.Root.Kind == Result {
			from.Root.renamed = true
		}
		fb.emit(&Op{Kind: syncapi.Set, Pos: s.Pos(), Assign: set})
	}
	fb.compared(s, dst)
	fb.sets(s.Pos(), fb.unpairStored(dst))
	if cell := fb.cell(s.Addr); cell == nil || fb.path(cell).Root == dst.Root { // else dst is another name of the value
		fb.stored(s.Pos(), dst, s.Val)
	}
	if _, ok := s.Addr.(*ssa.IndexAddr); ok {
		fb.emit(&Op{Kind: syncapi.Work, Pos: s.Pos()})
	}
}

// compared adds what s tells of the comparisons with a constant of what it assigns to, and
// that nothing is known any more of the fields of a struct that is assigned as a whole.
func (fb *funcBuilder) compared(s *ssa.Store, dst Path) {
	var sets []Assign
	for p := range fb.tracked {
		if p.Root != dst.Root || p == dst || !p.HasPrefix(dst) {
			continue
		}
		set := Assign{Var: p}
		if p.Sel.compares() && p.Sel.Up == dst.Sel {
			set = fb.assign(p, s.Val)
		}
		if !set.Var.IsZero() {
			sets = append(sets, set)
		}
	}
	slices.SortFunc(sets, func(a, b Assign) int { return strings.Compare(a.Var.Tail(), b.Var.Tail()) })
	fb.sets(s.Pos(), sets)
}

// isFlag reports whether s sets a boolean or clears a reference that others
// may test: a field, a package variable or a captured variable. A new channel in
// such a place tells that something has been started.
func (fb *funcBuilder) isFlag(s *ssa.Store, dst Path) bool {
	t := s.Val.Type().Underlying()
	basic, ok := t.(*types.Basic)
	if ok && basic.Info()&types.IsBoolean != 0 {
		return true
	}
	_, isConst := s.Val.(*ssa.Const)
	return (isConst || isNewChan(s.Val)) && isReference(t) && (dst.Sel != nil || dst.Root.Kind == Global)
}

// isNewChan reports whether v is a channel that has just been made.
func isNewChan(v ssa.Value) bool {
	if c, ok := v.(*ssa.ChangeType); ok {
		v = c.X
	}
	_, ok := v.(*ssa.MakeChan)
	return ok
}

// stored adds a Store if val is, or holds, something that others can operate on.
func (fb *funcBuilder) stored(pos token.Pos, dst Path, val ssa.Value) {
	if !fb.holds(val) {
		return
	}
	p := fb.path(val)
	if p == dst {
		return
	}
	fb.emit(&Op{Kind: syncapi.Store, Pos: pos, Res: dst, Args: []Path{p}})
}

// holds reports whether v is, or holds in itself, such a thing: an interface if the value
// in it does, which a function of the package may have put there that returns it, and a
// literal that is a part of another if one of its fields does.
func (b *builder) holds(v ssa.Value) bool {
	if b.carries(v.Type()) {
		return true
	}
	if load, ok := v.(*ssa.UnOp); ok && isLiteralOf(load) {
		for _, values := range initValues(load.X.(*ssa.Alloc)) {
			if slices.ContainsFunc(values, func(part ssa.Value) bool { return part != nil && b.holds(part) }) {
				return true
			}
		}
	}
	if mi := dynamicType(v); mi != nil {
		return b.carries(mi.X.Type())
	}
	call, ok := v.(*ssa.Call)
	if !ok || !types.IsInterface(v.Type()) {
		return false
	}
	fn := call.Call.StaticCallee()
	if fn == nil || fn.Pkg != b.pkg {
		return false
	}
	for _, block := range fn.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) != 1 {
			continue
		}
		if mi := dynamicType(ret.Results[0]); mi != nil && b.carries(mi.X.Type()) {
			return true
		}
	}
	return false
}

// carries reports whether values of type t are, or hold in themselves,
// channels, functions or synchronisation objects.
func (b *builder) carries(t types.Type) bool {
	if c, ok := b.carriers[t]; ok {
		return c
	}
	b.carriers[t] = false // for recursive types
	c := b.carriesDeep(t)
	b.carriers[t] = c
	return c
}

func (b *builder) carriesDeep(t types.Type) bool {
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil && syncapi.Modeled(n.Obj().Pkg().Path()) {
		switch n.Obj().Pkg().Path() {
		case "sync", "context", "time", "golang.org/x/sync/errgroup", "golang.org/x/sync/semaphore":
			return !types.Identical(t.Underlying(), types.Typ[types.Int64])
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Pointer:
		return b.carries(u.Elem())
	case *types.Slice:
		return b.carries(u.Elem())
	case *types.Array:
		return b.carries(u.Elem())
	case *types.Map:
		return b.carries(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if b.carries(field.Type()) {
				return true
			}
		}
	}
	return false
}

// inner returns the operation that a go or defer statement runs; a call of
// something that does nothing to a skeleton is a call all the same.
func (fb *funcBuilder) inner(c *ssa.CallCommon, instr ssa.CallInstruction) *Op {
	op := fb.call(c, instr)
	if op == nil {
		op = &Op{Kind: syncapi.Work, Pos: instr.Pos()}
	}
	return op
}

// call returns the operation that a call is, nil if it is none.
func (fb *funcBuilder) call(c *ssa.CallCommon, instr ssa.CallInstruction) *Op {
	if builtin, ok := c.Value.(*ssa.Builtin); ok {
		return fb.builtin(builtin, c, instr)
	}
	obj := calleeObj(c)
	if eff := syncapi.EffectOf(obj); eff != nil {
		return fb.effect(eff, obj, c, instr)
	}
	if fn := c.StaticCallee(); fn != nil && fn.Synthetic == "package initializer" {
		return nil
	}
	op := &Op{Kind: syncapi.Call, Pos: instr.Pos(), Obj: obj, Args: fb.operands(c), Targets: fb.targets(c)}
	if val, ok := instr.(*ssa.Call); ok {
		op.used = len(*val.Referrers()) > 0
		for i := range c.Signature().Results().Len() {
			op.Results = append(op.Results, fb.resultRoot(val, i))
		}
	}
	methods := fb.methodCalls(obj, c)
	if len(methods) > 0 && obj.Pkg() != fb.pass.Pkg {
		op.Targets = nil // which methods it calls is more than its skeleton tells
	}
	if len(op.Targets) > 0 {
		if p := fb.path(c.Value); obj == nil && p.Root.Kind != FuncVal {
			op.Dynamic = p // a field, whose functions are known
		}
		return op
	}
	if obj == nil {
		op.Dynamic = fb.path(c.Value)
		if syncapi.IsCancelFunc(c.Value.Type()) {
			op.Kind, op.Res = syncapi.Cancel, op.Dynamic
		}
		op.Callbacks = loopBodies(op.Args)
		return op
	}
	for i, n := 0, len(op.Args); i < n; i++ { // closures handed to code not seen
		if p := op.Args[i]; p.Root.Kind == FuncVal && p.Sel == nil {
			op.Callbacks = append(op.Callbacks, Callback{p, yieldMode(p)})
		}
	}
	op.mild = len(op.Callbacks) == 0 && !fb.anyCarries(c) && !returnsContext(c) && !syncapi.NamesLock(obj) // whose context it is matters
	op.Callbacks = append(op.Callbacks, methods...)
	if len(op.Callbacks) > 0 || !op.mild {
		return op
	}
	return &Op{Kind: syncapi.Work, Pos: instr.Pos(), Obj: obj, Args: op.Args}
}

// returnsContext reports whether the result of a call is a context.
func returnsContext(c *ssa.CallCommon) bool {
	res := c.Signature().Results()
	return res.Len() == 1 && syncapi.IsContext(res.At(0).Type())
}

// yieldMode returns how an unknown function runs the function p: at an
// unknown time, unless p is the body of a range-over-func loop.
func yieldMode(p Path) syncapi.Mode {
	if isLoopBody(p) {
		return syncapi.Now
	}
	return syncapi.Unknown
}

func isLoopBody(p Path) bool {
	f := p.Root.Func
	return f != nil && f.ssa != nil && f.ssa.Synthetic == "range-over-func yield"
}

// loopBodies returns the callbacks of the call of a function value, an iterator,
// which is handed the body of a range-over-func loop. It runs that, unless
// the function is known and does so by itself.
func loopBodies(args []Path) []Callback {
	var bodies []Callback
	for _, p := range args {
		if isLoopBody(p) {
			bodies = append(bodies, Callback{p, syncapi.Now})
		}
	}
	return bodies
}

// anyCarries reports whether an argument of a call lets the callee reach a
// channel, function or lock.
func (fb *funcBuilder) anyCarries(c *ssa.CallCommon) bool {
	for i := range len(c.Args) + 1 {
		v := operand(c, i)
		if v == nil {
			break
		}
		if fb.holds(v) {
			return true
		}
	}
	return false
}

func (fb *funcBuilder) builtin(fn *ssa.Builtin, c *ssa.CallCommon, instr ssa.CallInstruction) *Op {
	switch fn.Name() {
	case "close":
		return &Op{Kind: syncapi.Close, Pos: instr.Pos(), Res: fb.path(c.Args[0])}
	case "len":
		if _, ok := c.Args[0].Type().Underlying().(*types.Chan); ok {
			return &Op{Kind: syncapi.Len, Pos: instr.Pos(), Res: fb.path(c.Args[0])}
		}
	case "recover":
		return &Op{Kind: syncapi.Recover, Pos: instr.Pos()}
	case "delete":
		if p := fb.path(c.Args[1]); p.Root.Kind == Param && p.Sel == nil && fb.isSet(c.Args[0].Type()) {
			p.Root.kept = fb.extend(fb.path(c.Args[0]), "[]", nil)
		}
	case "append":
		if len(c.Args) == 2 && fb.carries(c.Args[1].Type()) {
			dst := fb.extend(fb.path(c.Args[0]), "[]", nil)
			src := fb.extend(fb.path(c.Args[1]), "[]", nil)
			return &Op{Kind: syncapi.Store, Pos: instr.Pos(), Res: dst, Args: []Path{src}}
		}
	}
	return nil
}

// callbackOf returns the function that a library function runs which is handed v:
// v itself, or the one method of an interface.
func (fb *funcBuilder) callbackOf(v ssa.Value) Path {
	p := fb.path(v)
	iface, ok := v.Type().Underlying().(*types.Interface)
	if !ok || iface.NumMethods() != 1 || p.Root.Kind == FuncVal {
		return p
	}
	if mi := dynamicType(v); mi != nil {
		if m, _ := fb.methodOf(mi.X, iface.Method(0).Name()); m.Root != nil {
			return m
		}
	}
	return p
}

// effect returns the operation that the model gives for a call.
func (fb *funcBuilder) effect(eff *syncapi.Effect, obj *types.Func, c *ssa.CallCommon, instr ssa.CallInstruction) *Op {
	op := &Op{Kind: eff.Op, Pos: instr.Pos(), Obj: obj, Args: fb.operands(c)}
	val, isVal := instr.(*ssa.Call)
	switch {
	case eff.Res >= 0:
		if v := operand(c, eff.Res); v != nil {
			op.Res = fb.path(v)
			if !op.Res.IsOne() {
				op.element, op.index = fb.elementOf(v), fb.indexOf(v)
			}
			if op.Kind == syncapi.Goexit {
				op.Res = fb.testPath(v)
			}
		}
	case eff.Res != syncapi.NoRes && isVal:
		op.Res = Path{Root: fb.resultRoot(val, -1-eff.Res)}
	}
	if isVal {
		for i := range c.Signature().Results().Len() {
			op.Results = append(op.Results, fb.resultRoot(val, i))
		}
	}
	if eff.N > 0 {
		op.N, op.NKnown = intConst(operand(c, eff.N))
	}
	for _, cb := range eff.Calls {
		if v := operand(c, cb.Arg); v != nil {
			op.Callbacks = append(op.Callbacks, Callback{fb.callbackOf(v), cb.Mode})
		}
	}
	switch op.Kind {
	case syncapi.None:
		return nil
	case syncapi.PoolPut:
		fb.f.touches = true // who else has what the value leads to is a question of memory
	}
	return op
}
