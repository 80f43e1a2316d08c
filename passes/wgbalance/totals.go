package wgbalance

import (
	"go/ast"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A tally is how much is added to a group, and taken, by the time of a Wait.
//
// What stands in no loop is summed up along all paths; a loop whose turns each
// add and take the same amount counts as often as it runs. It is given up if
// a loop does so in some turns only.
type tally struct {
	gr      *group
	effects map[*skeleton.Node]linear // of what stands in no loop
	loops   []*loopTally
	rest    linear // what the loops and all that is not constant come to
}

// A loopTally is what each turn of a loop comes to.
type loopTally struct {
	loop        inspector.Cursor
	adds, takes []*skeleton.Node
	each        linear
	always      bool // it does so in every turn, and nothing ends it early
}

// totals compares what is added to the group with what is taken, at each Wait.
func (c *checker) totals(gr *group) {
	if len(gr.adds)+len(gr.gos) == 0 && len(gr.dones) > 0 {
		if i := slices.IndexFunc(gr.dones, c.comes); i >= 0 {
			c.neverAdded(gr.dones[i].Op)
		}
		return
	}
	if c.serial(gr) {
		return
	}
	if len(gr.adds) == 0 || len(gr.waits)+len(gr.elsewhere) == 0 {
		return
	}
	if len(gr.dones) == 0 {
		for _, w := range gr.waits {
			if a := gr.adds[0]; starterIn(a.Graph, w) != nil && skeleton.Leads(a, starterIn(a.Graph, w), gr.anew) {
				c.neverDone(a.Op, w.Op)
				return
			}
		}
		return
	}
	t := c.tally(gr)
	if t == nil {
		return
	}
	if gr.spread {
		for _, n := range gr.root.Nodes {
			if n.Exit == skeleton.ByReturn {
				c.compare(t, n, gr.elsewhere[0])
			}
		}
		return
	}
	for _, w := range of(gr.root, gr.waits) {
		if len(c.loopsAround(w.Op, gr.path.Root.Pos)) == 0 && c.compare(t, w, c.view.Site(w)) {
			return
		}
	}
}

// comes reports whether control may come to n at all.
func (c *checker) comes(n *skeleton.Node) bool {
	for at := n; at != nil; at = at.Graph.Spawner {
		if spawn.Path(at.Graph.Entry, at, nil) == nil {
			return false
		}
	}
	return true
}

// tally sums up what is done to the group; nil if that depends on more than is
// known.
func (c *checker) tally(gr *group) *tally {
	t := &tally{gr: gr, effects: make(map[*skeleton.Node]linear)}
	for _, n := range gr.root.Nodes {
		if n.Op == nil {
			continue
		}
		amount, counts, ok := c.amount(gr, n)
		if !ok {
			return nil
		}
		if counts && !c.file(t, n, amount) {
			return nil
		}
	}
	for _, n := range slices.Concat(gr.adds, gr.gos) {
		if n.Graph != gr.root {
			return nil
		}
	}
	for _, l := range t.loops {
		if !c.settle(t, l) {
			return nil
		}
	}
	return t
}

// amount returns what n adds to the counter, or what the goroutine that it starts
// takes; not ok if that is not known.
func (c *checker) amount(gr *group, n *skeleton.Node) (amount linear, counts, ok bool) {
	switch {
	case gr.isAdd(n) || slices.Contains(gr.dones, n) && n.Op.Kind == syncapi.WgAdd:
		if n.Op.NKnown {
			return number(n.Op.N), true, true
		}
		call, isCall := c.view.Node(n.Op).(*ast.CallExpr)
		if !isCall || len(call.Args) != 1 || n.Frame.Call != nil {
			return linear{}, false, false
		}
		amount, ok = c.value(call.Args[0])
		for _, k := range amount.terms {
			ok = ok && k > 0
		}
		return amount, true, ok
	case slices.Contains(gr.dones, n):
		return number(-1), true, !gr.deferred(n)
	case gr.runs(n):
		return linear{}, false, false
	case gr.starts(n):
		return number(-1), true, gr.takesOne(n)
	}
	return linear{}, false, true
}

// takesOne reports whether what n starts calls Done in one goroutine, which it
// starts once.
func (gr *group) takesOne(n *skeleton.Node) bool {
	var in *skeleton.Graph
	for _, d := range gr.dones {
		if !spawn.Within(d.Graph, n.Spawns[0].Graph()) || len(n.Spawns) > 1 {
			continue
		}
		if in != nil && in != d.Graph || skeleton.Leads(d, d, nil) || d.Op.Kind != syncapi.WgDone {
			return false
		}
		in = d.Graph
		for _, e := range of(in, gr.dones) {
			if skeleton.Leads(d, e, nil) {
				return false
			}
		}
	}
	for g := in; g != nil && g.Spawner != n; g = g.Spawner.Graph {
		if g.Spawner == nil || g.Spawner.InLoop() || g.Repeats {
			return false
		}
	}
	return in != nil && !n.Spawns[0].Graph().Repeats && !slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool { return spawn.Within(a.Graph, n.Spawns[0].Graph()) })
}

