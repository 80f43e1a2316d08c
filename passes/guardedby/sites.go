package guardedby

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A place is memory as all functions of a package know it: a field of a type,
// whatever the object, or a package variable; and what within it.
type place struct {
	class  skeleton.FieldClass
	global *skeleton.Root
	within string // "" for the variable itself, "[]" for elements, "*" for what it points to, or fields of no named type
}

// placeOf returns the place that p is in, and the object whose field it is;
// not ok if it is neither in a field nor in a package variable.
func placeOf(p skeleton.Path) (at place, object skeleton.Path, ok bool) {
	for s := p.Sel; s != nil; s = s.Up {
		if s.Owner != nil {
			at.class = skeleton.FieldClass{Type: s.Owner, Field: s.Name}
			return at, skeleton.Path{Root: p.Root, Sel: s.Up}, true
		}
		at.within = s.Name + at.within
	}
	if p.Root.Kind == skeleton.Global {
		at.global = p.Root
		return at, skeleton.Path{Root: p.Root}, true
	}
	return place{}, skeleton.Path{}, false
}

// placeAt is placeOf where the path is known to have one.
func placeAt(p skeleton.Path) place {
	at, _, _ := placeOf(p)
	return at
}

// A site is an access to a place, or a call, with what is known of the locks
// there. Locks count only if they are those of the same object, of one around it,
// or package variables.
type site struct {
	op    *skeleton.Op
	fn    *skeleton.Func // in whose graph it is
	path  skeleton.Path
	write bool
	must  map[lockset.Key]bool // held, the value telling whether for reading only
	may   map[lockset.Key]bool
	any   map[lockset.Key]bool // as must, of whatever object
	fresh bool                 // the object is not shared yet
	early bool                 // nothing runs beside yet
	test  bool
	blind bool // who calls the code is not seen
	maker bool // the function has made the object
	vague bool // which object it is, and whether others know that, is not seen

	started *skeleton.Func // what the goroutine runs, if it has one of its own
}

// lacks reports whether a lock is surely not held.
func (s *site) lacks(k lockset.Key) bool { return !s.blind && !s.may[k] }

// counts reports whether others may be at the place at the same time, so that it
// matters which locks are held.
func (s *site) counts() bool { return !s.fresh && !s.early && !s.test }

// holds reports whether a lock is surely held.
func (s *site) holds(k lockset.Key) bool {
	_, ok := s.must[k]
	return ok
}

// onlyShared returns a lock that is held for reading, if no other may be held.
func (s *site) onlyShared() (key lockset.Key, ok bool) {
	if len(s.may) != 1 || len(s.must) != 1 {
		return key, false
	}
	for k, shared := range s.must {
		return k, shared
	}
	return key, false
}

// accesses are what is known of one place.
type accesses struct {
	sites  []*site
	atomic bool // some are atomic
}

// merge joins the sites of one operation, and those of one function on one
// line: n++ is one access that writes.
func (c *checker) merge(a *accesses) {
	line := func(s *site) int { return c.pass.Fset.Position(s.op.Pos).Line }
	var merged []*site
	for _, s := range a.sites {
		i := slices.IndexFunc(merged, func(m *site) bool { return m.op.Fn == s.op.Fn && line(m) == line(s) })
		if i < 0 {
			merged = append(merged, s)
			continue
		}
		merged[i].add(s)
	}
	a.sites = merged
}

// add joins another site, of the same function and line.
func (s *site) add(o *site) {
	if o.write && !s.write {
		s.op, s.write = o.op, true
	}
	meet(s.must, o.must)
	meet(s.any, o.any)
	maps.Copy(s.may, o.may)
	s.fresh, s.early = s.fresh || o.fresh, s.early || o.early
	s.blind, s.vague = s.blind || o.blind, s.vague || o.vague
}

// meet leaves in held what other has as well: for reading only, if one of them
// has it so.
func meet(held, other map[lockset.Key]bool) {
	for k := range held {
		if shared, ok := other[k]; ok {
			held[k] = held[k] || shared
		} else {
			delete(held, k)
		}
	}
}

