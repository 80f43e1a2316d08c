package stoppedactor

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// -- function literals that run where they stand --

// A place is an operation of a function.
type place struct {
	f  *skeleton.Func
	op *skeleton.Op
}

// places returns the place of op, an operation of f, and where f is a literal that the
// function around it runs at once or defers, the place there as well, and so on; nil if
// the last one is a literal that runs when others say.
func places(f *skeleton.Func, op *skeleton.Op) []place {
	at := []place{{f, op}}
	for ; f.Parent != nil; f = f.Parent {
		ops := f.Parent.Ops()
		i := slices.IndexFunc(ops, func(o *skeleton.Op) bool { return o.RunsInPlace(f) })
		if i < 0 {
			return nil
		}
		at = append(at, place{f.Parent, ops[i]})
	}
	return at
}

// isInPlace reports whether f is a literal that functions around it run where it stands.
func isInPlace(f *skeleton.Func) bool { return f.Parent != nil && places(f, nil) != nil }