// file files n under the loop that it stands in, not ok if there are several, or
// if it is not known whether it is reached in each turn.
func (c *checker) file(t *tally, n *skeleton.Node, amount linear) bool {
	site := n.Op
	if calls := n.Calls(); len(calls) > 0 {
		site = calls[0].Op
		for _, b := range n.Op.Fn.Blocks {
			if slices.Contains(b.Ops, n.Op) && b.Index != 0 {
				return false
			}
		}
		if len(calls) > 1 {
			return false
		}
	}
	loops := c.loopsAround(site, t.gr.path.Root.Pos)
	switch len(loops) {
	case 0:
		if skeleton.Leads(n, n, t.gr.anew) {
			return false
		}
		t.effects[n] = amount
		return true
	case 1:
	default:
		return false
	}
	i := slices.IndexFunc(t.loops, func(l *loopTally) bool { return l.loop == loops[0] })
	if i < 0 {
		i = len(t.loops)
		t.loops = append(t.loops, &loopTally{loop: loops[0], always: true})
	}
	l := t.loops[i]
	if t.gr.isAdd(n) {
		l.adds = append(l.adds, n)
	} else {
		l.takes = append(l.takes, n)
	}
	l.each = l.each.add(amount, 1)
	cur, ok := c.root.FindNode(c.view.Node(site))
	l.always = l.always && ok && always(cur, bodyOf(l.loop.Node()))
	return true
}

// settle adds up the turns of a loop, not ok if they differ.
func (c *checker) settle(t *tally, l *loopTally) bool {
	if len(l.adds) > 0 && len(l.takes) > 0 {
		if even, ok := c.settleTurn(t, l); even || !ok {
			return ok
		}
	} else if !l.always && (len(l.takes) != 1 || len(l.adds) > 0) {
		return false
	}
	if !top(l.loop) {
		return false
	}
	turns, ok := c.turns(l.loop.Node().(ast.Stmt))
	if !ok {
		turns = term("turns@" + c.pass.Fset.Position(l.loop.Node().Pos()).String())
	}
	if len(l.each.terms) > 0 {
		return false
	}
	t.rest = t.rest.add(turns, l.each.plus)
	return true
}

// settleTurn settles a loop that both adds and takes: even if each turn comes out
// even, and not ok if that cannot be told.
func (c *checker) settleTurn(t *tally, l *loopTally) (even, ok bool) {
	if !inTurn(l, t.gr.anew) {
		return false, false
	}
	l.always = true // whether a turn does anything, it does all
	if len(l.each.terms) == 0 {
		return l.each.plus == 0, true
	}
	turns, ok := c.turns(l.loop.Node().(ast.Stmt))
	if each := l.each.add(turns, -1); !ok || len(each.terms) > 0 || each.plus != -1 || len(l.adds) > 1 {
		return false, false
	}
	l.each = number(1) // all of the turns' goroutines in each turn
	return false, true
}

