package lockleak

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A state answers where in a graph a lock is held.
type state struct {
	graph *skeleton.Graph
	lock  skeleton.Path
	free  []bool // by node, made by unheld
	taken []bool // by node, made by held
	given bool   // a release is reached with the lock not taken in the graph
}

func (c *checker) stateOf(g *skeleton.Graph, lock skeleton.Path) *state {
	return &state{graph: g, lock: lock}
}

// root returns the activation of the function that the graph is of.
func (s *state) root() *skeleton.Frame { return s.graph.Entry.Frame }

func (s *state) releases(n *skeleton.Node) bool { return lockset.IsRelease(n) && n.Res == s.lock }
func (s *state) takes(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Lock, syncapi.RLock) && n.Res == s.lock
}

// returns returns the returns of the function at the root.
func (s *state) returns() []*skeleton.Node {
	var all []*skeleton.Node
	for _, n := range s.graph.Nodes {
		if isReturn(n) {
			all = append(all, n)
		}
	}
	return all
}

// certain reports whether the lock is held at all of ends, with no release behind.
func (s *state) certain(ends []*skeleton.Op, undecided []bool) bool {
	for _, r := range s.returns() {
		if slices.Contains(ends, r.Op) && (s.unheld()[r.ID] || undecided[r.ID]) {
			return false
		}
	}
	return true
}

// search returns a path from n on which stop holds nowhere before found does.
func (s *state) search(n *skeleton.Node, stop func(*skeleton.Node) bool, take func(*skeleton.Step) bool, found func(*skeleton.Node) bool) *skeleton.Trace {
	succeeds := lockset.Succeeds(n)
	return s.graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		Take: func(st *skeleton.Step) bool {
			return (take == nil || take(st)) && (succeeds == nil || succeeds(st))
		},
		Visit: func(at *skeleton.Node) skeleton.Verdict {
			switch {
			case found(at):
				return skeleton.Found
			case stop(at):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// cameBy reports whether the path that search finds leads by the return r.
func (s *state) cameBy(n, r *skeleton.Node, stop func(*skeleton.Node) bool, take func(*skeleton.Step) bool) bool {
	return s.search(n, stop, take, func(at *skeleton.Node) bool { return at == r }) != nil
}

// foreign reports whether what n takes was held when the function was entered:
// it gives the lock back to its caller.
func (s *state) foreign(n *skeleton.Node) bool {
	s.unheld()
	if !s.given {
		return false
	}
	for _, m := range s.graph.Nodes {
		if s.releases(m) && s.unheld()[m.ID] && skeleton.Leads(m, n, nil) {
			return true
		}
	}
	return false
}

// unheld returns, by node, whether it may be reached with the lock not taken.
func (s *state) unheld() []bool {
	if s.free != nil {
		return s.free
	}
	s.free = make([]bool, len(s.graph.Nodes))
	from := []*skeleton.Node{s.graph.Entry}
	tried := make(map[skeleton.Path]bool)
	for _, m := range s.graph.Nodes {
		if s.releases(m) {
			from = append(from, m)
		}
		if m.Res == s.lock && m.Op.Is(syncapi.TryLock, syncapi.TryRLock) && len(m.Op.Results) > 0 {
			tried[m.Frame.Resolve(skeleton.Path{Root: m.Op.Results[0]})] = true
		}
	}
	entered := false
	visit := func(at *skeleton.Node) skeleton.Verdict {
		s.free[at.ID] = true
		if entered && s.releases(at) {
			s.given = true
			return skeleton.Stop
		}
		if s.takes(at) {
			return skeleton.Stop
		}
		return skeleton.Continue
	}
	take := func(st *skeleton.Step) bool { return !st.Cond.Want || !tried[st.Cond.Var] }
	s.graph.Search(skeleton.Query{From: from[1:], Take: take, Visit: visit, Notes: true})
	entered = true
	s.graph.Search(skeleton.Query{From: from[:1], Take: take, Visit: visit, Notes: true})
	return s.free
}

// held returns, by node, whether it may be reached with the lock taken.
func (s *state) held() []bool {
	if s.taken != nil {
		return s.taken
	}
	s.taken = make([]bool, len(s.graph.Nodes))
	for _, n := range s.graph.Nodes {
		if !lockset.IsAcquire(n) || n.Res != s.lock {
			continue
		}
		s.graph.Search(skeleton.Query{From: []*skeleton.Node{n}, Take: lockset.Succeeds(n), Notes: true, Visit: func(at *skeleton.Node) skeleton.Verdict {
			s.taken[at.ID] = true
			if s.releases(at) {
				return skeleton.Stop
			}
			return skeleton.Continue
		}})
	}
	return s.taken
}

// nests reports whether the lock is taken while it is held: a read lock is then
// released as often.
func (s *state) nests() bool {
	return slices.ContainsFunc(s.graph.Nodes, func(n *skeleton.Node) bool {
		return s.takes(n) && s.search(n, s.releases, nil, s.takes) != nil
	})
}

// leadingTo returns, by node, whether a node for which target holds follows it
// with the lock still the same.
func (s *state) leadingTo(target func(*skeleton.Node) bool) []bool {
	var to []*skeleton.Node
	for _, n := range s.graph.Nodes {
		if target(n) {
			to = append(to, n)
		}
	}
	return s.graph.Before(to, s.takes)
}

// behind returns, by node, whether it follows n, or is n, with no node between
// for which until holds.
func (s *state) behind(n *skeleton.Node, until func(*skeleton.Node) bool) []bool {
	follows := s.graph.Behind([]*skeleton.Node{n}, until)
	follows[n.ID] = true
	return follows
}

// sameCall reports whether at and n are within one call of the function at the
// root.
func (s *state) sameCall(at, n *skeleton.Node) bool {
	return outermost(at) != nil && outermost(at) == outermost(n)
}

// outermost returns the call of the function at the root that n is within, nil
// if it is none.
func outermost(n *skeleton.Node) *skeleton.Node {
	if calls := n.Calls(); len(calls) > 0 {
		return calls[0]
	}
	return nil
}

// heldAtDefer reports whether the lock is held from the defer statement of op,
// which takes it, until op is run.
func (s *state) heldAtDefer(op *skeleton.Op) bool {
	for _, d := range s.graph.Nodes {
		if !d.Op.Is(syncapi.Defer) || d.Op.Inner != op {
			continue
		}
		if !s.held()[d.ID] || s.unheld()[d.ID] {
			return false
		}
		return s.search(d, s.releases, nil, func(at *skeleton.Node) bool {
			return s.takes(at) && lockset.OpIn(at, s.root()) == op
		}) != nil
	}
	return false
}
