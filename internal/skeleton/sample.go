package skeleton

import "slices"

// maxRootsOfPair is how many functions show one pair of operations.
const maxRootsOfPair = 3

// A Sample chooses the functions in whose graphs two operations are looked at. Those that
// do one of them themselves all are; of those that only call who does, the first few
// stand for all, such as the many tests that start and stop the same server. It errs to
// a miss, where what matters is the order of the calls in a later one. The zero value
// is ready.
type Sample struct {
	shown map[[2]*Op]int
}

// Wants reports whether f is to show x and y. If it is, that is counted.
func (s *Sample) Wants(f *Func, x, y *Op) bool {
	pair := [2]*Op{x, y}
	if s.shown[pair] >= maxRootsOfPair && !isIn(x, f) && !isIn(y, f) {
		return false
	}
	if s.shown == nil {
		s.shown = make(map[[2]*Op]int)
	}
	s.shown[pair]++
	return true
}

// WantsAny reports whether f is to show one of ops, whatever the others. If it is, that is
// counted for all of them.
func (s *Sample) WantsAny(f *Func, ops []*Op) bool {
	wants := false
	for _, op := range ops {
		wants = s.Wants(f, op, op) || wants
	}
	return wants
}

// Near reports whether f does op itself or by a function that it calls, so that a fault of
// f may be what it does not do beside that.
func Near(f *Func, op *Op) bool {
	if isIn(op, f) {
		return true
	}
	return slices.ContainsFunc(f.Ops(), func(call *Op) bool {
		if call.Inner != nil {
			call = call.Inner
		}
		return slices.ContainsFunc(call.Targets, func(t *Target) bool { return isIn(op, t.Func) })
	})
}

// isIn reports whether op stands in f or in a literal in it.
func isIn(op *Op, f *Func) bool {
	for at := op.Fn; at != nil; at = at.Parent {
		if at == f {
			return true
		}
	}
	return false
}
