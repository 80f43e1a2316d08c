// Package lockset is a view on skeletons: the locks that a goroutine holds at
// an operation, by the lockset idea of Savage et al., "Eraser" (1997), applied
// to paths instead of runs.
package lockset

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Held returns the locks that n's goroutine holds whenever it reaches n: those
// that it has taken itself, in the order in which the graph first takes them,
// and those that it was handed when it started, which it releases without
// having taken them. It is a must-analysis: a lock held on some paths only is
// left out, and so is one that a caller or a starting goroutine keeps.
func Held(n *skeleton.Node) []skeleton.Path {
	var held []skeleton.Path
	seen := make(map[skeleton.Path]bool)
	for _, l := range n.Graph.Nodes {
		if !IsAcquire(l) || seen[l.Res] || l == n {
			continue
		}
		seen[l.Res] = true
		if holds(n, l.Res) {
			held = append(held, l.Res)
		}
	}
	if n.Graph.Spawner == nil {
		return held
	}
	for _, u := range n.Graph.Nodes {
		if IsRelease(u) && !seen[u.Res] && skeleton.Leads(n, u, nil) {
			seen[u.Res] = true
			held = append(held, u.Res)
		}
	}
	return held
}

// holds reports whether no path reaches n with lock not held.
func holds(n *skeleton.Node, lock skeleton.Path) bool {
	from := []*skeleton.Node{n.Graph.Entry}
	tried := make(map[skeleton.Path]bool)
	for _, u := range n.Graph.Nodes {
		if u.Res != lock {
			continue
		}
		if IsRelease(u) {
			from = append(from, u)
		}
		if u.Op.Is(syncapi.TryLock, syncapi.TryRLock) && len(u.Op.Results) > 0 {
			tried[u.Frame.Resolve(skeleton.Path{Root: u.Op.Results[0]})] = true
		}
	}
	taken := func(at *skeleton.Node) bool { return at.Op.Is(syncapi.Lock, syncapi.RLock) && at.Res == lock }
	leads := func(f *skeleton.Node) bool { return skeleton.Leads(f, n, taken) }
	return !slices.ContainsFunc(from, leads) || n.Graph.Search(skeleton.Query{
		From: from,
		To:   []*skeleton.Node{n},
		Take: func(s *skeleton.Step) bool { return !s.Cond.Want || !tried[s.Cond.Var] },
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case at == n:
				return skeleton.Found
			case taken(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) == nil
}
