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

// path returns the path of v: what v is, or points to.
func (b *builder) path(v ssa.Value) Path {
	if p, ok := b.paths[v]; ok {
		if p.Root == nil { // a cycle through phis, or not worth resolving
			return Path{Root: b.valueRoot(v)}
		}
		return p
	}
	b.paths[v] = Path{}
	p := b.resolve(v)
	if p.Root == nil {
		p = Path{Root: b.valueRoot(v)}
	}
	b.paths[v] = p
	return p
}

// resolve computes the path of v, zero if v is a value of its own.
func (b *builder) resolve(v ssa.Value) Path {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil && v.IsNil() {
			return Path{Root: nilRoot}
		}
	case *ssa.Global, *ssa.Alloc:
		return b.variable(v)
	case *ssa.FreeVar:
		if bound := b.binding(v); bound != nil {
			return b.path(bound)
		}
	case *ssa.Function, *ssa.MakeClosure:
		return b.function(v)
	case *ssa.FieldAddr:
		return b.field(v.X, v.Field)
	case *ssa.Field:
		return b.field(v.X, v.Field)
	case *ssa.IndexAddr:
		return b.extend(b.path(v.X), "[]", nil)
	case *ssa.Index:
		return b.extend(b.path(v.X), "[]", nil)
	case *ssa.Lookup:
		return b.elementIn(v.X)
	case *ssa.UnOp:
		return b.loaded(v)
	case *ssa.ChangeType:
		return b.path(v.X)
	case *ssa.ChangeInterface:
		return b.path(v.X)
	case *ssa.MakeInterface:
		return b.path(v.X)
	case *ssa.Convert:
		return b.path(v.X)
	case *ssa.Slice:
		if !isEmptied(v) {
			return b.path(v.X)
		}
	case *ssa.TypeAssert:
		if !v.CommaOk {
			return b.path(v.X)
		}
	case *ssa.Extract:
		return b.extract(v)
	case *ssa.Phi:
		return b.phi(v)
	case *ssa.Call:
		return b.result(v, 0)
	case *ssa.MakeChan:
		return b.madeFor(v)
	}
	return Path{}
}

// isEmptied reports whether s has no room for elements, as x[:0:0]: what is appended to it
// is in another array.
func isEmptied(s *ssa.Slice) bool {
	room, ok := intConst(s.Max)
	return ok && room == 0
}

// loaded returns the path of what a pointer leads to, or a channel yields.
func (b *builder) loaded(v *ssa.UnOp) Path {
	switch v.Op {
	case token.MUL:
		if at, ok := v.X.(*ssa.IndexAddr); ok && isReference(v.Type()) {
			return b.elementIn(at.X)
		}
		return b.path(v.X)
	case token.ARROW:
		return b.extend(b.path(v.X), "<-", nil)
	}
	return Path{}
}

// madeFor returns the path of a channel that is made for a field of an object
// which the function makes: that field, by which all others know it. It is
// zero for any other channel.
func (b *builder) madeFor(v *ssa.MakeChan) Path {
	for _, ref := range *v.Referrers() {
		s, ok := ref.(*ssa.Store)
		if !ok || s.Val != v {
			continue
		}
		fa, ok := s.Addr.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		holder, ok := b.cell(fa.X).(*ssa.Alloc)
		class, named := fieldClass(fa.X.Type(), fa.Field)
		if ok && named && !b.assignedLater(class) && b.assignments(holder, fa.Field) == 1 {
			return b.field(fa.X, fa.Field)
		}
	}
	return Path{}
}

// assignments counts how often the function that makes an object assigns its
// field i.
func (b *builder) assignments(holder ssa.Value, i int) int {
	n := 0
	for _, ref := range *holder.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok || fa.Field != i {
			continue
		}
		for _, use := range *fa.Referrers() {
			if s, ok := use.(*ssa.Store); ok && s.Addr == fa {
				n++
			}
		}
	}
	return n
}

// field returns the path of field i of x.
func (b *builder) field(x ssa.Value, i int) Path {
	owner, st := structOf(x.Type())
	if st == nil {
		return Path{}
	}
	return b.extend(b.path(x), st.Field(i).Name(), owner)
}

