package skeleton

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// The bounds of an expansion. Past maxDepth calls or maxNodes nodes a callee
// stands in as the set of its effects.
const (
	maxDepth = 6
	maxNodes = 3000
)

// A Graph is the skeleton of one goroutine, from its entry on: the skeleton
// of a function in which the skeletons of its callees stand in at the calls,
// with their parameters bound to the arguments and their deferred calls at
// their exits. All paths in it are in terms of the function at its root.
type Graph struct {
	Root  *Func
	Entry *Node
	Nodes []*Node
	// Spawner is the node of another graph that starts this goroutine, nil if
	// the graph is that of a function by itself.
	Spawner *Node
	// Joined is set if Spawner does not return before this goroutine has ended.
	Joined bool
	// Repeats is set if Spawner hands on a callback, such as a handler, that code which
	// is not seen may run any number of times.
	Repeats bool
	// Widened is set if a bound was met, so that some order is not known.
	Widened bool

	view       *View
	keep       kinds                            // of operations, none meaning all
	enters     func(call *Node, t *Target) bool // nil meaning all callees
	yielding   bool                             // see [Interest]
	components map[*Node]int                    // see loops
	conds      *condIndex
	condNodes  int    // how many nodes conds was made for
	heritage   []Cond // see inherited
	heirs      int    // how many nodes heritage was made for
}

// A Node is an operation in a graph, or a mere joint between edges if Op is nil.
type Node struct {
	ID     int
	Graph  *Graph
	Op     *Op // as in the skeleton of Frame.Func, its paths unbound
	Frame  *Frame
	Res    Path   // Op.Res, bound; of a call of a function value that value
	Args   []Path // Op.Args, bound
	Exit   Exit
	Spawns []*Spawn // what runs on other goroutines, or later, because of it
	Succs  []*Step
	Preds  []*Step

	set *Assign // Op.Assign, bound; nil of other operations
}

// An Exit says how a goroutine ends at a node.
type Exit uint8

// The ways in which a graph ends.
const (
	NoExit   Exit = iota
	ByReturn      // the root function returns
	ByPanic       // a panic that nothing recovers
	ByExit        // the process ends
)

// A Step is an edge of a graph.
type Step struct {
	From, To *Node
	Cond     Cond
	Sets     []Assign
}

// Due reports whether the step is taken if a call has been deferred, to that call.
func (s *Step) Due() bool { return s.Cond.Want && s.Cond.Var.IsDue() }

// IsDue reports whether p is a variable that tells whether a call has been deferred.
func (p Path) IsDue() bool { return p.Root != nil && p.Root.due }

// A Spawn is a callback that a node hands to another goroutine, or to a later
// time or to code unseen.
type Spawn struct {
	Mode syncapi.Mode
	Node *Node
	Func Path // the function

	call  *Op
	frame *Frame
	graph *Graph
}

// A Frame is an activation of a function within a graph.
type Frame struct {
	Func  *Func
	Call  *Node  // the call it is the activation of; nil at the root
	Up    *Frame // the caller's frame
	Depth int

	// Widened is set if the operations of the activation are a set in no order.
	Widened bool

	unwinds unwinding // of a deferred call: why it runs
	lexical *Frame    // activation of the function around a literal
	holder  *Root     // see [Target]; nil if lexical is known
	held    Path
	args    []Path
	clones  map[*Root]Path
	graph   *Graph
}

// Entered reports whether a callee of n stands in at it.
func (n *Node) Entered() bool {
	return slices.ContainsFunc(n.Succs, func(s *Step) bool { return s.To.Frame.Call == n })
}

// Calls yields the chain of calls that led to n, outermost first.
func (n *Node) Calls() []*Node {
	var chain []*Node
	for f := n.Frame; f != nil && f.Call != nil; f = f.Up {
		chain = append([]*Node{f.Call}, chain...)
	}
	return chain
}

