package chans

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Bare reports whether op, a send or receive, waits for nothing else as well.
func Bare(op *skeleton.Op) bool {
	return op.Arm == nil || !op.Arm.Defined && op.Arm.N == 1
}

// Alone reports whether n, a send or receive, has nothing else to wait for that may come
// about: it is bare, or the other arms of its select statement wait for the end of
// contexts that have none.
func Alone(n *skeleton.Node) bool {
	if Bare(n.Op) {
		return true
	}
	arms, all := OtherArms(n)
	return all && !slices.ContainsFunc(arms, func(m *skeleton.Node) bool {
		return !isDone(m) || !ctxlife.Endless(m.Res.Base())
	})
}

// OtherArms returns the other sends and receives of n's select statement, and whether these are
// all that it waits for beside n: it has no default, and no arm on what is not known.
func OtherArms(n *skeleton.Node) (arms []*skeleton.Node, all bool) {
	if n.Op.Arm == nil {
		return nil, true
	}
	for m := range spawn.Nodes(n.Graph, syncapi.Send, syncapi.Recv) {
		if m != n && m.Op.Arm == n.Op.Arm && m.Frame == n.Frame {
			arms = append(arms, m)
		}
	}
	return arms, !n.Op.Arm.Defined && int64(len(arms))+1 == n.Op.Arm.N
}

// isDone reports whether n receives from the Done channel of a context.
func isDone(n *skeleton.Node) bool {
	return n.Op.Kind == syncapi.Recv && n.Res.Sel != nil && n.Res.Sel.Name == "Done()"
}

// Outs returns what makes the other arms of n's select statement ready, n being a send that
// the side s is to receive: closes of channels of the scope, all of which are on the goroutine
// of the side, and not before it has received for the last time. It is not ok if something else
// may make them so, as the end of a context does, or if n need not wait.
func (c *Channel) Outs(s *Side, n *skeleton.Node) (outs []*skeleton.Node, ok bool) {
	if Alone(n) {
		return nil, true
	}
	arms, all := OtherArms(n)
	if !all {
		return nil, false
	}
	for _, m := range arms {
		i := slices.IndexFunc(s.Scope, func(o *Channel) bool { return o != c && slices.Contains(o.Recvs, m) })
		if i < 0 || len(s.Scope[i].Escapes) > 0 {
			return nil, false
		}
		outs = append(outs, slices.Concat(s.Scope[i].Sends, s.Scope[i].Closes)...)
	}
	for _, m := range slices.Clone(outs) {
		for once := range lockset.Onces(m) {
			for n := range spawn.Nodes(m.Graph, syncapi.OnceDo) {
				if n.Res == once {
					outs = append(outs, n) // behind which it has been done, if not now
				}
			}
		}
	}
	for _, m := range outs {
		if m.Graph != s.Graph || skeleton.Leads(m, s.From, nil) || slices.ContainsFunc(s.Ops, func(op *skeleton.Node) bool { return skeleton.Leads(m, op, nil) }) {
			return nil, false
		}
	}
	return outs, true
}

// StarterIn returns the node of g that n is, or by which the goroutine of n is
// started, directly or not; nil if n is on no goroutine that g starts.
func StarterIn(g *skeleton.Graph, n *skeleton.Node) *skeleton.Node {
	for at := n; at != nil; at = at.Graph.Spawner {
		if at.Graph == g {
			return at
		}
	}
	return nil
}

// Before reports whether n, an operation that could answer the one at, may have
// happened, or be about to on another goroutine, when control comes to at. It
// errs to true.
func (c *Channel) Before(n, at *skeleton.Node) bool {
	from := StarterIn(at.Graph, n)
	return from == nil || skeleton.Leads(from, at, c.isMade)
}

// Comes reports whether there is a feasible path to n once the channel is made:
// what is deferred stands on more paths than it is due on. One that comes by a
// recover may begin with a panic anywhere, and is none.
func (c *Channel) Comes(n *skeleton.Node) bool {
	if AfterPanic(n) {
		return false
	}
	for at := n; at != nil; at = at.Graph.Spawner {
		from := at.Graph.Entry
		made := c.Made != nil && at.Graph == c.Made.Graph
		if made {
			from = c.Made
		}
		if spawn.Path(from, at, nil) == nil {
			return false
		}
		if made {
			break
		}
	}
	return true
}

// AfterPanic reports whether the goroutine of n comes to it only by a recover.
func AfterPanic(n *skeleton.Node) bool {
	return !skeleton.Leads(n.Graph.Entry, n, func(m *skeleton.Node) bool { return m.Op.Is(syncapi.Recover) })
}

func (c *Channel) isMade(n *skeleton.Node) bool { return c.Made != nil && n == c.Made }

