package chans

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// lentIn returns the results by which functions that f calls get a channel, of calls of
// functions that f hands them: who makes it is known to f alone.
func lentIn(view *skeleton.View, f *skeleton.Func) map[*skeleton.Root]bool {
	lent := make(map[*skeleton.Root]bool)
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Call || len(op.Targets) != 1 || op.Targets[0].Func.Imported() {
			continue
		}
		t := op.Targets[0]
		for _, call := range t.Func.Ops() {
			if p := handedTo(t, call); p.Root != nil {
				for _, g := range view.Called(p) {
					lend(lent, call, g)
				}
			}
		}
	}
	return lent
}

// handedTo returns the function value that t is handed, if the operation call of t calls it;
// else zero.
func handedTo(t *skeleton.Target, call *skeleton.Op) skeleton.Path {
	p := call.Dynamic.Root
	if call.Kind != syncapi.Call || len(call.Targets) > 0 || p == nil || call.Dynamic.Sel != nil {
		return skeleton.Path{}
	}
	if p.Kind != skeleton.Param || p.Owner != t.Func || p.Index >= len(t.Args) {
		return skeleton.Path{}
	}
	return t.Args[p.Index]
}

// lend adds the results of call, a call of g, by which it gives a channel that g makes.
func lend(lent map[*skeleton.Root]bool, call *skeleton.Op, g *skeleton.Func) {
	for i, r := range g.Results {
		if i < len(call.Results) && r.Root != nil && r.Sel == nil && r.Root.Owner == g && slices.ContainsFunc(g.Ops(), func(op *skeleton.Op) bool { return op.Kind == syncapi.MakeChan && op.Res == r }) {
			lent[call.Results[i]] = true
		}
	}
}

// isLent reports whether p is one of the results lent, in whatever activation.
func isLent(p skeleton.Path, lent map[*skeleton.Root]bool) bool {
	return p.Root != nil && p.Sel == nil && lent[p.Root.Origin()]
}

// gets reports whether t, which call calls, gets a channel that is one of the results lent,
// or returns it.
func gets(call *skeleton.Node, t *skeleton.Func, lent map[*skeleton.Root]bool) bool {
	for r := range lent {
		if r.Owner == t || slices.Contains(call.Op.Results, r) {
			return true
		}
	}
	return false
}
