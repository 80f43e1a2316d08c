package semleak

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports semaphores that are not released.
var Analyzer = &analysis.Analyzer{
	Name:     "semleak",
	Doc:      docs.MustExtract(doc, "semleak"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/semleak",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the functions that acquire a semaphore.
//
// A path is reported on which one is acquired and not released, in a graph that
// releases it on another path (a may-analysis). Functions that do not release it
// at all are taken to leave that to others.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	index *symindex.Index
	root  *syntax.Tree
	sems  map[*types.Var]bool
	other map[*types.Var]bool // used the other way round: see turned
	done  map[token.Pos]bool
	found []finding

	sample skeleton.Sample

	handed map[*skeleton.Func]bool // functions that are kept as values
	uses   []use                   // all that may act on a semaphore
}

// A use is an operation that may act on a semaphore, by the function that has it.
type use struct {
	fn  *skeleton.Func
	op  *skeleton.Op
	res skeleton.Path // as fn has it
}

// A finding is what is to be reported of a semaphore, if it is one.
type finding struct {
	sem *types.Var
	analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		sems:  make(map[*types.Var]bool),
		other: make(map[*types.Var]bool),
		done:  make(map[token.Pos]bool),
	}
	c.view = c.locks.View
	c.view.Lock()
	defer c.view.Unlock()
	c.collect()
	for _, f := range c.view.Funcs {
		c.function(f, syncapi.Send, syncapi.Recv)
		c.function(f, syncapi.SemAcquire, syncapi.SemRelease)
		c.pools(f)
		for _, op := range f.Ops() {
			if op.Kind == syncapi.SemAcquire {
				c.ignored(op)
			}
		}
	}
	for _, f := range c.found {
		if !c.other[f.sem] {
			report.Report(pass, f.Diagnostic)
		}
	}
	return nil, nil
}

// collect notes all that may act on a semaphore.
func (c *checker) collect() {
	c.handed = c.view.Handed()
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Inner != nil {
				op = op.Inner
			}
			if op.Is(syncapi.Send, syncapi.Recv, syncapi.SemAcquire, syncapi.SemRelease) {
				c.uses = append(c.uses, use{f, op, op.Res})
			} else if op.Kind == syncapi.Call {
				c.collectForeign(f, op)
			}
		}
	}
}

// -- paths --

// function checks what f acquires.
func (c *checker) function(f *skeleton.Func, acquire, release syncapi.Op) {
	paths := c.acquiredBy(f, acquire, release)
	if len(paths) == 0 || !c.mayKeep(f, paths, release) {
		return
	}
	var acts []*skeleton.Op
	for _, e := range c.view.Effects(f, acquire, release) {
		if paths[e.Res] {
			acts = append(acts, e.Op)
		}
	}
	near := func(op *skeleton.Op) bool { return skeleton.Near(f, op) }
	if !c.sample.WantsAny(f, acts) && !slices.ContainsFunc(acts, near) {
		return
	}
	fc := &spawn.Focus{Locks: c.locks, X: acquire, Y: release, Keep: func(skeleton.Effect) bool { return true }}
	g := fc.Bounded(f, func(p skeleton.Path) bool { return paths[p] })
	graphs := slices.Collect(spawn.Graphs(g))
	if slices.ContainsFunc(graphs, func(each *skeleton.Graph) bool { return each.Widened }) {
		return
	}
	if acquire == syncapi.Send {
		c.turned(graphs)
	}
	for _, each := range graphs {
		for a := range spawn.Nodes(each, acquire) {
			if paths[a.Res] && (!a.Op.Fn.Imported() || !takesFirst(each, a)) {
				c.acquired(a, release, c.handsOver(f, a, release, g))
			}
		}
	}
}