// subst returns p, a path of the skeleton of f.Func or of a function around
// it, as a path of the graph.
func (f *Frame) subst(p Path) Path {
	if p.Root == nil {
		return p
	}
	r := p.Root
	if r.Kind == Global || r.Kind == Nil || r.Owner == nil {
		return p
	}
	for at := f; at != nil; at = at.lexical {
		if at.Func == r.Owner {
			return at.bind(p)
		}
		if at.holder != nil {
			if q := f.graph.view.rebound(p, at.holder, at.held); q != p {
				return q
			}
			if r.Owner == at.holder.Owner && f.top().Func.Outermost() == r.Owner.Outermost() && at.held.Root != nil && at.held.isOther(at.holder) {
				return f.graph.view.elsewhere(p, at.held)
			}
		}
	}
	return p
}

// top returns the activation that all began with.
func (f *Frame) top() *Frame {
	for f.Up != nil {
		f = f.Up
	}
	return f
}

// Within reports whether f is the activation outer, or one that outer leads to.
func (f *Frame) Within(outer *Frame) bool {
	for ; f != nil; f = f.Up {
		if f == outer {
			return true
		}
	}
	return false
}

// Resolve returns p, a path of the skeleton of f's function, as a path of the
// graph that f is an activation in.
func (f *Frame) Resolve(p Path) Path { return f.subst(p) }

// Rebase returns p, which lies within from, as the path that stands in the
// same place within to.
func (g *Graph) Rebase(p, from, to Path) Path {
	if p == from {
		return to
	}
	up := g.Rebase(Path{p.Root, p.Sel.Up}, from, to)
	return g.view.extend(up, p.Sel.Name, p.Sel.Owner)
}

func (f *Frame) bind(p Path) Path {
	r := p.Root
	if f.Call == nil {
		return p // the root's own
	}
	in := f.graph.view.interner
	if r.Kind == Param {
		if r.Index < len(f.args) {
			return in.graft(f.args[r.Index], p.Sel)
		}
		return p
	}
	c, ok := f.clones[r]
	if !ok {
		clone := *r
		clone.frame, clone.origin = f, r
		c = Path{Root: &clone}
		f.clone(r, c)
	}
	return in.graft(c, p.Sel)
}

func (f *Frame) clone(r *Root, p Path) {
	if f.clones == nil {
		f.clones = make(map[*Root]Path)
	}
	f.clones[r] = p
}

// Expand returns the graph of f. The caller may not change it.
func (v *View) Expand(f *Func) *Graph {
	if g := v.graphs[f]; g != nil {
		return g
	}
	g := v.expand(&Graph{Root: f, view: v})
	v.cached += len(g.Nodes)
	if v.cached > maxCached {
		clear(v.graphs)
		v.cached = len(g.Nodes)
	}
	v.graphs[f] = g
	return g
}

func (v *View) expand(g *Graph) *Graph {
	fr := g.frame(g.Root, nil, nil, nil)
	x, ret, panicked := g.open(fr)
	x.body(fr, g.Entry, ret, panicked)
	return g
}

// open adds the entry and the exits of a graph whose first activation is, or
// is called by, fr.
func (g *Graph) open(fr *Frame) (x *expander, ret, panicked *Node) {
	x = &expander{Graph: g}
	g.Entry = x.joint(fr)
	ret, panicked, x.gone = x.joint(fr), x.joint(fr), x.joint(fr)
	ret.Exit, panicked.Exit, x.gone.Exit = ByReturn, ByPanic, ByExit
	return x, ret, panicked
}

func (g *Graph) frame(f *Func, call *Node, up *Frame, args []Path) *Frame {
	fr := &Frame{Func: f, Call: call, Up: up, args: args, graph: g}
	if up != nil && up.graph == g {
		fr.Depth = up.Depth + 1
	}
	return fr
}

// Graph returns the graph of the goroutine or callback that s starts. Of a
// function that is not known it has just the call.
func (s *Spawn) Graph() *Graph {
	if s.graph != nil {
		return s.graph
	}
	g := &Graph{view: s.Node.Graph.view, keep: s.Node.Graph.keep, enters: s.Node.Graph.enters, yielding: s.Node.Graph.yielding, Spawner: s.Node}
	g.Joined = s.Mode == syncapi.ManyNow
	g.Repeats = s.Mode == syncapi.Many || s.Mode == syncapi.ManyNow || s.Mode == syncapi.Unknown
	s.graph = g
	x, ret, panicked := g.open(s.frame)
	end := ret
	if done := groupDone(s.Node); done != nil {
		end = x.joint(s.frame)
		end.Op, end.Res = done, s.Node.Res
		x.link(end, ret)
	}
	at := g.Entry
	if s.call != nil {
		at = x.op(s.frame, s.call, at, panicked)
	} else {
		at = x.callback(s.frame, s.Func, at, panicked)
	}
	if at != nil {
		x.link(at, end)
	}
	if s.Func.Root != nil {
		g.Root = s.Func.Root.Func
	}
	return g
}

