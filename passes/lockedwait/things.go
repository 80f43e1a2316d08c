package lockedwait

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A thing is what goroutines wait for or on: a channel, lock, group or Cond, by
// the field that it is, whatever the object, or by the variable, or a part of
// what is known so.
type thing struct {
	key  lockset.Key
	part part
}

// A part is a thing that goes with another one.
type part uint8

const (
	condLock part = iota + 1 // of a Cond
	element                  // of a channel: what is sent on it
)

// A partOf says what a part of a thing is.
type partOf struct {
	whole thing
	part  part
	is    thing
}

// A use says what code unseen may do with a channel.
type use uint8

const (
	sends use = 1 << iota // or closes
	receives
)

// Things knows which names are of one thing, since one is assigned to, passed
// as or returned as the other: a union-find over the whole package. It errs to
// too many names for one thing.
type things struct {
	view   *skeleton.View
	pkg    *types.Package
	open   map[*skeleton.Func]bool // functions that code unseen may call
	sites  map[*skeleton.Func][]*skeleton.Op
	parent map[thing]thing
	parts  []partOf
	out    map[thing]use   // by names, not by things
	makes  map[thing]int64 // the buffers that channels are made with, by names: -1 if not known

	escaped map[thing]use   // by things
	rooms   map[thing]int64 // as makes, by things
}

func newThings(view *skeleton.View, pkg *types.Package) *things {
	t := &things{
		view:   view,
		pkg:    pkg,
		open:   make(map[*skeleton.Func]bool),
		sites:  make(map[*skeleton.Func][]*skeleton.Op),
		parent: make(map[thing]thing),
		out:    make(map[thing]use),
		makes:  make(map[thing]int64),
	}
	for _, f := range view.Entries() {
		t.open[f] = f.Obj == nil || ast.IsExported(f.Obj.Name()) && t.isExported(f.Obj)
	}
	t.each(func(_ *skeleton.Func, op *skeleton.Op) {
		for _, target := range op.Targets {
			t.sites[target.Func] = append(t.sites[target.Func], op)
		}
	})
	t.each(t.alias)
	t.inits()
	for again := true; again; {
		again = false
		for _, p := range t.parts {
			for _, q := range t.parts {
				again = p.part == q.part && t.find(p.whole) == t.find(q.whole) && t.union(p.is, q.is) || again
			}
		}
	}
	t.settle()
	return t
}

// isExported reports whether code of other packages can name a function.
func (t *things) isExported(obj *types.Func) bool {
	if t.pkg.Name() == "main" {
		return false
	}
	recv := obj.Signature().Recv()
	if recv == nil {
		return true
	}
	typ := recv.Type()
	if p, ok := types.Unalias(typ).(*types.Pointer); ok {
		typ = p.Elem()
	}
	named, ok := types.Unalias(typ).(*types.Named)
	return !ok || named.Obj().Exported()
}

// each calls visit for all operations of the package, those that are deferred
// or started included.
func (t *things) each(visit func(*skeleton.Func, *skeleton.Op)) {
	for _, f := range t.view.Funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				visit(f, op)
				if op.Inner != nil {
					visit(f, op.Inner)
				}
			}
		}
	}
}

// inits lets the fields that objects are made with be known by what they are
// made with.
func (t *things) inits() {
	seen := make(map[*skeleton.Root]bool)
	add := func(paths ...skeleton.Path) {
		for _, p := range paths {
			if p.Root == nil || seen[p.Root] {
				continue
			}
			seen[p.Root] = true
			for class, init := range p.Root.Inits {
				to, ok := thing{key: lockset.Key{Class: class}}, true
				if syncapi.IsCondLock(class.Type, class.Field) {
					to, ok = t.partAt(skeleton.Path{Root: p.Root}, condLock)
				}
				if ok {
					t.equate(to, init, 3)
				}
			}
		}
	}
	t.each(func(_ *skeleton.Func, op *skeleton.Op) {
		add(op.Res)
		add(op.Args...)
		for _, r := range op.Results {
			add(skeleton.Path{Root: r})
		}
		for _, target := range op.Targets {
			add(target.Args...)
		}
	})
}

// of returns the thing at p, not ok if p has no name that others know.
func (t *things) of(p skeleton.Path) (thing, bool) {
	name, ok := t.name(p)
	return t.canon(name), ok
}

// canon returns the thing that a name is of.
func (t *things) canon(name thing) thing {
	if name.part == 0 {
		return t.find(name)
	}
	whole := t.find(thing{key: name.key})
	for _, p := range t.parts {
		if p.part == name.part && t.find(p.whole) == whole {
			return t.find(p.is)
		}
	}
	return thing{whole.key, name.part}
}