// extract returns the path of an element of a tuple.
func (b *builder) extract(v *ssa.Extract) Path {
	switch t := v.Tuple.(type) {
	case *ssa.Call:
		return b.result(t, v.Index)
	case *ssa.TypeAssert:
		if v.Index == 0 {
			return b.path(t.X)
		}
	case *ssa.Lookup:
		if v.Index == 0 {
			return b.elementIn(t.X)
		}
	case *ssa.UnOp:
		if v.Index == 0 && t.Op == token.ARROW {
			return b.extend(b.path(t.X), "<-", nil)
		}
	case *ssa.Select:
		i := 2 // behind the index of the arm, and whether it received
		for _, st := range t.States {
			if st.Dir != types.RecvOnly {
				continue
			}
			if i == v.Index {
				return b.extend(b.path(st.Chan), "<-", nil)
			}
			i++
		}
	case *ssa.Next:
		if r, ok := t.Iter.(*ssa.Range); ok && v.Index == b.memberIndex(r.X.Type()) {
			return b.elementIn(r.X)
		}
	}
	return Path{}
}

// isSet reports whether what a map of type t is for are its keys: they carry something,
// and the values do not. They count as its elements then.
func (b *builder) isSet(t types.Type) bool {
	m, ok := t.Underlying().(*types.Map)
	return ok && !b.carries(m.Elem()) && b.carries(m.Key())
}

// member returns what becomes an element of a map.
func (b *builder) member(update *ssa.MapUpdate) ssa.Value {
	if b.isSet(update.Map.Type()) {
		return update.Key
	}
	return update.Value
}

// memberIndex returns the place of an element in what a range over a value of type t yields.
func (b *builder) memberIndex(t types.Type) int {
	if b.isSet(t) {
		return 1
	}
	return 2
}

// variable returns the path of a variable. A variable of reference type that
// is assigned once is another name of what it is assigned, and a struct that is
// never changed one of the parameter that it is a copy of.
func (b *builder) variable(v ssa.Value) Path {
	if alloc, ok := v.(*ssa.Alloc); ok {
		if p := b.copied(alloc); p != nil {
			return b.path(p)
		}
		if fa := placedIn(alloc); fa != nil {
			return b.field(fa.X, fa.Field)
		}
	}
	t := v.Type().Underlying().(*types.Pointer).Elem()
	if isReference(t) {
		if _, isGlobal := v.(*ssa.Global); !isGlobal {
			if val := b.onlyStore(v); val != nil && !b.replaced(val) && !madeInLiteral(val, v) {
				return b.path(val)
			}
		}
	}
	return Path{Root: b.cellRoot(v)}
}

// madeInLiteral reports whether val is a channel that a literal makes for the variable v
// of the function around it: each call of the literal makes another one.
func madeInLiteral(val, v ssa.Value) bool {
	mc, ok := val.(*ssa.MakeChan)
	return ok && v.Parent() != nil && mc.Parent() != v.Parent()
}

// replaced reports whether v is a function that was read from a field which the same
// function assigns another one, as one that wraps the hook it finds: calling v is not
// calling what is kept there now.
func (b *builder) replaced(v ssa.Value) bool {
	if _, ok := v.Type().Underlying().(*types.Signature); !ok {
		return false
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	class, named := fieldClass(fa.X.Type(), fa.Field)
	return named && slices.ContainsFunc(b.fields[class], func(s fieldStore) bool {
		return s.in == v.Parent() && s.value != v && !isNil(s.value)
	})
}

// onlyStore returns the value of the only assignment to v, nil apart.
func (b *builder) onlyStore(v ssa.Value) ssa.Value {
	var val ssa.Value
	for _, s := range b.stores[v] {
		if isNil(s.Val) {
			continue
		}
		if val != nil {
			return nil
		}
		val = s.Val
	}
	return val
}

// isReference reports whether copies of a value of type t name the same thing.
func isReference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Chan, *types.Signature, *types.Pointer, *types.Interface, *types.Map, *types.Slice:
		return true
	}
	return false
}

// cellRoot returns the root of an Alloc or Global, making it at need.
func (b *builder) cellRoot(v ssa.Value) *Root {
	if r := b.roots[v]; r != nil {
		return r
	}
	t := v.Type().Underlying().(*types.Pointer).Elem()
	r := b.importedRoot(v)
	r.Type, r.Pos = t, v.Pos()
	b.roots[v] = r
	switch v := v.(type) {
	case *ssa.Global:
		r.Kind = Global
		if v.Pkg != b.pkg {
			r.Name = v.Pkg.Pkg.Name() + "." + v.Name()
		}
	case *ssa.Alloc:
		r.Owner = b.funcs[v.Parent()]
		r.Kind, r.Name = Local, v.Comment
		switch v.Comment {
		case "complit", "new", "slicelit", "makeslice", "varargs":
			r.Kind, r.Name = Made, b.names[v.Pos()]
		}
		b.initFields(v, r)
		b.findLacking(v, r)
	}
	return r
}

