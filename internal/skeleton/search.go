package skeleton

import (
	"go/types"
	"slices"
	"unsafe"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A Verdict says how a search goes on behind a node.
type Verdict uint8

// The verdicts.
const (
	Continue Verdict = iota
	Stop             // nothing behind this node is of interest on this path
	Found            // the search is over: this is the path
)

// maxStates bounds a search: so many (node, conditions) pairs are visited.
// A search that meets the bound finds nothing.
const maxStates = 5000

// A Query describes a search for a path through a graph.
type Query struct {
	// From are the nodes to start behind. The search begins at the entry, so
	// that it knows what holds at a node of From when it gets there.
	From []*Node
	// Visit says how the search goes on behind a node that follows one of From.
	// It is asked once about each node that does so, conditions apart, before
	// any condition is followed.
	Visit func(n *Node) Verdict
	// Notes says that Visit notes where the search comes: it is asked about the
	// nodes that can be reached, once for each set of conditions that
	// they are reached under, and about no other.
	Notes bool
	// Known says that [Trace.Known] is wanted, which a search of many states
	// leaves out otherwise if the path does not depend on it.
	Known bool
	// To, if set, are the only nodes at which Visit can say Found, so that it is
	// not asked about what does not lead to one of them.
	To []*Node
	// Take, if set, says whether a step may be taken at all.
	Take func(s *Step) bool
	// Know are conditions that hold at the start.
	Know []Cond
	// Follow are the names of a value that is made at the nodes in From. The
	// search then begins at the entry, so that it knows what holds when the
	// value is made, and calls VisitNamed in place of Visit, once there is a
	// value, with the names by which it can still be reached.
	Follow     []Path
	VisitNamed func(n *Node, names []Path) Verdict
}

// A Trace is a path that a search found.
type Trace struct {
	Nodes []*Node // from a start to the node that was Found, both included
	Known []Cond  // what holds at its end, of what branches further on test
}

// End returns the last node of the path.
func (t *Trace) End() *Node { return t.Nodes[len(t.Nodes)-1] }

// Search looks for a path through g that starts behind one of q.From and ends
// at a node where Visit says Found. It takes no path on which a condition
// variable would have to be both true and false (each variable is followed
// through its assignments), so "exists a path" is answered more exactly than
// by reachability, and errs to more paths only where branches depend on what
// skeletons do not keep. It returns nil if there is no path, or if the bound
// on states is met; see [View.Sure]. Of several paths it returns a shortest one.
func (g *Graph) Search(q Query) *Trace {
	if g.view.Exhausted() {
		g.view.giveUp()
		return nil
	}
	s := &search{q: q, view: g.view, ix: g.conditions(), space: g.view.space()}
	defer g.view.free(s.space)
	if !s.narrow(g) {
		return nil
	}
	start := env{}
	for _, c := range slices.Concat(g.inherited(), q.Know) {
		start, _ = s.ix.require(start, c)
	}
	first := s.add(stateKey{node: g.Entry, env: s.env(start, nil)}, nil)
	s.push(first)
	s.begin(first)
	return s.run()
}

// A space is what a search has visited. Searches are many and most are short, so
// they take it over from one another.
type space struct {
	seen   map[stateKey]bool
	envs   map[env]*env // one copy of each, so that pointers to them are equal where they are
	queue  []*state
	states slab[state]
	kept   slab[env]
}

// maxSpace is how many states a space may have had to be used once more.
const maxSpace = maxSlab

// space returns an empty space. Searches may run within another one.
func (v *View) space() *space {
	n := len(v.spaces)
	if n == 0 {
		return &space{seen: make(map[stateKey]bool), envs: make(map[env]*env)}
	}
	sp := v.spaces[n-1]
	v.spaces = v.spaces[:n-1]
	return sp
}

// free takes back a space that nothing points into any more, unless it has become large.
func (v *View) free(sp *space) {
	if len(sp.seen) > maxSpace {
		return
	}
	clear(sp.seen)
	clear(sp.envs)
	clear(sp.queue)
	sp.queue = sp.queue[:0]
	v.spaces = append(v.spaces, sp)
}

// add makes a state.
func (sp *space) add(k stateKey, prev *state) *state {
	st := &sp.states.take(1)[0]
	st.stateKey, st.prev = k, prev
	return st
}

// env returns the copy of e. It is like if that is a copy of e already.
func (sp *space) env(e env, like *env) *env {
	if like != nil && *like == e {
		return like
	}
	p := sp.envs[e]
	if p == nil {
		p = &sp.kept.take(1)[0]
		*p = e
		sp.envs[*p] = p
	}
	return p
}

type search struct {
	q        Query
	view     *View
	ix       *condIndex
	from     []bool           // by node: leads to one of From
	to       []bool           // by node: leads to where Visit may say Found; nil if all count
	verdicts []Verdict        // by node: what Visit says there; nil if it is to be asked each time
	cut      *slice           // nil if all conditions count
	named    map[names]*names // one copy of each
	*space
}

type state struct {
	stateKey
	prev *state
}

// A stateKey tells states apart. Of its env and of its names the search has one copy each.
type stateKey struct {
	node  *Node
	env   *env
	names *names // nil if there is no value
	alive bool   // there is a value to follow
}

func (s *search) run() *Trace {
	for i := 0; i < len(s.queue); i++ {
		if i > maxStates || s.view.spent > maxSpent {
			s.view.giveUp()
			return nil
		}
		if i == sliceAt && s.verdicts != nil && !s.q.Known {
			s.cut = s.slice(s.queue[0].node.Graph)
		}
		s.view.spent++
		at := s.queue[i]
		for _, step := range at.node.Succs {
			if s.q.Take != nil && !s.q.Take(step) {
				continue
			}
			next, ok := s.ix.step(*at.env, step, s.cut)
			if !ok {
				continue
			}
			key := stateKey{node: step.To, env: s.env(next, at.env)}
			if s.q.VisitNamed != nil {
				s.follow(&key, at, step)
			} else {
				key.alive = at.alive
			}
			if s.astray(key) || !s.fresh(key) {
				continue
			}
			st := s.add(key, at)
			s.begin(st)
			switch s.visit(st) {
			case Found:
				return st.trace(s.ix)
			case Continue:
				s.queue = append(s.queue, st)
			}
		}
	}
	return nil
}

// begin lets a path be of interest behind a node of From. The path that waits
// for a later visit of such a node goes on beside it.
func (s *search) begin(st *state) {
	if s.q.VisitNamed == nil && !st.alive && slices.Contains(s.q.From, st.node) {
		s.queue = append(s.queue, s.add(stateKey{node: st.node, env: st.env, alive: true}, st.prev))
	}
}

func (s *search) visit(st *state) Verdict {
	if s.q.VisitNamed != nil {
		if !st.prev.alive {
			return Continue
		}
		return s.q.VisitNamed(st.node, st.names.list())
	}
	switch {
	case !st.alive:
		return Continue
	case s.verdicts != nil:
		return s.verdicts[st.node.ID]
	}
	return s.q.Visit(st.node)
}

func (s *search) push(st *state) {
	if s.fresh(st.stateKey) {
		s.queue = append(s.queue, st)
	}
}

func (s *search) fresh(k stateKey) bool {
	if s.seen[k] {
		return false
	}
	s.seen[k] = true
	return true
}

func (st *state) trace(ix *condIndex) *Trace {
	var nodes []*Node
	var conds []Cond
	for i, v := range ix.vars {
		if st.env.known.has(i) {
			conds = append(conds, Cond{v, st.env.value.has(i)})
		}
	}
	followed := st.alive
	for ; st != nil && st.alive == followed; st = st.prev {
		nodes = append([]*Node{st.node}, nodes...)
	}
	return &Trace{nodes, conds}
}

// -- conditions --

// maxVars is how many condition variables of a graph a search can tell apart;
// of further ones it knows nothing.
const maxVars = 256

// An env is what is known of condition variables: two bit sets by the index of
// the variable, whether its value is known, and the value. What no branch
// further on tests is not kept, so that paths that differ in nothing which
// matters are one.
type env struct{ known, value varSet }

type varSet [maxVars / 64]uint64

func (s *varSet) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }
func (s *varSet) put(i int, on bool) {
	if on {
		s[i/64] |= 1 << (i % 64)
	} else {
		s[i/64] &^= 1 << (i % 64)
	}
}