// collect looks at all accesses of the package.
func (c *checker) collect() {
	c.handed = c.locks.View.Handed()
	for _, f := range c.locks.View.Funcs {
		c.goroutines(f)
	}
	c.locks.Accesses(func(a *lockset.Access) {
		n := a.Node
		if n.Op.Is(syncapi.Call, syncapi.Work) {
			c.call(a)
			return
		}
		if n.Op.Fn.Imported() || n.Frame.Func.Parent == nil && n.Frame.Call != nil {
			return // looked at by itself
		}
		at, object, ok := placeOf(n.Res)
		at.class = c.unified(lockset.Key{Class: at.class}).Class
		if !ok || !c.guardable(at) || n.Op.Is(syncapi.Read, syncapi.Write) && !c.spelled(n.Op, at) {
			return
		}
		s := c.site(a, n.Res, object)
		s.write = n.Op.Kind == syncapi.Write
		of := c.places[at]
		if of == nil {
			of = &accesses{}
			c.places[at] = of
		}
		if !n.Op.Is(syncapi.Read, syncapi.Write) {
			of.atomic = true
		}
		of.sites = append(of.sites, s)
	}, syncapi.Work)
}

// goroutines notes which functions f starts as goroutines, and which as several
// for one object, and which run once, and not beside one another.
func (c *checker) goroutines(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.OnceDo, syncapi.OnceFunc, syncapi.SingleDo) {
				for _, cb := range op.Callbacks {
					note(c.once, cb.Func)
				}
			}
			if op.Kind != syncapi.Go {
				continue
			}
			for _, a := range slices.Concat(op.Inner.Args, []skeleton.Path{op.Inner.Dynamic}) {
				note(c.goes, a)
			}
			for _, t := range op.Inner.Targets {
				c.runs[t.Func], c.goes[t.Func] = true, true
				if b.InLoop() && (len(t.Args) == 0 || t.Args[0].IsOne()) {
					c.many[t.Func] = true
				}
			}
		}
	}
}

// note adds what p is to funcs, if that is a function.
func note(funcs map[*skeleton.Func]bool, p skeleton.Path) {
	if p.Root != nil && p.Root.Kind == skeleton.FuncVal {
		funcs[p.Root.Func] = true
	}
}

// guardable reports whether a lock may guard a place: it is a field of a struct
// that is declared here, or of which a comment says so, or a package variable.
func (c *checker) guardable(p place) bool {
	if p.global != nil {
		return !strings.Contains(p.global.Name, ".") && p.global.Name != "init$guard"
	}
	_, stated := c.statedLock(p.class)
	return stated || p.class.Type.Pkg() == c.pass.Pkg
}

// spelled reports whether the code at an access names the place: what is
// reached by another name may have been taken out of there.
func (c *checker) spelled(op *skeleton.Op, p place) bool {
	e := c.locks.View.Accessed(op)
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found = found || p.global == nil && n.Sel.Name == p.class.Field
		case *ast.Ident:
			found = found || p.global != nil && n.Name == p.global.Name
		}
		return !found
	})
	return found
}

// call notes a call of functions of the package, also of those that may
// implement an interface method.
func (c *checker) call(a *lockset.Access) {
	n := a.Node
	if n.Op.Fn.Imported() || n.Frame.Func.Parent == nil && n.Frame.Call != nil {
		return
	}
	for _, t := range n.Op.Targets {
		if t.Func.Imported() {
			continue
		}
		var object skeleton.Path
		if len(t.Args) > 0 && t.Args[0].Root != nil {
			object = n.Frame.Resolve(t.Args[0])
		}
		c.calls[t.Func] = append(c.calls[t.Func], c.site(a, object, object))
		c.callbacks(a, t)
	}
	if len(n.Op.Targets) > 0 {
		return
	}
	for _, f := range c.implementing(n.Op.Obj) {
		s := c.site(a, skeleton.Path{}, skeleton.Path{})
		s.vague = true
		c.calls[f] = append(c.calls[f], s)
	}
}

// callbacks notes the calls of the functions that a call hands to t, if that calls
// them before it returns.
func (c *checker) callbacks(a *lockset.Access, t *skeleton.Target) {
	for i, arg := range t.Args {
		if arg.Root == nil || arg.Root.Kind != skeleton.FuncVal || arg.Root.Func == nil || arg.IsLiteral() {
			continue
		}
		if !callsParam(t.Func, i) {
			c.handed[arg.Root.Func] = true
			continue
		}
		object := a.Node.Frame.Resolve(arg.Root.Bound)
		s := c.site(a, object, object)
		s.vague = s.vague || c.locks.View.May(t.Func, syncapi.Lock) || c.locks.View.May(t.Func, syncapi.RLock) // it may hold more
		c.calls[arg.Root.Func] = append(c.calls[arg.Root.Func], s)
	}
}