// AnyTimes reports whether there may be any number of goroutines like that of g, since
// one of those by which it is started [Graph.Repeats], or does so itself.
func (g *Graph) AnyTimes() bool {
	for ; g.Spawner != nil; g = g.Spawner.Graph {
		if g.Repeats {
			return true
		}
	}
	return false
}

// groupDone returns the operation that ends a goroutine of a wait group or
// error group, nil if n starts another kind.
func groupDone(n *Node) *Op {
	if n.Op.Is(syncapi.WgGo, syncapi.GroupGo, syncapi.GroupTryGo) {
		return &Op{Kind: syncapi.WgDone, Pos: n.Op.Pos, Fn: n.Op.Fn, Res: n.Op.Res}
	}
	return nil
}

// An expander adds nodes to a graph.
type expander struct {
	*Graph
	gone    *Node     // where the process ends
	unwinds unwinding // why the call that is being added runs, if it is a deferred one
	yielded bool      // what is being added is in a literal that code unseen is taken to call

	// What a graph consists of lives and dies as one, so it is made many at a time.
	nodes slab[Node]
	steps slab[Step]
	ends  slab[*Step]
}

// A slab makes values, many at a time.
type slab[T any] struct {
	free []T
	size int
}

// maxSlab is how many values a slab makes at a time at most; it begins with a few, since
// most graphs are small.
const maxSlab = 64

// take returns n zero values, with no room behind them.
func (s *slab[T]) take(n int) []T {
	if len(s.free) < n {
		s.size = min(max(2*s.size, 8), maxSlab)
		s.free = make([]T, max(s.size, n))
	}
	taken := s.free[:n:n]
	s.free = s.free[n:]
	return taken
}

func (x *expander) joint(fr *Frame) *Node {
	n := &x.nodes.take(1)[0]
	n.ID, n.Graph, n.Frame = len(x.Nodes), x.Graph, fr
	x.Nodes = append(x.Nodes, n)
	return n
}

func (x *expander) link(from, to *Node) *Step {
	s := &x.steps.take(1)[0]
	s.From, s.To = from, to
	from.Succs = x.end(from.Succs, s)
	to.Preds = x.end(to.Preds, s)
	return s
}

// end adds s to the steps from or to a node, of which there is mostly one.
func (x *expander) end(steps []*Step, s *Step) []*Step {
	if len(steps) == 0 {
		steps = x.ends.take(1)[:0]
	}
	return append(steps, s)
}

func (x *expander) node(fr *Frame, op *Op, from *Node) *Node {
	n := x.joint(fr)
	n.Op, n.Res = op, fr.subst(op.Res)
	if len(op.Args) > 0 {
		n.Args = fr.substAll(op.Args)
	}
	if op.Kind == syncapi.Set {
		set := fr.assign(op.Assign)
		n.set = &set
	}
	x.link(from, n)
	return n
}

func (f *Frame) assign(a Assign) Assign {
	if a.From.isRecovered() {
		return Assign{Var: f.subst(a.Var), Known: f.unwinds != maybePanicking, Value: f.unwinds == panicking}
	}
	a.Var, a.From = f.subst(a.Var), f.subst(a.From)
	return a
}

// An unwinding says why a deferred call runs, and so what recover returns in it.
type unwinding uint8

const (
	maybePanicking unwinding = iota // not known, or the call is no deferred one
	panicking                       // recover has something to recover
	returning                       // or the goroutine ends: recover returns nil
)