// A condIndex numbers the variables that the branches of a graph test.
type condIndex struct {
	vars []Path
	of   map[Path]int
	live []varSet // by node: what some branch behind it tests before it is set
	// implied has, by what a comparison with a constant comes to, what others of the
	// same value come to then: if it is equal to one, it is to no other.
	implied map[literal][]literal
	heap    varSet // what another goroutine may set: fields, and variables in memory
}

// A literal says that the condition variable with an index holds, or does not.
type literal struct {
	of    int
	holds bool
}

// conditions returns the index of g's condition variables.
func (g *Graph) conditions() *condIndex {
	if g.conds != nil && g.condNodes == len(g.Nodes) {
		return g.conds
	}
	ix := &condIndex{of: make(map[Path]int), live: make([]varSet, len(g.Nodes))}
	ix.number(g, func(v Path) bool { return v.Root.due }) // with these unknown, locks would stay locked
	due := len(ix.vars)
	ix.number(g, func(v Path) bool { return v.Root.Kind != Nil })
	if len(ix.vars) == maxVars {
		ix.drop(due)
		retested := g.retested()
		ix.number(g, func(v Path) bool { return retested[v] }) // what one branch says matters to another
		ix.number(g, func(v Path) bool { return v.Root.Kind != Nil })
	}
	for from := 0; from < len(ix.vars); {
		n := len(ix.vars)
		ix.sources(g, from)
		from = n
	}
	ix.findImplied()
	g.conds, g.condNodes = ix, len(g.Nodes)
	ix.liveness(g)
	return ix
}

