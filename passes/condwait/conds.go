package condwait

import (
	"go/types"
	"iter"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A lock is what the L of a Cond is.
type lock struct {
	path   skeleton.Path // as the function has it that sets L
	key    lockset.Key   // zero if only that function knows it
	named  bool          // key is not zero
	shared bool          // it is the RLocker of path
	own    bool          // it is a mutex that is no pointer, so that no two names are one
	custom bool          // it is no mutex of package sync
}

// conds knows the locks of the Conds of a package: by the fields and variables
// that hold a Cond, and by the calls that make one.
type conds struct {
	view    *skeleton.View
	of      map[lockset.Key][]lock
	made    map[*skeleton.Root]lock          // by the results of NewCond
	readers map[*skeleton.Root]skeleton.Path // by the results of RLocker
}

// findConds looks for what is assigned to Conds, and to their L.
func findConds(view *skeleton.View) *conds {
	cs := &conds{
		view:    view,
		of:      make(map[lockset.Key][]lock),
		made:    make(map[*skeleton.Root]lock),
		readers: make(map[*skeleton.Root]skeleton.Path),
	}
	for _, f := range view.CalleesFirst() {
		for op := range ops(f) {
			cs.makes(op)
		}
	}
	seen := make(map[*skeleton.Root]bool)
	for _, f := range view.Funcs {
		for op := range ops(f) {
			if op.Kind == syncapi.Store && len(op.Args) == 1 {
				cs.stores(op.Res, op.Args[0])
			}
			for _, p := range append(op.Args, op.Res) {
				cs.fields(p.Root, seen)
			}
		}
	}
	return cs
}

// fields notes the Conds that an object is made with.
func (cs *conds) fields(r *skeleton.Root, seen map[*skeleton.Root]bool) {
	if r == nil || seen[r] || r.Kind != skeleton.Made && r.Kind != skeleton.Local {
		return
	}
	seen[r] = true
	named, ok := types.Unalias(deref(r.Type)).(*types.Named)
	if !ok {
		return
	}
	st, ok := named.Underlying().(*types.Struct)
	if !ok {
		return
	}
	whole := skeleton.Path{Root: r}
	for field := range st.Fields() {
		p := cs.view.Field(whole, field.Name(), named.Obj())
		if p.Root == r && p.Sel != nil {
			continue // not known
		}
		if !isCond(field.Type()) {
			cs.fields(p.Root, seen)
			continue
		}
		key := lockset.Key{Class: skeleton.FieldClass{Type: named.Obj(), Field: field.Name()}}
		l, _ := cs.known(p)
		cs.of[key] = append(cs.of[key], l)
	}
}

// makes notes the Cond or the Locker that a call makes.
func (cs *conds) makes(op *skeleton.Op) {
	if op.Kind != syncapi.Call || len(op.Results) != 1 || len(op.Args) == 0 {
		return
	}
	switch {
	case syncapi.IsNewCond(op.Obj):
		cs.made[op.Results[0]] = cs.lockOf(op.Args[0])
	case syncapi.IsRLocker(op.Obj):
		cs.readers[op.Results[0]] = op.Args[0]
	case len(op.Targets) == 1 && len(op.Targets[0].Func.Results) == 1:
		l, ok := cs.made[op.Targets[0].Func.Results[0].Root]
		if !ok || l.path.Root == nil {
			return
		}
		if r := l.path.Root; r.Kind == skeleton.Param && l.path.Sel == nil && r.Index < len(op.Targets[0].Args) {
			l = cs.lockOf(op.Targets[0].Args[r.Index])
		}
		cs.made[op.Results[0]] = l
	}
}

// stores notes what an assignment says of the lock of a Cond.
func (cs *conds) stores(dst, val skeleton.Path) {
	if isL(dst) {
		if key, ok := lockset.KeyOf(dst.Base()); ok {
			cs.of[key] = append(cs.of[key], cs.lockOf(val))
		}
		return
	}
	key, ok := lockset.KeyOf(dst)
	if !ok || !isCond(typeOf(dst)) {
		return
	}
	l, ok := cs.known(val)
	if !ok {
		l = lock{} // of which nothing is known
	}
	cs.of[key] = append(cs.of[key], l)
}

// known returns the lock of a Cond that the function at hand has made.
func (cs *conds) known(cond skeleton.Path) (lock, bool) {
	if cond.Root == nil || cond.Sel != nil {
		return lock{}, false
	}
	if l, ok := cs.made[cond.Root.Origin()]; ok {
		return l, true
	}
	if at := cs.locker(cond); !isL(at) {
		return cs.lockOf(at), true
	}
	return lock{}, false
}

// locker returns the path of the L of a Cond.
func (cs *conds) locker(cond skeleton.Path) skeleton.Path {
	named, _ := types.Unalias(deref(typeOf(cond))).(*types.Named)
	if named == nil {
		return cs.view.Field(cond, "L", nil)
	}
	return cs.view.Field(cond, "L", named.Obj())
}

// locksOf returns the locks that a Cond may have, none if they are not known.
func (cs *conds) locksOf(cond skeleton.Path) []lock {
	if l, ok := cs.known(cond); ok {
		return []lock{l}
	}
	if key, ok := lockset.KeyOf(cond); ok {
		return cs.of[key]
	}
	return nil
}

// lockOf describes the lock that p is.
func (cs *conds) lockOf(p skeleton.Path) lock {
	l := lock{path: p}
	if p.Root == nil || p.Root.Kind == skeleton.Nil {
		return lock{}
	}
	if at, ok := cs.readers[p.Root]; ok && p.Sel == nil {
		l.path, l.shared = at, true
	}
	t := typeOf(l.path)
	if !isMutex(t) {
		inner, ok := cs.embedded(l.path)
		switch {
		case ok:
			l.path, t = inner, typeOf(inner)
		case t != nil && types.IsInterface(t):
			return lock{path: p} // not known
		default:
			l.custom = true
			return l
		}
	}
	l.key, l.named = lockset.KeyOf(l.path)
	_, pointer := types.Unalias(t).(*types.Pointer)
	l.own = l.named && !pointer
	return l
}

// embedded returns the mutex whose methods p has by embedding it.
func (cs *conds) embedded(p skeleton.Path) (skeleton.Path, bool) {
	t := deref(typeOf(p))
	if t == nil {
		return p, false
	}
	obj, index, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, "Lock")
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() == nil || fn.Pkg().Path() != "sync" {
		return p, false
	}
	for _, i := range index[:len(index)-1] {
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return p, false
		}
		var owner *types.TypeName
		if n, ok := types.Unalias(t).(*types.Named); ok {
			owner = n.Obj()
		}
		p, t = cs.view.Field(p, st.Field(i).Name(), owner), deref(st.Field(i).Type())
	}
	return p, isMutex(t)
}

