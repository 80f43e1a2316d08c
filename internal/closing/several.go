package closing

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// several reports whether the channel that n acts on by its name is one of several: what a
// literal has captured of a function that does not run, or in a turn of another loop. Each
// call of a function that a struct or a list keeps may be one of another literal then.
func several(n *skeleton.Node) bool {
	root := n.Res.Root
	if root == nil || root.Owner == nil || root.Kind == skeleton.Global {
		return false
	}
	return !active(n, root.Origin().Owner) && !active(n, root.Owner) || slices.ContainsFunc(slices.Collect(spawn.Nodes(n.Graph, syncapi.MakeChan)), func(m *skeleton.Node) bool {
		return m.Res == n.Res && m.InLoop() && !m.SameLoop(n)
	})
}

// active reports whether an activation of f is around n, on its goroutine or on one around
// that.
func active(n *skeleton.Node, f *skeleton.Func) bool {
	for at := n; at != nil; at = at.Graph.Spawner {
		for fr := at.Frame; fr != nil; fr = fr.Up {
			if fr.Func == f {
				return true
			}
		}
	}
	return false
}

// outOf returns a predicate that holds for the nodes that are not of the activation of n, or
// of one that it leads to.
func outOf(n *skeleton.Node) func(*skeleton.Node) bool {
	return func(m *skeleton.Node) bool {
		for fr := m.Frame; fr != nil; fr = fr.Up {
			if fr == n.Frame {
				return false
			}
		}
		return true
	}
}
