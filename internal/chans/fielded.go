package chans

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A Package is what it takes to look at all that a package does to a field.
type Package struct {
	Locks *lockset.Locks
	Root  *syntax.Tree
	Index *symindex.Index
	Info  *types.Info
}

// Fielded returns the channels in fields, of objects that f is given, which the
// goroutines that f starts send on, and which nothing but f and what it runs
// receives from: no code unseen has them, all have room for a known number, and no other
// function runs what receives. Who made them is not known, so Made is nil. With them are
// the channels by which these goroutines are told to end, if nothing but f and what it runs
// closes them.
func Fielded(p *Package, f *skeleton.Func) []*Channel {
	view := p.Locks.View
	sent, received, closed := make(map[skeleton.Path]bool), make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
	for _, e := range view.Effects(f, syncapi.Send, syncapi.Recv, syncapi.Close) {
		if e.Res.Sel == nil || !e.Res.IsOne() || e.Res.Root == nil || !e.Res.Root.Visible() {
			continue
		}
		switch {
		case e.Op.Kind == syncapi.Recv:
			received[e.Res] = true
		case e.Op.Kind == syncapi.Close:
			closed[e.Res] = closed[e.Res] || !e.Started
		case e.Started:
			sent[e.Res] = true
		}
	}
	both := func(p skeleton.Path) bool { return sent[p] && received[p] }
	if !slices.ContainsFunc(keys(sent), both) {
		return nil
	}
	fc := &spawn.Focus{Locks: p.Locks, X: syncapi.Send, Y: syncapi.Recv, Keep: func(skeleton.Effect) bool { return true }}
	g := fc.Bounded(f, func(p skeleton.Path) bool { return both(p) || closed[p] && received[p] })
	var cs []*Channel
	for _, path := range keys(sent) {
		if !both(path) {
			continue
		}
		c := &Channel{Graph: g, Path: path, CapKnown: true}
		if c.gather() && !c.servesAgain() && c.alone(p) {
			cs = append(cs, c)
		}
	}
	if len(cs) == 0 {
		return nil
	}
	for _, path := range keys(closed) {
		c := &Channel{Graph: g, Path: path}
		if closed[path] && received[path] && !sent[path] && c.gatherEnd() && c.closedAlone(p) {
			cs = append(cs, c)
		}
	}
	return cs
}

// keys returns the paths of a set, in the order of their text.
func keys(set map[skeleton.Path]bool) []skeleton.Path {
	var ps []skeleton.Path
	for p := range set {
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b skeleton.Path) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	return ps
}

// gather fills in what is done to the channel within its graph, not ok if that is
// not known.
func (c *Channel) gather() bool {
	for g := range spawn.Graphs(c.Graph) {
		if g.Widened {
			return false
		}
		for _, n := range g.Nodes {
			if n.Op == nil {
				continue
			}
			if n.Res == c.Path && n.Op.Is(syncapi.MakeChan, syncapi.Len) {
				return false
			}
			c.add(n)
		}
	}
	return len(c.Sends) > 0 && len(c.Recvs) > 0
}

// gatherEnd is gather for a channel that is closed and that nothing is sent on.
func (c *Channel) gatherEnd() bool {
	if c.gather() || len(c.Sends) > 0 {
		return false
	}
	return len(c.Closes) > 0 && len(c.Recvs) > 0
}

// closedAlone reports whether nothing but the graph of the channel sends on the field that it
// is in, or closes it.
func (c *Channel) closedAlone(p *Package) bool {
	view := p.Locks.View
	v := Variable(view, p.Info, c.Closes[0].Op)
	if v == nil || !v.IsField() {
		return false
	}
	u := UsesOf(p.Root, p.Index, p.Info, v)
	if u.Open || u.Polled || len(u.Makes) == 0 || len(u.Sends) > 0 {
		return false
	}
	for _, call := range u.Closes {
		if !slices.ContainsFunc(c.Closes, func(n *skeleton.Node) bool { return view.Node(n.Op) == call }) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Closes, func(n *skeleton.Node) bool { return c.runElsewhere(p, n) })
}

// servesAgain reports whether the graph of the channel may come to receive from it without
// having started who sends: what an earlier call has started then sends to later ones.
func (c *Channel) servesAgain() bool {
	return slices.ContainsFunc(c.Sends, func(s *skeleton.Node) bool {
		start := s
		for start.Graph != c.Graph {
			start = start.Graph.Spawner
		}
		for range lockset.Onces(start) {
			return true
		}
		return slices.ContainsFunc(c.Recvs, func(r *skeleton.Node) bool {
			return r.Graph == c.Graph && !start.InLoop() && spawn.Path(c.Graph.Entry, r, func(n *skeleton.Node) bool { return n == start }) != nil
		})
	})
}

// alone reports whether nothing but the graph of the channel receives from the
// field that it is in, and it is known how much room there is in all that the field has: the
// most of that is the channel's.
func (c *Channel) alone(p *Package) bool {
	view, info := p.Locks.View, p.Info
	v := Variable(view, info, c.Sends[0].Op)
	if v == nil || !v.IsField() {
		return false
	}
	u := UsesOf(p.Root, p.Index, info, v)
	if u.Open || u.Polled || len(u.Makes) == 0 {
		return false
	}
	for _, m := range u.Makes {
		n, known := p.Capacity(m)
		if !known {
			return false
		}
		c.Cap = max(c.Cap, n)
	}
	for _, cur := range u.Recvs {
		if !slices.ContainsFunc(c.Recvs, func(n *skeleton.Node) bool { return view.Node(n.Op) == cur.Node() }) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Recvs, func(r *skeleton.Node) bool { return c.runElsewhere(p, r) })
}

// runElsewhere reports whether the receive r is in a function that the graph of the
// channel enters, and that code outside of it may run as well: StopCPUProfile, for
// one, receives for whoever has called StartCPUProfile.
func (c *Channel) runElsewhere(p *Package, r *skeleton.Node) bool {
	root := c.Graph.Root.Outermost()
	within := map[*skeleton.Func]bool{root: true}
	var entered []*skeleton.Func
	for fr := r.Frame; fr != nil; fr = fr.Up {
		if f := fr.Func.Outermost(); !within[f] {
			within[f] = true
			entered = append(entered, f)
		}
	}
	return slices.ContainsFunc(entered, func(f *skeleton.Func) bool { return p.isPublic(f) || p.calledBy(f, within) })
}

// isPublic reports whether code of other packages can call f.
func (p *Package) isPublic(f *skeleton.Func) bool {
	if f.Obj == nil || !p.Index.Public(f.Obj) {
		return false
	}
	recv := f.Obj.Signature().Recv()
	if recv == nil {
		return true
	}
	of := NamedBy(recv.Type())
	return of == nil || p.Index.Public(of)
}

// calledBy reports whether a function of the package that is not within a set calls f.
func (p *Package) calledBy(f *skeleton.Func, within map[*skeleton.Func]bool) bool {
	calls := func(op *skeleton.Op) bool {
		return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return t.Func == f })
	}
	return slices.ContainsFunc(p.Locks.View.Funcs, func(g *skeleton.Func) bool {
		return !within[g.Outermost()] && slices.ContainsFunc(g.Ops(), func(op *skeleton.Op) bool {
			return calls(op) || op.Inner != nil && calls(op.Inner)
		})
	})
}
