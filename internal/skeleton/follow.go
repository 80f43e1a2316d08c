package skeleton

import (
	"slices"
	"sort"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file follows a value through a search: by which names can the function
// still reach it? Names come and go with assignments to variables and fields,
// with the values of phis and with the results of calls.

// maxNames bounds the names of a value; further ones are not noted.
const maxNames = 6

type names [maxNames]Path

// list returns the names in use.
func (ns *names) list() []Path {
	n := 0
	for n < maxNames && ns[n].Root != nil {
		n++
	}
	return ns[:n]
}

// with returns ns with p, in a canonical order.
func (ns names) with(p Path) names {
	list := ns.list()
	if len(list) == maxNames || p.Root == nil || slices.Contains(list, p) {
		return ns
	}
	ns[len(list)] = p
	list = ns.list()
	sort.Slice(list, func(i, j int) bool { return list[i].before(list[j]) })
	return ns
}

// without returns ns without p.
func (ns names) without(p Path) names {
	var next names
	n := 0
	for _, q := range ns.list() {
		if q != p {
			next[n] = q
			n++
		}
	}
	return next
}

// reached reports whether one of the names is reached from p.
func (ns *names) reached(v *View, p Path) bool {
	for _, q := range ns.list() {
		if _, ok := v.Reach(p, q); ok {
			return true
		}
	}
	return false
}

// follow sets the names that the value goes by in k, behind a step from at.
func (s *search) follow(k *stateKey, at *state, step *Step) {
	made := slices.Contains(s.q.From, step.To)
	switch {
	case at.alive:
		k.alive, k.names = true, s.namesOf(s.rename(step.To.Graph.view, *at.names, step), at.names)
	case made:
		var ns names
		for _, p := range s.q.Follow {
			ns = ns.with(p)
		}
		k.alive, k.names = true, s.namesOf(ns, nil)
	}
}

// namesOf returns the copy of ns. It is like if that is a copy of ns already.
func (s *search) namesOf(ns names, like *names) *names {
	if like != nil && *like == ns {
		return like
	}
	p := s.named[ns]
	if p == nil {
		kept := ns // so that only what is new is copied to the heap
		p = &kept
		if s.named == nil {
			s.named = make(map[names]*names)
		}
		s.named[ns] = p
	}
	return p
}

// rename returns the names that the value goes by behind a step.
func (s *search) rename(v *View, ns names, step *Step) names {
	before := ns
	for _, a := range step.Sets { // at once, as phis are
		switch {
		case a.From.Root != nil && before.reached(v, a.From):
			ns = ns.with(a.Var)
		case slices.Contains(before.list(), a.Var):
			ns = ns.without(a.Var)
		}
	}
	n := step.To
	if slices.Contains(s.q.From, n) {
		for _, p := range s.q.Follow {
			ns = ns.without(p) // names another value now
		}
	}
	switch {
	case n.Op.Is(syncapi.Store) && len(n.Args) > 0:
		if before.reached(v, n.Args[0]) {
			return ns.with(n.Res)
		}
		if n.Res.one() {
			return ns.without(n.Res)
		}
	case n.Op.Is(syncapi.OnceFunc) && len(n.Args) > 0 && len(n.Op.Results) > 0:
		if before.reached(v, n.Args[0]) {
			return ns.with(n.Frame.subst(Path{Root: n.Op.Results[0]}))
		}
	}
	return ns
}

// Reach reports whether whoever has q has p as well: q is p, or a struct that
// holds it, or a closure that uses it. If a field holds it, via is that field.
func (v *View) Reach(q, p Path) (via FieldClass, ok bool) {
	return v.reach(q, p, make(map[*Root]bool))
}

func (v *View) reach(q, p Path, seen map[*Root]bool) (via FieldClass, ok bool) {
	if q.Root == nil {
		return FieldClass{}, false
	}
	if p == q {
		return FieldClass{}, true
	}
	if p.HasPrefix(q) {
		return fieldOf(p), true
	}
	if q.Sel != nil || seen[q.Root] {
		return FieldClass{}, false
	}
	seen[q.Root] = true
	if q.Root.Kind == FuncVal {
		if _, ok := v.reach(q.Root.Bound, p, seen); ok {
			return FieldClass{}, true
		}
		return FieldClass{}, v.uses(q.Root.Func, q.Root.frame, p, seen)
	}
	origin := q.Root.Origin()
	for _, name := range sortedKeys(origin.inits) {
		init, _ := q.Root.initOf(name)
		via, ok := v.reach(init, p, seen)
		if !ok {
			continue
		}
		if via.Type == nil {
			owner, _ := structOf(origin.Type)
			via = FieldClass{owner, name}
		}
		return via, true
	}
	return FieldClass{}, false
}

// fieldOf returns the field that p ends in, elements apart.
func fieldOf(p Path) FieldClass {
	for p.Sel != nil && p.Sel.Owner == nil {
		p.Sel = p.Sel.Up
	}
	class, _ := p.Class()
	return class
}

// Field returns the field that p ends in, or whose elements it names.
func (p Path) Field() (class FieldClass, ok bool) {
	class = fieldOf(p)
	return class, class.Type != nil
}

// uses reports whether the literal f, made in the activation fr, operates on
// p or hands it on.
func (v *View) uses(f *Func, fr *Frame, p Path, seen map[*Root]bool) bool {
	if f == nil || f.Parent == nil {
		return false
	}
	found := false
	check := func(q Path) {
		if q.Root == nil || found {
			return
		}
		if fr != nil {
			q = fr.subst(q)
		}
		_, found = v.reach(q, p, seen)
	}
	eachOp(f, func(op *Op) {
		check(op.Res)
		check(op.Dynamic)
		for _, a := range op.Args {
			check(a)
		}
		for _, c := range op.Callbacks {
			check(c.Func)
		}
		for _, t := range op.Targets {
			for _, a := range t.Args {
				check(a)
			}
			if t.Func.Parent != nil && t.Func != f && !found {
				found = v.uses(t.Func, fr, p, seen)
			}
		}
	})
	return found
}