// body adds the activation fr between entry and its two exits.
func (x *expander) body(fr *Frame, entry, ret, panicked *Node) {
	f := fr.Func
	if f.Effects {
		x.effects(fr, entry, ret)
		return
	}
	blocks := x.view.blocks(f, x.keep)
	if len(blocks) == 0 {
		x.link(entry, ret)
		return
	}
	a := &activation{expander: x, fr: fr, ret: ret, panicked: panicked}
	a.findDefers(blocks)
	starts := make([]*Node, len(blocks))
	for i := range blocks {
		starts[i] = x.joint(fr)
	}
	first := x.link(entry, starts[0])
	for _, d := range a.defers {
		first.Sets = append(first.Sets, Assign{Var: d.flag, Known: true})
	}
	for _, b := range blocks {
		at := a.ops(b, starts[b.Index])
		if at == nil {
			continue
		}
		for _, e := range b.Succs {
			s := x.link(at, starts[e.To.Index])
			s.Cond = Cond{fr.subst(e.Cond.Var), e.Cond.Want}
			for _, set := range e.Sets {
				s.Sets = append(s.Sets, fr.assign(set))
			}
		}
	}
}

// An activation is a function whose body is being added.
type activation struct {
	*expander
	fr            *Frame
	ret, panicked *Node
	defers        []*deferred
	unwinding     *Node // runs the deferred calls on a panic
	recovers      int   // how many of the deferred calls do
}

// A deferred is a defer statement of a function. Its flag is true once it has
// been executed, so that a search runs the call only then.
type deferred struct {
	op   *Op
	flag Path
}

func (a *activation) findDefers(blocks []*Block) {
	for _, b := range blocks {
		for _, op := range b.Ops {
			if op.Kind == syncapi.Defer && worthDeferring(op.Inner, a.keep) {
				flag := Path{Root: &Root{Kind: Value, Owner: a.fr.Func, Name: "deferred", due: true}}
				a.defers = append(a.defers, &deferred{op, flag})
				if recovers(op.Inner) {
					a.recovers++
				}
			}
		}
	}
}

// worthDeferring reports whether a deferred call does anything.
func worthDeferring(op *Op, keep kinds) bool {
	if op.Kind == syncapi.Work {
		return false
	}
	for _, t := range op.Targets {
		if t.Func.silent(keep) {
			return false
		}
	}
	return true
}

// recovers reports whether a deferred call recovers from a panic.
func recovers(op *Op) bool {
	for _, t := range op.Targets {
		for _, b := range t.Func.Blocks {
			for _, o := range b.Ops {
				if o.Kind == syncapi.Recover {
					return true
				}
			}
		}
	}
	return false
}

// ops adds the operations of a block behind at. It returns the last node, nil
// if control does not leave the block by its edges.
func (a *activation) ops(b *Block, at *Node) *Node {
	for _, op := range b.Ops {
		switch op.Kind {
		case syncapi.Return:
			n := a.node(a.fr, op, at)
			a.link(a.unwind(n, a.panicked, returning), a.ret).Sets = a.resultSets(op)
			return nil
		case syncapi.Panic:
			a.link(a.node(a.fr, op, at), a.onPanic())
			return nil
		case syncapi.Goexit:
			n := a.node(a.fr, op, at)
			a.link(a.unwind(n, a.panicked, returning), a.panicked)
			return nil
		case syncapi.Defer:
			at = a.node(a.fr, op, at)
			for _, d := range a.defers {
				if d.op == op {
					next := a.joint(a.fr)
					s := a.link(at, next)
					s.Sets = []Assign{{Var: d.flag, Known: true, Value: true}}
					at = next
				}
			}
		default:
			at = a.op(a.fr, op, at, a.onPanic())
			if at == nil {
				return nil
			}
		}
	}
	return at
}

// resultSets returns what a return assigns to the results of the call, as far
// as the caller tests them or may call them.
func (a *activation) resultSets(ret *Op) []Assign {
	call := a.fr.Call
	if call == nil {
		return nil
	}
	var sets []Assign
	for i, p := range ret.Args {
		if i >= len(call.Op.Results) {
			break
		}
		r := call.Op.Results[i]
		for _, sel := range r.compared {
			sets = append(sets, a.comparison(ret, i, Path{r, sel}))
		}
		if _, isFunc := typeOf(r).(*types.Signature); !isFunc && !r.tested && !r.renamed && r.Type != nil {
			continue
		}
		set := Assign{Var: a.fr.Up.subst(Path{Root: r}), From: a.fr.subst(p)}
		if p.Root.Kind == Nil {
			set.Known, set.From = true, Path{}
		} else if value, ok := p.boolConst(); ok {
			set.Known, set.Value, set.From = true, value, Path{}
		} else if p.IsNonNil() {
			set.Known, set.Value, set.From = true, true, Path{}
		} else if ret.N>>i&1 != 0 {
			set.Known, set.Value = true, true
		}
		if set.From != set.Var {
			sets = append(sets, set)
		}
	}
	return sets
}