// A match says whether an acquired lock is that of a Cond.
type match uint8

const (
	other match = iota // it is another lock
	maybe              // it is not known to be another
	same
)

// match compares the lock at p, taken for reading if shared, with that of cond.
func (cs *conds) match(p skeleton.Path, shared bool, cond skeleton.Path) match {
	if p == cs.locker(cond) {
		return same
	}
	locks := cs.locksOf(cond)
	if isL(p) { // of this Cond by another name, or of another
		if locks == nil {
			return maybe
		}
		return cs.matchLocker(p, locks, cond)
	}
	best := other
	for _, l := range locks {
		best = max(best, l.match(p, shared))
	}
	if len(locks) == 0 {
		best = maybe
	}
	return best
}

// matchLocker compares the L of some Cond, p, with the locks that cond may have.
func (cs *conds) matchLocker(p skeleton.Path, locks []lock, cond skeleton.Path) match {
	a, named := lockset.KeyOf(p.Base())
	b, also := lockset.KeyOf(cond)
	if named && also && a == b {
		return same
	}
	best := other
	for _, o := range cs.locksOf(p.Base()) {
		for _, l := range locks {
			best = max(best, l.match(o.path, o.shared))
		}
	}
	if len(cs.locksOf(p.Base())) == 0 {
		best = maybe
	}
	return best
}

func (l lock) match(p skeleton.Path, shared bool) match {
	switch {
	case l.path == p && l.shared == shared:
		return same
	case !l.named:
		return maybe
	}
	key, ok := lockset.KeyOf(p)
	switch {
	case ok && key == l.key && l.shared == shared:
		return same
	case ok && l.own && isValue(p):
		return other
	}
	return maybe
}

// -- types of paths --

// isL reports whether p ends in the field L of a Cond.
func isL(p skeleton.Path) bool {
	return p.Sel != nil && p.Sel.Name == "L" && p.Sel.Owner != nil && p.Sel.Owner.Pkg() != nil && p.Sel.Owner.Pkg().Path() == "sync"
}

// typeOf returns the type of the variable that p names, nil if not known.
func typeOf(p skeleton.Path) types.Type {
	switch {
	case p.Root == nil:
		return nil
	case p.Sel == nil:
		return p.Root.Type
	case p.Sel.Owner == nil:
		return nil
	}
	st, ok := p.Sel.Owner.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for field := range st.Fields() {
		if field.Name() == p.Sel.Name {
			return field.Type()
		}
	}
	return nil
}

func deref(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// isSync reports whether t, or what it points to, is one of the named types of
// package sync.
func isSync(t types.Type, names ...string) bool {
	n, ok := types.Unalias(deref(t)).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "sync" {
		return false
	}
	for _, name := range names {
		if n.Obj().Name() == name {
			return true
		}
	}
	return false
}

func isCond(t types.Type) bool  { return t != nil && isSync(t, "Cond") }
func isMutex(t types.Type) bool { return t != nil && isSync(t, "Mutex", "RWMutex") }

// isValue reports whether p is a mutex that is no pointer.
func isValue(p skeleton.Path) bool {
	t := typeOf(p)
	if !isMutex(t) {
		return false
	}
	_, pointer := types.Unalias(t).(*types.Pointer)
	return !pointer
}

// ops yields the operations of a function.
func ops(f *skeleton.Func) iter.Seq[*skeleton.Op] {
	return func(yield func(*skeleton.Op) bool) {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if !yield(op) {
					return
				}
			}
		}
	}
}
