package spawn

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows what is set but once, as what a first call makes for all later ones:
// each write to it comes behind a look, under one lock, that finds it not set yet. Who
// comes behind one of the writes, on his own way or that of the goroutines around him, meets
// none of the others.

// settled reports whether x writes what is set but once, and y comes behind a write.
func (r *Race) settled(x, y *skeleton.Node) bool {
	if !x.Op.Is(syncapi.Write) {
		return false
	}
	locks := r.setUnder(x)
	if len(locks) == 0 {
		return false
	}
	for _, g := range r.graphs {
		for w := range Nodes(g, syncapi.Write) {
			if w.Res == x.Res && w != x {
				under := r.setUnder(w)
				locks = slices.DeleteFunc(locks, func(l skeleton.Path) bool { return !slices.Contains(under, l) })
			}
		}
	}
	if len(locks) == 0 {
		return false
	}
	sets := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Write) && n.Res == x.Res && n != y }
	for at := y; at != nil; at = at.Graph.Spawner {
		if at != at.Graph.Entry && Path(at.Graph.Entry, at, sets) == nil {
			return true
		}
	}
	return false
}

// setUnder returns the locks under which w, a write, has seen that the place was not set.
func (r *Race) setUnder(w *skeleton.Node) []skeleton.Path {
	if w.Frame.Widened {
		return nil
	}
	held, shared := r.held(w).Must(w)
	return slices.DeleteFunc(held, func(l skeleton.Path) bool {
		if shared[l] {
			return true
		}
		var taken []*skeleton.Node
		for n := range Nodes(w.Graph, syncapi.Lock) {
			if n.Res == l {
				taken = append(taken, n)
			}
		}
		return len(taken) == 0 || w.Graph.Search(skeleton.Query{
			From: taken,
			To:   []*skeleton.Node{w},
			Take: func(s *skeleton.Step) bool { return s.Cond.Var != w.Res || s.Cond.Want },
			Visit: func(at *skeleton.Node) skeleton.Verdict {
				switch {
				case at == w:
					return skeleton.Found
				case lockset.IsRelease(at) && at.Res == l:
					return skeleton.Stop
				}
				return skeleton.Continue
			},
		}) != nil
	})
}
