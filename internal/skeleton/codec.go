package skeleton

import (
	"encoding/binary"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// The wire form of a package's skeletons: a table of strings, then counted
// lists of selectors, functions and roots, all numbers being varints. It is
// read by the same build of the tool only, since the go command keys facts by
// the tool's content, so it carries no version.

// maxExported is how many blocks or operations a skeleton may have in a fact;
// past it, it is widened to the set of its effects.
const maxExported = 120

// maxBorrowed bounds the skeletons of other packages in a fact.
const maxBorrowed = 400

// An encoder writes the skeletons of a package.
type encoder struct {
	pkg      *types.Package
	polls    func(*Func) bool // whether a function may look at a channel without waiting
	strs     []string
	strID    map[string]int
	sels     []*Sel
	selID    map[*Sel]int
	funcs    []*Func
	borrowed int // those of funcs that are of other packages
	funcID   map[*Func]int
	roots    []*Root
	rootID   map[*Root]int
	extern   []*Func // functions of other packages that are called
	out      []byte
	opIndex  map[*Op]int
}

func newEncoder(pkg *types.Package) *encoder {
	return &encoder{
		pkg: pkg, strID: make(map[string]int), selID: make(map[*Sel]int),
		funcID: make(map[*Func]int), rootID: make(map[*Root]int),
	}
}

// add adds a function to those to be encoded.
func (e *encoder) add(f *Func) {
	if _, ok := e.funcID[f]; !ok {
		e.funcID[f] = len(e.funcs)
		e.funcs = append(e.funcs, f)
	}
}

func (e *encoder) encode() []byte {
	var body, roots []byte
	for i, j := 0, 0; i < len(e.funcs) || j < len(e.roots); { // each may need more of both
		e.out = body
		for ; i < len(e.funcs); i++ {
			e.fun(e.funcs[i])
		}
		body, e.out = e.out, roots
		for ; j < len(e.roots); j++ {
			e.root(e.roots[j])
		}
		roots = e.out
	}
	body, e.out = append(body, roots...), nil
	var selBytes []byte
	for _, s := range e.sels {
		e.num(e.selRef(s.Up))
		e.str(s.Name)
		e.str(typeRef(s.Owner))
	}
	selBytes, e.out = e.out, nil
	for _, f := range e.extern {
		e.origin(f)
	}
	externBytes := e.out
	e.out = nil
	for _, f := range e.funcs {
		e.origin(f)
	}
	originBytes := e.out
	e.out = nil
	e.num(len(e.strs))
	for _, s := range e.strs {
		e.num(len(s))
		e.out = append(e.out, s...)
	}
	e.num(len(e.sels))
	e.out = append(e.out, selBytes...)
	e.num(len(e.extern))
	e.out = append(e.out, externBytes...)
	e.num(len(e.funcs))
	e.out = append(e.out, originBytes...)
	e.num(len(e.roots))
	return append(e.out, body...)
}

func typeRef(tn *types.TypeName) string {
	if tn == nil || tn.Pkg() == nil {
		return ""
	}
	return tn.Pkg().Path() + "." + tn.Name()
}

func (e *encoder) num(n int)    { e.out = binary.AppendVarint(e.out, int64(n)) }
func (e *encoder) flag(b bool)  { e.out = append(e.out, map[bool]byte{true: 1}[b]) }
func (e *encoder) str(s string) { e.num(e.strRef(s)) }

func (e *encoder) strRef(s string) int {
	id, ok := e.strID[s]
	if !ok {
		id = len(e.strs)
		e.strID[s] = id
		e.strs = append(e.strs, s)
	}
	return id
}

// selRef, rootRef and funcRef return a reference: 0 for nil, else one more
// than the index. Functions that are not in the fact, past maxBorrowed, have negative
// ones, by which readers find them that import their packages.
func (e *encoder) selRef(s *Sel) int {
	if s == nil {
		return 0
	}
	if id, ok := e.selID[s]; ok {
		return id + 1
	}
	e.selRef(s.Up) // comes first
	e.selID[s] = len(e.sels)
	e.sels = append(e.sels, s)
	return len(e.sels)
}

func (e *encoder) rootRef(r *Root) int {
	if r == nil {
		return 0
	}
	id, ok := e.rootID[r]
	if !ok {
		id = len(e.roots)
		e.rootID[r] = id
		e.roots = append(e.roots, r)
	}
	return id + 1
}

func (e *encoder) funcRef(f *Func) int {
	if f == nil {
		return 0
	}
	if id, ok := e.funcID[f]; ok {
		if id < 0 {
			return id
		}
		return id + 1
	}
	switch {
	case f.Imported() && e.borrowed < maxBorrowed:
		e.borrowed++
		e.add(f)
		return len(e.funcs)
	case f.key != "":
		e.extern = append(e.extern, f)
		e.funcID[f] = -len(e.extern)
		return -len(e.extern)
	}
	return 0
}

// origin writes which function f is: by its package, nothing for the one which is encoded,
// and its key there.
func (e *encoder) origin(f *Func) {
	switch {
	case f.Imported():
		e.str(f.from.Path())
		e.str(f.from.Name())
		e.str(f.key)
	case f.Obj != nil:
		e.str("")
		e.str(key(f.Obj))
	default:
		e.str("")
		e.str("")
	}
}

func (e *encoder) path(p Path) {
	e.num(e.rootRef(p.Root))
	if p.Root != nil {
		e.num(e.selRef(p.Sel))
	}
}

func (e *encoder) paths(ps []Path) {
	e.num(len(ps))
	for _, p := range ps {
		e.path(p)
	}
}

func (e *encoder) root(r *Root) {
	e.num(int(r.Kind))
	e.num(e.funcRef(r.Owner))
	e.num(r.Index)
	e.str(r.Name)
	e.num(e.funcRef(r.Func))
	e.path(r.Bound)
	names := sortedKeys(r.inits)
	e.num(len(names))
	for _, name := range names {
		e.str(name)
		e.path(r.inits[name])
	}
}

func (e *encoder) fun(f *Func) {
	_, name := f.From()
	e.str(name)
	e.num(e.funcRef(f.Parent))
	e.num(len(f.Params))
	for _, p := range f.Params {
		e.num(e.rootRef(p))
	}
	e.paths(f.Results)
	blocks := e.filtered(f)
	ops := 0
	for _, b := range blocks {
		ops += len(b.Ops)
	}
	widened := f.Effects || len(blocks) > maxExported || ops > maxExported
	for _, on := range []bool{f.Quiet, f.Light, f.Returns, widened} {
		e.flag(on)
	}
	if widened {
		all := &Block{}
		for _, b := range blocks {
			all.Ops = append(all.Ops, b.Ops...)
		}
		blocks = []*Block{all}
	}
	e.opIndex = make(map[*Op]int)
	e.num(len(blocks))
	for _, b := range blocks {
		e.num(len(b.Ops))
		for _, op := range b.Ops {
			e.op(op)
		}
	}
	for _, b := range blocks {
		e.num(len(b.Succs))
		for _, s := range b.Succs {
			e.edge(s)
		}
	}
}

func (e *encoder) edge(s *Edge) {
	e.num(s.To.Index)
	e.path(s.Cond.Var)
	e.flag(s.Cond.Want)
	e.num(len(s.Sets))
	for _, a := range s.Sets {
		e.assign(a)
	}
}

func (e *encoder) assign(a Assign) {
	e.path(a.Var)
	e.path(a.From)
	e.flag(a.Known)
	e.flag(a.Value)
}

func (e *encoder) op(op *Op) {
	e.opIndex[op] = len(e.opIndex)
	e.out = append(e.out, byte(op.Kind))
	e.path(op.Res)
	e.paths(op.Args)
	e.num(int(op.N))
	e.flag(op.NKnown)
	e.flag(op.Range)
	e.flag(op.Defined)
	arm := 0
	if op.Arm != nil {
		if i, ok := e.opIndex[op.Arm]; ok {
			arm = i + 1
		}
	}
	e.num(arm)
	e.num(op.Case)
	e.path(op.Dynamic)
	if op.Kind == syncapi.Set {
		e.assign(op.Assign)
	}
	e.num(len(op.Targets))
	for _, t := range op.Targets {
		e.num(e.funcRef(t.Func))
		e.paths(t.Args)
	}
	e.num(len(op.Callbacks))
	for _, c := range op.Callbacks {
		e.path(c.Func)
		e.num(int(c.Mode))
	}
	e.num(len(op.Results))
	for _, r := range op.Results {
		e.num(e.rootRef(r))
	}
	e.flag(op.Inner != nil)
	if op.Inner != nil {
		e.op(op.Inner)
	}
}

// filtered returns a copy of the blocks of f with only what matters to
// callers: waiting, and what acts on things that callers can name.
func (e *encoder) filtered(f *Func) []*Block {
	if f.Imported() {
		return f.Blocks // its own package has done so
	}
	polls := e.polls(f)
	return filter(f.Blocks, func(op *Op) bool { return e.matters(op, polls) })
}

// putsParam reports whether a Put gives away what the caller has handed in.
func putsParam(op *Op) bool {
	return op.Kind == syncapi.PoolPut && len(op.Args) > 1 && op.Args[1].Root != nil && op.Args[1].Root.Kind == Param
}

// isGetter reports whether f does nothing but tell what an atomic of its receiver
// says, true or false: of the functions that look at atomics these are what loops
// wait for, and few enough to be known to all callers.
func isGetter(f *Func) bool {
	if !f.Light || f.Obj == nil || f.Obj.Signature().Recv() == nil || f.Obj.Signature().Params().Len() > 0 || f.Obj.Signature().Results().Len() != 1 ||
		!IsBool(f.Obj.Signature().Results().At(0).Type()) {
		return false
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if !op.Is(syncapi.AtomicLoad, syncapi.Return, syncapi.Set) || op.Kind == syncapi.AtomicLoad && op.Res.Root.Kind != Param {
				return false
			}
		}
	}
	return true
}