// callsParam reports whether f calls its parameter i by itself.
func callsParam(f *skeleton.Func, i int) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		r := op.Dynamic.Root
		return op.Kind == syncapi.Call && op.Dynamic.Sel == nil && r != nil && r.Kind == skeleton.Param && r.Owner == f && r.Index == i
	})
}

// implementing returns the methods of the package's types that a call of an
// interface method may call.
func (c *checker) implementing(m *types.Func) []*skeleton.Func {
	if m == nil {
		return nil
	}
	if fs, ok := c.methods[m]; ok {
		return fs
	}
	c.methods[m] = nil
	iface, ok := receiver(m).Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for _, f := range c.locks.View.Funcs {
		if f.Obj == nil || f.Obj.Name() != m.Name() {
			continue
		}
		if r := receiver(f.Obj); r != types.Typ[types.Invalid] && types.Implements(r, iface) {
			c.methods[m] = append(c.methods[m], f)
		}
	}
	return c.methods[m]
}

// receiver returns the type of a method's receiver, the invalid type for a
// function that has none.
func receiver(f *types.Func) types.Type {
	if r := f.Signature().Recv(); r != nil {
		return r.Type()
	}
	return types.Typ[types.Invalid]
}

// site returns what is known of the locks at an access to a part of object.
func (c *checker) site(a *lockset.Access, p, object skeleton.Path) *site {
	n := a.Node
	s := &site{
		op: n.Op, fn: a.Func, path: p, blind: a.Detached,
		must: make(map[lockset.Key]bool), may: make(map[lockset.Key]bool), any: make(map[lockset.Key]bool),
		test: report.InTest(c.pass, n.Op.Pos),
	}
	held, shared := a.Holdings.Must(n)
	for _, l := range held {
		k, ok := c.key(l)
		if !ok {
			continue
		}
		s.any[k] = shared[l]
		if guards(l, object) {
			s.must[k] = shared[l]
		}
	}
	for _, l := range a.Holdings.May(n) {
		if k, ok := c.key(l); ok { // of whatever object: it may be the same
			s.may[k] = true
		}
	}
	if object.Root != nil {
		f, r := n.Frame.Func, object.Root.Origin()
		s.vague = !c.locks.Known(f, r) && !c.locks.Makes(f, r) || c.locks.New(f, r)
		s.maker = c.locks.Makes(f, r)
	}
	if a.Started {
		s.started = n.Graph.Root
		return s
	}
	for k, shared := range c.locks.HeldAtEntry(a.Func) {
		k = c.unified(k)
		shared = shared && (!s.may[k] || s.any[k])
		s.may[k], s.any[k] = true, shared
		if n.Op.Kind == syncapi.Call || c.concerns(k, p) {
			s.must[k] = shared
		}
	}
	s.early = c.early(a.Func, n.Op, object) || object.Root != nil && c.locks.HandsOn(a.Func, object, n.Op.Pos)
	s.fresh = object.Root != nil && (c.locks.Fresh(a.Func, object, n.Op.Pos) || c.own(a.Func, p, object, n.Op.Pos, maxCallers))
	return s
}

// guards reports whether lock is that of the object, or of one that has the
// object as a part of itself, or a package variable.
func guards(lock, object skeleton.Path) bool {
	if lock.Root.Kind == skeleton.Global {
		return true
	}
	owner := lockset.Holder(lock)
	for o := object; ; o = o.Base() {
		if o == owner {
			return true
		}
		if o.Sel == nil || !isPart(o.Sel) {
			return false
		}
	}
}