// mayKeep reports whether f may be at fault for one of the semaphores that it acquires, as
// far as can be told without a graph: it releases one as well, or returns an error. What
// it makes itself it may have filled.
func (c *checker) mayKeep(f *skeleton.Func, paths map[skeleton.Path]bool, release syncapi.Op) bool {
	if f.Obj != nil && slices.ContainsFunc(slices.Collect(f.Obj.Signature().Results().Variables()), func(v *types.Var) bool {
		return syncapi.IsError(v.Type())
	}) {
		return true
	}
	return f.Obj == nil || slices.ContainsFunc(c.view.Effects(f, release, syncapi.MakeChan), func(e skeleton.Effect) bool { return paths[e.Res] })
}

// acquiredBy returns the semaphores that f acquires and has to release: not those
// that a callee releases as well, which is then the one to look at.
func (c *checker) acquiredBy(f *skeleton.Func, acquire, release syncapi.Op) map[skeleton.Path]bool {
	paths := make(map[skeleton.Path]bool)
	var foreign []skeleton.Effect
	add := func(op *skeleton.Op, p skeleton.Path) {
		switch {
		case !p.IsOne():
		case op.Fn.Imported():
			if c.isForeign(op, p) {
				foreign = append(foreign, skeleton.Effect{Op: op, Res: p})
			}
		case c.isSem(op):
			paths[p] = true
		}
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(acquire) {
				add(op, op.Res)
				continue
			}
			effects := c.view.OpEffects(op, acquire, release)
			for _, e := range effects {
				callees := op.Kind == syncapi.Call && slices.ContainsFunc(effects, func(r skeleton.Effect) bool { return r.Op.Kind == release && r.Res == e.Res })
				if e.Op.Kind == acquire && !callees {
					add(e.Op, e.Res)
				}
			}
		}
	}
	c.foreign(f, paths, foreign, release)
	return paths
}

// handsOver reports whether a function that does not acquire the semaphore of a,
// or one that is kept, releases it, so that it may be left to that.
func (c *checker) handsOver(f *skeleton.Func, a *skeleton.Node, release syncapi.Op, g *skeleton.Graph) bool {
	in := make(map[*skeleton.Op]bool)
	for each := range spawn.Graphs(g) {
		for _, n := range each.Nodes {
			in[n.Op] = true
		}
	}
	acquires := make(map[*skeleton.Func]bool)
	var elsewhere []*skeleton.Func
	for _, u := range c.uses {
		switch outer := u.fn.Outermost(); {
		case !u.op.Is(a.Op.Kind, release) || !c.mayAct(u, a):
		case u.op.Kind == a.Op.Kind:
			acquires[outer] = true
		case c.handed[u.fn]:
			return true
		case !in[u.op] || u.op.Fn.Imported() && !runs(g, outer):
			if outer == f.Outermost() {
				return true
			}
			elsewhere = append(elsewhere, outer)
		}
	}
	return slices.ContainsFunc(elsewhere, func(o *skeleton.Func) bool { return !acquires[o] })
}

// same reports whether x and y may act on the same semaphore, by whatever name.
func (c *checker) same(x, y *skeleton.Op) bool {
	if v := c.variable(x); v != nil && v == c.variable(y) {
		return true
	}
	kx, okx := lockset.KeyOf(x.Res)
	ky, oky := lockset.KeyOf(y.Res)
	return okx && oky && kx == ky
}

// ofCallee reports whether a function that is called on the way to a may release
// what a acquires, so that it is its fault if it does not.
func (c *checker) ofCallee(a *skeleton.Node, release syncapi.Op) bool {
	for fr := a.Frame; fr.Call != nil; fr = fr.Up {
		if fr.Func.Obj == nil {
			continue
		}
		effects := c.view.Effects(fr.Func, a.Op.Kind, release)
		for _, e := range effects {
			if e.Op == a.Op && slices.ContainsFunc(effects, func(r skeleton.Effect) bool { return r.Op.Kind == release && r.Res == e.Res }) {
				return true
			}
		}
	}
	return false
}

