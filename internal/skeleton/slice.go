package skeleton

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// sliceAt is how many states a search visits before it computes its slice. Most
// are over by then.
const sliceAt = 256

// A slice is what decides whether a search finds a path: the branches that a path
// can take a wrong turn at, those which decide whether it comes by one or by an
// assignment that matters to one, and the variables that these test (program
// slicing by Weiser, 1981, with control dependence as Ferrante, Ottenstein and Warren
// have it, 1987). Branches that are not in it may be taken either way, with nothing
// known behind them: whichever way is feasible leads to the same.
type slice struct {
	vars     varSet
	branches []bool // by node

	search *search
	rules  [][]int32 // by node: the branches that it is control dependent on
	sites  [][]site  // by variable: where it is set
}

// A site is where a variable is set, at a node or on the steps that leave it.
type site struct {
	at   *Node
	step bool
	from int // the variable whose value it is given, or -1
}

// slice computes the slice of a search through g that knows where its paths may lead.
func (s *search) slice(g *Graph) *slice {
	sl := &slice{
		search: s, branches: make([]bool, len(g.Nodes)),
		rules: make([][]int32, len(g.Nodes)), sites: make([][]site, len(s.ix.vars)),
	}
	s.view.spent += len(g.Nodes) / 4
	wrong := make(map[*Node]bool)
	sl.paths(g, s.from, s.q.From, wrong)
	ends := slices.DeleteFunc(slices.Clone(g.Nodes), func(n *Node) bool { return s.verdicts[n.ID] != Found })
	sl.paths(g, s.to, ends, wrong)
	sl.findSites(g)
	for n := range wrong {
		sl.addBranch(n)
	}
	return sl
}

// paths notes what the nodes of a region are control dependent on, and which of
// them have steps that lead out of it. Paths end at the nodes in ends.
func (sl *slice) paths(g *Graph, region []bool, ends []*Node, wrong map[*Node]bool) {
	end := len(g.Nodes)
	next := make([][]int32, end)
	for _, n := range g.Nodes {
		if !region[n.ID] {
			continue
		}
		for _, step := range n.Succs {
			switch {
			case region[step.To.ID] && sl.search.takes(step):
				next[n.ID] = append(next[n.ID], int32(step.To.ID))
			case len(n.Succs) > 1:
				wrong[n] = true
			}
			if len(n.Succs) == 1 && !step.Cond.Var.IsZero() {
				wrong[n] = true
			}
		}
	}
	for _, n := range ends {
		if region[n.ID] {
			next[n.ID] = append(next[n.ID], int32(end))
		}
	}
	sl.control(next)
}

// control notes which branches decide whether a path comes by a node, of paths that go by
// next, to those that follow each node; the end of a path has the number len(next).
func (sl *slice) control(next [][]int32) {
	end, after := len(next), postDominators(next)
	for b, to := range next {
		if len(to) < 2 {
			continue
		}
		for _, n := range to {
			for int(n) != end && n != after[b] {
				if !slices.Contains(sl.rules[n], int32(b)) {
					sl.rules[n] = append(sl.rules[n], int32(b))
				}
				if n == after[n] {
					break // it leads nowhere
				}
				n = after[n]
			}
		}
	}
}

// findSites notes where variables are set.
func (sl *slice) findSites(g *Graph) {
	ix := sl.search.ix
	add := func(at *Node, a Assign, step bool) {
		i, ok := ix.of[a.Var]
		if !ok {
			return
		}
		from := -1
		if j, ok := ix.of[a.From]; ok {
			from = j
		}
		sl.sites[i] = append(sl.sites[i], site{at, step, from})
	}
	for _, n := range g.Nodes {
		if n.set != nil {
			add(n, *n.set, false)
		}
		for _, step := range n.Succs {
			for _, a := range step.Sets {
				add(n, a, true)
			}
		}
		if n.Op.Is(syncapi.CondWait) {
			for i := range ix.vars {
				if ix.heap.has(i) {
					sl.sites[i] = append(sl.sites[i], site{n, false, -1})
				}
			}
		}
	}
}

// addBranch adds the branches at n, and those that decide whether a path comes by n.
func (sl *slice) addBranch(n *Node) {
	if sl.branches[n.ID] {
		return
	}
	sl.branches[n.ID] = true
	for _, step := range n.Succs {
		if i, ok := sl.search.ix.of[step.Cond.Var]; ok {
			sl.addVar(i)
		}
	}
	sl.addRules(n)
}

func (sl *slice) addRules(n *Node) {
	for _, b := range sl.rules[n.ID] {
		sl.addBranch(n.Graph.Nodes[b])
	}
}

// addVar adds a variable, what it gets its values from, and what decides which.
func (sl *slice) addVar(i int) {
	if sl.vars.has(i) {
		return
	}
	sl.vars.put(i, true)
	for _, holds := range []bool{true, false} {
		for _, l := range sl.search.ix.implied[literal{i, holds}] {
			sl.addVar(l.of) // which says something of it as well
		}
	}
	for _, at := range sl.sites[i] {
		if at.from >= 0 {
			sl.addVar(at.from)
		}
		if at.step && len(at.at.Succs) > 1 {
			sl.addBranch(at.at)
		} else {
			sl.addRules(at.at)
		}
	}
}

// postDominators returns, by node, the first one that all paths from it to the end
// come by, by the iterative algorithm of Cooper, Harvey and Kennedy, "A Simple, Fast
// Dominance Algorithm" (2001). The end has the number len(next); nodes that do not
// lead there are their own.
func postDominators(next [][]int32) []int32 {
	end := int32(len(next))
	prev := make([][]int32, end+1)
	for n, to := range next {
		for _, m := range to {
			prev[m] = append(prev[m], int32(n))
		}
	}
	order := make([]int32, 0, end+1) // of a depth-first walk back from the end, last first
	place := make([]int32, end+1)
	type visit struct{ node, done int32 }
	seen := make([]bool, end+1)
	seen[end] = true
	for work := []visit{{end, 0}}; len(work) > 0; {
		v := &work[len(work)-1]
		if int(v.done) == len(prev[v.node]) {
			place[v.node] = int32(len(order))
			order = append(order, v.node)
			work = work[:len(work)-1]
			continue
		}
		m := prev[v.node][v.done]
		v.done++
		if !seen[m] {
			seen[m] = true
			work = append(work, visit{m, 0})
		}
	}
	after := make([]int32, end+1)
	for n := range after {
		after[n] = -1
	}
	after[end] = end
	for changed := true; changed; {
		changed = false
		for _, n := range slices.Backward(order[:len(order)-1]) {
			first := int32(-1)
			for _, m := range next[n] {
				switch {
				case !seen[m] || after[m] < 0:
				case first < 0:
					first = m
				default:
					first = meet(first, m, after, place)
				}
			}
			if first != after[n] {
				after[n] = first
				changed = true
			}
		}
	}
	for n := range after {
		if after[n] < 0 {
			after[n] = int32(n)
		}
	}
	return after
}

// meet returns the first node that both a and b come by.
func meet(a, b int32, after, place []int32) int32 {
	for a != b {
		for place[a] < place[b] {
			a = after[a]
		}
		for place[b] < place[a] {
			b = after[b]
		}
	}
	return a
}
