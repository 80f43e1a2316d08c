package lockset

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// HeldAtEntry returns the locks that all callers of f in the package hold when
// they call it: a must-analysis over the call graph, to the greatest fixpoint.
// The value tells whether all of them hold it for reading only. A caller that hands f an
// object which nothing else has yet counts as one that holds the locks of its type. Of functions that code elsewhere may call, or that
// run on goroutines of their own or as callbacks, nothing is known.
func (l *Locks) HeldAtEntry(f *skeleton.Func) map[Key]bool {
	if l.atEntry == nil {
		l.atEntry = l.heldAtEntries()
	}
	return l.atEntry[f]
}

// MayHoldAtEntry returns the locks that some caller of f in the package, or a
// caller of that, may hold when f is called.
func (l *Locks) MayHoldAtEntry(f *skeleton.Func) map[Key]bool {
	if keys, ok := l.mayAtEntry[f]; ok {
		return keys
	}
	if l.mayAtEntry == nil {
		l.mayAtEntry = make(map[*skeleton.Func]map[Key]bool)
	}
	keys := make(map[Key]bool)
	sites := l.callSites()
	for _, s := range sites[f] {
		maps.Copy(keys, s.may)
		if s.apart {
			continue
		}
		for _, outer := range sites[s.caller] {
			maps.Copy(keys, outer.may)
		}
	}
	l.mayAtEntry[f] = keys
	return keys
}

// A callSite is a call of a function of the package, with the locks that are
// taken and held there by the function in whose graph it is.
type callSite struct {
	caller *skeleton.Func
	op     *skeleton.Op
	held   map[Key]bool             // the value telling whether for reading only
	may    map[Key]bool             // on some path to it
	fresh  map[*types.TypeName]bool // types of what is handed over and nothing else has yet
	apart  bool                     // on a goroutine or in a literal of its own: what the caller is called with is not held
}

// Callers returns the calls of f in the package, go statements and callbacks
// apart; not ok if others may call it, too.
func (l *Locks) Callers(f *skeleton.Func) (ops []*skeleton.Op, ok bool) {
	sites := l.callSites()
	for _, s := range sites[f] {
		ops = append(ops, s.op)
	}
	return ops, len(ops) > 0 && !l.open[f]
}

// callSites lists the calls of each function. It notes in l.open the functions
// that others may call.
func (l *Locks) callSites() map[*skeleton.Func][]callSite {
	if l.sites != nil {
		return l.sites
	}
	l.sites, l.open = make(map[*skeleton.Func][]callSite), make(map[*skeleton.Func]bool)
	passed := l.View.Handed()
	for _, f := range l.View.Funcs {
		if passed[f] || f.Parent != nil || f.Obj == nil || ast.IsExported(f.Obj.Name()) {
			l.open[f] = true
		}
		for _, op := range f.Ops() {
			if op.Kind != syncapi.Go {
				continue
			}
			for _, t := range op.Inner.Targets {
				l.open[t.Func] = true
			}
		}
	}
	l.calls(func(a *Access) {
		op := a.Node.Op
		if len(op.Targets) == 0 {
			return
		}
		s := callSite{caller: a.Func, op: op, held: make(map[Key]bool), may: make(map[Key]bool), apart: a.Started || a.Detached}
		held, shared := a.Holdings.Must(a.Node)
		for _, p := range held {
			if k, ok := KeyOf(p); ok {
				hold(s.held, k, shared[p])
			}
		}
		for _, p := range a.Holdings.May(a.Node) {
			if k, ok := KeyOf(p); ok {
				s.may[k] = true
			}
		}
		for _, t := range op.Targets {
			l.sites[t.Func] = append(l.sites[t.Func], s)
		}
	})
	return l.sites
}

// freshArgs notes in the call sites what is fresh there; it needs all of them.
func (l *Locks) freshArgs() {
	for _, f := range l.View.Funcs {
		sites := l.sites[f]
		for i := range sites {
			s := &sites[i]
			s.fresh = make(map[*types.TypeName]bool)
			for _, t := range s.op.Targets {
				if t.Func != f || s.apart {
					continue
				}
				for _, arg := range t.Args {
					if name := typeOf(arg); name != nil && l.Fresh(s.op.Fn, arg, s.op.Pos) {
						s.fresh[name] = true
					}
				}
			}
		}
	}
}

// typeOf returns the name of the struct type of what p's root is or points to,
// nil if p is not the root, or if that has none.
func typeOf(p skeleton.Path) *types.TypeName {
	if p.Root == nil || p.Sel != nil || p.Root.Type == nil {
		return nil
	}
	t := p.Root.Type
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Origin().Obj()
	}
	return nil
}

// An atEntry is the set of the locks held: those in keys, the value telling whether
// for reading only, and all of the types in of, whose objects nothing else has.
type atEntry struct {
	keys map[Key]bool
	of   map[*types.TypeName]bool
}

// has reports whether a lock is held, and whether that may be for reading only.
func (h *atEntry) has(k Key) (shared, held bool) {
	shared, held = h.keys[k]
	if k.IsField() && h.of[k.Class.Type] {
		return true, true
	}
	return shared, held
}

// hold adds a lock to those held: for reading only, if it is not held otherwise.
func hold(held map[Key]bool, k Key, shared bool) {
	other, ok := held[k]
	held[k] = shared && (other || !ok)
}

// intersect removes from h what is not in other. It reports whether there was
// any.
func (h *atEntry) intersect(other *atEntry) bool {
	keys := make(map[Key]bool)
	for _, all := range []map[Key]bool{h.keys, other.keys} {
		for k := range all {
			shared, held := h.has(k)
			also, both := other.has(k)
			if held && both {
				keys[k] = shared && also
			}
		}
	}
	n := len(h.of)
	maps.DeleteFunc(h.of, func(t *types.TypeName, _ bool) bool { return !other.of[t] })
	changed := len(h.of) < n || !maps.Equal(keys, h.keys)
	h.keys = keys
	return changed
}

// at returns what is held when f is called at s by a function that is called
// with outer, if anything is known of that.
func (s *callSite) at(outer *atEntry) *atEntry {
	h := &atEntry{maps.Clone(s.held), maps.Clone(s.fresh)}
	if !s.apart && outer != nil {
		for k, shared := range outer.keys {
			hold(h.keys, k, shared)
		}
		maps.Copy(h.of, outer.of)
	}
	return h
}

func (l *Locks) heldAtEntries() map[*skeleton.Func]map[Key]bool {
	sites := l.callSites()
	l.freshArgs()
	entry := make(map[*skeleton.Func]*atEntry) // none meaning not known yet
	tested := make(map[*skeleton.Func]bool)
	for _, f := range l.View.Funcs {
		if l.open[f] || len(sites[f]) == 0 {
			entry[f] = &atEntry{}
		}
		tested[f] = !slices.ContainsFunc(sites[f], func(s callSite) bool { return !l.View.InTest(s.op) })
	}
	for changed := true; changed; {
		changed = false
		for _, f := range l.View.Funcs {
			for i := range sites[f] {
				s := &sites[f][i]
				outer, known := entry[s.caller]
				if !known && !s.apart || l.open[f] || !tested[f] && l.View.InTest(s.op) {
					continue
				}
				held := s.at(outer)
				if old, ok := entry[f]; !ok {
					entry[f] = held
					changed = true
				} else {
					changed = old.intersect(held) || changed
				}
			}
		}
	}
	keys := make(map[*skeleton.Func]map[Key]bool)
	for f, h := range entry {
		keys[f] = h.keys
	}
	return keys
}