// Unclosed reports whether the range r over the channel never ends, once there
// is nothing more to receive: nothing closes the channel, no statement leaves
// the loop, and whoever sends comes to an end, unless it is a callback that may be
// run again. The sender may be the function that has the channel.
func (c *Channel) Unclosed(r *skeleton.Node) bool {
	if len(c.Closes) > 0 || !c.endless(r) {
		return false
	}
	for _, s := range c.Sends {
		if s.Graph == r.Graph && s.SameLoop(r) || !ends(s.Graph) || s.Graph.AnyTimes() {
			return false
		}
	}
	return true
}

// ends reports whether the goroutine of g may come to its end.
func ends(g *skeleton.Graph) bool {
	for _, n := range g.Nodes {
		if n.Exit == skeleton.ByReturn && skeleton.Leads(g.Entry, n, nil) {
			return true
		}
	}
	return false
}

// AwaitOf returns a node of a goroutine around n's, or else of one beside it, that waits
// for what n's does only behind n; nil if there is none.
func AwaitOf(n *skeleton.Node) *skeleton.Node {
	root := n.Graph
	for g := n.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		outer := g.Spawner.Graph
		awaits := spawn.Awaiter(spawn.SignalsAfter(n, outer), skeleton.Path{}, skeleton.Path{})
		for w := range spawn.Nodes(outer, syncapi.WgWait, syncapi.GroupWait, syncapi.Recv) {
			if awaits(w) && (w.Op.Kind != syncapi.Recv || Bare(w.Op)) && skeleton.Leads(g.Spawner, w, nil) {
				return w
			}
		}
		root = outer
	}
	for beside := range spawn.Graphs(root) {
		if beside == root || beside == n.Graph {
			continue
		}
		awaits := spawn.Awaiter(spawn.SignalsAfter(n, beside), skeleton.Path{}, skeleton.Path{})
		for w := range spawn.Nodes(beside, syncapi.WgWait, syncapi.GroupWait) {
			if awaits(w) {
				return w
			}
		}
	}
	return nil
}

// EarlyWait returns a wait for the goroutine of the send s that nothing receives
// before, on any goroutine: the wait is never over. It is nil if there is none.
func (c *Channel) EarlyWait(s *skeleton.Node) *skeleton.Node {
	if s.Graph == c.Graph || !Bare(s.Op) {
		return nil
	}
	wait := AwaitOf(s)
	if wait == nil || !wait.Op.Is(syncapi.WgWait, syncapi.GroupWait) {
		if wait = c.toldBehind(s); wait == nil {
			return nil
		}
	}
	if c.Graph.View().Sure(func() bool { return c.Comes(wait) && c.neverBefore(wait) }) {
		return wait
	}
	return nil
}

// toldBehind returns a receive, of the function that starts the goroutine of the send s, of
// what that goroutine alone does, and does not do before s; nil if there is none.
func (c *Channel) toldBehind(s *skeleton.Node) *skeleton.Node {
	if s.Graph.Spawner == nil || s.Graph.Spawner.Graph != c.Graph || c.Often(s.Graph.Spawner) {
		return nil
	}
	for w := range spawn.Nodes(c.Graph, syncapi.Recv) {
		if w.Res != c.Path && Bare(w.Op) && w.Res.IsOne() && skeleton.Leads(s.Graph.Spawner, w, nil) && c.tells(s, w.Res) {
			return w
		}
	}
	return nil
}

// tells reports whether all that is sent on the channel at p, or closes it, is on the
// goroutine of s, and that not before s.
func (c *Channel) tells(s *skeleton.Node, p skeleton.Path) bool {
	found := false
	for g := range spawn.Graphs(c.Graph) {
		for _, n := range g.Nodes {
			switch {
			case n.Op == nil:
			case spawn.Escapes(n, p):
				return false
			case n.Op.Is(syncapi.Send, syncapi.Close) && n.Res == p:
				if n.Graph != s.Graph || skeleton.Leads(n, s, nil) {
					return false
				}
				found = true
			}
		}
	}
	return found
}

// neverBefore reports whether nothing can receive before wait is over, at none of
// the places where it stands: a deferred one does at each way out, and by some
// of them control leaves before anything has begun.
func (c *Channel) neverBefore(wait *skeleton.Node) bool {
	for _, n := range wait.Graph.Nodes {
		if n.Op == wait.Op && n.Res == wait.Res && !c.onlyAfter(n) {
			return false
		}
	}
	return true
}

// onlyAfter reports whether nothing can receive before wait is over.
func (c *Channel) onlyAfter(wait *skeleton.Node) bool {
	for _, r := range c.Recvs {
		if c.Before(r, wait) {
			return false
		}
	}
	return true
}

// OfPool reports whether r receives on one of several goroutines that do the
// same, which a loop starts.
func (c *Channel) OfPool(r *skeleton.Node) bool {
	return r.Graph.Spawner != nil && skeleton.Leads(r.Graph.Spawner, r.Graph.Spawner, c.isMade)
}
