package chans

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Side is what one goroutine has to do with a channel that others wait for.
type Side struct {
	Graph *skeleton.Graph
	From  *skeleton.Node // from where on it counts: its entry, or the node that starts the others
	Ops   []*skeleton.Node

	// Ends, if set, says at which nodes the side does no more than to wait, as at its end.
	Ends func(*skeleton.Node) bool

	// Peer, if set, is the operation of another goroutine that waits for the side, and Scope
	// are the channels by which others may tell the side to end.
	Peer  *skeleton.Node
	Scope []*Channel
}

// SideOf returns the side that the nodes ops, all of one goroutine, are on,
// seen from the goroutine of peer; not ok if they are not of one goroutine.
func SideOf(ops []*skeleton.Node, peer *skeleton.Node) (s *Side, ok bool) {
	if len(ops) == 0 {
		return nil, false
	}
	s = &Side{Graph: ops[0].Graph, Ops: ops}
	for _, n := range ops {
		if n.Graph != s.Graph {
			return nil, false
		}
	}
	s.From = s.Graph.Entry
	for g := peer.Graph; g.Spawner != nil; g = g.Spawner.Graph {
		if g.Spawner.Graph == s.Graph {
			s.From = g.Spawner
		}
	}
	return s, s.Graph != peer.Graph
}

// Leaves returns a path on which the side comes to its end, or to where the
// channel is made anew, having done at most so many of its operations, zero or
// one; nil if there is none. A loop around one of them that ends by its own
// condition, or with the end of what it ranges over, has done them all.
// The path passes no node for which stop holds, none that gives the channel to
// others, who may go on for the side, and no receive of what comes only behind the
// side's Peer.
func (c *Channel) Leaves(s *Side, done int, stop func(*skeleton.Node) bool) *skeleton.Trace {
	isOp := make(map[*skeleton.Node]bool)
	for _, n := range s.Ops {
		isOp[n] = true
	}
	turn := c.turns(s)
	search := func(from *skeleton.Node, unready func(*skeleton.Node) bool) *skeleton.Trace {
		return s.Graph.Search(skeleton.Query{
			From:  []*skeleton.Node{from},
			Known: true,
			Take:  func(st *skeleton.Step) bool { return !turn[st] },
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				switch {
				case s.Ends != nil && s.Ends(n):
					return skeleton.Found
				case isOp[n] || stop(n) || unready(n) || c.afterClose(n) || slices.Contains(c.Escapes, n):
					return skeleton.Stop
				case n.Exit == skeleton.ByReturn, n == c.Made:
					return skeleton.Found
				}
				return skeleton.Continue
			},
		})
	}
	if t := search(s.From, c.unready(s, false)); t != nil || done == 0 {
		return t
	}
	unready := c.unready(s, true)
	for _, n := range s.Ops {
		if n.Graph == s.Graph && (n == s.From || skeleton.Leads(s.From, n, func(m *skeleton.Node) bool { return isOp[m] && m != n })) {
			if t := search(n, unready); t != nil {
				return t
			}
		}
	}
	return nil
}

// turns returns the steps by which a loop around one of the side's operations
// ends by itself: from its head, where its condition is, or from a receive
// whose channel is closed.
func (c *Channel) turns(s *Side) map[*skeleton.Step]bool {
	steps := make(map[*skeleton.Step]bool)
	made := func(n *skeleton.Node) bool { return n == c.Made }
	for _, n := range s.Ops {
		if !skeleton.Leads(n, n, made) {
			continue
		}
		loop := make(map[*skeleton.Node]bool)
		for _, m := range s.Graph.Nodes {
			loop[m] = m == n || !made(m) && skeleton.Leads(n, m, made) && skeleton.Leads(m, n, made)
		}
		if n.Op.Range {
			for _, st := range n.Succs {
				steps[st] = !loop[st.To]
			}
		} else if c.endsByClose(n, loop, steps) {
			continue
		}
		for m := range loop {
			if loop[m] && isHead(m, loop) && !endsAt(m, loop, steps, inCondition(n)) && !n.Op.Range {
				endsAtBottom(m, loop, steps)
			}
		}
	}
	return steps
}

// endsByClose adds the steps out of the loop of a receive that ends when the
// channel is closed. It reports whether the receive says how its loop ends.
func (c *Channel) endsByClose(n *skeleton.Node, loop map[*skeleton.Node]bool, steps map[*skeleton.Step]bool) bool {
	if n.Op.Kind != syncapi.Recv || len(c.Closes) == 0 {
		return false
	}
	end := endingOf(n)
	if end != byClose {
		return end != unknown
	}
	for m := range loop {
		for _, st := range m.Succs {
			if loop[m] && !loop[st.To] {
				steps[st] = true
			}
		}
	}
	return true
}

