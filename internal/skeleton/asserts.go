package skeleton

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxAsserting is how many blocks a function may have that asserts something.
const maxAsserting = 12

// Asserts reports whether t is a small function that does not return if one of its arguments
// is as the function which has the call op tests as well, such as one that fails a test if an
// error is not nil: behind the call that function knows more. It looks at t itself, not
// at what that calls.
func Asserts(op *Op, t *Target) bool {
	f := t.Func
	if f.Effects || len(f.Blocks) > maxAsserting || !slices.ContainsFunc(f.Ops(), func(op *Op) bool {
		return op.Is(syncapi.Goexit, syncapi.Exit, syncapi.Panic)
	}) {
		return false
	}
	for i, p := range f.Params {
		if i < len(t.Args) && !t.Args[i].IsZero() && f.tests(Path{Root: p}) && op.Fn.tests(t.Args[i]) {
			return true
		}
	}
	return false
}

// tests reports whether a branch of f depends on p.
func (f *Func) tests(p Path) bool {
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Succs, func(e *Edge) bool { return e.Cond.Var == p })
	})
}