// comparison returns what ret says of a comparison, by the caller, of its result i with a
// constant.
func (a *activation) comparison(ret *Op, i int, of Path) Assign {
	set := Assign{Var: a.fr.Up.subst(of)}
	p := a.fr.subst(ret.Args[i])
	switch {
	case p.isConst() || p.Root.Kind == Nil:
	case p.IsNonNil():
		return set // it may wrap the error that is asked for
	case ret.Fn.signals(i, of.Sel):
		set.Known = true
		return set
	}
	set.From = a.view.extend(p, of.Sel.Name, nil)
	return set
}

func typeOf(r *Root) types.Type {
	if r.Type == nil {
		return nil
	}
	return r.Type.Underlying()
}

// onPanic returns the node to which a panic within the activation leads.
func (a *activation) onPanic() *Node {
	if len(a.defers) == 0 {
		return a.panicked
	}
	if a.unwinding == nil {
		a.unwinding = a.joint(a.fr)
		why := maybePanicking // what is recovered by one of them is not there for the next
		if a.recovers == 1 {
			why = panicking
		}
		end := a.unwind(a.unwinding, a.panicked, why)
		if a.recovers > 0 {
			a.link(end, a.ret)
		} else {
			a.link(end, a.panicked)
		}
	}
	return a.unwinding
}

// unwind adds the deferred calls, last first, each if it has been deferred.
func (a *activation) unwind(at, panicked *Node, why unwinding) *Node {
	for _, d := range slices.Backward(a.defers) {
		run, next := a.joint(a.fr), a.joint(a.fr)
		a.link(at, run).Cond = Cond{d.flag, true}
		a.link(at, next).Cond = Cond{d.flag, false}
		a.unwinds = why
		if end := a.op(a.fr, d.op.Inner, run, panicked); end != nil {
			a.link(end, next)
		}
		a.unwinds = maybePanicking
		at = next
	}
	return at
}

// op adds one operation with all that it runs. It returns the node behind
// which control goes on, nil if it does not.
func (x *expander) op(fr *Frame, op *Op, at, panicked *Node) *Node {
	switch op.Kind {
	case syncapi.Exit:
		x.link(x.node(fr, op, at), x.gone)
		return nil
	case syncapi.Panic, syncapi.Goexit:
		x.link(x.node(fr, op, at), panicked)
		return nil
	case syncapi.Go:
		n := x.node(fr, op, at)
		n.Spawns = append(n.Spawns, &Spawn{Mode: syncapi.Elsewhere, Node: n, Func: fr.funcOf(op.Inner), call: op.Inner, frame: fr})
		return n
	case syncapi.Call, syncapi.Cancel:
		return x.call(fr, op, at, panicked)
	}
	n := x.node(fr, op, at)
	return x.callbacks(fr, op, n, panicked)
}

// funcOf returns the function that op calls, zero if it is not one.
func (f *Frame) funcOf(op *Op) Path {
	if len(op.Targets) == 1 {
		return Path{Root: &Root{Kind: FuncVal, Func: op.Targets[0].Func, Pos: op.Pos}}
	}
	return f.subst(op.Dynamic)
}

// callbacks adds the functions that an operation runs behind its node.
func (x *expander) callbacks(fr *Frame, op *Op, at, panicked *Node) *Node {
	n := at
	for _, cb := range op.Callbacks {
		p := fr.subst(cb.Func)
		switch {
		case cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce:
			at = x.maybe(fr, p, at, panicked, cb.Mode == syncapi.Now)
		case p.IsLiteral() && x.yields(op): // see yield
		default:
			n.Spawns = append(n.Spawns, &Spawn{Mode: cb.Mode, Node: n, Func: p, frame: fr})
		}
	}
	if syncapi.IsBubble(op.Obj) {
		return x.node(fr, &Op{Kind: syncapi.Settle, Pos: op.Pos, Fn: op.Fn}, at)
	}
	return at
}