// importedRoot returns the root of a variable of another package that the skeletons
// of that name, else a new one.
func (b *builder) importedRoot(v ssa.Value) *Root {
	if g, ok := v.(*ssa.Global); ok && g.Pkg != b.pkg {
		if s := b.of(g.Pkg.Pkg); s != nil && s.globals[g.Name()] != nil {
			return s.globals[g.Name()]
		}
	}
	return &Root{Name: v.Name()}
}

// initFields notes which reference fields of the struct that v holds are
// assigned exactly once. A field that anything else in the package assigns,
// but where its struct is made, is left out, and so is one that is assigned
// behind a go statement which hands the object to a goroutine.
func (b *builder) initFields(v *ssa.Alloc, r *Root) {
	owner, st := structOf(r.Type)
	if st == nil || v.Referrers() == nil {
		return
	}
	assigned := initValues(v)
	for i, vals := range assigned {
		f := st.Field(i)
		if len(vals) != 1 || !isReference(f.Type()) && !b.isReturned(vals[0]) || b.assignedLater(FieldClass{owner, f.Name()}) {
			continue
		}
		if _, isSlice := vals[0].(*ssa.Slice); isNil(vals[0]) || isSlice && b.isPart(vals[0], maxSelectors) {
			continue
		}
		if mc, ok := vals[0].(*ssa.MakeChan); ok {
			if p, ok := b.paths[mc]; ok && p.Root == nil || b.path(mc).Root == r {
				continue // known by this field, or about to be
			}
		}
		if r.inits == nil {
			r.inits = make(map[string]Path)
		}
		r.inits[f.Name()] = b.path(vals[0])
	}
}

// isReturned reports whether val is a struct that a call returns, with nothing in it but
// references and plain values, to whose fields nothing is assigned later: a copy of it leads
// to all that it does.
func (b *builder) isReturned(val ssa.Value) bool {
	if _, ok := val.(*ssa.Call); !ok || !sharesAll(val.Type(), maxSelectors) {
		return false
	}
	owner, st := structOf(val.Type())
	if owner == nil {
		return false
	}
	for f := range st.Fields() {
		if b.assignedLater(FieldClass{owner, f.Name()}) {
			return false
		}
	}
	return true
}

// initValues returns what the fields of the struct that v holds are assigned where it
// is made, nil beside if it is behind a go statement which hands the object out: that
// goroutine may see neither.
func initValues(v *ssa.Alloc) map[int][]ssa.Value {
	starts := startsWith(v)
	assigned := make(map[int][]ssa.Value)
	for _, ref := range *v.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		for _, use := range *fa.Referrers() {
			s, ok := use.(*ssa.Store)
			if !ok || s.Addr != fa {
				continue
			}
			assigned[fa.Field] = append(assigned[fa.Field], s.Val)
			if slices.ContainsFunc(starts, func(start *ssa.Go) bool { return precedes(start, s) }) {
				assigned[fa.Field] = append(assigned[fa.Field], nil)
			}
		}
	}
	return assigned
}

// startsWith returns the go statements that hand v to a goroutine, as an argument or
// captured.
func startsWith(v ssa.Value) []*ssa.Go {
	var starts []*ssa.Go
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Go:
			starts = append(starts, ref)
		case *ssa.MakeClosure:
			starts = append(starts, startsWith(ref)...)
		}
	}
	return starts
}

// precedes reports whether control comes to b past a only.
func precedes(a, b ssa.Instruction) bool {
	if a.Block() != b.Block() {
		return a.Block().Dominates(b.Block())
	}
	return slices.Index(a.Block().Instrs, a) < slices.Index(b.Block().Instrs, b)
}

// assignedLater reports whether a field is assigned other than to an object
// that the assigning function made.
func (b *builder) assignedLater(class FieldClass) bool {
	if class.Type == nil {
		return false
	}
	for _, s := range b.fields[class] {
		if s.base == nil {
			return true
		}
	}
	return false
}

