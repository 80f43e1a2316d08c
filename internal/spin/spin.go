// Package spin is a view on skeletons: the loops that keep a processor busy, since
// nothing in them waits or works, until what they look at has changed.
package spin

import (
	"iter"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Kind of spinning is what its loops do in each turn: they pass nothing but
// operations that are idle, and look at something by one that polls.
type Kind struct {
	// Idle are the operations that neither wait nor do anything for the purpose of
	// the loop that they are in, those that poll among them.
	Idle map[syncapi.Op]bool
	// Polls are those that look at what the loop waits for.
	Polls []syncapi.Op
	// Memory says that the graphs have the accesses to memory. To write is work.
	Memory bool
	// Stays, if set, takes the place of Polls. It says which receives are from what is
	// ready for ever once it is: select statements with such an arm do not wait then.
	Stays func(*skeleton.Op) bool
	// Fails says of calls that they return an error at once when that is so.
	Fails func(*skeleton.Op) bool
	// Passes says of operations that take time that they matter to nobody, as to log.
	Passes func(*skeleton.Op) bool
}

// Idle are the operations that achieve nothing for a loop which waits for a channel. To
// take a lock is not among them: what is done under it is work.
var Idle = map[syncapi.Op]bool{
	syncapi.Default: true, syncapi.Set: true, syncapi.Count: true, syncapi.Len: true, syncapi.MakeChan: true,
	syncapi.AtomicLoad: true, syncapi.AtomicStore: true, syncapi.AtomicUpdate: true,
	syncapi.CtxDone: true, syncapi.CtxErr: true, syncapi.CtxDerive: true, syncapi.NewCancel: true, syncapi.Cancel: true,
	syncapi.After: true, syncapi.Tick: true, syncapi.NewTimer: true, syncapi.TimerStop: true, syncapi.TimerReset: true,
	syncapi.Clock: true, syncapi.Yield: true, syncapi.TryLock: true, syncapi.TryRLock: true, syncapi.SemTryAcquire: true,
	syncapi.Defer: true, syncapi.Recover: true, syncapi.Return: true, syncapi.Poll: true,
}

func (k *Kind) polls(op *skeleton.Op) bool {
	if k.Stays != nil {
		return op.Is(syncapi.Recv) && op.Arm != nil && k.Stays(op)
	}
	return op.Is(k.Polls...)
}

func (k *Kind) isPoll(n *skeleton.Node) bool { return n.Op != nil && k.polls(n.Op) }

// returns reports whether a select statement does not wait.
func (k *Kind) returns(op *skeleton.Op) bool {
	return op.Defined || k.Stays != nil && slices.ContainsFunc(op.Fn.Ops(), func(arm *skeleton.Op) bool { return arm.Arm == op && k.polls(arm) })
}

// discounts reports whether op is taken to matter to nobody, or to fail at once.
func (k *Kind) discounts(op *skeleton.Op) bool {
	return k.Stays != nil && (k.Fails(op) || k.Passes(op))
}

// isIdleOp reports whether op, which is no call, takes no time.
func (k *Kind) isIdleOp(op *skeleton.Op) bool {
	return k.Idle[op.Kind] || k.Stays != nil && k.polls(op) || k.discounts(op)
}

// Loops yields the loops of f, and of what it calls, that spin, with a poll of
// each. See [idleLoops] for what is none.
func (k *Kind) Loops(view *skeleton.View) iter.Seq[*Loop] {
	return func(yield func(*Loop) bool) {
		first := &candidates{kind: k, view: view, idle: make(map[*skeleton.Func]bool), works: make(map[*skeleton.Func]bool)}
		for _, f := range view.Funcs {
			if !first.mayPoll(f) {
				continue
			}
			for _, l := range k.idleLoops(first.graph(f)) {
				if l.spins() && !yield(l) {
					return
				}
			}
		}
	}
}

// isIdle reports whether control passes n at once, having achieved nothing.
// A case of a select that is taken is an achievement.
func (k *Kind) isIdle(n *skeleton.Node) bool {
	if n.Frame.Widened || n.Frame.Func.Effects {
		return false
	}
	switch {
	case n.Op == nil:
		return true
	case n.Op.Kind == syncapi.Select:
		return k.returns(n.Op)
	case k.discounts(n.Op):
		return true
	case n.Op.Kind == syncapi.Call, n.Op.Kind == syncapi.Cancel:
		return isKnown(n, k.Memory)
	}
	return k.isIdleOp(n.Op)
}

// isKnown reports whether the call n is of functions whose skeletons stand
// behind it, or that take no time.
func isKnown(n *skeleton.Node, memory bool) bool {
	light := len(n.Op.Targets) > 0
	for _, t := range n.Op.Targets {
		if t.Func.Quiet && !t.Func.Light || memory && t.Func.Imported() && t.Func.Quiet {
			return false // of others it is not known what they write
		}
		light = light && t.Func.Light
	}
	for _, s := range n.Succs {
		if s.To.Frame.Call == n {
			return true
		}
	}
	return light || n.Op.Kind == syncapi.Cancel
}

// A Loop is a set of nodes each of which leads to all others by idle
// nodes alone.
type Loop struct {
	Graph *skeleton.Graph
	Nodes map[*skeleton.Node]bool
	Polls []*skeleton.Node // in it; of a loop that spins the one that shows it
	Frame *skeleton.Frame  // the activation that has the loop

	kind *Kind
}

// idleLoops returns the idle loops of g that pass a poll and are not bound
// to end by themselves.
//
// A loop ends by itself if its counter advances in each turn, unless it is
// begun anew in each turn of a loop around it: see [syncapi.Count]. So both
// operations on a counter are in an idle loop, or else the nodes of the one
// that is there are taken out, until that holds for all. (Where only the entry
// is there, each turn of the counted loop does some work.)
func (k *Kind) idleLoops(g *skeleton.Graph) []*Loop {
	in := make(nodeSet, len(g.Nodes))
	for _, n := range g.Nodes {
		in.put(n, k.isIdle(n))
	}
	k.activations(g).prune(in)
	var loops []*Loop
	for settled := false; !settled; {
		settled, loops = true, nil
		for _, nodes := range components(g, in) {
			if takeOut(nodes, in) {
				settled = false
				continue
			}
			if l := k.newLoop(g, nodes); len(l.Polls) > 0 {
				loops = append(loops, l)
			}
		}
	}
	return loops
}

// A nodeSet is a set of nodes of one graph.
type nodeSet []bool

func (s nodeSet) has(n *skeleton.Node) bool     { return s[n.ID] }
func (s nodeSet) put(n *skeleton.Node, on bool) { s[n.ID] = on }

// takeOut removes from in the operations of nodes on counters that have only
// one kind of them there. It reports whether there are any.
func takeOut(nodes []*skeleton.Node, in nodeSet) bool {
	kinds := make(map[skeleton.Path]int)
	for _, n := range nodes {
		if n.Op.Is(syncapi.Count) {
			kinds[n.Res] |= 1 << n.Op.N
		}
	}
	found := false
	for _, n := range nodes {
		if n.Op.Is(syncapi.Count) && kinds[n.Res] != 1|2 {
			in.put(n, false)
			found = true
		}
	}
	return found
}

func (k *Kind) newLoop(g *skeleton.Graph, nodes []*skeleton.Node) *Loop {
	l := &Loop{kind: k, Graph: g, Nodes: make(map[*skeleton.Node]bool)}
	for _, n := range nodes {
		l.Nodes[n] = true
		if k.isPoll(n) {
			l.Polls = append(l.Polls, n)
		}
		if l.Frame == nil || n.Frame.Depth < l.Frame.Depth {
			l.Frame = n.Frame
		}
	}
	return l
}

// components returns the strongly connected components of g within the nodes
// in, those without a cycle apart (Tarjan's algorithm).
func components(g *skeleton.Graph, in nodeSet) [][]*skeleton.Node {
	var (
		found   [][]*skeleton.Node
		stack   []*skeleton.Node
		visited int
		index   = make([]int, len(g.Nodes)) // from 1, in the order of visits
		low     = make([]int, len(g.Nodes))
		open    = make(nodeSet, len(g.Nodes))
		visit   func(n *skeleton.Node)
	)
	visit = func(n *skeleton.Node) {
		visited++
		index[n.ID], low[n.ID] = visited, visited
		stack = append(stack, n)
		open.put(n, true)
		loops := false
		for _, s := range n.Succs {
			m := s.To
			loops = loops || m == n
			switch {
			case !in.has(m):
			case index[m.ID] == 0:
				visit(m)
				low[n.ID] = min(low[n.ID], low[m.ID])
			case open.has(m):
				low[n.ID] = min(low[n.ID], index[m.ID])
			}
		}
		if low[n.ID] != index[n.ID] {
			return
		}
		first := len(stack) - 1
		for stack[first] != n {
			first--
		}
		nodes := append([]*skeleton.Node(nil), stack[first:]...)
		stack = stack[:first]
		for _, m := range nodes {
			open.put(m, false)
		}
		if len(nodes) > 1 || loops {
			found = append(found, nodes)
		}
	}
	for _, n := range g.Nodes {
		if in.has(n) && index[n.ID] == 0 {
			visit(n)
		}
	}
	return found
}

// spins reports whether control can go round the loop past one of its
// polls. If so, that one alone is left in l.Polls.
func (l *Loop) spins() bool {
	if l.makesRoom() || l.kind.Stays != nil && l.mayLeave() {
		return false
	}
	for _, start := range l.Polls {
		if l.turn(start) {
			l.Polls = []*skeleton.Node{start}
			return true
		}
	}
	return false
}

// turn reports whether control can go from start round the loop, to start again.
func (l *Loop) turn(start *skeleton.Node) bool {
	return nil != l.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{start},
		Take: func(s *skeleton.Step) bool { return !noCase(s) && !l.succeeds(s) },
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case n == start:
				return skeleton.Found
			case !l.Nodes[n]:
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// mayLeave reports whether a turn in which the select statement does not wait may lead out
// of the loop, but by its other arms: a condition may say that it is to end.
func (l *Loop) mayLeave() bool {
	for n := range l.Nodes {
		if !n.Op.Is(syncapi.Select) && slices.ContainsFunc(n.Succs, func(s *skeleton.Step) bool { return !l.Nodes[s.To] && !l.succeeds(s) }) {
			return true
		}
	}
	return false
}

// succeeds reports whether a step is taken if there is no error, where the calls of the
// loop fail.
func (l *Loop) succeeds(s *skeleton.Step) bool {
	if l.kind.Stays == nil || s.Cond.Want || s.Cond.Var.IsZero() {
		return false
	}
	return syncapi.IsError(s.Cond.Var.Type())
}

// noCase reports whether a step is taken if a value is none of two or more
// constants that it is compared with in turn. A switch without a default is
// held to name all values there are.
func noCase(s *skeleton.Step) bool {
	switched := compared(s)
	if switched.IsZero() || s.From.Op != nil {
		return false
	}
	for _, next := range s.To.Succs {
		if compared(next) == switched {
			return false // not the last of them
		}
	}
	for _, before := range s.From.Preds {
		if compared(before) == switched {
			return true
		}
	}
	return false
}

// compared returns the value that a step wants to differ from a constant.
func compared(s *skeleton.Step) skeleton.Path {
	sel := s.Cond.Var.Sel
	if s.Cond.Want || sel == nil || !strings.HasPrefix(sel.Name, "==") {
		return skeleton.Path{}
	}
	return s.Cond.Var.Base()
}

// makesRoom reports whether the loop sends to a channel as well as receives
// from it, so that it gets on in each turn: what drops the oldest element of a
// full channel to send another one does not spin.
func (l *Loop) makesRoom() bool {
	sends, receives := make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
	for _, n := range l.Graph.Nodes {
		if n.Op == nil || n.Op.Arm == nil || !l.fromHere(n) {
			continue
		}
		switch n.Op.Kind {
		case syncapi.Send:
			sends[n.Res] = true
		case syncapi.Recv:
			receives[n.Res] = true
		}
	}
	for ch := range sends {
		if receives[ch] {
			return true
		}
	}
	return false
}

// fromHere reports whether a case is one of a select statement in the loop.
func (l *Loop) fromHere(n *skeleton.Node) bool {
	for _, p := range l.Polls {
		if n.Frame == p.Frame && n.Op.Arm == p.Op.Arm {
			return true
		}
	}
	return false
}
