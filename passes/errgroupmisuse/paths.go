package errgroupmisuse

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A scene is a function with what it does to one group, by itself or by others.
type scene struct {
	f      *skeleton.Func
	p      skeleton.Path
	graph  *skeleton.Graph
	graphs []*skeleton.Graph
	limits []*skeleton.Op // that are no removal of the limit
}

// function looks at the groups that f acts on.
func (c *checker) function(f *skeleton.Func) {
	has := make(map[skeleton.Path]map[syncapi.Op]bool)
	limits := make(map[skeleton.Path][]*skeleton.Op)
	var order []skeleton.Path
	for _, e := range c.view.Effects(f, kinds...) {
		if !e.Res.IsOne() {
			continue
		}
		if has[e.Res] == nil {
			has[e.Res] = make(map[syncapi.Op]bool)
			order = append(order, e.Res)
		}
		has[e.Res][e.Op.Kind] = true
		if bounds(e.Op) {
			limits[e.Res] = append(limits[e.Res], e.Op)
		}
	}
	for _, p := range order {
		if !has[p][syncapi.GroupGo] && !has[p][syncapi.GroupTryGo] {
			continue
		}
		s := &scene{f: f, p: p, limits: limits[p]}
		if sh, ok := sharedOf(p); ok && c.shared[sh] != nil {
			s.limits = append(s.limits, c.shared[sh].limits...)
		}
		s.graph = c.view.Outline(f, skeleton.Interest{
			Ops: append([]syncapi.Op{syncapi.Store, syncapi.Send, syncapi.Notify, syncapi.Count}, kinds...),
			Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
				return slices.ContainsFunc(c.view.CallEffects(call, kinds...), func(e skeleton.Effect) bool { return e.Res == p })
			},
		})
		s.graphs = slices.Collect(spawn.Graphs(s.graph))
		if has[p][syncapi.GroupLimit] {
			c.lateLimits(s)
		}
		if len(s.limits) > 0 {
			c.nestedIn(s)
		}
		if c.made(f, p) && !c.escapes(s) {
			c.waits(s)
		}
	}
}

// bounds reports whether op sets a limit, and does not remove it.
func bounds(op *skeleton.Op) bool {
	return op.Kind == syncapi.GroupLimit && (!op.NKnown || op.N >= 0)
}

// made reports whether f makes the group at p, or has it made.
func (c *checker) made(f *skeleton.Func, p skeleton.Path) bool {
	r := p.Root
	if r.Owner != f {
		return false
	}
	switch r.Kind {
	case skeleton.Made, skeleton.Local:
		return true
	case skeleton.Result:
		for _, op := range f.Ops() {
			i := slices.Index(op.Results, r)
			if i < 0 || p.Sel != nil {
				continue
			}
			return op.Kind == syncapi.CtxDerive || len(op.Targets) == 1 && i < len(op.Targets[0].Func.Results) &&
				isMade(op.Targets[0].Func.Results[i].Root)
		}
	}
	return false
}

func isMade(r *skeleton.Root) bool {
	return r != nil && (r.Kind == skeleton.Made || r.Kind == skeleton.Local || r.Kind == skeleton.Result)
}

// escapes reports whether code that is not in the graphs of s may wait for its
// group.
func (c *checker) escapes(s *scene) bool {
	if !spawn.Followed(s.graph, s.f, s.p, kinds...) || spawn.Kept(s.graph, s.f, s.p) {
		return true
	}
	return slices.ContainsFunc(s.graphs, func(g *skeleton.Graph) bool {
		return g.Widened || slices.ContainsFunc(g.Nodes, func(n *skeleton.Node) bool { return spawn.Escapes(n, s.p) })
	})
}

// nodes returns the operations of the given kinds on the group, those of f's own
// goroutine first.
func (s *scene) nodes(of ...syncapi.Op) []*skeleton.Node {
	var list []*skeleton.Node
	for _, g := range s.graphs {
		for n := range spawn.Nodes(g, of...) {
			if n.Res == s.p {
				list = append(list, n)
			}
		}
	}
	return list
}

// -- waiting --

// waits reports a group that is not waited for, or not at some return, and
// one whose error is dropped.
func (c *checker) waits(s *scene) {
	gos := s.nodes(syncapi.GroupGo, syncapi.GroupTryGo)
	if len(gos) == 0 {
		return
	}
	waits := s.nodes(syncapi.GroupWait)
	if len(waits) == 0 {
		site := at(gos[0], s.graph)
		c.add(site, fmt.Sprintf("nothing waits for the functions of %s, so that their errors are lost", c.group(site, s.p)))
		return
	}
	c.dropsOf(s, gos, waits)
	for _, n := range gos {
		if n.Graph == s.graph && c.leaves(s, n) {
			return
		}
	}
}