// name returns the name of what is at p, not ok if only p's function has one.
func (t *things) name(p skeleton.Path) (thing, bool) {
	if p.Sel != nil && p.Sel.Name == "<-" {
		return t.partAt(p.Base(), element)
	}
	if p.Sel != nil && syncapi.IsCondLock(p.Sel.Owner, p.Sel.Name) {
		return t.partAt(p.Base(), condLock)
	}
	key, ok := lockset.KeyOf(p)
	if !ok && p.Root != nil && p.Root.Kind == skeleton.Result && p.IsOne() {
		key, ok = lockset.Key{Variable: skeleton.Path{Root: p.Root.Origin(), Sel: p.Sel}}, true
	}
	return thing{key: key}, ok
}

// partAt returns the name of a part of what is at p.
func (t *things) partAt(p skeleton.Path, part part) (thing, bool) {
	name, ok := t.name(p)
	if !ok || name.part != 0 {
		return thing{}, false
	}
	name.part = part
	return name, true
}

func (t *things) find(n thing) thing {
	up, ok := t.parent[n]
	if !ok {
		return n
	}
	top := t.find(up)
	t.parent[n] = top
	return top
}

// union lets two names be of one thing. It reports whether they were not.
func (t *things) union(a, b thing) bool {
	a, b = t.find(a), t.find(b)
	if a == b {
		return false
	}
	t.parent[a] = b
	return true
}

// alias notes what an operation of f makes another name of what.
func (t *things) alias(f *skeleton.Func, op *skeleton.Op) {
	switch op.Kind {
	case syncapi.MakeChan:
		if n, ok := t.name(op.Res); ok {
			room := int64(-1)
			if op.NKnown {
				room = op.N
			}
			joinRoom(t.makes, n, room)
		}
	case syncapi.Store:
		t.assign(op.Res, op.Args[0], 3)
	case syncapi.Send:
		t.sent(op)
	case syncapi.Notify:
		t.escape(op.Res, sends)
	case syncapi.Return:
		t.results(f, op)
	case syncapi.Call:
		t.call(op)
	}
}

// sent lets what op sends on a channel be known by what is received from it.
func (t *things) sent(op *skeleton.Op) {
	to, ok := t.partAt(op.Res, element)
	for _, a := range op.Args {
		if ok {
			t.equate(to, a, 3)
		} else {
			t.escape(a, sends|receives)
		}
	}
}

// assign lets dst be another name of src, or of what all callers pass for it.
func (t *things) assign(dst, src skeleton.Path, depth int) {
	to, ok := t.name(dst)
	if !ok {
		if src.Root != nil && src.Root.Kind != skeleton.FuncVal {
			t.escape(src, sends|receives)
		}
		return
	}
	t.equate(to, src, depth)
}

// equate lets to be another name of src, or of what all callers pass for it.
func (t *things) equate(to thing, src skeleton.Path, depth int) {
	from, known := t.name(src)
	switch {
	case to.part == condLock && wraps(src): // which lock it wraps is not known
	case known && to.part != 0 && from.part == 0:
		t.parts = append(t.parts, partOf{thing{key: to.key}, to.part, from})
	case known && (to.part != 0 || from.part != 0):
		t.out[to] |= sends | receives
		t.out[from] |= sends | receives
	case src.Root == nil || src.Root.Kind == skeleton.Nil || src.Root.Kind == skeleton.FuncVal:
	case known:
		t.union(to, from)
	case src.Root.Kind == skeleton.Param && src.Sel == nil && depth > 0 && !t.open[src.Root.Owner]:
		for _, site := range t.sites[src.Root.Owner] {
			for _, target := range site.Targets {
				if target.Func == src.Root.Owner && src.Root.Index < len(target.Args) {
					t.equate(to, target.Args[src.Root.Index], depth-1)
				}
			}
		}
	default:
		t.out[to] |= sends | receives
	}
}

// results lets what f returns be known by the results of its calls.
func (t *things) results(f *skeleton.Func, ret *skeleton.Op) {
	for i, a := range ret.Args {
		for _, site := range t.sites[f] {
			if i < len(site.Results) {
				t.assign(skeleton.Path{Root: site.Results[i]}, a, 1)
			}
		}
		if t.open[f] {
			t.escape(a, useOf(f.Obj, i, (*types.Signature).Results))
		}
	}
}

// embedsLock reports whether the Locker that a call of NewCond is handed is a struct
// which has the lock in it: that is not the thing which is locked.
func (t *things) embedsLock(op *skeleton.Op) bool {
	call, ok := t.view.Node(op).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	typ := t.view.TypeOf(call.Args[0])
	if p, ok := types.Unalias(typ).(*types.Pointer); ok {
		typ = p.Elem()
	}
	_, isStruct := typ.Underlying().(*types.Struct)
	named, isNamed := types.Unalias(typ).(*types.Named)
	return isStruct && (!isNamed || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "sync")
}

