package skeleton

import (
	"slices"
	"sort"
	"unsafe"
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
const maxStates = 20000

// A Query describes a search for a path through a graph.
type Query struct {
	// From are the nodes to start behind. The search begins at the entry, so
	// that it knows what holds at a node of From when it gets there.
	From []*Node
	// Visit is called at each node behind From, once for each set of
	// conditions that it is reached under.
	Visit func(n *Node) Verdict
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
	Known []Cond  // what holds at its end
}

// End returns the last node of the path.
func (t *Trace) End() *Node { return t.Nodes[len(t.Nodes)-1] }

// Search looks for a path through g that starts behind one of q.From and ends
// at a node where Visit says Found. It takes no path on which a condition
// variable would have to be both true and false (each variable is followed
// through its assignments), so "exists a path" is answered more exactly than
// by reachability, and errs to more paths only where branches depend on what
// skeletons do not keep. It returns nil if there is no path, or if the bound
// on states is met. Of several paths it returns a shortest one.
func (g *Graph) Search(q Query) *Trace {
	s := &search{q: q, seen: make(map[stateKey]bool)}
	start := env{}
	for _, c := range q.Know {
		start, _ = start.require(c)
	}
	s.push(&state{node: g.Entry, env: start, alive: q.VisitNamed == nil && slices.Contains(q.From, g.Entry)})
	return s.run()
}

type search struct {
	q     Query
	seen  map[stateKey]bool
	queue []*state
}

type state struct {
	node  *Node
	env   env
	names names
	alive bool // there is a value to follow
	prev  *state
}

type stateKey struct {
	node  *Node
	env   envKey
	names names
	alive bool
}

func (s *search) run() *Trace {
	for i := 0; i < len(s.queue); i++ {
		if i > maxStates {
			return nil
		}
		at := s.queue[i]
		for _, step := range at.node.Succs {
			if s.q.Take != nil && !s.q.Take(step) {
				continue
			}
			next, ok := at.env.step(step)
			if !ok {
				continue
			}
			st := &state{node: step.To, env: next, prev: at}
			if s.q.VisitNamed != nil {
				s.follow(st, at, step)
			} else {
				st.alive = at.alive
			}
			if !s.fresh(st) {
				continue
			}
			s.begin(st)
			switch s.visit(st) {
			case Found:
				return st.trace()
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
		s.queue = append(s.queue, &state{node: st.node, env: st.env, alive: true, prev: st.prev})
	}
}

func (s *search) visit(st *state) Verdict {
	if s.q.VisitNamed != nil {
		if !st.prev.alive {
			return Continue
		}
		return s.q.VisitNamed(st.node, st.names.list())
	}
	if !st.alive {
		return Continue
	}
	return s.q.Visit(st.node)
}

func (s *search) push(st *state) {
	if s.fresh(st) {
		s.queue = append(s.queue, st)
	}
}

func (s *search) fresh(st *state) bool {
	k := stateKey{st.node, st.env.key(), st.names, st.alive}
	if s.seen[k] {
		return false
	}
	s.seen[k] = true
	return true
}

func (st *state) trace() *Trace {
	var nodes []*Node
	var conds []Cond
	for _, k := range st.env {
		conds = append(conds, Cond{k.v, k.value})
	}
	followed := st.alive
	for ; st != nil && st.alive == followed; st = st.prev {
		nodes = append([]*Node{st.node}, nodes...)
	}
	return &Trace{nodes, conds}
}

// -- conditions --

// An env is what is known of condition variables: a sorted list, small.
type env []known

type known struct {
	v     Path
	value bool
}

// maxKnown bounds an env; the variable known longest is forgotten first, but
// not whether a deferred call is due.
const maxKnown = 12

func (e env) lookup(v Path) (value, ok bool) {
	for _, k := range e {
		if k.v == v {
			return k.value, true
		}
	}
	return false, false
}

// with returns e with v known to be value.
func (e env) with(v Path, value bool) env {
	next := make(env, 0, len(e)+1)
	for _, k := range e {
		if k.v != v {
			next = append(next, k)
		}
	}
	if len(next) >= maxKnown {
		oldest := 0
		for i, k := range next {
			if !k.v.Root.due {
				oldest = i
				break
			}
		}
		next = append(next[:oldest], next[oldest+1:]...)
	}
	return append(next, known{v, value})
}

// without returns e with nothing known of v.
func (e env) without(v Path) env {
	for i, k := range e {
		if k.v == v {
			next := make(env, 0, len(e)-1)
			return append(append(next, e[:i]...), e[i+1:]...)
		}
	}
	return e
}

// require returns e with c known to hold, not ok if it is known not to.
func (e env) require(c Cond) (env, bool) {
	if c.Var.IsZero() {
		return e, true
	}
	if c.Var.Root.Kind == Nil {
		return e, !c.Want
	}
	if k, ok := e.lookup(c.Var); ok {
		return e, k == c.Want
	}
	return e.with(c.Var, c.Want), true
}

// apply returns e after an assignment.
func (e env) apply(a Assign) env {
	switch {
	case a.Var.IsZero():
		return e
	case a.Known:
		return e.with(a.Var, a.Value)
	case !a.From.IsZero():
		if k, ok := e.lookup(a.From); ok {
			return e.with(a.Var, k)
		}
	}
	return e.without(a.Var)
}

// step returns e behind a step and the node it leads to, not ok if the step
// cannot be taken.
func (e env) step(s *Step) (env, bool) {
	next, ok := e.require(s.Cond)
	if !ok {
		return nil, false
	}
	before := next
	for _, a := range s.Sets { // at once, as phis are
		if k, ok := before.lookup(a.From); ok && !a.From.IsZero() {
			a.Known, a.Value = true, k
		}
		next = next.apply(a)
	}
	return next.apply(s.To.set), true
}

// key returns a value that is equal for equal environments: of each variable
// its address, in order of these, and its value.
func (e env) key() envKey {
	var k envKey
	sorted := make(env, len(e))
	copy(sorted, e)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].v.before(sorted[j].v) })
	copy(k[:], sorted)
	return k
}

// before orders paths within one process.
func (p Path) before(q Path) bool {
	a, b := uintptr(unsafe.Pointer(p.Root)), uintptr(unsafe.Pointer(q.Root))
	if a != b {
		return a < b
	}
	return uintptr(unsafe.Pointer(p.Sel)) < uintptr(unsafe.Pointer(q.Sel))
}

type envKey [maxKnown]known