func (e *encoder) matters(op *Op, polls bool) bool {
	switch op.Kind {
	case syncapi.Work, syncapi.Count:
		return polls
	case syncapi.AtomicLoad:
		return isGetter(op.Fn)
	case syncapi.PoolPut:
		return putsParam(op)
	case syncapi.Clock, syncapi.Poll, syncapi.AtomicStore, syncapi.AtomicUpdate, syncapi.AtomicCAS,
		syncapi.MapRead, syncapi.MapWrite, syncapi.PoolGet, syncapi.Yield, syncapi.CtxErr:
		return false
	case syncapi.Store:
		return len(op.Args) > 0 && (op.Args[0].Root.Kind == Param || op.Args[0].Root.Kind == Result || op.Args[0].Root.Kind == Made)
	case syncapi.Lock, syncapi.Unlock, syncapi.RLock, syncapi.RUnlock, syncapi.TryLock, syncapi.TryRLock:
		return op.Res.Root.Kind == Param || op.Res.Root.Kind == Global && isExported(op.Res.Root.Name)
	case syncapi.Call:
		if len(op.Targets) > 0 {
			for _, t := range op.Targets {
				if _, ok := e.funcID[t.Func]; ok || t.Func.Imported() {
					return true
				}
			}
			return false
		}
		return op.Dynamic.Root != nil || len(op.Callbacks) > 0 || anyParam(op.Args)
	case syncapi.Go, syncapi.Defer:
		return op.Inner.Kind != syncapi.Work && e.matters(op.Inner, polls)
	}
	return true
}

func anyParam(ps []Path) bool {
	for _, p := range ps {
		if p.Root.Kind == Param || p.Root.Kind == Result {
			return true
		}
	}
	return false
}