// inTurn reports whether each turn of a loop that comes by one of its operations
// comes by all, or has another group.
func inTurn(l *loopTally, anew func(*skeleton.Node) bool) bool {
	all := slices.Concat(l.adds, l.takes)
	for _, n := range all {
		for _, m := range all {
			if n != m && skeleton.Leads(n, n, or(isIn([]*skeleton.Node{m}), anew)) {
				return false
			}
		}
	}
	return true
}

// top reports whether a loop is a statement of its function's body.
func top(loop inspector.Cursor) bool {
	up := loop.Parent()
	if _, ok := up.Node().(*ast.LabeledStmt); ok {
		up = up.Parent()
	}
	if _, ok := up.Node().(*ast.BlockStmt); !ok {
		return false
	}
	switch up.Parent().Node().(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

// compare reports the tally if it does not come out even at w, which is the Wait
// wait, or the end of the function if that is elsewhere.
func (c *checker) compare(t *tally, w *skeleton.Node, wait *skeleton.Op) bool {
	sums, ok := t.sums(w)
	if !ok || len(sums) == 0 {
		return false
	}
	rest := t.rest
	for n, amount := range t.effects {
		if len(amount.terms) == 0 {
			continue
		}
		if !skeleton.Leads(n, w, t.gr.anew) || skeleton.Leads(w.Graph.Entry, w, isIn([]*skeleton.Node{n})) {
			return false
		}
		rest = rest.add(linear{terms: amount.terms}, 1) // its constant is in the sums
	}
	if !t.loopsBefore(w) {
		return false
	}
	low, high := slices.Min(sums)+rest.plus, slices.Max(sums)+rest.plus
	k, single := rest.only()
	even := len(rest.terms) == 0 && low == 0 && high == 0
	for _, l := range t.loops {
		if !l.always {
			if even {
				c.reportTurns(t.gr, l, wait)
			}
			return even
		}
	}
	switch {
	case len(rest.terms) == 0 && (low > 0 || high < 0):
	case single && low == high && (k > 0 && low >= 0 || k < 0 && low <= 0):
	case single && low == high && k == -1 && low == 1:
	default:
		return false
	}
	c.reportTotals(t, wait, k > 0 || !single && low > 0)
	return true
}

// loopsBefore reports whether all that the loops do comes before w, and nothing of
// it behind.
func (t *tally) loopsBefore(w *skeleton.Node) bool {
	for _, l := range t.loops {
		for _, n := range slices.Concat(l.adds, l.takes) {
			if !skeleton.Leads(n, w, t.gr.anew) || skeleton.Leads(w, n, t.gr.anew) {
				return false
			}
		}
	}
	return true
}

// blame returns the Add to report: the first behind which nothing takes its count,
// or the first of all.
func (t *tally) blame() *skeleton.Node {
	for _, a := range t.gr.adds {
		others := func(n *skeleton.Node) bool { return n != a && t.gr.isAdd(n) }
		if !slices.ContainsFunc(a.Graph.Nodes, func(n *skeleton.Node) bool { return t.gr.takes(n) && skeleton.Leads(a, n, others) }) {
			return a
		}
	}
	return t.gr.adds[0]
}

// starts yields what takes counts, in the order of the graph.
func (t *tally) starts() iter.Seq[*skeleton.Node] {
	return func(yield func(*skeleton.Node) bool) {
		for _, n := range t.gr.root.Nodes {
			if n.Op != nil && t.gr.takes(n) && !yield(n) {
				return
			}
		}
	}
}

// maxSum bounds the counts that are told apart.
const maxSum = 32

// sums returns the amounts that what stands in no loop, and is constant, comes to
// on the paths to w, conditions apart; not ok if there are too many.
func (t *tally) sums(w *skeleton.Node) (sums []int64, ok bool) {
	type state struct {
		n   *skeleton.Node
		sum int64
	}
	seen := make(map[state]bool)
	work := []state{{w.Graph.Entry, 0}}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if t.gr.anew(s.n) {
			s.sum = 0
		}
		s.sum += t.effects[s.n].plus
		if seen[s] {
			continue
		}
		if s.sum > maxSum || s.sum < -maxSum {
			return nil, false
		}
		seen[s] = true
		if s.n == w {
			sums = append(sums, s.sum)
			continue
		}
		for _, st := range s.n.Succs {
			work = append(work, state{st.To, s.sum})
		}
	}
	return sums, true
}

// -- a Wait in the loop that starts --

// serial reports a Wait that stands in the loop which starts the goroutines, so
// that there is never more than one of them, or the first Wait never returns.
func (c *checker) serial(gr *group) bool {
	for _, w := range gr.waits {
		loops := c.loopsAround(w.Op, gr.path.Root.Pos)
		if len(loops) == 0 || w.Graph != gr.root || w.Frame.Call != nil {
			continue
		}
		cur, ok := c.root.FindNode(c.view.Node(w.Op))
		if !ok || !straight(cur, bodyOf(loops[0].Node())) {
			continue
		}
		start := c.startIn(gr, loops[0], w)
		if start == nil || isolates(start) {
			continue
		}
		before := slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool {
			return a.Graph == w.Graph && len(c.loopsAround(a.Op, gr.path.Root.Pos)) == 0 && (!a.Op.NKnown || a.Op.N >= 2) && skeleton.Leads(a, start, gr.anew)
		})
		idle := skeleton.Leads(start, w, func(n *skeleton.Node) bool { return n.Op != nil && !n.Op.Is(syncapi.Set, syncapi.Count, syncapi.Clock) })
		if before && len(gr.adds) == 1 || !before && idle && !c.measures(w) {
			c.reportSerial(gr, w, start, before)
			return true
		}
	}
	return false
}

