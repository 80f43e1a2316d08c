package lockset

import (
	"go/token"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// An Edge is a place where a function takes one lock while it holds another:
// an edge of the lock-order graph (Havelund, "Using runtime analysis to guide
// model checking of Java programs", 2000), found on paths instead of runs. See
// [Locks.Under] for what else may be at its end.
type Edge struct {
	Func        *skeleton.Func
	First       *skeleton.Op // takes the lock that is held, or calls what does
	Outer       *skeleton.Op // takes it: First itself if that is no call
	Second      *skeleton.Op // takes the other, or calls what does
	Inner       *skeleton.Op // takes it: Second itself if that is no call
	From, To    Key
	Held, Taken skeleton.Path // the two locks, as Func names them
}

// SharedFirst reports whether the first lock is held for reading only.
func (e *Edge) SharedFirst() bool { return e.Outer.Kind == syncapi.RLock }

// SharedSecond reports whether the second is taken for reading only.
func (e *Edge) SharedSecond() bool { return e.Inner.Kind == syncapi.RLock }

// Edges returns the lock-order graph of the package: a may-analysis without
// conditions, which [Locks.Confirm] makes exact for one edge. Locks of objects
// that nothing else has got hold of yet make no edge.
func (l *Locks) Edges() []*Edge { return l.under(lockOps, false) }

// Under returns the places where a function does one of ops, which wait for
// another goroutine, while it holds a lock: edges that end in those operations
// instead of in locks. The arms of a select that has a default are none.
func (l *Locks) Under(ops ...syncapi.Op) []*Edge { return l.under(ops, true) }

var lockOps = []syncapi.Op{syncapi.Lock, syncapi.RLock}

func (l *Locks) under(ops []syncapi.Op, waits bool) []*Edge {
	var edges []*Edge
	var sample skeleton.Sample
	for _, f := range l.View.Funcs {
		c := &edgeCollector{Locks: l, f: f, ops: ops, waits: waits, seen: make(map[edgeKey]bool), sample: &sample}
		c.collect()
		edges = append(edges, c.edges...)
	}
	return edges
}

type edgeCollector struct {
	*Locks
	f     *skeleton.Func
	ops   []syncapi.Op // at the end of edges
	waits bool         // they are other than locks
	seen  map[edgeKey]bool
	edges []*Edge
	whole *skeleton.Graph // see inner

	sample *skeleton.Sample // of the functions that only hand over what others lock
}

func (c *edgeCollector) collect() {
	if c.waits && !c.Concerns(c.f) {
		c.contexts() // what it hands over may yet meet a lock
		return
	}
	c.graph(c.Graph(c.f, c.ops...), nil)
	c.contexts()
}

func (c *edgeCollector) contexts() {
	for _, b := range c.f.Blocks {
		for _, op := range b.Ops {
			if c.needsContext(op) {
				c.inContext(op)
			}
		}
	}
}

type edgeKey struct {
	first, second, inner *skeleton.Op
	to                   Key
}

// graph collects the edges of a graph of f, those alone whose first lock is
// taken by what op calls, if op is not nil.
func (c *edgeCollector) graph(g *skeleton.Graph, op *skeleton.Op) {
	for _, n := range g.Nodes {
		from, ok := KeyOf(n.Res)
		if !n.Op.Is(lockOps...) || !ok || loose(n) || op != nil && outermostOp(n) != op || !c.waits && c.Fresh(c.f, n.Res, n.Op.Pos) {
			continue
		}
		lib := foreign(n)
		if lib == n.Frame || lib != nil && (c.mixes(lib.Call.Op) || c.onlyTakes(lib.Func)) {
			lib = nil // that it holds the lock behind the call is known
		}
		c.behind(n, func(m *skeleton.Node) {
			if lib != nil && !m.Frame.Within(lib) {
				return
			}
			if m.Op.Is(c.ops...) {
				c.add(n, m, from, m.Op, m.Res, op != nil)
				return
			}
			for _, e := range c.View.CallEffects(m, c.ops...) {
				if !e.Started {
					c.add(n, m, from, e.Op, e.Res, op != nil)
				}
			}
		})
	}
}

// add adds the edge from n to m, where inner acts on p. If it is within a callee, what a
// few functions make of it stands for all.
func (c *edgeCollector) add(n, m *skeleton.Node, from Key, inner *skeleton.Op, p skeleton.Path, within bool) {
	to, ok := KeyOf(p)
	if !ok && c.waits {
		to, ok = Key{Variable: p}, p.Root != nil // whoever asks knows more names
	}
	k := edgeKey{first: n.Op, second: m.Op, to: to}
	if c.waits {
		k.inner = inner
	}
	if !ok || p == n.Res || c.seen[k] || !c.waits && c.Fresh(c.f, p, m.Op.Pos) || c.waits && inner.Arm != nil && inner.Arm.Defined {
		return
	}
	c.seen[k] = true
	if within && !c.sample.Wants(c.f, n.Op, inner) {
		return
	}
	c.edges = append(c.edges, &Edge{c.f, outermostOp(n), n.Op, outermostOp(m), inner, from, to, n.Res, p})
}

// inContext collects the edges within what op calls or starts that only f
// knows, since it hands the locks or a callback over.
func (c *edgeCollector) inContext(op *skeleton.Op) {
	g := c.inner()
	if op.Kind != syncapi.Go {
		c.graph(g, op)
		return
	}
	for _, n := range g.Nodes {
		if n.Op != op {
			continue
		}
		for _, s := range n.Spawns {
			c.graph(s.Graph(), op.Inner)
		}
	}
}

// inner returns the outline of f in which what is needed of the calls that need their
// context stands in: all callees that take locks, or do what edges end in.
func (c *edgeCollector) inner() *skeleton.Graph {
	if c.whole == nil {
		c.whole = c.graphAt(c.f, c.needsContext, func(e skeleton.Effect) bool { return e.Op.Is(lockOps...) || e.Op.Is(c.ops...) }, c.ops...)
	}
	return c.whole
}

// needsContext reports whether a call, or a go statement, hands a function that
// does what edges end in, or things that it acts on, to a function that takes
// other locks, or calls one of another package that has been handed such a function
// before.
func (c *edgeCollector) needsContext(op *skeleton.Op) bool {
	call := op
	if op.Kind == syncapi.Go {
		call = op.Inner
	}
	if call.Kind != syncapi.Call {
		return false
	}
	for _, t := range call.Targets {
		if len(c.View.Effects(t.Func, lockOps...)) == 0 {
			continue
		}
		if t.Func.Imported() && slices.ContainsFunc(c.View.Effects(t.Func, c.ops...), isOurs) {
			return true
		}
		for _, a := range t.Args {
			if a.Root == nil {
				continue
			}
			_, acts := KeyOf(a)
			if a.Root.Kind == skeleton.FuncVal && a.Root.Func != nil {
				acts = len(c.View.Effects(a.Root.Func, c.ops...)) > 0
			} else {
				acts = acts && c.actsOnParams(t.Func)
			}
			if acts {
				return true
			}
		}
	}
	return false
}

func isOurs(e skeleton.Effect) bool { return !e.Op.Fn.Imported() && !e.Started }

// actsOnParams reports whether f takes two locks that are its parameters, or
// does what edges end in to one, or under one.
func (c *edgeCollector) actsOnParams(f *skeleton.Func) bool {
	isParam := func(e skeleton.Effect) bool { return e.Res.Sel == nil && e.Res.Root.Kind == skeleton.Param }
	n := 0
	for _, e := range c.View.Effects(f, lockOps...) {
		if isParam(e) {
			n++
		}
	}
	if !c.waits {
		return n > 1
	}
	effects := c.View.Effects(f, c.ops...)
	return len(effects) > 0 && (n > 0 || slices.ContainsFunc(effects, isParam))
}

// outermostOp returns the operation of the graph's own function by which n
// happens.
func outermostOp(n *skeleton.Node) *skeleton.Op {
	for n.Frame.Call != nil {
		n = n.Frame.Call
	}
	return n.Op
}

// behind calls yield for the operations that may be reached from n, which
// takes a lock, before that is released or handed to what releases it.
func (l *Locks) behind(n *skeleton.Node, yield func(*skeleton.Node)) {
	seen := map[*skeleton.Node]bool{n: true}
	for work := []*skeleton.Node{n}; len(work) > 0; {
		at := work[len(work)-1]
		work = work[:len(work)-1]
		for _, s := range at.Succs {
			m := s.To
			if seen[m] || m.Op != nil && IsRelease(m) && m.Res == n.Res {
				continue
			}
			seen[m] = true
			if l.entrusts(m, n) {
				continue
			}
			if m.Op != nil {
				yield(m)
			}
			work = append(work, m)
		}
	}
}

// Fresh reports whether p, at pos in f, belongs to an object that f has made
// and that no goroutine which it starts knows, or that all callers of f have
// made so. An element of what was made so may be known by another name: no goroutine
// has to take a lock like it.
func (l *Locks) Fresh(f *skeleton.Func, p skeleton.Path, pos token.Pos) bool {
	return l.freshTo(f, p, p, pos, 3)
}

func (l *Locks) freshTo(f *skeleton.Func, lock, p skeleton.Path, pos token.Pos, depth int) bool {
	r := p.Root
	if r.Kind == skeleton.Param && r.Owner == f && depth > 0 {
		ops, ok := l.Callers(f)
		return ok && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
			for _, t := range op.Targets {
				if t.Func == f && r.Index < len(t.Args) && t.Args[r.Index].Root != nil {
					return !l.freshTo(op.Fn, lock, t.Args[r.Index], op.Pos, depth-1)
				}
			}
			return true
		})
	}
	if !l.Makes(f, r) {
		return false
	}
	class, ok := classOf(lock)
	ok = ok && isElement(p)
	knows := func(e skeleton.Effect) bool {
		if e.Res.Root == r {
			return true
		}
		c, same := classOf(e.Res)
		return ok && same && c == class
	}
	return !l.View.StartsBefore(f, pos, knows, syncapi.Lock, syncapi.RLock)
}