// valueRoot returns the root of a value that has no better path.
func (b *builder) valueRoot(v ssa.Value) *Root {
	if r := b.roots[v]; r != nil {
		return r
	}
	r := &Root{Kind: Value, Type: v.Type(), Pos: v.Pos()}
	if fn := v.Parent(); fn != nil {
		r.Owner = b.funcs[fn]
	}
	switch v := v.(type) {
	case *ssa.MakeChan, *ssa.MakeMap, *ssa.MakeSlice:
		r.Kind, r.Name = Made, b.names[v.Pos()]
	case *ssa.Phi:
		r.Name = v.Comment
	case *ssa.Const:
		if v.Value != nil {
			r.Name = v.Value.ExactString()
		}
	}
	b.roots[v] = r
	return r
}

// function returns the path of a function value.
func (b *builder) function(v ssa.Value) Path {
	r := b.roots[v]
	if r != nil {
		return Path{Root: r}
	}
	r = &Root{Kind: FuncVal, Type: v.Type(), Pos: v.Pos()}
	b.roots[v] = r
	fn, _ := v.(*ssa.Function)
	if mc, ok := v.(*ssa.MakeClosure); ok {
		fn, _ = mc.Fn.(*ssa.Function)
		r.Owner = b.funcs[mc.Parent()]
		if fn != nil && b.funcs[fn] == nil && len(mc.Bindings) == 1 {
			r.Bound = b.path(mc.Bindings[0]) // a method value
		}
	}
	if fn != nil {
		r.Func, r.Name = b.funcOf(fn), fn.Name()
	}
	return Path{Root: r}
}

// phi returns what all of the values that v may be are, nil apart. A variable
// that moves on to what it leads to, as along a list, keeps the path of where it
// starts, unless that is still used beside it.
func (b *builder) phi(v *ssa.Phi) Path {
	if !isReference(v.Type()) {
		return Path{}
	}
	var p Path
	moves, beside := false, false
	for _, e := range v.Edges {
		q := b.path(e)
		if q.Root.Kind == Nil {
			continue
		}
		if q.Root == b.roots[v] && q.Root != nil {
			moves = moves || q.Sel != nil
			continue
		}
		if p.Root != nil && p != q {
			return Path{}
		}
		p = q
		beside = beside || usedBehind(e, v)
	}
	if moves && beside {
		return Path{}
	}
	return p
}

// usedBehind reports whether anything but v uses e where v has its value.
func usedBehind(e ssa.Value, v *ssa.Phi) bool {
	if e.Referrers() == nil {
		return false
	}
	for _, ref := range *e.Referrers() {
		if _, debug := ref.(*ssa.DebugRef); !debug && ref != ssa.Instruction(v) && v.Block().Dominates(ref.Block()) {
			return true
		}
	}
	return false
}

// result returns the path of result i of a call.
func (b *builder) result(call *ssa.Call, i int) Path {
	c := call.Common()
	if fn, ok := c.Value.(*ssa.Builtin); ok {
		if fn.Name() == "append" && i == 0 {
			return b.path(c.Args[0])
		}
		return Path{}
	}
	obj := calleeObj(c)
	if eff := syncapi.EffectOf(obj); eff != nil {
		if eff.Op == syncapi.CtxDone {
			return b.extend(b.path(operand(c, 0)), "Done()", nil)
		}
		return Path{Root: b.resultRoot(call, i)}
	}
	targets := b.targets(c)
	if len(targets) != 1 {
		return Path{Root: b.resultRoot(call, i)}
	}
	if p := b.substResult(targets[0], i); p.Root != nil {
		return p
	}
	r := b.resultRoot(call, i)
	b.inheritInits(r, targets[0], i)
	b.findLiteral(r, targets[0], i)
	return Path{Root: r}
}

// inheritInits lets the fields of an object that the callee makes of its
// arguments be known to the caller as those arguments, and what it lacks as well.
func (b *builder) inheritInits(r *Root, t *Target, i int) {
	p := b.resultOf(t.Func, i)
	if p.Root == nil || p.Sel != nil || p.Root.Owner != t.Func || r.inits != nil {
		return
	}
	r.lacks = p.Root.lacks
	for name, init := range p.Root.inits {
		if init.Root.Kind != Param || init.Root.Owner != t.Func || init.Root.Index >= len(t.Args) {
			continue
		}
		if r.inits == nil {
			r.inits = make(map[string]Path)
		}
		r.inits[name] = b.graft(t.Args[init.Root.Index], init.Sel)
	}
}

// substResult returns result i of a call of t in the caller's paths, zero if
// it is not one that the caller can name.
func (b *builder) substResult(t *Target, i int) Path {
	p := b.resultOf(t.Func, i)
	if p.Root == nil {
		return Path{}
	}
	switch p.Root.Kind {
	case Param:
		if p.Root.Owner == t.Func && p.Root.Index < len(t.Args) {
			return b.graft(t.Args[p.Root.Index], p.Sel)
		}
	case Global:
		return p
	}
	return Path{}
}