// yield adds the literals behind the call n, up to at, that code unseen is taken to call.
func (x *expander) yield(fr *Frame, n, at, panicked *Node) *Node {
	if !x.yields(n.Op) {
		return at
	}
	for _, a := range n.Op.Args {
		if p := fr.subst(a); p.IsLiteral() && !isLoopBody(p) {
			was := x.yielded
			x.yielded = true
			at = x.maybe(fr, p, at, panicked, true)
			x.yielded = was
		}
	}
	return at
}

// maybe adds a callback that runs not at all, once, or again and again.
func (x *expander) maybe(fr *Frame, p Path, at, panicked *Node, again bool) *Node {
	turns := Path{Root: &Root{Kind: Value, Owner: fr.Func, Name: "turns"}}
	if again {
		at = x.node(fr, &Op{Kind: syncapi.Count, Pos: at.pos(), Fn: fr.Func, Res: turns, NKnown: true}, at)
	}
	start, end := x.joint(fr), x.joint(fr)
	x.link(at, start)
	x.link(start, end)
	if last := x.callback(fr, p, start, panicked); last != nil {
		if again {
			last = x.node(fr, &Op{Kind: syncapi.Count, Pos: last.pos(), Fn: fr.Func, Res: turns, N: 1, NKnown: true}, last)
			x.link(last, start)
		} else {
			x.link(last, end)
		}
	}
	return end
}

// callback adds the call of the function value p. A method value of which there is no
// skeleton may do anything to what it is bound to: without facts of the standard
// library, the Done of a WaitGroup is one.
func (x *expander) callback(fr *Frame, p Path, at, panicked *Node) *Node {
	op := &Op{Kind: syncapi.Call, Fn: fr.Func, Dynamic: p, Pos: at.pos(), yielded: x.yielded}
	n := x.joint(fr)
	n.Op, n.Res = op, p
	x.link(at, n)
	targets := x.view.calledValue(p, nil)
	if len(targets) == 0 && p.Root != nil && p.Root.Kind == FuncVal && !p.Root.Bound.IsZero() {
		op.Args = []Path{p}
		n.Args = op.Args
	}
	return x.invoke(fr, n, targets, p, panicked)
}

func (n *Node) pos() token.Pos {
	for n != nil {
		if n.Op != nil {
			return n.Op.Pos
		}
		if len(n.Preds) == 0 {
			break
		}
		n = n.Preds[0].From
	}
	if n != nil && n.Graph.Spawner != nil {
		return n.Graph.Spawner.Op.Pos
	}
	return token.NoPos
}

// call adds a call with the skeletons of what it calls.
func (x *expander) call(fr *Frame, op *Op, at, panicked *Node) *Node {
	n := x.node(fr, op, at)
	var targets []*Target
	for _, t := range op.Targets {
		targets = append(targets, &Target{t.Func, fr.substAll(t.Args), t.holder, fr.subst(t.held), fr.makerOf(t.maker)})
	}
	targets = x.view.reached(op.Obj, n.Args, targets)
	var dyn Path
	if len(targets) == 0 && !op.Dynamic.IsZero() {
		dyn = fr.subst(op.Dynamic)
		targets = x.view.calledValue(dyn, n.Args)
		n.Res = dyn
	}
	end := x.invoke(fr, n, targets, dyn, panicked)
	if end == nil || !dyn.IsZero() && len(targets) > 0 {
		return end // a function that is known calls what it is handed itself
	}
	if len(targets) == 0 {
		end = x.yield(fr, n, end, panicked)
	}
	return x.callbacks(fr, op, end, panicked)
}

func (f *Frame) substAll(ps []Path) []Path {
	qs := make([]Path, len(ps))
	for i, p := range ps {
		qs[i] = f.subst(p)
	}
	return qs
}

// invoke adds the targets of the call n as alternatives.
func (x *expander) invoke(fr *Frame, n *Node, targets []*Target, dyn Path, panicked *Node) *Node {
	if len(targets) == 0 {
		return n
	}
	end := x.joint(fr)
	reached := false
	for _, t := range targets {
		if t.Func.silent(x.keep) && len(targets) == 1 {
			return n
		}
		reached = x.enter(fr, n, t, dyn, end, panicked) || reached
	}
	if !reached {
		return nil
	}
	return end
}

