package lockedio

import (
	"go/ast"
	"maps"

	"github.com/concurrencyvet/concurrencyvet/internal/iocalls"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// What a function does with a lock that its caller has may be to release it while it
// waits, and to take it back. Of each function are known the operations by which it, or
// what it calls, releases a lock that it has not taken (may), and for each of them a wait
// before which the lock is not released (must), if there is one. A wait after the lock is
// taken back is the function's own.

// releases notes what an operation of the function releases that the function has not
// taken.
func (w *flow) releases(op *skeleton.Op, held locks) {
	switch {
	case op == nil:
	case op.Is(syncapi.Unlock, syncapi.RUnlock):
		if held[op.Res] == nil {
			w.release(op)
		}
	default:
		for _, e := range w.releasedBy(op) {
			if held[e.Res] == nil {
				w.release(e.Op)
			}
		}
	}
}

func (w *flow) release(op *skeleton.Op) {
	if w.released[w.f] == nil {
		w.released[w.f] = make(map[*skeleton.Op]*iocalls.Wait)
	}
	if _, ok := w.released[w.f][op]; !ok {
		w.released[w.f][op] = nil
	}
}

// releasedBy returns the operations by which what op calls releases locks that it has not
// taken.
func (c *checker) releasedBy(op *skeleton.Op) []skeleton.Effect {
	var found []skeleton.Effect
	for _, t := range op.Targets {
		f := t.Func
		inOrder := !f.Imported() && !f.Effects
		if inOrder && len(c.released[f]) == 0 {
			continue
		}
		for _, e := range c.view.OpEffects(op, syncapi.Unlock, syncapi.RUnlock) {
			if _, ok := c.released[f][e.Op]; !e.Started && (ok || !inOrder) {
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
			w.released[w.f][e.Op] = why
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
