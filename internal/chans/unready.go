package chans

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// unready returns a predicate that holds for the receives of the side that cannot come
// before the peer has been served: what they receive, the close of a channel of the scope
// or the end of a context that it makes, comes only behind that. If served is set, the side
// has done one of its operations, and so what it does behind that may have come.
//
// It is a must-analysis of all that may make a receive ready, but for what goroutines wait
// for, see [spawn.Awaits].
func (c *Channel) unready(s *Side, served bool) func(*skeleton.Node) bool {
	known := make(map[*skeleton.Node]bool)
	return func(n *skeleton.Node) bool {
		if s.Peer == nil || !n.Op.Is(syncapi.Recv) || n.Res == c.Path {
			return false
		}
		late, ok := known[n]
		if !ok {
			var causes []*skeleton.Node
			causes, late = c.causes(s, n)
			late = late && !slices.ContainsFunc(causes, func(m *skeleton.Node) bool { return !c.isLate(s, m, served) })
			known[n] = late
		}
		return late
	}
}

// isLate reports whether m comes only behind the operation of the side's peer.
func (c *Channel) isLate(s *Side, m *skeleton.Node, served bool) bool {
	for at := m; at != nil; at = at.Graph.Spawner {
		if at.Graph == s.Graph {
			return !served && at != s.From && !skeleton.Leads(at, s.From, nil) && spawn.Path(s.From, at, func(n *skeleton.Node) bool { return slices.Contains(s.Ops, n) }) == nil
		}
	}
	common, gp, gm := spawn.Meet(s.Peer, m)
	switch {
	case common == nil:
		return false
	case m.Graph == s.Peer.Graph:
		return !skeleton.Leads(m, s.Peer, nil) || spawn.Path(m, s.Peer, nil) == nil
	case gp == s.Peer && !skeleton.Leads(gm, gp, nil):
		return true // its goroutine is started behind
	case gm == m && !skeleton.Leads(gp, m, nil):
		return false // it comes before the peer's is started
	}
	return spawn.Awaits(m, s.Peer)
}

// causes returns all that makes the receive n ready, not known if code outside of the scope
// may do so.
func (c *Channel) causes(s *Side, n *skeleton.Node) (causes []*skeleton.Node, known bool) {
	for _, o := range s.Scope {
		if o != c && slices.Contains(o.Recvs, n) {
			return slices.Concat(o.Sends, o.Closes), len(o.Escapes) == 0
		}
	}
	sel := n.Res.Sel
	switch {
	case sel == nil || sel.Name != "Done()":
	case sel.Up == nil:
		return c.cancels(s, n.Res.Root, maxParents)
	case n.Res.Root == c.Path.Root:
		return c.beside(s, n.Res.Base())
	}
	return nil, false
}

// beside is cancels for the context in a field of the object that the channel is in, of
// which the function that makes the object keeps what cancels it in another field.
func (c *Channel) beside(s *Side, ctx skeleton.Path) (causes []*skeleton.Node, known bool) {
	class, ok := ctx.Class()
	if !ok || c.Made == nil || c.Made.Op.Res.Root == nil || c.Made.Op.Res.Root.Kind != skeleton.Made {
		return nil, false
	}
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	made := skeleton.Path{Root: c.Made.Op.Res.Root}
	view := c.Graph.View()
	from := view.Field(made, class.Field, class.Type).Root
	if from == nil || from.Kind != skeleton.Result {
		return nil, false
	}
	cancel := skeleton.FieldClass{Type: class.Type}
	for f := range st.Fields() {
		if p := view.Field(made, f.Name(), class.Type); p.Sel == nil && p.Root != from && p.Root.Kind == skeleton.Result && p.Root.Pos == from.Pos && p.Root.Owner == from.Owner {
			cancel.Field = f.Name()
		}
	}
	of := func(p skeleton.Path) bool {
		at, ok := p.Class()
		return ok && at == cancel
	}
	if causes, known = c.cancels(s, from, maxParents); !known || cancel.Field == "" {
		return nil, false
	}
	own, known := c.called(s, of)
	return append(causes, own...), known
}

// cancels returns what cancels the context that is the result root, or one of so many
// that it is made from, not known if something else may end it.
func (c *Channel) cancels(s *Side, root *skeleton.Root, parents int) (causes []*skeleton.Node, known bool) {
	if root == nil || root.Kind != skeleton.Result || root.Owner == nil || parents == 0 {
		return nil, false
	}
	root = root.Origin()
	for _, op := range root.Owner.Ops() {
		if !slices.Contains(op.Results, root) {
			continue
		}
		if op.Obj != nil && (syncapi.IsRootContext(op.Obj) || syncapi.IsTestContext(op.Obj)) {
			return nil, true
		}
		if op.Obj == nil || !syncapi.IsCancelOnly(op.Obj) || len(op.Args) == 0 || op.Args[0].Sel != nil || len(op.Results) < 2 {
			return nil, false
		}
		if causes, known = c.cancels(s, op.Args[0].Root, parents-1); !known {
			return nil, false
		}
		own, ok := c.called(s, func(p skeleton.Path) bool { return p.Root != nil && p.Root.Origin() == op.Results[1] })
		return append(causes, own...), ok
	}
	return nil, false
}

// called returns the calls of the function that cancels a context, not known if others
// have it.
func (c *Channel) called(s *Side, isCancel func(skeleton.Path) bool) (calls []*skeleton.Node, known bool) {
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			switch {
			case n.Op == nil:
			case n.Op.Is(syncapi.Cancel) && isCancel(n.Res):
				calls = append(calls, n)
			case slices.ContainsFunc(n.Args, isCancel) && (!syncapi.IsCleanup(n.Op.Obj) || s.Peer.Graph.Spawner != nil):
				return nil, false // by a cleanup, it comes behind the test
			}
		}
	}
	return calls, true
}
