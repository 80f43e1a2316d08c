package spin

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// activations tell what the functions do that a graph calls, each with all
// that it calls in turn.
type activations struct {
	kind   *Kind
	frames []*skeleton.Frame // callees first
	nodes  map[*skeleton.Frame][]*skeleton.Node
	works  map[*skeleton.Frame]bool
	polls  map[*skeleton.Frame]bool
}

func (k *Kind) activations(g *skeleton.Graph) *activations {
	a := &activations{
		kind:  k,
		nodes: make(map[*skeleton.Frame][]*skeleton.Node),
		works: make(map[*skeleton.Frame]bool),
		polls: make(map[*skeleton.Frame]bool),
	}
	for _, n := range g.Nodes {
		working := !k.isIdle(n) && (n.Op == nil || n.Op.Arm == nil)
		for f := n.Frame; f != nil && f.Call != nil; f = f.Up {
			if a.nodes[f] == nil {
				a.frames = append(a.frames, f)
				// What takes no time to a caller is left out of facts.
				a.works[f] = f.Func.Imported() && !f.Func.Light
			}
			a.nodes[f] = append(a.nodes[f], n)
			a.works[f] = a.works[f] || working
			a.polls[f] = a.polls[f] || k.isPoll(n)
		}
	}
	slices.SortStableFunc(a.frames, func(x, y *skeleton.Frame) int { return y.Depth - x.Depth })
	return a
}

// prune removes from in the nodes of calls that do some work. That such a call
// may also come back early, having met with an error, makes no idle loop of one
// around it. In a call that polls as well, the ways past the poll are idle, since
// what the others do is up to what is polled.
func (a *activations) prune(in map[*skeleton.Node]bool) {
	for _, f := range a.frames {
		if !a.works[f] {
			continue
		}
		keep := make(map[*skeleton.Node]bool)
		if a.polls[f] {
			a.around(f, in, keep)
		}
		for _, n := range a.nodes[f] {
			if !keep[n] {
				delete(in, n)
			}
		}
	}
}

// around adds to keep the idle nodes of f before and behind its polls.
func (a *activations) around(f *skeleton.Frame, in, keep map[*skeleton.Node]bool) {
	own := make(map[*skeleton.Node]bool)
	var polls []*skeleton.Node
	for _, n := range a.nodes[f] {
		own[n] = in[n]
		if own[n] && a.kind.isPoll(n) {
			polls = append(polls, n)
		}
	}
	for _, next := range []func(*skeleton.Node) []*skeleton.Node{followers, precursors} {
		seen := make(map[*skeleton.Node]bool)
		for stack := slices.Clone(polls); len(stack) > 0; {
			n := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if own[n] && !seen[n] {
				seen[n], keep[n] = true, true
				stack = append(stack, next(n)...)
			}
		}
	}
}

func followers(n *skeleton.Node) (ns []*skeleton.Node) {
	for _, s := range n.Succs {
		ns = append(ns, s.To)
	}
	return ns
}

func precursors(n *skeleton.Node) (ns []*skeleton.Node) {
	for _, s := range n.Preds {
		ns = append(ns, s.From)
	}
	return ns
}
