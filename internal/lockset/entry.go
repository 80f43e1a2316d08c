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

// A callSite is a call of a function of the package, with the locks that its
// own function takes and holds there.
type callSite struct {
	caller *skeleton.Func
	op     *skeleton.Op
	held   map[Key]bool
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
	}
	for _, f := range l.View.Funcs {
		for op, held := range l.heldAtCalls(f) {
			inner := op
			if op.Kind == syncapi.Go || op.Kind == syncapi.Defer {
				inner = op.Inner
			}
			for _, t := range inner.Targets {
				l.sites[t.Func] = append(l.sites[t.Func], callSite{f, inner, held})
				if op.Kind == syncapi.Go {
					l.open[t.Func] = true
				}
			}
		}
	}
	return l.sites
}

// heldAtCalls returns the calls of f with what f holds there, whatever the
// way: a forward must-analysis, conditions apart. What a deferred call finds is
// not known.
func (l *Locks) heldAtCalls(f *skeleton.Func) map[*skeleton.Op]map[Key]bool {
	calls := make(map[*skeleton.Op]map[Key]bool)
	locks := false
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.Call, syncapi.Go) || op.Is(syncapi.Defer) && op.Inner.Is(syncapi.Call) {
				calls[op] = nil
			}
			locks = locks || op.Is(syncapi.Lock, syncapi.RLock)
		}
	}
	if !locks || len(calls) == 0 {
		return calls
	}
	in := map[*skeleton.Block]map[Key]bool{f.Blocks[0]: {}}
	for work := []*skeleton.Block{f.Blocks[0]}; len(work) > 0; {
		b := work[0]
		work = work[1:]
		held := maps.Clone(in[b])
		for _, op := range b.Ops {
			if _, ok := calls[op]; ok && op.Kind == syncapi.Call {
				calls[op] = maps.Clone(held)
			}
			apply(held, op)
		}
		for _, e := range b.Succs {
			if old, ok := in[e.To]; !ok {
				in[e.To] = maps.Clone(held)
			} else if !intersect(old, held) {
				continue
			}
			work = append(work, e.To)
		}
	}
	return calls
}

// apply lets held be what is held behind op.
func apply(held map[Key]bool, op *skeleton.Op) {
	key, ok := KeyOf(op.Res)
	switch {
	case !ok:
	case op.Is(syncapi.Lock, syncapi.RLock):
		held[key] = true
	case op.Is(syncapi.Unlock, syncapi.RUnlock):
		delete(held, key)
	}
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
				if !known || l.open[f] {
					continue
				}
				held := maps.Clone(outer)
				maps.Copy(held, s.held)
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