// isPart reports whether a selector names a part of a struct, not what the
// struct only refers to.
func isPart(s *skeleton.Sel) bool {
	if s.Owner == nil {
		return false
	}
	t := skeleton.FieldClass{Type: s.Owner, Field: s.Name}.FieldType()
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// concerns reports whether a lock may be there for what is at p: both are
// package variables, or the lock is in a type that what is at p is a part of.
func (c *checker) concerns(k lockset.Key, p skeleton.Path) bool {
	if !k.IsField() {
		return k.Variable.Root.Kind == skeleton.Global || k.Variable.Root == p.Root
	}
	at := p.Sel
	for at != nil && at.Owner == nil {
		at = at.Up
	}
	for s := at; s != nil; s = s.Up {
		if s != at && !isPart(s) {
			return false
		}
		if s.Owner == k.Class.Type || s.Owner != nil && c.same[s.Owner] == k.Class.Type {
			return true
		}
	}
	return false
}

// elsewhere reports whether what is at p is part of, or referred to by, a struct of
// another type than the one that has the lock as well as the like of it.
func (c *checker) elsewhere(k lockset.Key, p skeleton.Path) bool {
	if !k.IsField() {
		return false
	}
	owners := 0
	for s := p.Sel; s != nil; s = s.Up {
		if s.Owner == nil {
			continue
		}
		if s.Owner == k.Class.Type || c.same[s.Owner] == k.Class.Type {
			return false
		}
		if owners++; owners > 1 && !isPart(s) {
			return true
		}
	}
	return owners > 1
}

// entered reports whether the function that s is in may surely be called
// without a lock that s lacks: by code elsewhere, as a goroutine, or by a
// function of which the same holds.
func (c *checker) entered(s *site, k lockset.Key) bool {
	if s.started != nil {
		return true
	}
	e := &entering{c, placeAt(s.path), k, make(map[entrance]bool)}
	return e.without(entrance{s.fn, paramOf(s.path.Root, s.fn)})
}

// An entering looks for the ways to an access without a lock. Callers that have made
// the object themselves are none of them, although others may have to hold the lock.
type entering struct {
	*checker
	at   place
	key  lockset.Key
	seen map[entrance]bool
}

// An entrance is a function, and which of its parameters leads to the object that is
// accessed, -1 if that is not known.
type entrance struct {
	fn    *skeleton.Func
	param int
}

func (c *entering) without(to entrance) bool {
	if c.seen[to] {
		return false
	}
	c.seen[to] = true
	if c.open(to.fn) {
		return true
	}
	return slices.ContainsFunc(c.calls[to.fn], func(s *site) bool {
		if !s.lacks(c.key) || !s.counts() {
			return false
		}
		if s.started != nil {
			return true
		}
		object, param := argument(s.op, to), -1
		if object.Root != nil && areParts(object.Sel) {
			makes := c.locks.Makes(s.op.Fn, object.Root)
			param = paramOf(object.Root, s.fn)
			if (makes || param >= 0) && c.startsAccess(s.op.Fn, object.Root, s.op.Pos, c.at) {
				makes, param = false, -1
			}
			if makes {
				return false
			}
		}
		return c.without(entrance{s.fn, param})
	})
}

// argument returns what a call passes to the parameter of to, as its function knows it.
func argument(call *skeleton.Op, to entrance) skeleton.Path {
	for _, t := range call.Targets {
		if t.Func == to.fn && to.param >= 0 && to.param < len(t.Args) {
			return t.Args[to.param]
		}
	}
	return skeleton.Path{}
}

// paramOf returns which parameter of f r is, -1 if it is none.
func paramOf(r *skeleton.Root, f *skeleton.Func) int {
	if r != nil && r.Kind == skeleton.Param && r.Owner == f {
		return r.Index
	}
	return -1
}

// open reports whether f is called by code elsewhere, or runs as a goroutine.
// What a type that is not exported exports is there for an interface, as a rule:
// if calls of it are seen, they are those that matter.
func (c *checker) open(f *skeleton.Func) bool {
	if f.Obj == nil || f.Name == "main" || c.runs[f] {
		return true
	}
	if len(c.calls[f]) == 0 {
		return !c.handed[f]
	}
	return f.Obj.Exported() && !isHidden(receiver(f.Obj))
}

// isHidden reports whether t is, or points to, a type whose name is not exported.
func isHidden(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && !named.Obj().Exported()
}

// early reports whether op, in f, runs before anything else does: in an init
// function, or before the first goroutine that f starts for the object.
func (c *checker) early(f *skeleton.Func, op *skeleton.Op, object skeleton.Path) bool {
	if c.initial(f, 3) {
		return true
	}
	starts := false
	for _, o := range f.Ops() {
		if !o.Is(syncapi.Go, syncapi.WgGo, syncapi.GroupGo) {
			continue
		}
		if o.Pos < op.Pos {
			return false
		}
		starts = starts || f.Name == "main" || c.locks.Starts(o, object.Root)
	}
	return starts
}

// initial reports whether f runs only while the package is initialised, or is
// named for that it initialises an object.
func (c *checker) initial(f *skeleton.Func, depth int) bool {
	if f.Name == "init" || strings.HasPrefix(f.Name, "init#") || f.Obj != nil && strings.EqualFold(f.Obj.Name(), "init") {
		return true
	}
	ops, ok := c.locks.Callers(f)
	return ok && depth > 0 && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool { return !c.initial(op.Fn, depth-1) })
}