// isolates reports whether start starts a goroutine that may end before its time, or
// that recovers: it may be there for the sake of that.
func isolates(start *skeleton.Node) bool {
	for _, s := range start.Spawns {
		for n := range spawn.Nodes(s.Graph(), syncapi.Goexit, syncapi.Recover) {
			return n != nil
		}
	}
	return false
}

// startIn returns the one node that starts a goroutine of the group in the loop
// and leads to w; nil if there is none, or more.
func (c *checker) startIn(gr *group, loop inspector.Cursor, w *skeleton.Node) *skeleton.Node {
	var start *skeleton.Node
	for _, n := range w.Graph.Nodes {
		if len(n.Spawns) == 0 || !skeleton.Leads(n, w, gr.anew) {
			continue
		}
		in := c.loopsAround(n.Op, gr.path.Root.Pos)
		if !slices.Contains(in, loop) {
			continue
		}
		if start != nil || in[0] != loop || n.Frame.Call != nil || !gr.starts(n) && !slices.Contains(gr.gos, n) {
			return nil
		}
		start = n
	}
	return start
}

// straight reports whether no branch stands between body and the statement at cur.
func straight(cur inspector.Cursor, body ast.Node) bool {
	for up := range cur.Enclosing() {
		if up.Node() == body {
			return true
		}
		switch up.Node().(type) {
		case *ast.IfStmt, *ast.CaseClause, *ast.CommClause, *ast.FuncLit, *ast.DeferStmt:
			return false
		}
	}
	return false
}

// measures reports whether w is in a benchmark, which may time one goroutine after
// another on purpose.
func (c *checker) measures(w *skeleton.Node) bool {
	return slices.ContainsFunc(w.Op.Fn.Params, func(r *skeleton.Root) bool { return syncapi.IsBenchmark(r.Type) })
}