// leaves reports the Go n if there is a path from it to a return of the function
// that comes by no Wait.
func (c *checker) leaves(s *scene, n *skeleton.Node) bool {
	settles := func(m *skeleton.Node) bool {
		if m.Op.Is(syncapi.GroupWait) && m.Res == s.p || m.Op.Is(syncapi.Cancel) {
			return true
		}
		return slices.ContainsFunc(m.Spawns, func(sp *skeleton.Spawn) bool {
			return slices.ContainsFunc(sp.Graph().Nodes, func(w *skeleton.Node) bool { return w.Op.Is(syncapi.GroupWait) && w.Res == s.p })
		})
	}
	ends := func(m *skeleton.Node) bool { return settles(m) || c.isCancel(m) }
	ret, found := s.unsettled(n, ends)
	if !found {
		return false
	}
	site := at(n, s.graph)
	name := c.group(site, s.p)
	if ret == nil || c.view.Node(ret) == nil {
		c.add(site, fmt.Sprintf("the functions of %s are not waited for on a path to the end of the function", name))
		return true
	}
	rPos, _ := c.view.Extent(ret)
	c.add(site, fmt.Sprintf("the functions of %s are not waited for at the return on %s", name, report.Place(c.pass.Fset, rPos, site.Pos)),
		c.note(ret, "this return does not wait for "+name)...)
	return true
}

// unsettled returns the return that a path from n comes to past no node for which ends
// holds, nil if the path comes to the end of the function; not found if there is no such
// path. What is known of a turn of a loop says nothing of the next, so conditions do
// not count for a return that stands before n in its loop.
func (s *scene) unsettled(n *skeleton.Node, ends func(*skeleton.Node) bool) (ret *skeleton.Op, found bool) {
	trace := s.graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		Visit: func(m *skeleton.Node) skeleton.Verdict {
			switch {
			case ends(m):
				return skeleton.Stop
			case m.Exit == skeleton.ByReturn:
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
	if trace != nil {
		for _, m := range trace.Nodes {
			if m.Op.Is(syncapi.Return) && m.Frame.Call == nil {
				ret = m.Op
			}
		}
		return ret, true
	}
	if !n.InLoop() || n.Frame.Call != nil {
		return nil, false
	}
	for m := range spawn.Nodes(s.graph, syncapi.Return) {
		if m.Frame.Call == nil && m.Op.Pos < n.Op.Pos && skeleton.Leads(n, m, ends) && !s.deferred(m, ends) {
			return m.Op, true
		}
	}
	return nil, false
}

// deferred reports whether all paths from the return ret come by a node for which ends
// holds.
func (s *scene) deferred(ret *skeleton.Node, ends func(*skeleton.Node) bool) bool {
	return !slices.ContainsFunc(s.graph.Nodes, func(m *skeleton.Node) bool {
		return m.Exit == skeleton.ByReturn && skeleton.Leads(ret, m, ends)
	})
}

// isCancel reports whether n calls a cancel function.
func (c *checker) isCancel(n *skeleton.Node) bool {
	if n.Op == nil || !n.Op.Is(syncapi.Call) || n.Op.Dynamic.IsZero() {
		return false
	}
	call := c.view.CallOf(n.Op)
	if call == nil {
		return false
	}
	t := c.view.TypeOf(call.Fun)
	return t != nil && syncapi.IsCancelFunc(t)
}

// at returns the operation by which the function at the root of g does what n
// does: n's own, or a call.
func at(n *skeleton.Node, g *skeleton.Graph) *skeleton.Op {
	for n.Graph != g {
		n = n.Graph.Spawner
	}
	op := n.Op
	for fr := n.Frame; fr.Call != nil; fr = fr.Up {
		op = fr.Call.Op
	}
	return op
}

// -- limits --

// lateLimits reports a SetLimit that comes behind a Go with no Wait between.
func (c *checker) lateLimits(s *scene) {
	for _, limit := range s.nodes(syncapi.GroupLimit) {
		for _, start := range s.nodes(syncapi.GroupGo, syncapi.GroupTryGo) {
			if start.Graph != limit.Graph || !c.follows(s, start, limit) {
				continue
			}
			first, second := common(start, limit)
			if first == second || c.view.Node(first) == nil || c.view.Node(second) == nil {
				continue // the fault of the callee
			}
			name, pos := c.group(second, s.p), c.posOf(first)
			what := name + ".SetLimit is called while functions of " + name
			if second.Kind != syncapi.GroupLimit {
				what = c.view.Callee(second) + " limits " + name + " while functions of it"
			}
			c.add(second, fmt.Sprintf("%s may run, started on %s", what, report.Place(c.pass.Fset, pos, second.Pos)),
				c.note(first, c.view.Callee(first)+" starts one here")...)
			break
		}
	}
}

// follows reports whether limit may come behind start, with no Wait between.
func (c *checker) follows(s *scene, start, limit *skeleton.Node) bool {
	return spawn.Path(start, limit, func(m *skeleton.Node) bool {
		return m.Op.Is(syncapi.GroupWait) && m.Res == s.p || m.Assigns(s.p)
	}) != nil
}

// posOf returns where an operation of the package stands.
func (c *checker) posOf(op *skeleton.Op) token.Pos {
	pos, _ := c.view.Extent(op)
	return pos
}

// common returns the operations by which the innermost function that has both
// does what a and b do.
func common(a, b *skeleton.Node) (opA, opB *skeleton.Op) {
	of := make(map[*skeleton.Frame]*skeleton.Op)
	op := a.Op
	for fr := a.Frame; fr != nil; fr = fr.Up {
		of[fr] = op
		if fr.Call == nil {
			break
		}
		op = fr.Call.Op
	}
	op = b.Op
	for fr := b.Frame; fr != nil; fr = fr.Up {
		if first := of[fr]; first != nil {
			return first, op
		}
		if fr.Call == nil {
			break
		}
		op = fr.Call.Op
	}
	return a.Op, b.Op
}

// A nested is a Go of a function of the group itself, which has a limit.
type nested struct {
	group     any // the shared group, or its path
	op        *skeleton.Op
	name      string
	limit     *skeleton.Op
	recursive bool // the function starts itself
}

// nestedIn notes the calls of Go that functions of the group make, if there is a
// limit that they may reach.
func (c *checker) nestedIn(s *scene) {
	gos := s.nodes(syncapi.GroupGo, syncapi.GroupTryGo)
	if s.few(gos) {
		return
	}
	for _, n := range gos {
		for _, sp := range n.Spawns {
			if !sp.Mode.Starts() {
				continue
			}
			for _, m := range sp.Graph().Nodes {
				if target := c.startedBy(s, m); target != nil {
					c.noteNested(s, n, m, target)
				}
			}
		}
	}
}

// startedBy returns the Go of the group that m is, or that a callee of m does which is
// not in the graph; nil if there is none.
func (c *checker) startedBy(s *scene, m *skeleton.Node) *skeleton.Op {
	if m.Op == nil {
		return nil
	}
	if m.Op.Kind == syncapi.GroupGo && m.Res == s.p {
		return m.Op
	}
	for _, e := range c.view.CallEffects(m, syncapi.GroupGo) {
		if e.Res == s.p && !e.Started && !entered(m) {
			return e.Op
		}
	}
	return nil
}

// entered reports whether the callee of n stands in at it.
func entered(n *skeleton.Node) bool {
	return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Frame.Call == n })
}