// acquired checks what follows on the acquisition a. If others release as well,
// or the function does so only where it fails, it may be left to callers, unless
// an error is returned.
func (c *checker) acquired(a *skeleton.Node, release syncapi.Op, others bool) {
	if !madeIn(a) && posts(a) {
		return // it posts for as many others
	}
	g := a.Graph
	isRelease := releases(a, release)
	starts := func(n *skeleton.Node) *skeleton.Graph {
		for _, s := range n.Spawns {
			sg := s.Graph()
			if slices.ContainsFunc(sg.Nodes, isRelease) {
				return sg
			}
		}
		return nil
	}
	released := false
	var fromStarted []*skeleton.Graph
	for _, n := range g.Nodes {
		if n.Op == nil || !isRelease(n) && starts(n) == nil || !skeleton.Leads(a, n, nil) {
			continue
		}
		released = true
		if sg := starts(n); sg != nil && !slices.ContainsFunc(sg.Nodes, func(m *skeleton.Node) bool { return m.Op.Is(a.Op.Kind) && m.Res == a.Res }) {
			fromStarted = append(fromStarted, sg)
		}
	}
	if others || c.keeps(a, isRelease) {
		if !c.ofCallee(a, release) {
			c.failing(a, func(n *skeleton.Node) bool { return isRelease(n) || n.Op != nil && starts(n) != nil })
		}
		return
	}
	if !released {
		return
	}
	c.inside(a, release)
	if c.ofCallee(a, release) {
		return
	}
	for _, sg := range fromStarted {
		c.lost(a, sg.Entry, isRelease, true)
	}
	c.lost(a, a, func(n *skeleton.Node) bool { return isRelease(n) || n.Op != nil && starts(n) != nil }, !madeIn(a))
	c.handler(a, isRelease)
}

// releases returns a predicate that holds for the releases of what a acquires, and
// for where one that does not wait has found nothing to release.
func releases(a *skeleton.Node, release syncapi.Op) func(*skeleton.Node) bool {
	tried := make(map[*skeleton.Op]bool)
	for _, n := range a.Graph.Nodes {
		if n.Op.Is(release) && n.Res == a.Res && n.Op.Arm != nil {
			tried[n.Op.Arm] = true
		}
	}
	return func(n *skeleton.Node) bool {
		return n.Op.Is(release) && n.Res == a.Res || n.Op.Is(syncapi.Default) && tried[n.Op.Arm]
	}
}

// madeIn reports whether the semaphore of a is made by its own goroutine, and
// so is of no use to anybody when that ends.
func madeIn(a *skeleton.Node) bool {
	for m := range spawn.Nodes(a.Graph, syncapi.MakeChan) {
		if m.Res == a.Res {
			return true
		}
	}
	r := a.Res.Root
	return a.Res.Sel == nil && r.MadeIn() == nil && (r.Kind == skeleton.Made || r.Kind == skeleton.Local || r.Kind == skeleton.Result) && a.Graph.Spawner == nil
}

// lost reports a if there is a path from the node from to the end of its
// goroutine, should that count, or to a again, past no release.
func (c *checker) lost(a, from *skeleton.Node, isRelease func(*skeleton.Node) bool, ends bool) {
	failed := failure(a)
	var given []skeleton.Cond
	if from.Graph != a.Graph {
		given = from.Graph.Given(a)
	}
	var trace *skeleton.Trace
	found := c.view.Sure(func() bool {
		trace = from.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{from},
			Know: given,
			Take: acquiredStep(a, failed),
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				switch {
				case isRelease(n), hands(n, a):
					return skeleton.Stop
				case n == a:
					if chans.Bare(a.Op) {
						return skeleton.Found
					}
					return skeleton.Stop // and what ends it may have kept the release from being started
				case ends && n.Exit == skeleton.ByReturn:
					return skeleton.Found
				case n.Op.Is(syncapi.Exit, syncapi.Goexit):
					return skeleton.Stop
				}
				return skeleton.Continue
			},
		})
		return trace != nil
	})
	if !found || a.Op.Is(syncapi.SemAcquire) && failed.Var.IsZero() && tested(a) {
		return
	}
	c.report(a, trace, c.deferRelease(a, isRelease))
}

