package lockset

import (
	"go/ast"
	"maps"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// HeldAtEntry returns the locks that all callers of f in the package hold when
// they call it: a must-analysis over the call graph, to the greatest fixpoint.
// Of functions that code elsewhere may call, or that run on goroutines of their
// own or as callbacks, nothing is known.
func (l *Locks) HeldAtEntry(f *skeleton.Func) map[Key]bool {
	if l.atEntry == nil {
		l.atEntry = l.heldAtEntries()
	}
	return l.atEntry[f]
}

// A callSite is a call of a function of the package, with the locks that are
// taken and held there by the function in whose graph it is.
type callSite struct {
	caller *skeleton.Func
	op     *skeleton.Op
	held   map[Key]bool
	apart  bool // on a goroutine or in a literal of its own: what the caller is called with is not held
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
	for _, f := range l.View.Entries() {
		l.open[f] = true
	}
	for _, f := range l.View.Funcs {
		if f.Parent != nil || f.Obj == nil || ast.IsExported(f.Obj.Name()) {
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
	l.Accesses(func(a *Access) {
		op := a.Node.Op
		if op.Kind != syncapi.Call || len(op.Targets) == 0 {
			return
		}
		s := callSite{a.Func, op, make(map[Key]bool), a.Started || a.Detached}
		held, _ := a.Holdings.Must(a.Node)
		for _, p := range held {
			if k, ok := KeyOf(p); ok {
				s.held[k] = true
			}
		}
		for _, t := range op.Targets {
			l.sites[t.Func] = append(l.sites[t.Func], s)
		}
	})
	return l.sites
}

// intersect removes from set what is not in other. It reports whether there was
// any.
func intersect(set, other map[Key]bool) bool {
	n := len(set)
	maps.DeleteFunc(set, func(k Key, _ bool) bool { return !other[k] })
	return len(set) < n
}

func (l *Locks) heldAtEntries() map[*skeleton.Func]map[Key]bool {
	sites := l.callSites()
	entry := make(map[*skeleton.Func]map[Key]bool) // none meaning not known yet
	for _, f := range l.View.Funcs {
		if l.open[f] || len(sites[f]) == 0 {
			entry[f] = map[Key]bool{}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range l.View.Funcs {
			for _, s := range sites[f] {
				outer, known := entry[s.caller]
				if !known && !s.apart || l.open[f] {
					continue
				}
				held := maps.Clone(s.held)
				if !s.apart {
					maps.Copy(held, outer)
				}
				if old, ok := entry[f]; !ok {
					entry[f] = held
					changed = true
				} else {
					changed = intersect(old, held) || changed
				}
			}
		}
	}
	return entry
}