// HandsOn reports whether f, or each of its callers, hands object to a channel
// or pool behind pos: whoever does so has it alone.
func (l *Locks) HandsOn(f *skeleton.Func, object skeleton.Path, pos token.Pos) bool {
	return l.givesAway(f, object, pos, 2)
}

func (l *Locks) givesAway(f *skeleton.Func, object skeleton.Path, pos token.Pos, depth int) bool {
	for _, op := range f.Ops() {
		if op.Is(syncapi.Send, syncapi.PoolPut) && op.Pos > pos && slices.Contains(op.Args, object) {
			return true
		}
	}
	r := object.Root
	if r == nil || object.Sel != nil || r.Kind != skeleton.Param || r.Owner != f || depth == 0 {
		return false
	}
	ops, ok := l.Callers(f)
	return ok && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
		return !slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
			return t.Func == f && r.Index < len(t.Args) && l.givesAway(op.Fn, t.Args[r.Index], op.Pos, depth-1)
		})
	})
}

// Makes reports whether f has made what r stands for, or got it from a callee
// that has: whoever else knows it got it from f or that callee.
func (l *Locks) Makes(f *skeleton.Func, r *skeleton.Root) bool {
	return r.Owner == f && (r.Kind == skeleton.Made || r.Kind == skeleton.Local || makes(f, r))
}

