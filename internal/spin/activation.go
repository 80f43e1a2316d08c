package spin

import (
	"maps"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// activations tell what the functions do that a graph calls, each with all
// that it calls in turn.
type activations struct {
	kind   *Kind
	frames []*skeleton.Frame // callees first
	of     map[*skeleton.Frame]*activation
}

// An activation is that of one frame, without those of its callees.
type activation struct {
	nodes   []*skeleton.Node
	callees []*activation
	works   bool // it does, or one of its callees
	polls   bool // likewise
	waits   bool // likewise, on some way
}

func (k *Kind) activations(g *skeleton.Graph) *activations {
	as := &activations{kind: k, of: make(map[*skeleton.Frame]*activation)}
	for _, n := range g.Nodes {
		if n.Frame == nil || n.Frame.Call == nil {
			continue
		}
		a := as.activation(n.Frame)
		a.nodes = append(a.nodes, n)
		a.works = a.works || !k.isIdle(n) && (n.Op == nil || n.Op.Arm == nil)
		a.polls = a.polls || k.isPoll(n)
		a.waits = a.waits || k.Memory && isWait(n)
	}
	slices.SortStableFunc(as.frames, func(x, y *skeleton.Frame) int { return y.Depth - x.Depth })
	for _, f := range as.frames {
		if up := as.of[f.Up]; up != nil {
			up.works = up.works || as.of[f].works
			up.polls = up.polls || as.of[f].polls
			up.waits = up.waits || as.of[f].waits
		}
	}
	return as
}

// activation returns that of f, which it adds with those of the callers if
// it is new.
func (as *activations) activation(f *skeleton.Frame) *activation {
	a := as.of[f]
	if a != nil {
		return a
	}
	// What takes no time to a caller is left out of facts.
	a = &activation{works: f.Func.Imported() && !f.Func.Light}
	as.of[f] = a
	as.frames = append(as.frames, f)
	if f.Up != nil && f.Up.Call != nil {
		up := as.activation(f.Up)
		up.callees = append(up.callees, a)
	}
	return a
}

// isWait reports whether n waits for another goroutine, or for time.
func isWait(n *skeleton.Node) bool {
	switch {
	case n.Op.Is(syncapi.CondWait, syncapi.WgWait, syncapi.GroupWait, syncapi.Sleep):
		return true
	case n.Op.Is(syncapi.Select):
		return !n.Op.Defined
	}
	return n.Op.Is(syncapi.Recv, syncapi.Send) && n.Op.Arm == nil
}

// each calls fn for the nodes of a and of its callees.
func (a *activation) each(fn func(n *skeleton.Node)) {
	for _, n := range a.nodes {
		fn(n)
	}
	for _, callee := range a.callees {
		callee.each(fn)
	}
}

// prune removes from in the nodes of calls that do some work. That such a call
// may also come back early, having met with an error, makes no idle loop of one
// around it. In a call that polls as well, the ways past the poll are idle, since
// what the others do is up to what is polled; unless they have parted before, or it
// waits on some of them: then it comes back at once only if there is something for
// the loop to do.
func (as *activations) prune(in nodeSet) {
	for _, f := range as.frames {
		a := as.of[f]
		if !a.works {
			continue
		}
		var keep map[*skeleton.Node]bool
		if a.polls && !a.waits {
			keep = as.kind.around(a, in)
		}
		a.each(func(n *skeleton.Node) {
			if !keep[n] {
				in.put(n, false)
			}
		})
	}
}

// around returns the idle nodes of a before and behind those of its polls that some
// work may follow.
func (k *Kind) around(a *activation, in nodeSet) map[*skeleton.Node]bool {
	own := make(map[*skeleton.Node]bool)
	var polls, works []*skeleton.Node
	a.each(func(n *skeleton.Node) {
		switch {
		case !in.has(n):
			works = append(works, n)
			return
		case k.isPoll(n):
			polls = append(polls, n)
		}
		own[n] = true
	})
	var before []*skeleton.Node
	for _, n := range works {
		before = append(before, leadingTo(n)...)
	}
	leading := reach(before, own, leadingTo)
	polls = slices.DeleteFunc(polls, func(n *skeleton.Node) bool { return !leading[n] })
	keep := reach(polls, own, followers)
	maps.Copy(keep, reach(polls, own, precursors))
	return keep
}

// reach returns the nodes of in that next leads to from start, with start.
func reach(start []*skeleton.Node, in map[*skeleton.Node]bool, next func(*skeleton.Node) []*skeleton.Node) map[*skeleton.Node]bool {
	seen := make(map[*skeleton.Node]bool)
	for stack := slices.Clone(start); len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if in[n] && !seen[n] {
			seen[n] = true
			stack = append(stack, next(n)...)
		}
	}
	return seen
}

func followers(n *skeleton.Node) (ns []*skeleton.Node) {
	for _, s := range n.Succs {
		ns = append(ns, s.To)
	}
	return ns
}

// leadingTo returns the precursors of n, none if it runs a deferred call: that may not
// have been deferred on the way to it.
func leadingTo(n *skeleton.Node) (ns []*skeleton.Node) {
	for _, s := range n.Preds {
		if !s.Due() {
			ns = append(ns, s.From)
		}
	}
	return ns
}

func precursors(n *skeleton.Node) (ns []*skeleton.Node) {
	for _, s := range n.Preds {
		ns = append(ns, s.From)
	}
	return ns
}