// retested returns the variables that more than one node of g tests.
func (g *Graph) retested() map[Path]bool {
	by := make(map[Path]*Node)
	retested := make(map[Path]bool)
	for _, n := range g.Nodes {
		for _, s := range n.Succs {
			v := s.Cond.Var
			if v.IsZero() || v.Root.Kind == Nil {
				continue
			}
			if first := by[v]; first == nil {
				by[v] = n
			} else if first != n {
				retested[v] = true
			}
		}
	}
	return retested
}

// number adds the variables that the branches of g test, if wanted.
func (ix *condIndex) number(g *Graph, wanted func(v Path) bool) {
	for _, n := range g.Nodes {
		for _, s := range n.Succs {
			if v := s.Cond.Var; !v.IsZero() && wanted(v) {
				ix.add(v)
			}
		}
	}
}

// sources adds the variables whose values those are given that have the index from or
// a higher one: a result that goes into a variable which a closure shares, say.
func (ix *condIndex) sources(g *Graph, from int) {
	add := func(a Assign) {
		if i, ok := ix.of[a.Var]; !ok || i < from || a.Known || a.From.IsZero() || a.From.Root.Kind == Nil {
			return
		}
		if _, fixed := a.From.fixed(); !fixed {
			ix.add(a.From)
		}
	}
	for _, n := range g.Nodes {
		if n.set != nil {
			add(*n.set)
		}
		for _, s := range n.Succs {
			for _, a := range s.Sets {
				add(a)
			}
		}
	}
}

// add gives v an index, if there is one left.
func (ix *condIndex) add(v Path) {
	if _, ok := ix.of[v]; !ok && len(ix.vars) < maxVars {
		ix.of[v] = len(ix.vars)
		ix.heap.put(len(ix.vars), v.Sel != nil || v.Root.Kind == Global || v.Root.Kind == Local)
		ix.vars = append(ix.vars, v)
	}
}

// drop takes the indices from n on back.
func (ix *condIndex) drop(n int) {
	for i, v := range ix.vars[n:] {
		delete(ix.of, v)
		ix.heap.put(n+i, false)
	}
	ix.vars = ix.vars[:n]
}

// findImplied finds what the comparisons of one value with constants say of each other. The
// values of fields and of package variables are left out, since they change unseen.
func (ix *condIndex) findImplied() {
	ix.implied = make(map[literal][]literal)
	groups := make(map[*Root][]int)
	for i, v := range ix.vars {
		kind := v.Root.Kind
		if v.Sel != nil && v.Sel.Up == nil && v.Sel.compares() && (kind == Param || kind == Value || kind == Result) {
			groups[v.Root] = append(groups[v.Root], i)
		}
	}
	for _, group := range groups {
		for _, i := range group {
			for _, j := range group {
				if i == j {
					continue
				}
				for _, holds := range []bool{true, false} {
					if value, ok := ix.vars[i].decides(holds, ix.vars[j]); ok {
						of := literal{i, holds}
						ix.implied[of] = append(ix.implied[of], literal{j, value})
					}
				}
			}
		}
	}
}

// liveness computes which variables matter behind each node: the classic
// backward may-analysis, by a work list.
func (ix *condIndex) liveness(g *Graph) {
	work := make([]*Node, len(g.Nodes))
	copy(work, g.Nodes)
	queued := make([]bool, len(g.Nodes))
	for i := range queued {
		queued[i] = true
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		queued[n.ID] = false
		var live varSet
		for _, s := range n.Succs {
			in := ix.before(s)
			for i := range live {
				live[i] |= in[i]
			}
		}
		if live == ix.live[n.ID] {
			continue
		}
		ix.live[n.ID] = live
		for _, p := range n.Preds {
			if !queued[p.From.ID] {
				queued[p.From.ID] = true
				work = append(work, p.From)
			}
		}
	}
}