// endsAtBottom adds the steps out of a loop from where control goes back to its
// head, and those past it from where it is entered: such a loop has its condition
// at the end of each turn, and once before the first.
func endsAtBottom(head *skeleton.Node, loop map[*skeleton.Node]bool, steps map[*skeleton.Step]bool) {
	behind := make(map[*skeleton.Node]bool)
	for _, back := range head.Preds {
		if !loop[back.From] {
			continue
		}
		from := back.From
		for from != head && isJoint(from) && len(from.Succs) == 1 && len(from.Preds) == 1 {
			from = from.Preds[0].From // it counts the turns
		}
		for _, st := range from.Succs {
			if !loop[st.To] && !isFailure(st) {
				steps[st], behind[st.To] = true, true
			}
		}
	}
	for _, entry := range head.Preds {
		if !loop[entry.From] {
			passedBy(entry.From, behind, steps)
		}
	}
}

// isFailure reports whether a step is taken because there is an error.
func isFailure(st *skeleton.Step) bool {
	return !st.Cond.Var.IsZero() && st.Cond.Want && syncapi.IsError(st.Cond.Var.Type())
}

// passedBy adds the steps by which control goes past a loop to one of the nodes
// behind it, where n, in front of the loop, or the branch that leads to n, decides.
func passedBy(n *skeleton.Node, behind map[*skeleton.Node]bool, steps map[*skeleton.Step]bool) {
	seen := make(map[*skeleton.Node]bool)
	for !seen[n] {
		seen[n] = true
		for _, st := range n.Succs {
			to, met := st.To, make(map[*skeleton.Node]bool)
			for !behind[to] && !met[to] && isJoint(to) && len(to.Succs) == 1 {
				met[to] = true
				to = to.Succs[0].To
			}
			if behind[to] {
				steps[st] = true
			}
		}
		if len(n.Succs) != 1 || len(n.Preds) != 1 || !isJoint(n) {
			return
		}
		n = n.Preds[0].From
	}
}

// isHead reports whether control comes to n from outside of its loop.
func isHead(n *skeleton.Node, loop map[*skeleton.Node]bool) bool {
	for _, p := range n.Preds {
		if !loop[p.From] {
			return true
		}
	}
	return false
}

// inCondition returns a predicate that holds for the operations of the condition of the
// loop around n, those of what it calls among them.
func inCondition(n *skeleton.Node) func(*skeleton.Node) bool {
	var cond ast.Expr
	stack := stackOf(n)
	if i := slices.IndexFunc(stack, isLoop); i >= 0 {
		if loop, ok := stack[i].(*ast.ForStmt); ok {
			cond = loop.Cond
		}
	}
	return func(m *skeleton.Node) bool {
		for cond != nil && m != nil && m.Frame != n.Frame {
			m = m.Frame.Call
		}
		return cond != nil && m != nil && m.Op != nil && cond.Pos() <= m.Op.Pos && m.Op.Pos < cond.End()
	}
}

// endsAt adds the steps out of a loop that are reached from its head past no
// operation but those of its condition. It reports whether there are any.
func endsAt(head *skeleton.Node, loop map[*skeleton.Node]bool, steps map[*skeleton.Step]bool, cond func(*skeleton.Node) bool) bool {
	found := false
	seen := make(map[*skeleton.Node]bool)
	for work := []*skeleton.Node{head}; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[n] || n != head && !isJoint(n) && !cond(n) {
			continue
		}
		seen[n] = true
		for _, st := range n.Succs {
			if loop[st.To] {
				work = append(work, st.To)
			} else if !isFailure(st) {
				steps[st], found = true, true
			}
		}
	}
	return found
}

func isJoint(n *skeleton.Node) bool {
	return n.Op == nil || n.Op.Is(syncapi.Set, syncapi.Count, syncapi.Work, syncapi.Clock)
}

// Driven reports whether n is in a loop of its goroutine that waits for
// something else in its turns: how often n happens is for others to say. It is
// not if they do say so: the loop takes its turns from channels of the scope, on
// each of which many values are sent, as a stage of a pipeline does.
func Driven(n *skeleton.Node, scope []*Channel) bool {
	return driven(n, scope, make(map[*Channel]bool))
}