// makes reports whether r is a result of a call, in f, of what made it: each
// function that may be called returns what it has made, or nothing.
func makes(f *skeleton.Func, r *skeleton.Root) bool {
	targets, i := source(f, r)
	if op := r.Dropped(); op != nil && len(targets) == 0 {
		targets, i = op.Targets, slices.Index(op.Results, r.Origin())
	}
	return len(targets) > 0 && i >= 0 && !slices.ContainsFunc(targets, func(t *skeleton.Target) bool { return !returnsMade(t.Func, i) })
}

// Known reports whether it is known where f has got r from, and that it is not
// something new: no callee that it may be a result of has made it.
func (l *Locks) Known(f *skeleton.Func, r *skeleton.Root) bool {
	if r.Kind != skeleton.Result {
		return r.Kind != skeleton.Value
	}
	targets, i := source(f, r)
	return len(targets) > 0 && !slices.ContainsFunc(targets, func(t *skeleton.Target) bool { return returnsMade(t.Func, i) })
}

// New reports whether r may be something new: a callee that it may be a result
// of has made it at some return.
func (l *Locks) New(f *skeleton.Func, r *skeleton.Root) bool {
	targets, i := source(f, r)
	return slices.ContainsFunc(targets, func(t *skeleton.Target) bool {
		return slices.ContainsFunc(t.Func.Ops(), func(op *skeleton.Op) bool {
			return op.Kind == syncapi.Return && i < len(op.Args) && op.Args[i].Root != nil && (isMade(op.Args[i]) || op.Args[i].Sel == nil && makes(t.Func, op.Args[i].Root))
		})
	})
}

