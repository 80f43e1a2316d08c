package mixedatomic

import (
	"cmp"
	"go/token"
	"go/types"
	"math"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A place is a field of a type, or a package variable, or the elements of one.
type place struct {
	class   skeleton.FieldClass
	global  *skeleton.Root
	element bool
}

// placeOf returns the place that p is, not ok if it is none.
func placeOf(p skeleton.Path) (at place, object skeleton.Path, ok bool) {
	if p.Root == nil {
		return at, object, false
	}
	if p.Sel != nil && p.Sel.Name == "[]" {
		at.element, p = true, p.Base()
	}
	if class, ok := p.Class(); ok {
		at.class = class
		return at, p.Base(), true
	}
	if p.Sel == nil && p.Root.Kind == skeleton.Global {
		at.global = p.Root
		return at, p, true
	}
	return at, object, false
}

// A site is an access to a place.
type site struct {
	op    *skeleton.Op
	in    string               // what its object is a part of: see partOf
	locks map[lockset.Key]bool // that may be held; true if not by some of the callers only
	quiet bool                 // it is not at the same time as others
}

// accesses are those to one place.
type accesses struct{ atomic, plain []*site }

// places reports the plain accesses to fields and package variables that are
// accessed atomically as well.
func (c *checker) places() {
	all := make(map[place]*accesses)
	var wholes []*whole
	c.locks.Accesses(func(a *lockset.Access) {
		n := a.Node
		switch {
		case n.Frame.Func.Parent == nil && n.Frame.Call != nil:
		case n.Op.Kind != syncapi.Call:
			c.access(all, a)
			if w := c.whole(a); w != nil {
				wholes = append(wholes, w)
			}
		case n.Op.Inner == nil:
			pointed := c.pointed(n.Op)
			if len(pointed) == 0 {
				break
			}
			for _, e := range c.view.CallEffects(n, atomics...) {
				if pointed[e.Op] && !e.Started {
					m := *n
					m.Op, m.Res = e.Op, e.Res
					at := *a
					at.Node = &m
					c.access(all, &at)
				}
			}
		}
	})
	for at, of := range all { // the findings are sorted
		c.export(at, of)
		slices.SortStableFunc(of.plain, func(a, b *site) int { return cmp.Compare(rank(a.op), rank(b.op)) })
		for _, s := range of.plain {
			if of.byWriter(s) {
				continue
			}
			if other := of.conflicting(s); other != nil && c.lasting(s) && !c.byLast(s.op, at, maxCallers) {
				c.report(s.op, other.op, "")
			}
		}
	}
	for _, w := range wholes {
		c.part(w, all)
	}
}

// part reports an access to a struct as a whole if it is one to a field of it that is
// accessed atomically elsewhere, at the first place where that is.
func (c *checker) part(w *whole, all map[place]*accesses) {
	var other *site
	field := ""
	for at, of := range all {
		if !w.has(at) {
			continue
		}
		if o := of.conflicting(w.site); o != nil && (other == nil || o.op.Pos < other.op.Pos) && !of.byWriter(w.site) && !c.byLast(w.op, at, maxCallers) {
			other, field = o, at.class.Field
		}
	}
	if other != nil && c.lasting(w.site) {
		c.report(w.op, other.op, field)
	}
}

// access notes an access in all, if it is one to a place.
func (c *checker) access(all map[place]*accesses, a *lockset.Access) {
	n := a.Node
	at, object, ok := placeOf(n.Res)
	if !ok || n.Op.Fn.Imported() || n.Op.Is(atomics...) && (!isFunction(n.Op) || c.isBehind(at, n.Op)) {
		return
	}
	of := all[at]
	if of == nil {
		of = &accesses{}
		all[at] = of
	}
	s := c.site(a, object)
	if n.Op.Is(atomics...) {
		of.atomic = append(of.atomic, s)
	} else {
		of.plain = append(of.plain, s)
	}
}

// A whole is an access to all fields of a struct: a copy of it, or an assignment.
type whole struct {
	*site
	of *types.TypeName
}

// whole returns what a is, nil if it is no access to a struct of this package as a whole.
func (c *checker) whole(a *lockset.Access) *whole {
	n := a.Node
	if n.Op.Fn.Imported() || n.Res.Root == nil || !n.Op.Is(syncapi.Read, syncapi.Write) {
		return nil
	}
	object := n.Res
	t := object.Type()
	if object.Sel != nil && object.Sel.Name == "*" {
		object = object.Base()
		if t = object.Type(); t != nil {
			ptr, ok := t.Underlying().(*types.Pointer)
			if !ok {
				return nil
			}
			t = ptr.Elem()
		}
	}
	if t == nil {
		return nil
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() != c.pass.Pkg {
		return nil
	}
	if _, ok := named.Underlying().(*types.Struct); !ok {
		return nil
	}
	return &whole{c.site(a, object), named.Origin().Obj()}
}

// has reports whether a place is a field of the struct by value, not what that refers to.
func (w *whole) has(at place) bool { return at.class.Type == w.of && !at.element }

// pointed returns the atomic operations of the callees of call on what a parameter of the
// callee points to: only the caller knows which place that is. What a callee further down
// hands to such a function is looked at there, with the locks that are held by then.
func (c *checker) pointed(call *skeleton.Op) map[*skeleton.Op]bool {
	bare := func(p skeleton.Path) bool { return p.Root != nil && p.Sel == nil && p.Root.Kind == skeleton.Param }
	var ops map[*skeleton.Op]bool
	for _, t := range call.Targets {
		for _, e := range c.view.Effects(t.Func, atomics...) {
			if bare(e.Op.Res) && bare(e.Res) {
				if ops == nil {
					ops = make(map[*skeleton.Op]bool)
				}
				ops[e.Op] = true
			}
		}
	}
	return ops
}

// isBehind reports whether an atomic operation acts on what the pointer in a
// place points to, and only reads the place itself.
func (c *checker) isBehind(at place, op *skeleton.Op) bool {
	v, params := c.variable(at), op.Obj.Signature().Params()
	if v == nil || params.Len() == 0 {
		return false
	}
	t := v.Type()
	if at.element {
		t = elementOf(t)
	}
	return t != nil && types.Identical(t.Underlying(), params.At(0).Type())
}

// elementOf returns the type of the elements of a slice, array or map type, or
// of what such a pointer leads to, nil if t is no such type.
func elementOf(t types.Type) types.Type {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if c, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return c.Elem()
	}
	return nil
}

// rank lets n++ be a write.
func rank(op *skeleton.Op) int {
	if writes(op) {
		return 0
	}
	return 1
}

// site returns what is known of an access to a part of object.
func (c *checker) site(a *lockset.Access, object skeleton.Path) *site {
	n := a.Node
	s := &site{op: n.Op, in: partOf(object), locks: make(map[lockset.Key]bool)}
	for _, l := range a.Holdings.May(n) {
		if k, ok := lockset.KeyOf(l); ok {
			s.locks[k] = true
		}
	}
	if !a.Started {
		for k := range c.locks.HeldAtEntry(a.Func) {
			s.locks[k] = true
		}
		for k := range c.locks.MayHoldAtEntry(a.Func) {
			if _, ok := s.locks[k]; !ok {
				s.locks[k] = false
			}
		}
	}
	if n.Op.Is(atomics...) {
		s.quiet = !a.Started && c.own(a.Func, n, object)
		return s
	}
	s.quiet = c.inTest(n.Op) || isInit(a.Func) || !c.identified(n, object) ||
		!a.Started && (c.locks.HandsOn(a.Func, object, n.Op.Pos) || c.early(a.Func, n.Op.Pos, object) || c.own(a.Func, n, object))
	return s
}

func (c *checker) inTest(op *skeleton.Op) bool {
	return report.InTest(c.pass, op.Pos)
}

func isInit(f *skeleton.Func) bool { return f.Name == "init" || strings.HasPrefix(f.Name, "init#") }

// early reports whether f starts goroutines that access object only behind pos.
func (c *checker) early(f *skeleton.Func, pos token.Pos, object skeleton.Path) bool {
	return c.startsBefore(f, token.Pos(math.MaxInt), ofRoot(object)) && !c.shared(f, pos, object)
}

// shared reports whether f has started, before pos, a goroutine that knows object.
func (c *checker) shared(f *skeleton.Func, pos token.Pos, object skeleton.Path) bool {
	return c.startsBefore(f, pos, ofRoot(object))
}

func ofRoot(object skeleton.Path) func(skeleton.Effect) bool {
	return func(e skeleton.Effect) bool { return e.Res.Root == object.Root }
}

// startsBefore reports whether f starts, before pos, a goroutine with an access
// for which counts holds.
func (c *checker) startsBefore(f *skeleton.Func, pos token.Pos, counts func(skeleton.Effect) bool) bool {
	return c.view.StartsBefore(f, pos, counts, kinds...)
}

// kinds are all accesses.
var kinds = append([]syncapi.Op{syncapi.Read, syncapi.Write}, atomics...)

// conflicting returns the first of the atomic accesses that s is a race with:
// one of them writes, both may be to one object, and no lock keeps them apart.
func (of *accesses) conflicting(s *site) *site {
	if s.quiet {
		return nil
	}
	slices.SortStableFunc(of.atomic, func(a, b *site) int { return cmp.Compare(a.op.Pos, b.op.Pos) })
	for _, a := range of.atomic {
		if a.quiet || !writes(a.op) && !writes(s.op) || !of.meet(a, s) {
			continue
		}
		if !apart(a, s) {
			return a
		}
	}
	return nil
}

// apart reports whether a lock keeps a and b apart: one of them holds it, and the
// other may.
func apart(a, b *site) bool {
	for k, sure := range a.locks {
		if also, ok := b.locks[k]; ok && (sure || also) {
			return true
		}
	}
	return false
}

// byWriter reports whether s reads, perhaps under a lock, what its function writes
// atomically: the lock keeps other writers out, and the rest is for readers who
// don't take it. Whoever compares and swaps expects other writers.
func (of *accesses) byWriter(s *site) bool {
	return !writes(s.op) && len(s.locks) > 0 && slices.ContainsFunc(of.atomic, func(a *site) bool {
		return writes(a.op) && !a.op.Is(syncapi.AtomicCAS) && a.op.Res == s.op.Res && a.op.Fn.Outermost() == s.op.Fn.Outermost()
	})
}

// meet reports whether a and b may be of one object: parts of structs are, if
// it is the same part. What is reached through a pointer may be any such part, if
// all are of one kind.
func (of *accesses) meet(a, b *site) bool {
	if a.in == b.in {
		return true
	}
	if a.in != "" && b.in != "" {
		return false
	}
	for _, s := range slices.Concat(of.atomic, of.plain) {
		if s.in != "" && s.in != cmp.Or(a.in, b.in) {
			return false
		}
	}
	return true
}

// joins are the operations by which a function may wait for all goroutines that
// access a variable.
var joins = []syncapi.Op{syncapi.WgWait, syncapi.GroupWait, syncapi.Recv, syncapi.CondWait}

// lasting reports whether s may be at the same time as others: its function does
// not wait for goroutines on every way to it, by itself or by what it calls.
func (c *checker) lasting(s *site) bool {
	f := s.op.Fn
	g := c.view.Outline(f, skeleton.Interest{
		Ops:   append([]syncapi.Op{syncapi.Read, syncapi.Write, syncapi.After, syncapi.Tick}, joins...),
		Enter: func(*skeleton.Node, *skeleton.Target) bool { return false },
	})
	waits := func(n *skeleton.Node) bool {
		return n.Op.Is(joins...) && !spawn.Ticks(n) && !c.isOrder(n) || n.Op.Is(syncapi.Call) && slices.ContainsFunc(c.view.CallEffects(n, joins...), func(e skeleton.Effect) bool { return !e.Started })
	}
	for _, n := range g.Nodes {
		if n.Op == s.op && !skeleton.Leads(g.Entry, n, waits) {
			return false
		}
	}
	return true
}

// isOrder reports whether n receives, from a channel in a field, what others tell their
// goroutines to do, such as to stop: the functions that close the channel or send on it
// wait for nobody, and have no atomic accesses before it.
func (c *checker) isOrder(n *skeleton.Node) bool {
	class, ok := n.Res.Class()
	if !ok || !n.Op.Is(syncapi.Recv) {
		return false
	}
	told := false
	for _, f := range c.view.Funcs {
		if !slices.ContainsFunc(c.view.Effects(f, syncapi.Close, syncapi.Send), func(e skeleton.Effect) bool {
			at, ok := e.Res.Class()
			return ok && at == class && !e.Started
		}) {
			continue
		}
		told = true
		if slices.ContainsFunc(slices.Concat(atomics, joins), func(kind syncapi.Op) bool { return c.view.May(f, kind) }) {
			return false
		}
	}
	return told
}