// acquiredStep returns a predicate for the steps that may be taken behind a, which has not
// failed, and whose semaphore is therefore not nil.
func acquiredStep(a *skeleton.Node, failed skeleton.Cond) func(*skeleton.Step) bool {
	none := skeleton.Cond{Var: a.Res, Want: false}
	return func(s *skeleton.Step) bool {
		return s.Cond != none && (failed.Var.IsZero() || s.Cond != failed)
	}
}

// hands reports whether n gives the semaphore of a to who is to release it: with
// what is returned, sent or stored.
func hands(n, a *skeleton.Node) bool {
	return n.Op.Is(syncapi.Return, syncapi.Send, syncapi.Store) && slices.ContainsFunc(n.Args, func(q skeleton.Path) bool {
		if q.Root == nil {
			return false
		}
		_, ok := n.Graph.View().Reach(q, a.Res)
		return ok
	})
}

// failure returns the condition under which a did not acquire: its error is not
// nil. It is zero if no branch depends on that.
func failure(a *skeleton.Node) skeleton.Cond {
	if !a.Op.Is(syncapi.SemAcquire) {
		return skeleton.Cond{}
	}
	for at := a; ; at = at.Succs[0].To {
		for _, s := range at.Succs {
			if !s.Cond.Var.IsZero() {
				return skeleton.Cond{Var: s.Cond.Var, Want: true}
			}
		}
		if len(at.Succs) != 1 || at.Succs[0].To.Op != nil && !at.Succs[0].To.Op.Is(syncapi.Return, syncapi.Set) {
			return skeleton.Cond{}
		}
	}
}

// tested reports whether the result of a may be looked at, though not where it
// is seen.
func tested(a *skeleton.Node) bool {
	_, isStmt := a.Graph.View().Node(a.Op).(*ast.CallExpr)
	return isStmt && len(a.Op.Results) > 0
}

// name returns the semaphore of a as its function has it.
func (c *checker) name(a *skeleton.Node) string {
	if a.Op.Fn.Imported() {
		return a.Res.Base().String() // the field is that package's own
	}
	if r := a.Op.Res; r.Sel == nil && r.Root != nil && r.Root.Kind == skeleton.Param && a.Frame.Call != nil {
		return a.Res.String() // which the callee has by a name of its own
	}
	return c.view.Text(a.Op)
}

// siteOf returns the operation by which the goroutine of n comes to n: n's own, or
// the call that does it.
func siteOf(n *skeleton.Node) *skeleton.Op {
	if calls := n.Calls(); len(calls) > 0 && calls[0].Graph == n.Graph {
		return calls[0].Op
	}
	return n.Op
}

// report reports that what a acquires is lost on a path, with the fixes of that.
func (c *checker) report(a *skeleton.Node, trace *skeleton.Trace, fixes []analysis.SuggestedFix) {
	pos, end := c.view.Extent(siteOf(a))
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	name := c.name(a)
	var ret *skeleton.Op
	for _, n := range trace.Nodes {
		if n.Op.Is(syncapi.Return) && n.Frame.Call == nil || n.Op.Is(syncapi.Return) && n.Graph.Spawner != nil && n.Frame.Call != nil && n.Frame.Call.Graph == n.Graph && n.Frame.Call.Frame.Call == nil {
			ret = n.Op
		}
	}
	d := analysis.Diagnostic{Pos: pos, End: end, SuggestedFixes: fixes}
	switch {
	case trace.End() == a:
		d.Message = fmt.Sprintf("%s is acquired here again and again, and not released on a path between", name)
	case ret != nil && c.view.Node(ret) != nil:
		rPos, rEnd := c.view.Extent(ret)
		d.Message = fmt.Sprintf("%s is not released at the return on %s", name, report.Place(c.pass.Fset, rPos, pos))
		d.Related = []analysis.RelatedInformation{{Pos: rPos, End: rEnd, Message: "this return does not release " + name}}
	default:
		d.Message = fmt.Sprintf("%s is not released on a path to the end of the function", name)
	}
	c.found = append(c.found, finding{c.variable(a.Op), d})
}
