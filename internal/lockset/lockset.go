// Package lockset is a view on skeletons: the locks that a goroutine holds at
// an operation, by the lockset idea of Savage et al., "Eraser" (1997), applied
// to paths instead of runs.
package lockset

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Held returns the locks that n's goroutine has taken itself and holds
// whenever it reaches n, in the order in which the graph first takes them. It
// is a must-analysis: a lock held on some paths only is left out, and so is
// one that a caller or a starting goroutine holds.
func Held(n *skeleton.Node) []skeleton.Path {
	var held []skeleton.Path
	seen := make(map[skeleton.Path]bool)
	for _, l := range n.Graph.Nodes {
		if !l.Op.Is(syncapi.Lock, syncapi.RLock) || seen[l.Res] || l == n {
			continue
		}
		seen[l.Res] = true
		if holds(n, l.Res) {
			held = append(held, l.Res)
		}
	}
	return held
}

// holds reports whether no path reaches n with lock not held.
func holds(n *skeleton.Node, lock skeleton.Path) bool {
	var unlocks []*skeleton.Node
	for _, u := range n.Graph.Nodes {
		if u.Op.Is(syncapi.Unlock, syncapi.RUnlock) && u.Res == lock {
			unlocks = append(unlocks, u)
		}
	}
	// Two searches, for a path of one search is over where it is stopped: it
	// would not come by an unlock behind the first lock.
	return !open(n, lock, n.Graph.Entry) && !open(n, lock, unlocks...)
}

// open reports whether a path leads from one of the nodes in from to n that
// does not take the lock.
func open(n *skeleton.Node, lock skeleton.Path, from ...*skeleton.Node) bool {
	taken := func(at *skeleton.Node) bool { return at.Op.Is(syncapi.Lock, syncapi.RLock) && at.Res == lock }
	leads := func(f *skeleton.Node) bool { return skeleton.Leads(f, n, taken) }
	return slices.ContainsFunc(from, leads) && n.Graph.Search(skeleton.Query{
		From: from,
		To:   []*skeleton.Node{n},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == n:
				return skeleton.Found
			case taken(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) != nil
}