// wraps reports whether the Locker at p is something else than a lock of package sync,
// which may have any lock in it.
func wraps(p skeleton.Path) bool {
	typ := p.Type()
	if typ == nil {
		return false
	}
	if ptr, ok := typ.Underlying().(*types.Pointer); ok {
		typ = ptr.Elem()
	}
	named, ok := types.Unalias(typ).(*types.Named)
	return !ok || types.IsInterface(typ) || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "sync"
}

// call notes what becomes of the arguments of a call that is not known.
func (t *things) call(op *skeleton.Op) {
	if len(op.Targets) > 0 || len(t.view.Called(op.Dynamic)) > 0 {
		return
	}
	if syncapi.MakesCond(op.Obj) && len(op.Results) == 1 && len(op.Args) == 1 {
		lock, ok := t.name(op.Args[0])
		ok = ok && !t.embedsLock(op) && !wraps(op.Args[0])
		cond, named := t.name(skeleton.Path{Root: op.Results[0]})
		if ok && named && cond.part == 0 && lock.part == 0 {
			t.parts = append(t.parts, partOf{cond, condLock, lock})
		}
		return
	}
	for i, a := range op.Args {
		if op.Obj != nil && op.Obj.Signature().Recv() != nil {
			i--
		}
		t.escape(a, useOf(op.Obj, i, (*types.Signature).Params))
	}
}

// useOf returns what can be done with a parameter or result of fn.
func useOf(fn *types.Func, i int, of func(*types.Signature) *types.Tuple) use {
	if fn == nil || i < 0 || i >= of(fn.Signature()).Len() {
		return sends | receives
	}
	ch, ok := of(fn.Signature()).At(i).Type().Underlying().(*types.Chan)
	switch {
	case ok && ch.Dir() == types.RecvOnly:
		return receives
	case ok && ch.Dir() == types.SendOnly:
		return sends
	}
	return sends | receives
}

func (t *things) escape(p skeleton.Path, u use) {
	if n, ok := t.name(p); ok {
		t.out[n] |= u
	}
}

// settle sums up by things what is known by names.
func (t *things) settle() {
	t.escaped, t.rooms = make(map[thing]use), make(map[thing]int64)
	for n, u := range t.out {
		t.escaped[t.canon(n)] |= u
	}
	for n := range t.parent {
		if t.isPublic(n) {
			t.escaped[t.find(n)] |= sends | receives
		}
	}
	for n, room := range t.makes {
		th := t.find(n)
		joinRoom(t.rooms, th, room)
	}
}

// joinRoom joins a buffer with what is known of the channel n: the larger one, or not known.
func joinRoom(rooms map[thing]int64, n thing, room int64) {
	if before, seen := rooms[n]; !seen || before >= 0 && (room < 0 || room > before) {
		rooms[n] = room
	}
}

// isPublic reports whether code of other packages can name n.
func (t *things) isPublic(n thing) bool {
	if class := n.key.Class; class.Type != nil {
		return class.Type.Pkg() != t.pkg || t.pkg.Name() != "main" && class.Type.Exported() && ast.IsExported(class.Field)
	}
	r := n.key.Variable.Root
	return r != nil && r.Kind == skeleton.Global && (ast.IsExported(r.Name) || strings.Contains(r.Name, "."))
}

// escapes reports whether code unseen may do u to th.
func (t *things) escapes(th thing, u use) bool { return t.escaped[th]&u != 0 || t.isPublic(th) }

// buffered reports whether the operation op sends into a buffer of the channel th.
func (t *things) buffered(op *skeleton.Op, th thing) bool {
	return op.Kind == syncapi.Send && t.rooms[th] != 0
}

// bounded reports whether all that make the channel th give it no buffer, or one of a
// constant size.
func (t *things) bounded(th thing) bool {
	room, ok := t.rooms[th]
	return ok && room >= 0
}

// made reports whether the package is seen to make the channel th.
func (t *things) made(th thing) bool {
	_, ok := t.rooms[th]
	return ok
}

// closed reports whether nothing but what the package is seen to do can answer
// the wait op for th, and no buffer does of which the size is not known.
func (t *things) closed(op *skeleton.Op, th thing) bool {
	switch op.Kind {
	case syncapi.Send:
		return !t.escapes(th, receives) && t.bounded(th)
	case syncapi.Recv:
		return !t.escapes(th, sends)
	}
	return true
}

// lockOf returns the lock of the Cond th, not ok if it is not known.
func (t *things) lockOf(th thing) (lock thing, ok bool) {
	lock = t.canon(thing{th.key, condLock})
	return lock, lock.part == 0
}
