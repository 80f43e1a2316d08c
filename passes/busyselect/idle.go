package busyselect

import (
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// idle are the operations that neither wait nor do anything for the purpose
// of the loop that they are in. To take a lock is not among them: what is done
// under it is work.
var idle = map[syncapi.Op]bool{
	syncapi.Default: true, syncapi.Set: true, syncapi.Count: true, syncapi.Len: true, syncapi.MakeChan: true,
	syncapi.AtomicLoad: true, syncapi.AtomicStore: true, syncapi.AtomicUpdate: true,
	syncapi.CtxDone: true, syncapi.CtxErr: true, syncapi.CtxDerive: true, syncapi.NewCancel: true, syncapi.Cancel: true,
	syncapi.After: true, syncapi.Tick: true, syncapi.NewTimer: true, syncapi.TimerStop: true, syncapi.TimerReset: true,
	syncapi.Clock: true, syncapi.Yield: true, syncapi.TryLock: true, syncapi.TryRLock: true, syncapi.SemTryAcquire: true,
	syncapi.Defer: true, syncapi.Recover: true, syncapi.Return: true,
}

// isIdle reports whether control passes n at once, having achieved nothing.
// A case of a select that is taken is an achievement.
func isIdle(n *skeleton.Node) bool {
	if n.Frame.Widened || n.Frame.Func.Effects {
		return false
	}
	switch {
	case n.Op == nil:
		return true
	case n.Op.Kind == syncapi.Select:
		return n.Op.Defined
	case n.Op.Kind == syncapi.Call, n.Op.Kind == syncapi.Cancel:
		return isKnown(n)
	}
	return idle[n.Op.Kind]
}

// isKnown reports whether the call n is of functions whose skeletons stand
// behind it, or that take no time.
func isKnown(n *skeleton.Node) bool {
	light := len(n.Op.Targets) > 0
	for _, t := range n.Op.Targets {
		if t.Func.Quiet && !t.Func.Light {
			return false
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

// An idleLoop is a set of nodes each of which leads to all others by idle
// nodes alone.
type idleLoop struct {
	graph *skeleton.Graph
	nodes map[*skeleton.Node]bool
	polls []*skeleton.Node // the default arms in it
	frame *skeleton.Frame  // the activation that has the loop
}

// idleLoops returns the idle loops of g that pass a default and are not bound
// to end by themselves.
//
// A loop ends by itself if its counter advances in each turn, unless it is
// begun anew in each turn of a loop around it: see [syncapi.Count]. So both
// operations on a counter are in an idle loop, or else the nodes of the one
// that is there are taken out, until that holds for all. (Where only the entry
// is there, each turn of the counted loop does some work.)
func idleLoops(g *skeleton.Graph) []*idleLoop {
	in := make(map[*skeleton.Node]bool)
	for _, n := range g.Nodes {
		if isIdle(n) {
			in[n] = true
		}
	}
	newActivations(g).prune(in)
	var loops []*idleLoop
	for settled := false; !settled; {
		settled, loops = true, nil
		for _, nodes := range components(g, in) {
			if takeOut(nodes, in) {
				settled = false
				continue
			}
			if l := newLoop(g, nodes); len(l.polls) > 0 {
				loops = append(loops, l)
			}
		}
	}
	return loops
}

// takeOut removes from in the operations of nodes on counters that have only
// one kind of them there. It reports whether there are any.
func takeOut(nodes []*skeleton.Node, in map[*skeleton.Node]bool) bool {
	kinds := make(map[skeleton.Path]int)
	for _, n := range nodes {
		if n.Op.Is(syncapi.Count) {
			kinds[n.Res] |= 1 << n.Op.N
		}
	}
	found := false
	for _, n := range nodes {
		if n.Op.Is(syncapi.Count) && kinds[n.Res] != 1|2 {
			delete(in, n)
			found = true
		}
	}
	return found
}

func newLoop(g *skeleton.Graph, nodes []*skeleton.Node) *idleLoop {
	l := &idleLoop{graph: g, nodes: make(map[*skeleton.Node]bool)}
	for _, n := range nodes {
		l.nodes[n] = true
		if n.Op.Is(syncapi.Default) {
			l.polls = append(l.polls, n)
		}
		if l.frame == nil || n.Frame.Depth < l.frame.Depth {
			l.frame = n.Frame
		}
	}
	return l
}

// components returns the strongly connected components of g within the nodes
// in, those without a cycle apart (Tarjan's algorithm).
func components(g *skeleton.Graph, in map[*skeleton.Node]bool) [][]*skeleton.Node {
	var (
		found [][]*skeleton.Node
		stack []*skeleton.Node
		index = make(map[*skeleton.Node]int) // from 1, in the order of visits
		low   = make(map[*skeleton.Node]int)
		open  = make(map[*skeleton.Node]bool)
		visit func(n *skeleton.Node)
	)
	visit = func(n *skeleton.Node) {
		index[n] = len(index) + 1
		low[n] = index[n]
		stack, open[n] = append(stack, n), true
		loops := false
		for _, s := range n.Succs {
			m := s.To
			loops = loops || m == n
			switch {
			case !in[m]:
			case index[m] == 0:
				visit(m)
				low[n] = min(low[n], low[m])
			case open[m]:
				low[n] = min(low[n], index[m])
			}
		}
		if low[n] != index[n] {
			return
		}
		first := len(stack) - 1
		for stack[first] != n {
			first--
		}
		nodes := append([]*skeleton.Node(nil), stack[first:]...)
		stack = stack[:first]
		for _, m := range nodes {
			open[m] = false
		}
		if len(nodes) > 1 || loops {
			found = append(found, nodes)
		}
	}
	for _, n := range g.Nodes {
		if in[n] && index[n] == 0 {
			visit(n)
		}
	}
	return found
}

// spins reports whether control can go round the loop past one of its default
// arms. If so, that one alone is left in l.polls.
func (l *idleLoop) spins() bool {
	if l.makesRoom() {
		return false
	}
	for _, start := range l.polls {
		if l.turn(start) {
			l.polls = []*skeleton.Node{start}
			return true
		}
	}
	return false
}

// turn reports whether control can go from start round the loop, to a node in
// front of start.
func (l *idleLoop) turn(start *skeleton.Node) bool {
	return nil != l.graph.Search(skeleton.Query{
		From: []*skeleton.Node{start},
		Take: func(s *skeleton.Step) bool { return !noCase(s) },
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			if !l.nodes[n] {
				return skeleton.Stop
			}
			for _, s := range n.Succs {
				if s.To == start {
					return skeleton.Found
				}
			}
			return skeleton.Continue
		},
	})
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
func (l *idleLoop) makesRoom() bool {
	sends, receives := make(map[skeleton.Path]bool), make(map[skeleton.Path]bool)
	for _, n := range l.graph.Nodes {
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
func (l *idleLoop) fromHere(n *skeleton.Node) bool {
	for _, p := range l.polls {
		if n.Frame == p.Frame && n.Op.Arm == p.Op.Arm {
			return true
		}
	}
	return false
}
