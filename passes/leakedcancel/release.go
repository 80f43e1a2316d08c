package leakedcancel

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxSpawns bounds how deep goroutines that start goroutines are looked into.
const maxSpawns = 3

// released reports whether n calls the value that goes by names, or hands it
// to something that may.
func (c *checker) released(m *making, n *skeleton.Node, names []skeleton.Path, depth int) bool {
	if n.Op == nil {
		return false
	}
	switch n.Op.Kind {
	case syncapi.Return:
		return n.Frame.Call == nil && depth == 0 && c.handedOver(m, n, names)
	case syncapi.Store:
		return c.reached(n.Args, names) != nil && c.stored(m, n, names)
	case syncapi.Cancel, syncapi.Call:
		return calls(n, names) || c.escapes(m, n, names, depth) || depth == 0 && c.closes(n, names)
	case syncapi.Defer:
		return n.Op.Inner.Is(syncapi.Cancel, syncapi.Call) && slices.Contains(names, n.Op.Inner.Dynamic) ||
			n.Graph.Widened && c.usedByAny(n.Op.Inner, names)
	case syncapi.NewCancel, syncapi.OnceFunc:
		return false
	}
	for _, s := range n.Spawns {
		if c.spawned(m, s, names, depth) {
			return true
		}
	}
	if n.Op.Is(syncapi.Go, syncapi.WgGo, syncapi.GroupGo) && len(n.Spawns) > 0 {
		return false // all that it does is seen
	}
	return c.handedOver(m, n, names)
}

// calls reports whether n calls one of names, or something of it.
func calls(n *skeleton.Node, names []skeleton.Path) bool {
	if n.Res.Root == nil || n.Res.Root.Kind == skeleton.FuncVal {
		return false
	}
	for _, p := range names {
		if n.Res.HasPrefix(p) || p.HasPrefix(n.Res) {
			return true
		}
	}
	return false
}

// closes reports whether n, a call of the root function, is handed an object
// that has the value, and may call that: whether it does depends on the state
// of the object, as a rule, in ways that the search does not see.
func (c *checker) closes(n *skeleton.Node, names []skeleton.Path) bool {
	if via := c.reached(n.Args, names); n.Frame.Call != nil || via == nil || via.Type == nil {
		return false
	}
	return slices.ContainsFunc(n.Graph.Nodes, func(callee *skeleton.Node) bool {
		return callee.Op.Is(syncapi.Cancel, syncapi.Call) && calls(callee, names) && slices.Contains(callee.Calls(), n)
	})
}

// escapes reports whether n, a call, hands the value to code that is not seen.
func (c *checker) escapes(m *making, n *skeleton.Node, names []skeleton.Path, depth int) bool {
	for _, s := range n.Spawns {
		if c.spawned(m, s, names, depth) {
			return true
		}
	}
	seen := len(n.Op.Targets) > 0 || n.Res.Root != nil && n.Res.Root.Kind == skeleton.FuncVal && n.Res.Root.Func != nil
	for _, t := range n.Op.Targets {
		if len(t.Func.Blocks) == 0 || t.Func.Effects || t.Func.Quiet && !plainRoots(n.Op.Results) {
			seen = false // or may return what it is handed
		}
	}
	if !seen || n.Graph.Widened { // what stands in for a callee may lack its calls
		return c.handedOver(m, n, names) || c.usedByAny(n.Op, names)
	}
	return depth == 0 && c.kept(n, names)
}

func (c *checker) usedByAny(op *skeleton.Op, names []skeleton.Path) bool {
	return slices.ContainsFunc(names, func(p skeleton.Path) bool { return c.innerUses(op, p) })
}

// spawned reports whether a callback, or what is run on another goroutine,
// calls the value or hands it on.
//
// A goroutine that is started on an object which has the value is judged by
// what it does: to wait for the context, say, is not to own it.
func (c *checker) spawned(m *making, s *skeleton.Spawn, names []skeleton.Path, depth int) bool {
	if s.Func.Root != nil && c.reached([]skeleton.Path{s.Func}, names) != nil && !c.onObject(s, names) {
		return true
	}
	if depth == maxSpawns {
		return true
	}
	for _, n := range s.Graph().Nodes {
		if c.released(m, n, names, depth+1) || n.Op.Is(syncapi.Cancel, syncapi.Call) && alike(n.Res, names) {
			return true
		}
	}
	return false
}

// onObject reports whether s starts a goroutine that has the value in an
// object only, whose code is seen.
func (c *checker) onObject(s *skeleton.Spawn, names []skeleton.Path) bool {
	if !s.Node.Op.Is(syncapi.Go, syncapi.WgGo) {
		return false
	}
	for _, held := range s.Holds() {
		if via := c.reached([]skeleton.Path{held}, names); via != nil && via.Type == nil {
			return false
		}
	}
	return true
}

// alike reports whether p is the same field as one of names, if of another object.
func alike(p skeleton.Path, names []skeleton.Path) bool {
	field, ok := p.Field()
	return ok && slices.ContainsFunc(names, func(name skeleton.Path) bool {
		of, ok := name.Field()
		return ok && of == field
	})
}

// handedOver reports whether what n is handed leads to the value, by a way on
// which something may call it. If it leads there only by a field that nothing
// calls, that is noted.
func (c *checker) handedOver(m *making, n *skeleton.Node, names []skeleton.Path) bool {
	via := c.reached(n.Args, names)
	if via == nil {
		return false
	}
	if via.Type == nil || c.index().called(*via) {
		return true
	}
	m.note(n, spell(*via))
	return false
}

