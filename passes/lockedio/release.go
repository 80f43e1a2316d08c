package lockedio

import (
	"go/ast"
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/iocalls"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// What a function does with a lock that its caller has may be to release it while it
// waits, and to take it back. Of each function are known the operations by which it, or
// what it calls, releases a lock that it has not taken (may), and for each of them a wait
// before which the lock is not released (must), if there is one. A wait after the lock is
// taken back is the function's own.

// findReleases finds out what the functions release that they have not taken, and then
// under which of those locks they wait: the least fixpoints of both.
func (c *checker) findReleases(funcs []*skeleton.Func) {
	c.untilStable(funcs, c.mayRelease, func(w *flow) {
		w.follow(locks{}, w.releases)
	})
	c.untilStable(funcs, func(f *skeleton.Func) bool { return len(c.released[f]) > 0 }, func(w *flow) {
		w.follow(w.handedIn(), w.note)
	})
}

// untilStable visits the functions for which wanted holds until that finds out nothing more.
func (c *checker) untilStable(funcs []*skeleton.Func, wanted func(*skeleton.Func) bool, visit func(*flow)) {
	for c.news = true; c.news; {
		c.news = false
		for _, f := range funcs {
			if !wanted(f) {
				continue
			}
			if w := c.flowOf(f); w != nil {
				visit(w)
			}
		}
	}
}

// mayRelease reports whether f releases locks by itself, or calls what releases those of
// its callers.
func (c *checker) mayRelease(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		if op.Is(syncapi.Unlock, syncapi.RUnlock) {
			return true
		}
		return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
			return len(c.released[t.Func]) > 0 || c.isOpaque(t.Func) && len(c.view.Effects(t.Func, syncapi.Unlock, syncapi.RUnlock)) > 0
		})
	})
}

// isOpaque reports whether it is not known in which order f does what it does.
func (c *checker) isOpaque(f *skeleton.Func) bool { return f.Imported() || f.Effects }

// releases notes what a call of the function releases that the function has not taken.
func (w *flow) releases(call *ast.CallExpr, held locks) {
	op := w.ops[call.Lparen]
	switch {
	case op == nil:
	case op.Is(syncapi.Unlock, syncapi.RUnlock):
		if held[op.Res] == nil {
			w.release(op, nil)
		}
	default:
		for _, e := range w.releasedBy(op) {
			if held[e.Res] == nil {
				w.release(e.Op, nil)
			}
		}
	}
}

// release notes an operation by which the function releases a lock, and a wait under it.
func (w *flow) release(op *skeleton.Op, under *iocalls.Wait) {
	if w.released[w.f] == nil {
		w.released[w.f] = make(map[*skeleton.Op]*iocalls.Wait)
	}
	old, ok := w.released[w.f][op]
	if !ok || old == nil && under != nil {
		w.released[w.f][op] = under
		w.news = true
	}
}

// releasedBy returns the operations by which what op calls releases locks that it has not
// taken.
func (c *checker) releasedBy(op *skeleton.Op) []skeleton.Effect {
	var found []skeleton.Effect
	for _, t := range op.Targets {
		f := t.Func
		opaque := c.isOpaque(f)
		if !opaque && len(c.released[f]) == 0 {
			continue
		}
		for _, e := range c.view.OpEffects(op, syncapi.Unlock, syncapi.RUnlock) {
			if _, ok := c.released[f][e.Op]; !e.Started && (ok || opaque) {
				found = append(found, e)
			}
		}
	}
	return found
}

// handedIn returns the locks that the function releases and has not taken.
func (w *flow) handedIn() locks {
	held := make(locks)
	for _, e := range w.view.Effects(w.f, syncapi.Unlock, syncapi.RUnlock) {
		if _, ok := w.released[w.f][e.Op]; ok {
			held[e.Res] = e.Op
		}
	}
	return held
}

// note notes which of the locks handed in are still held at a call that waits.
func (w *flow) note(call *ast.CallExpr, held locks) {
	op := w.ops[call.Lparen]
	if w.io.Of(call) == nil {
		return
	}
	for _, e := range w.view.Effects(w.f, syncapi.Unlock, syncapi.RUnlock) {
		old, ok := w.released[w.f][e.Op]
		if by := held[e.Res]; !ok || old != nil || by == nil || !by.Is(syncapi.Unlock, syncapi.RUnlock) {
			continue
		}
		if why := w.waitUnder(call, op, e.Res); why != nil {
			w.release(e.Op, why)
		}
	}
}

// waitUnder returns why a call waits while a lock is held that is held when it is
// made, nil if it does not.
func (w *flow) waitUnder(call *ast.CallExpr, op *skeleton.Op, lock skeleton.Path) *iocalls.Wait {
	why := w.io.Of(call)
	if why == nil || op == nil {
		return why
	}
	for _, e := range w.releasedBy(op) {
		if e.Res != lock {
			continue
		}
		why = nil
		for _, t := range op.Targets {
			if under := w.released[t.Func][e.Op]; under != nil {
				return under
			}
		}
	}
	return why
}

// wait returns why a call waits, and which lock is held then: of several the one that was
// taken last.
func (w *flow) wait(call *ast.CallExpr, op *skeleton.Op, held locks) (why *iocalls.Wait, h holding, ok bool) {
	if w.io.Of(call) == nil {
		return nil, holding{}, false
	}
	for held = maps.Clone(held); ; delete(held, h.lock) {
		if h, ok = latest(held); !ok {
			return nil, holding{}, false
		}
		if why = w.waitUnder(call, op, h.lock); why != nil {
			return why, h, true
		}
	}
}
