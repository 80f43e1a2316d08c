package chans

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Missed returns a path on which the one goroutine that can answer the receive r
// comes to a return statement of its own and has neither sent nor closed; nil if
// there is none, or if whoever starts that goroutine may go another way than by r.
//
// That control comes to r is a must-analysis, so it does not matter what the
// goroutine tells others on its way. The path is one that may be: where it depends
// on what the starter knows as well, there is none, and neither is there where it
// comes to the end of the function, since the cases of a switch statement may be all.
func (c *Channel) Missed(r *skeleton.Node) *skeleton.Trace {
	if len(c.Escapes) > 0 || !Bare(r.Op) || c.Often(r) {
		return nil
	}
	s, ok := SideOf(append(slices.Clone(c.Sends), c.Closes...), r)
	if !ok || s.Graph.Spawner == nil || s.Graph.Spawner.Graph != r.Graph || c.Often(s.Graph.Spawner) || !unavoidable(s.Graph.Spawner, r) || c.toldBefore(s, r) {
		return nil
	}
	t := c.Leaves(s, 0, func(n *skeleton.Node) bool { return !n.Frame.Widened && waits(n) })
	if t == nil || !returns(t) || slices.ContainsFunc(t.Known, func(k skeleton.Cond) bool { return !ownedBy(k.Var, t) }) {
		return nil
	}
	return t
}

// toldBefore reports whether r comes only behind a receive of what the side s does
// when its operation on the channel is over: so that one happened.
func (c *Channel) toldBefore(s *Side, r *skeleton.Node) bool {
	asked := make(map[skeleton.Path]bool)
	for m := range spawn.Nodes(r.Graph, syncapi.Recv) {
		if asked[m.Res] || m.Res == c.Path || !m.Res.IsOne() {
			continue
		}
		asked[m.Res] = true
		receives := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Recv) && n.Res == m.Res }
		if !skeleton.Leads(s.Graph.Spawner, r, receives) && c.onlyBehind(s, m.Res) {
			return true
		}
	}
	return false
}

// onlyBehind reports whether nothing but the side s sends on the channel at p or
// closes it, and that only behind its operation on c.
func (c *Channel) onlyBehind(s *Side, p skeleton.Path) bool {
	isOp := func(n *skeleton.Node) bool { return slices.Contains(s.Ops, n) }
	found := false
	for g := range spawn.Graphs(c.Graph) {
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Close) {
			if n.Res != p {
				continue
			}
			if n.Graph != s.Graph || skeleton.Leads(s.Graph.Entry, n, isOp) {
				return false
			}
			found = true
		}
	}
	return found
}

// waits reports whether n waits for others: by what they do they may know which way
// the goroutine takes from there.
func waits(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait)
}

// unavoidable reports whether all ways from the node from to a return come by n.
func unavoidable(from, n *skeleton.Node) bool {
	same := func(m *skeleton.Node) bool { return m.Op == n.Op && m.Frame == n.Frame }
	for _, m := range from.Graph.Nodes {
		if m.Exit == skeleton.ByReturn && spawn.Path(from, m, same) != nil {
			return false
		}
	}
	return spawn.Path(from, n, nil) != nil
}

// returns reports whether the last return on a path is a statement that is not the
// last of its function.
func returns(t *skeleton.Trace) bool {
	for _, n := range slices.Backward(t.Nodes) {
		if !n.Op.Is(syncapi.Return) || n.Frame.Depth > 0 {
			continue
		}
		stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt)
		if !ok {
			return false
		}
		pos, _ := n.Op.Fn.Closing()
		for _, at := range stackOf(n)[1:] {
			if _, ok := at.(*ast.IfStmt); ok {
				return stmt.End() < pos
			}
		}
		return false
	}
	return false
}

// ownedBy reports whether what v says is known on the goroutine of the path alone.
func ownedBy(v skeleton.Path, t *skeleton.Trace) bool {
	return v.Root != nil && slices.ContainsFunc(t.Nodes, func(n *skeleton.Node) bool { return n.Frame.Func == v.Root.Owner })
}