func (m *making) note(n *skeleton.Node, place string) {
	if m.lost == nil {
		m.lost = &loss{n, place}
	}
}

func spell(field skeleton.FieldClass) string { return field.Type.Name() + "." + field.Field }

// reached returns how one of args leads to one of names: the field, or the
// zero field if it does so directly; nil if none does.
func (c *checker) reached(args, names []skeleton.Path) *skeleton.FieldClass {
	for _, a := range args {
		for _, p := range names {
			if via, ok := c.view.Reach(a, p); ok {
				return &via
			}
		}
	}
	return nil
}

// stored reports whether a Store puts the value where something may call it.
// What is stored in an object of the function's own has a further name, and
// is lost or found with that.
func (c *checker) stored(m *making, n *skeleton.Node, names []skeleton.Path) bool {
	dst := n.Res
	root := dst.Root
	own := root.Kind == skeleton.Made || root.Kind == skeleton.Local && root.Owner == n.Frame.Func || m.object && root == m.result.Root
	if field, ok := dst.Field(); ok {
		if own {
			return false
		}
		if via := c.reached(n.Args, names); via.Type != nil || c.index().called(field) {
			return c.handedOver(m, n, names) // an object is found by its own fields
		}
		m.note(n, spell(field))
		return false
	}
	if own && (dst.Sel == nil || isArray(root.Type)) && !c.index().ranged(root, 0) {
		return false
	}
	if own && dst.Sel == nil {
		return false
	}
	if c.index().ranged(root, 0) {
		return true
	}
	if via := c.reached(n.Args, names); !own && via.Type != nil {
		return c.handedOver(m, n, names) // an object is found by its own fields
	}
	if root.Kind == skeleton.Global {
		if !ofFuncs(root.Type) {
			return true // an object, in a place that aliases may lead to
		}
		m.note(n, root.Name)
	}
	return false
}

// ofFuncs reports whether t is a function type, that of a collection of
// functions, or a struct without a name.
func ofFuncs(t types.Type) bool {
	for depth := 0; t != nil && depth < 4; depth++ {
		switch u := t.Underlying().(type) {
		case *types.Signature:
			return true
		case *types.Struct:
			return t == u
		case interface{ Elem() types.Type }:
			t = u.Elem()
		default:
			return false
		}
	}
	return false
}

func isArray(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Array)
	return ok
}

// -- what the package does with fields and variables --

// uses is an index of what the package calls, hands on or stores.
type uses struct {
	pass     *types.Package
	fields   map[skeleton.FieldClass]bool
	roots    map[*skeleton.Root][]*skeleton.Op
	recovers bool // something recovers from panics
}

// index returns the index, which is built when it is first asked for.
func (c *checker) index() *uses {
	if c.uses != nil {
		return c.uses
	}
	u := &uses{
		pass:   c.pass.Pkg,
		fields: make(map[skeleton.FieldClass]bool),
		roots:  make(map[*skeleton.Root][]*skeleton.Op),
	}
	for _, f := range c.view.Funcs {
		inTest := report.InTest(c.pass, f.Pos)
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				u.add(op)
				u.recovers = u.recovers || op.Kind == syncapi.Recover && !inTest
				if op.Inner != nil {
					u.add(op.Inner)
				}
			}
		}
	}
	c.uses = u
	return u
}

func (u *uses) add(op *skeleton.Op) {
	note := func(p skeleton.Path) {
		if p.Root == nil {
			return
		}
		if field, ok := p.Field(); ok {
			u.fields[field] = true
		}
		r := p.Root.Origin()
		u.roots[r] = append(u.roots[r], op)
	}
	if op.Kind == syncapi.Cancel {
		note(op.Res)
	}
	note(op.Dynamic)
	for _, a := range op.Args {
		note(a)
	}
	for _, cb := range op.Callbacks {
		note(cb.Func)
	}
}

// called reports whether something may call the function in a field: code of
// this package that calls it or hands it on, or code of others.
func (u *uses) called(field skeleton.FieldClass) bool {
	foreign := field.Type.Pkg() != u.pass
	public := field.Type.Exported() && isExported(field.Field)
	return foreign || public || u.fields[field]
}

func isExported(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' }

// elsewhere reports whether a function other than f and its literals calls p,
// a captured variable's value, or hands it on.
func (u *uses) elsewhere(f *skeleton.Func, p skeleton.Path) bool {
	for _, op := range u.roots[p.Root.Origin()] {
		within := false
		for g := op.Fn; g != nil; g = g.Parent {
			within = within || g == f
		}
		if !within {
			return true
		}
	}
	return false
}

// ranged reports whether something calls the elements of the collection (or
// the variable) r, or hands it on.
func (u *uses) ranged(r *skeleton.Root, depth int) bool {
	if r.Kind == skeleton.Global && isExported(r.Name) || r.Kind == skeleton.Param || depth > 3 {
		return true
	}
	for _, op := range u.roots[r.Origin()] {
		if op.Kind != syncapi.Store {
			return true
		}
		if op.Res.Root.Origin() == r.Origin() {
			continue // append to itself
		}
		field, ok := op.Res.Field()
		if ok && u.called(field) || !ok && u.ranged(op.Res.Root, depth+1) {
			return true
		}
	}
	return false
}