// graft returns base followed by the selectors of sel.
func (in *interner) graft(base Path, sel *Sel) Path {
	if sel == nil {
		return base
	}
	if base.Sel == nil && base.Root != nil && len(base.Root.Origin().inits) == 0 && in.leadsOn(sel) {
		return Path{base.Root, sel}
	}
	return in.extend(in.graft(base, sel.Up), sel.Name, sel.Owner)
}

// resultOf returns the path that all returns of f have for result i.
func (b *builder) resultOf(f *Func, i int) Path {
	if f.ssa == nil {
		if i < len(f.Results) {
			return f.Results[i]
		}
		return Path{}
	}
	if b.busy[f.ssa] {
		return Path{}
	}
	b.busy[f.ssa] = true
	defer delete(b.busy, f.ssa)
	var p Path
	for _, block := range f.ssa.Blocks {
		ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) || block == f.ssa.Recover {
			continue
		}
		q := b.path(ret.Results[i])
		if q.Root.Kind == Nil {
			continue
		}
		if p.Root != nil && p != q {
			return Path{}
		}
		p = q
	}
	return p
}

// resultRoot returns the root of result i of a call.
func (b *builder) resultRoot(call ssa.Value, i int) *Root {
	k := resultKey{call, i}
	r := b.results[k]
	if r == nil {
		t := call.Type()
		if tuple, ok := t.(*types.Tuple); ok {
			if i >= tuple.Len() {
				return b.valueRoot(call)
			}
			t = tuple.At(i).Type()
		}
		r = &Root{Kind: Result, Owner: b.funcs[call.Parent()], Index: i, Type: t, Pos: call.Pos(), Name: b.names[call.Pos()]}
		b.results[k] = r
	}
	return r
}

// calleeObj returns the function or method that a call names, or nil.
func calleeObj(c *ssa.CallCommon) *types.Func {
	if c.IsInvoke() {
		return c.Method
	}
	if fn := c.StaticCallee(); fn != nil {
		if obj, ok := fn.Object().(*types.Func); ok {
			return obj.Origin()
		}
		if o := fn.Origin(); o != nil {
			obj, _ := o.Object().(*types.Func)
			return obj
		}
	}
	return nil
}

// operand returns operand i of a call, the receiver being the first.
func operand(c *ssa.CallCommon, i int) ssa.Value {
	if c.IsInvoke() {
		if i == 0 {
			return c.Value
		}
		i--
	}
	if mc, ok := c.Value.(*ssa.MakeClosure); ok && boundMethod(mc) {
		if i == 0 {
			return mc.Bindings[0]
		}
		i--
	}
	if i < 0 || i >= len(c.Args) {
		return nil
	}
	return c.Args[i]
}

// boundMethod reports whether mc is a method value.
func boundMethod(mc *ssa.MakeClosure) bool {
	fn, ok := mc.Fn.(*ssa.Function)
	return ok && fn.Object() != nil && len(mc.Bindings) == 1
}

// operands returns the paths of all operands of a call, receiver first.
func (b *builder) operands(c *ssa.CallCommon) []Path {
	var ps []Path
	if c.IsInvoke() {
		ps = append(ps, b.path(c.Value))
	}
	for _, a := range c.Args {
		ps = append(ps, b.path(a))
	}
	return ps
}

// intConst returns the integer that v is, if it is constant.
func intConst(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return 0, false
	}
	k := constant.ToInt(c.Value)
	if k.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(k)
}

var nilRoot = &Root{Kind: Nil}

// nonNilRoot stands for an error of which no more is known than that it is one.
var nonNilRoot = &Root{Kind: Value, Name: nonNil}

const nonNil = "non-nil"

// IsNonNil reports whether p is an error that is not nil, of which perhaps no more is known.
func (p Path) IsNonNil() bool {
	return p.Root != nil && p.Sel == nil && p.Root.Kind == Value && (p.Root.Name == nonNil || strings.HasPrefix(p.Root.Name, sentinel))
}

// recoveredRoot stands for what recover returns: nil where nothing panics.
var recoveredRoot = &Root{Kind: Value, Name: recovered}

const recovered = "recover()"

func (p Path) isRecovered() bool {
	return p.Root != nil && p.Sel == nil && p.Root.Kind == Value && p.Root.Name == recovered
}
