package guardedby

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
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
	fresh bool // the object is not shared yet
	early bool // nothing runs beside yet
	test  bool
	blind bool // who calls the code is not seen

	started bool // it runs on a goroutine of its own
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
		m := merged[i]
		if s.write && !m.write {
			m.op, m.write = s.op, true
		}
		for k := range m.must {
			if _, ok := s.must[k]; !ok {
				delete(m.must, k)
			} else {
				m.must[k] = m.must[k] || s.must[k]
			}
		}
		for k := range s.may {
			m.may[k] = true
		}
		m.fresh, m.blind, m.early = m.fresh || s.fresh, m.blind || s.blind, m.early || s.early
	}
	a.sites = merged
}

// collect looks at all accesses of the package.
func (c *checker) collect() {
	c.handed = c.locks.View.Handed()
	for _, f := range c.locks.View.Funcs {
		for _, op := range f.Ops() {
			if op.Kind != syncapi.Go {
				continue
			}
			for _, t := range op.Inner.Targets {
				c.runs[t.Func] = true
			}
		}
	}
	c.locks.Accesses(func(a *lockset.Access) {
		n := a.Node
		if n.Op.Kind == syncapi.Call {
			c.call(a)
			return
		}
		if n.Op.Fn.Imported() || n.Frame.Func.Parent == nil && n.Frame.Call != nil {
			return // looked at by itself
		}
		at, object, ok := placeOf(n.Res)
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
	})
}

// guardable reports whether a lock may guard a place: it is a field of a struct
// that is declared here, or of which a comment says so, or a package variable.
func (c *checker) guardable(p place) bool {
	if p.global != nil {
		return !strings.Contains(p.global.Name, ".") && p.global.Name != "init$guard"
	}
	return p.class.Type.Pkg() == c.pass.Pkg || c.imported(p.class)
}

// spelled reports whether the code at an access names the place: what is
// reached by another name may have been taken out of there.
func (c *checker) spelled(op *skeleton.Op, p place) bool {
	name := p.class.Field
	if p.global != nil {
		name = p.global.Name
	}
	e := c.locks.View.Accessed(op)
	if e == nil {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// call notes a call of functions of the package.
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
	}
}

// site returns what is known of the locks at an access to a part of object.
func (c *checker) site(a *lockset.Access, p, object skeleton.Path) *site {
	n := a.Node
	s := &site{
		op: n.Op, fn: a.Func, path: p, blind: a.Detached,
		must: make(map[lockset.Key]bool), may: make(map[lockset.Key]bool),
		test: strings.HasSuffix(c.pass.Fset.Position(n.Op.Pos).Filename, "_test.go"),
	}
	held, shared := a.Holdings.Must(n)
	for _, l := range held {
		if k, ok := lockset.KeyOf(l); ok && guards(l, object) {
			s.must[k] = shared[l]
		}
	}
	for _, l := range a.Holdings.May(n) {
		if k, ok := lockset.KeyOf(l); ok { // of whatever object: it may be the same
			s.may[k] = true
		}
	}
	s.started = a.Started
	if !a.Started {
		for k := range c.locks.HeldAtEntry(a.Func) {
			s.may[k] = true
			if n.Op.Kind == syncapi.Call || concerns(k, p) {
				s.must[k] = false
			}
		}
	}
	s.early = !a.Started && c.early(a.Func, n.Op, object)
	s.fresh = !a.Started && object.Root != nil && c.locks.Fresh(a.Func, object, n.Op.Pos)
	return s
}

