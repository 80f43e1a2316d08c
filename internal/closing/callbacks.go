package closing

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- functions that slices and maps keep --

// ofElement reports whether a loop calls or starts, one after the other, the functions that
// a slice or map keeps, or structs in one, of which that is one which comes to n: each turn
// runs another one.
func ofElement(n *skeleton.Node) bool {
	for g := n.Graph; ; g = g.Spawner.Graph {
		for at := n.Frame; at != nil && at.Call != nil; at = at.Up {
			if at.Call.InLoop() && keptFunc(at.Call, at.Call.Op) {
				return true
			}
		}
		if n = g.Spawner; n == nil {
			return false
		}
		if n.InLoop() && n.Op.Inner != nil && keptFunc(n, n.Op.Inner) {
			return true
		}
	}
}

// keptFunc reports whether call, at n, calls such a function, perhaps a part of the variable
// that has the element in this turn.
func keptFunc(n *skeleton.Node, call *skeleton.Op) bool {
	if len(call.Targets) > 0 || call.Dynamic.IsZero() {
		return false
	}
	f := n.Frame.Resolve(call.Dynamic)
	return inElement(f) || slices.ContainsFunc(slices.Collect(spawn.Nodes(n.Graph, syncapi.Store)), func(m *skeleton.Node) bool {
		return m.Frame == n.Frame && m.Res == skeleton.Path{Root: f.Root} && slices.ContainsFunc(m.Args, inElement)
	})
}

// inElement reports whether p is what a slice or map keeps, or a part of that.
func inElement(p skeleton.Path) bool {
	for s := p.Sel; s != nil; s = s.Up {
		if s.Name == "[]" {
			return true
		}
	}
	return false
}