// source returns the functions that f may have called to get r, and which of
// their results that is.
func source(f *skeleton.Func, r *skeleton.Root) ([]*skeleton.Target, int) {
	for _, op := range f.Ops() {
		if i := slices.Index(op.Results, r); i >= 0 {
			return op.Targets, i
		}
	}
	return nil, 0
}

// returnsMade reports whether the i-th result of f is what f has made: if its
// body is not seen, or is long, on what all returns agree decides.
func returnsMade(f *skeleton.Func, i int) bool {
	if i < len(f.Results) && f.Results[i].Root != nil {
		return isMade(f.Results[i])
	}
	made := false
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Return {
			continue
		}
		if i >= len(op.Args) || op.Args[i].Root == nil {
			return false
		}
		if op.Args[i].Root.Kind != skeleton.Nil && !isMade(op.Args[i]) {
			return false
		}
		made = made || isMade(op.Args[i])
	}
	return made
}

func isMade(p skeleton.Path) bool {
	return p.Sel == nil && (p.Root.Kind == skeleton.Made || p.Root.Kind == skeleton.Local)
}

// Starts reports whether op starts a goroutine that acts on what r leads to.
func (l *Locks) Starts(op *skeleton.Op, r *skeleton.Root) bool {
	for _, e := range l.View.OpEffects(op, syncapi.Lock, syncapi.RLock) {
		if e.Started && e.Res.Root == r {
			return true
		}
	}
	return false
}

// Confirm returns the two acquisitions of an edge as nodes of one graph, with
// a feasible path from the one to the other on which the first lock is held;
// nil if there is none.
func (l *Locks) Confirm(e *Edge) *skeleton.Trace {
	ends := func(call *skeleton.Op) bool { return call == e.First || call == e.Second }
	g := l.graphAt(e.Func, ends, func(x skeleton.Effect) bool { return x.Res == e.Held || x.Res == e.Taken })
	for _, n := range g.Nodes {
		for _, s := range n.Spawns {
			if n.Op.Kind == syncapi.Go && n.Op.Inner == e.First {
				if t := l.confirmIn(s.Graph(), e); t != nil {
					return t
				}
			}
		}
	}
	return l.confirmIn(g, e)
}

func (l *Locks) confirmIn(g *skeleton.Graph, e *Edge) *skeleton.Trace {
	for _, n := range g.Nodes {
		if !n.Op.Is(syncapi.Lock, syncapi.RLock) || n.Res != e.Held || outermostOp(n) != e.First {
			continue
		}
		t := l.HeldTo(n, func(m *skeleton.Node) bool {
			return m.Op.Is(lockOps...) && m.Res == e.Taken && outermostOp(m) == e.Second
		})
		if t != nil {
			return t
		}
	}
	return nil
}

// HeldTo returns a feasible path from n, which takes a lock, to a node for
// which wanted holds, on which the lock is neither released nor handed to what
// releases it; nil if there is none. Of operations in no order nothing is known
// to be held behind a lock, nor where one of them is the release.
func (l *Locks) HeldTo(n *skeleton.Node, wanted func(*skeleton.Node) bool) *skeleton.Trace {
	if loose(n) {
		return nil
	}
	releases := func(m *skeleton.Node) bool { return m.Op != nil && IsRelease(m) && m.Res == n.Res }
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n},
		Visit: func(m *skeleton.Node) skeleton.Verdict {
			switch {
			case releases(m), l.entrusts(m, n), m.Op == nil && loose(m) && slices.ContainsFunc(m.Succs, func(s *skeleton.Step) bool { return releases(s.To) }):
				return skeleton.Stop
			case wanted(m):
				return skeleton.Found
			}
			return skeleton.Continue
		},
	})
}