// enter adds the activation of one target. It reports whether control may
// come back from it.
func (x *expander) enter(fr *Frame, n *Node, t *Target, dyn Path, end, panicked *Node) bool {
	if t.Func.silent(x.keep) || t.Func.Blocks == nil || x.enters != nil && t.Func.Returns && !x.enters(n, t) {
		x.link(n, end)
		return true
	}
	callee := x.frame(t.Func, n, fr, t.Args)
	callee.lexical = fr.lexicalOf(t.Func, dyn)
	if t.maker != nil {
		callee.lexical = x.frame(t.maker.fn, n, fr, t.maker.args)
	}
	if callee.lexical == nil {
		callee.holder, callee.held = t.holder, t.held
	}
	callee.bindResults(n, fr)
	callee.unwinds = x.unwinds
	defer func(why unwinding) { x.unwinds = why }(x.unwinds)
	x.unwinds = maybePanicking // what the callee calls has nothing to recover, as a rule
	if callee.recursive() || callee.Depth > maxDepth || len(x.Nodes) > maxNodes {
		x.Widened, callee.Widened = true, true
		x.effects(callee, n, end)
		return true
	}
	x.body(callee, n, end, panicked)
	return t.Func.Returns
}

// lexicalOf returns the activation in which the literal fn was made, which fr calls.
func (f *Frame) lexicalOf(fn *Func, dyn Path) *Frame {
	if fn.Parent == nil {
		return nil
	}
	if dyn.Root != nil && dyn.Root.frame != nil {
		return dyn.Root.frame
	}
	for at := f; at != nil; at = at.Up {
		for l := at; l != nil; l = l.lexical {
			if l.Func == fn.Parent {
				return l
			}
		}
	}
	return nil
}

// recursive reports whether the function of f is being run by a caller of f already. One
// that is handed another function than it is running with, as withLock is by what it
// calls, may be run twice.
func (f *Frame) recursive() bool {
	times := 0
	for at := f.Up; at != nil; at = at.Up {
		if at.Func == f.Func && at.Call != nil {
			if times++; times > 1 || !f.runsOther(at) {
				return true
			}
		}
	}
	return false
}

// runsOther reports whether f has been handed another function than at, an activation of
// the same function.
func (f *Frame) runsOther(at *Frame) bool {
	for i, a := range f.args {
		if i < len(at.args) && a.Root != nil && a.Root.Kind == FuncVal {
			if b := at.args[i].Root; b != nil && b.Kind == FuncVal && b.Func != a.Root.Func {
				return true
			}
		}
	}
	return false
}

// bindResults lets objects that the callee makes and returns be known to the
// caller as the results of its call, and their fields as those of the results.
func (f *Frame) bindResults(call *Node, caller *Frame) {
	in := f.graph.view.interner
	for i, p := range f.Func.Results {
		if p.Root == nil || p.Sel != nil || p.Root.Owner != f.Func || i >= len(call.Op.Results) {
			continue
		}
		if p.Root.Kind == Param || p.Root.Kind == FuncVal {
			continue // the caller's already, or a closure, which keeps its own frame
		}
		bound := caller.subst(Path{Root: call.Op.Results[i]})
		f.clone(p.Root, bound)
		owner, _ := structOf(bound.Root.Type)
		for name, init := range p.Root.inits {
			if init.Sel == nil && init.Root.Owner == f.Func && init.Root.Kind != Param && init.Root.Kind != FuncVal {
				f.clone(init.Root, in.extend(bound, name, owner))
			}
		}
	}
}

// effects adds the operations of a function as a set: in any order, any
// number of times, or not at all.
func (x *expander) effects(fr *Frame, at, end *Node) {
	hub := x.joint(fr)
	x.link(at, hub)
	x.link(hub, end)
	for _, b := range fr.Func.Blocks {
		for _, op := range b.Ops {
			switch op.Kind {
			case syncapi.Return, syncapi.Panic, syncapi.Exit, syncapi.Goexit, syncapi.Set, syncapi.Go, syncapi.Call, syncapi.Work:
				continue
			case syncapi.Defer:
				op = op.Inner
				if op.Kind == syncapi.Call {
					continue
				}
			}
			n := x.node(fr, op, hub)
			x.link(n, hub)
		}
	}
}