// few reports whether the functions of the group are known to be no more than it has
// places.
func (s *scene) few(gos []*skeleton.Node) bool {
	for _, n := range gos {
		for at := n; at != nil; at = at.Graph.Spawner {
			if at.InLoop() {
				return false
			}
		}
	}
	if s.p.Root.Kind == skeleton.Param || s.p.Root.Kind == skeleton.Global {
		return false
	}
	return !slices.ContainsFunc(s.limits, func(op *skeleton.Op) bool { return !op.NKnown || op.N < int64(len(gos)) }) &&
		!slices.ContainsFunc(s.graphs, func(g *skeleton.Graph) bool { return g.Widened })
}

// noteNested notes that the function which start starts does what m does, to call
// the Go that is target.
func (c *checker) noteNested(s *scene, start, m *skeleton.Node, target *skeleton.Op) {
	var key any = s.p
	if sh, ok := sharedOf(s.p); ok {
		key = sh
	}
	nest := nested{group: key, op: target, limit: s.limits[0], recursive: target == start.Op}
	if !nest.recursive {
		nest.op = m.Op
		for fr := m.Frame; fr != nil && fr.Call != nil && fr.Call.Graph == m.Graph && fr.Up != nil && fr.Up.Call != nil && fr.Up.Call.Graph == m.Graph; fr = fr.Up {
			nest.op = fr.Call.Op
		}
	}
	if c.view.Node(nest.op) == nil {
		return
	}
	nest.name = c.group(nest.op, s.p)
	c.nested = append(c.nested, nest)
}

// reportNested reports what was noted: where functions of a group start
// themselves, that alone.
func (c *checker) reportNested() {
	recursive := make(map[any]bool)
	for _, n := range c.nested {
		recursive[n.group] = recursive[n.group] || n.recursive
	}
	for _, n := range c.nested {
		if recursive[n.group] && !n.recursive {
			continue
		}
		related := c.note(n.limit, "this is the limit of "+c.group(n.limit, n.limit.Res))
		c.add(n.op, fmt.Sprintf("%s waits for a place in %s while the function that calls it has one", c.view.Callee(n.op), n.name), related...)
	}
}