// guards reports whether lock is that of the object, or of one that has the
// object as a part of itself, or a package variable.
func guards(lock, object skeleton.Path) bool {
	if lock.Root.Kind == skeleton.Global {
		return true
	}
	owner := lock.Base()
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
	t := fieldType(skeleton.FieldClass{Type: s.Owner, Field: s.Name})
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// concerns reports whether a lock may be there for what is at p: both are
// package variables, or the lock is in a type that what is at p is a part of.
func concerns(k lockset.Key, p skeleton.Path) bool {
	if !k.IsField() {
		return true
	}
	at := p.Sel
	for at != nil && at.Owner == nil {
		at = at.Up
	}
	for s := at; s != nil; s = s.Up {
		if s != at && !isPart(s) {
			return false
		}
		if s.Owner == k.Class.Type {
			return true
		}
	}
	return false
}

// entered reports whether the function that s is in may surely be called
// without a lock that s lacks: by code elsewhere, as a goroutine, or by a
// function of which the same holds.
func (c *checker) entered(s *site, k lockset.Key) bool {
	return s.started || c.enteredWithout(s.fn, k, make(map[*skeleton.Func]bool))
}

func (c *checker) enteredWithout(f *skeleton.Func, k lockset.Key, seen map[*skeleton.Func]bool) bool {
	if seen[f] {
		return false
	}
	seen[f] = true
	if c.open(f) {
		return true
	}
	return slices.ContainsFunc(c.calls[f], func(s *site) bool {
		return s.lacks(k) && !s.test && (s.started || c.enteredWithout(s.fn, k, seen))
	})
}

// open reports whether f is called by code elsewhere, or runs as a goroutine.
func (c *checker) open(f *skeleton.Func) bool {
	return f.Obj == nil || f.Obj.Exported() || f.Name == "main" || c.runs[f] || len(c.calls[f]) == 0 && !c.handed[f]
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

// initial reports whether f runs only while the package is initialised.
func (c *checker) initial(f *skeleton.Func, depth int) bool {
	if f.Name == "init" || strings.HasPrefix(f.Name, "init#") {
		return true
	}
	ops, ok := c.locks.Callers(f)
	return ok && depth > 0 && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool { return !c.initial(op.Fn, depth-1) })
}

// guardOf returns the lock that guards a place, and the accesses under it.
func (c *checker) guardOf(p place, a *accesses) (guard lockset.Key, held []*site) {
	under := make(map[lockset.Key][]*site)
	var keys []lockset.Key
	for _, s := range a.sites {
		if s.fresh || s.test || s.blind {
			continue
		}
		for k, shared := range s.must {
			if shared && s.write {
				continue
			}
			if under[k] == nil {
				keys = append(keys, k)
			}
			under[k] = append(under[k], s)
		}
	}
	name := c.stated[place{class: p.class}]
	slices.SortFunc(keys, func(x, y lockset.Key) int { return strings.Compare(x.String(), y.String()) })
	for _, k := range keys {
		if name != "" && k.Class == (skeleton.FieldClass{Type: p.class.Type, Field: name}) {
			return k, under[k]
		}
		if len(under[k]) > len(held) {
			guard, held = k, under[k]
		}
	}
	if name != "" {
		return lockset.Key{Class: skeleton.FieldClass{Type: p.class.Type, Field: name}}, nil
	}
	return guard, held
}

// expects reports whether f leaves it to its callers to hold a lock: by its
// name, by its comment, or because nearly all of its callers, which are all seen,
// do so.
func (c *checker) expects(f *skeleton.Func, guard lockset.Key) bool {
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok {
		return false
	}
	if strings.HasSuffix(decl.Name.Name, "Locked") || saysHeld(decl.Doc.Text()) {
		return true
	}
	if _, closed := c.locks.Callers(f); !closed {
		return false
	}
	with, without := 0, 0
	for _, s := range c.calls[f] {
		switch {
		case s.holds(guard):
			with++
		case s.lacks(guard) && s.counts():
			without++
		}
	}
	return with > 0 && few(without, with)
}

// heldBySome reports whether some of the callers of f hold a lock: then it is not
// known whether f needs it.
func (c *checker) heldBySome(f *skeleton.Func, guard lockset.Key) bool {
	return slices.ContainsFunc(c.calls[f], func(s *site) bool { return s.holds(guard) })
}

// few reports whether so many exceptions leave a rule standing that is kept so
// many times.
func few(exceptions, kept int) bool { return exceptions <= 1 || 4*exceptions <= kept }

// heldComment is how a comment says that callers hold a lock.
var heldComment = regexp.MustCompile(`(?i)\b(?:must|should|callers?|requires?|assum\w+|expects?|with|while|already|is|are|be)\b[^.]*\b(?:hold|holds|holding|held|locked)\b`)

// saysHeld reports whether a comment says that a lock is held.
func saysHeld(doc string) bool { return heldComment.MatchString(strings.ReplaceAll(doc, "\n", " ")) }

// isMap reports whether a place is the elements of a map.
func (c *checker) isMap(p place) bool {
	if p.within != "[]" {
		return false
	}
	if p.global != nil {
		return isMap(p.global.Type)
	}
	return isMap(fieldType(p.class))
}

// fieldType returns the type of a field, nil if there is none.
func fieldType(class skeleton.FieldClass) types.Type {
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range st.Fields() {
		if f.Name() == class.Field {
			return f.Type()
		}
	}
	return nil
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// lockName spells the lock that guards what s accesses: by the same object, if
// it is in that, else by its type.
func (c *checker) lockName(s *site, k lockset.Key) string {
	at, _, ok := placeOf(s.path)
	if !ok || !k.IsField() || at.class.Type != k.Class.Type {
		return k.String()
	}
	object, _, ok := strings.Cut(c.name(s), "."+at.class.Field)
	if !ok {
		return k.String()
	}
	return object + "." + k.Class.Field
}

// lockOfCall spells the lock that a call needs to be held, of which s in the
// callee is the reason.
func (c *checker) lockOfCall(call, s *site, k lockset.Key) string {
	at, object, ok := placeOf(s.path)
	if !ok || !k.IsField() || at.class.Type != k.Class.Type || object.Sel != nil || call.path.Root == nil || !call.path.IsOne() {
		return k.String()
	}
	if r := object.Root; r.Kind != skeleton.Param || r.Index != 0 {
		return k.String()
	}
	return call.path.String() + "." + k.Class.Field
}