// before returns what matters at the start of a step.
func (ix *condIndex) before(s *Step) varSet {
	live := ix.live[s.To.ID]
	if set := s.To.set; set != nil {
		ix.kill(&live, *set)
	}
	for _, a := range s.Sets {
		ix.kill(&live, a)
	}
	if i, ok := ix.of[s.Cond.Var]; ok {
		live.put(i, true)
	}
	return live
}

// kill takes out what an assignment sets, and adds what it reads.
func (ix *condIndex) kill(live *varSet, a Assign) {
	i, ok := ix.of[a.Var]
	if !ok || !live.has(i) {
		return
	}
	live.put(i, false)
	if j, ok := ix.of[a.From]; ok {
		live.put(j, true)
	}
}

// require returns e with c known to hold, not ok if it is known not to.
func (ix *condIndex) require(e env, c Cond) (env, bool) {
	if c.Var.IsZero() {
		return e, true
	}
	if c.Var.Root.Kind == Nil {
		return e, !c.Want
	}
	if value, ok := c.Var.fixed(); ok {
		return e, value == c.Want // an argument
	}
	if c.Var.isStruct() {
		return e, c.Want // an argument, the address of a variable
	}
	i, ok := ix.of[c.Var]
	if !ok {
		return e, true
	}
	if e.known.has(i) {
		return e, e.value.has(i) == c.Want
	}
	e.known.put(i, true)
	e.value.put(i, c.Want)
	for _, l := range ix.implied[literal{i, c.Want}] {
		e.known.put(l.of, true)
		e.value.put(l.of, l.holds)
	}
	return e, true
}

// isStruct reports whether p is a struct of some function's own, which only its
// address can be asked about: it is not nil.
func (p Path) isStruct() bool {
	if p.Sel != nil || p.Root == nil || p.Root.Kind != Local && p.Root.Kind != Made || p.Root.Type == nil {
		return false
	}
	t := p.Root.Type.Underlying()
	if ptr, ok := t.(*types.Pointer); ok && p.Root.Kind == Made {
		t = ptr.Elem().Underlying()
	}
	_, ok := t.(*types.Struct)
	return ok
}

// apply returns e after an assignment; values are read in before.
func (ix *condIndex) apply(e, before env, a Assign) env {
	i, ok := ix.of[a.Var]
	if !ok {
		return e
	}
	known, value := a.Known, a.Value
	if j, ok := ix.of[a.From]; ok && !a.Known {
		known, value = before.known.has(j), before.value.has(j)
	} else if v, ok := a.From.fixed(); ok { // an argument
		known, value = true, v
	}
	e.known.put(i, known)
	e.value.put(i, known && value)
	return e
}

// step returns e behind a step and the node it leads to, not ok if the step
// cannot be taken. If cut is set, it keeps what is in that only.
func (ix *condIndex) step(e env, s *Step, cut *slice) (env, bool) {
	next, ok := ix.require(e, s.Cond)
	if !ok {
		return env{}, false
	}
	if cut != nil && !cut.branches[s.From.ID] {
		next = e
	}
	before := next
	for _, a := range s.Sets { // at once, as phis are
		next = ix.apply(next, before, a)
	}
	if set := s.To.set; set != nil {
		next = ix.apply(next, next, *set)
	}
	if s.To.Op.Is(syncapi.CondWait) { // for others to change what is waited for
		next = ix.forget(next)
	}
	live := &ix.live[s.To.ID]
	for i := range live {
		keep := live[i]
		if cut != nil {
			keep &= cut.vars[i]
		}
		next.known[i] &= keep
		next.value[i] &= keep
	}
	return next, true
}

// forget returns e without what another goroutine may set.
func (ix *condIndex) forget(e env) env {
	for i := range ix.heap {
		e.known[i] &^= ix.heap[i]
		e.value[i] &^= ix.heap[i]
	}
	return e
}

// before orders paths within one process.
func (p Path) before(q Path) bool {
	a, b := uintptr(unsafe.Pointer(p.Root)), uintptr(unsafe.Pointer(q.Root))
	if a != b {
		return a < b
	}
	return uintptr(unsafe.Pointer(p.Sel)) < uintptr(unsafe.Pointer(q.Sel))
}
