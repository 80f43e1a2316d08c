package ctxlife

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// maxParents bounds by how many contexts one is followed to those that it is made from.
const maxParents = 4

// Endless reports whether the context at p surely never ends: it has no parent, or is one
// of such with a value added. What a function is given may end, unless p says who gives it.
func Endless(p skeleton.Path) bool { return endless(p, maxParents) }

func endless(p skeleton.Path, parents int) bool {
	if p.Root == nil || p.Sel != nil || p.Root.Kind != skeleton.Result || p.Root.Owner == nil || parents == 0 {
		return false
	}
	root := p.Root.Origin()
	for _, op := range root.Owner.Ops() {
		if op.Obj == nil || !slices.Contains(op.Results, root) {
			continue
		}
		if _, valued := syncapi.ContextKey(op.Obj); valued {
			return len(op.Args) > 0 && endless(op.Args[0], parents-1)
		}
		return syncapi.IsRootContext(op.Obj)
	}
	return false
}