func driven(n *skeleton.Node, scope []*Channel, seen map[*Channel]bool) bool {
	waits, fed := false, false
	own := n.Op.Arm != nil && (Alone(n) || elseEnds(n, scope)) // its select statement waits for n
	for _, m := range n.Graph.Nodes {
		if m == n || own && (m.Op == n.Op.Arm || m.Op != nil && m.Op.Arm == n.Op.Arm) || !m.SameLoop(n) || !m.Op.Is(syncapi.Recv, syncapi.Select, syncapi.CondWait) || m.Res == n.Res || looks(m.Op) {
			continue
		}
		waits = true
		switch {
		case m.Op.Is(syncapi.Recv) && isFed(m, scope, seen):
			fed = true
		case m.Op.Arm == nil && !m.Op.Is(syncapi.Select):
			return true
		}
	}
	return waits && !fed
}

// elseEnds reports whether the other arms of n's select statement are receives that come
// once, at the end: of contexts, and of channels of the scope that are closed.
func elseEnds(n *skeleton.Node, scope []*Channel) bool {
	arms, all := OtherArms(n)
	closed := func(c *Channel, m *skeleton.Node) bool { return c.Path == m.Res && len(c.Sends)+len(c.Escapes) == 0 }
	return all && !slices.ContainsFunc(arms, func(m *skeleton.Node) bool {
		return m.Op.Kind != syncapi.Recv || !isDone(m) && !slices.ContainsFunc(scope, func(c *Channel) bool { return closed(c, m) })
	})
}

// Relays reports whether n is in a loop that waits for nothing else but for what comes by
// channels which it ranges over.
func Relays(n *skeleton.Node) bool {
	ranges := false
	for _, m := range n.Graph.Nodes {
		if m == n || !m.SameLoop(n) || !m.Op.Is(syncapi.Recv, syncapi.Select, syncapi.CondWait, syncapi.WgWait, syncapi.Send) || m.Res == n.Res {
			continue
		}
		if !m.Op.Is(syncapi.Recv) || !m.Op.Range {
			return false
		}
		ranges = true
	}
	return ranges
}

// isFed reports whether the receive r is from a channel of the scope on which
// many values are sent.
func isFed(r *skeleton.Node, scope []*Channel, seen map[*Channel]bool) bool {
	for _, c := range scope {
		if c.Path != r.Res || seen[c] {
			continue
		}
		seen[c] = true
		for _, s := range c.Sends {
			if s.Graph != r.Graph && c.Often(s) && !driven(s, scope, seen) {
				return true
			}
		}
	}
	return false
}

// looks reports whether op, a select statement or an arm of one, waits for nothing.
func looks(op *skeleton.Op) bool { return op.Defined || op.Arm != nil && op.Arm.Defined }

// Often reports whether n may happen more than once while there is one
// channel: in a loop, or on goroutines that a loop starts.
func (c *Channel) Often(n *skeleton.Node) bool {
	made := func(m *skeleton.Node) bool { return m == c.Made }
	for at := n; at != nil; at = at.Graph.Spawner {
		if skeleton.Leads(at, at, made) {
			return true
		}
	}
	return false
}

// Settles returns a predicate that holds for the operations by which a
// goroutine learns, from the one that n is of, that n does not happen on this
// run, or waits for it to have happened: a receive of what that goroutine does
// instead of n or behind it, and a wait for its end. Where another goroutine does
// the same, one receive alone, of no matter whose, says nothing.
func Settles(n *skeleton.Node) func(*skeleton.Node) bool {
	told := make(map[skeleton.Path]bool)
	for _, m := range n.Graph.Nodes {
		if m.Op.Is(syncapi.Send, syncapi.Close, syncapi.WgDone, syncapi.Cancel) && m.Res != n.Res && !spawn.Leads(m, n) {
			told[m.Res] = true
		}
	}
	known := make(map[*skeleton.Node]bool)
	return func(m *skeleton.Node) bool {
		if !m.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait) || !told[m.Res] {
			return false
		}
		settles, ok := known[m]
		if !ok {
			settles = m.Op.Kind != syncapi.Recv || !toldBeside(n, m) || repeated(m)
			known[m] = settles
		}
		return settles
	}
}

// toldBeside reports whether what m receives may be from another goroutine than that
// of n and of m.
func toldBeside(n, m *skeleton.Node) bool {
	root := n.Graph
	for root.Spawner != nil {
		root = root.Spawner.Graph
	}
	for g := range spawn.Graphs(root) {
		for s := range spawn.Nodes(g, syncapi.Send, syncapi.Close) {
			if s.Res == m.Res && g != n.Graph && g != m.Graph {
				return true
			}
		}
	}
	return false
}

// repeated reports whether another receive of the same channel comes before or behind
// m, or m again.
func repeated(m *skeleton.Node) bool {
	for r := range spawn.Nodes(m.Graph, syncapi.Recv) {
		if r.Res == m.Res && (skeleton.Leads(m, r, nil) || skeleton.Leads(r, m, nil)) {
			return true
		}
	}
	return false
}
