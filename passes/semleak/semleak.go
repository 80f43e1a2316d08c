package semleak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports semaphores that are not released.
var Analyzer = &analysis.Analyzer{
	Name:     "semleak",
	Doc:      docs.MustExtract(doc, "semleak"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/semleak",
	Requires: []*analysis.Analyzer{inspect.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
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
	root  inspector.Cursor
	sems  map[*types.Var]bool
	done  map[token.Pos]bool
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
		sems:  make(map[*types.Var]bool),
		done:  make(map[token.Pos]bool),
	}
	c.view = c.locks.View
	c.view.Lock()
	defer c.view.Unlock()
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
	return nil, nil
}

// -- which channels are semaphores --

// isSem reports whether op acts on a channel that serves as a semaphore: it
// carries nothing, has room for more than one, and is the package's own.
func (c *checker) isSem(op *skeleton.Op) bool {
	if op.Is(syncapi.SemAcquire, syncapi.SemRelease) {
		return true
	}
	v := chans.Variable(c.view, c.pass.TypesInfo, op)
	if v == nil {
		return false
	}
	is, ok := c.sems[v]
	if !ok {
		is = c.carriesNothing(v) && c.hasRoom(v)
		c.sems[v] = is
	}
	return is
}

func (c *checker) carriesNothing(v *types.Var) bool {
	ch, ok := v.Type().Underlying().(*types.Chan)
	if !ok {
		return false
	}
	switch t := ch.Elem().Underlying().(type) {
	case *types.Struct:
		return t.NumFields() == 0
	case *types.Basic:
		return t.Kind() == types.Bool
	}
	return false
}

func (c *checker) hasRoom(v *types.Var) bool {
	u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || len(u.Makes) == 0 || len(u.Closes) > 0 || len(u.Sends) == 0 || len(u.Recvs) == 0 {
		return false
	}
	for _, m := range u.Makes {
		if len(m.Args) < 2 {
			return false
		}
		if val := c.pass.TypesInfo.Types[m.Args[1]].Value; val != nil && constant.Compare(val, token.LEQ, constant.MakeInt64(1)) {
			return false
		}
	}
	return !slices.ContainsFunc(u.Recvs, func(cur inspector.Cursor) bool { _, ok := cur.Node().(*ast.RangeStmt); return ok })
}

// -- paths --

// function checks what f acquires.
func (c *checker) function(f *skeleton.Func, acquire, release syncapi.Op) {
	paths := make(map[skeleton.Path]bool)
	for _, e := range c.view.Effects(f, acquire) {
		if e.Res.IsOne() && !e.Op.Fn.Imported() && c.isSem(e.Op) {
			paths[e.Res] = true
		}
	}
	if len(paths) == 0 {
		return
	}
	fc := &spawn.Focus{Locks: c.locks, X: acquire, Y: release, Keep: func(skeleton.Effect) bool { return true }}
	g := fc.Graph(f, func(p skeleton.Path) bool { return paths[p] })
	for each := range spawn.Graphs(g) {
		if each.Widened {
			return
		}
	}
	for each := range spawn.Graphs(g) {
		for a := range spawn.Nodes(each, acquire) {
			if !paths[a.Res] || c.handsOver(f, a, release, g) {
				continue
			}
			c.acquired(a, release)
		}
	}
}

// handsOver reports whether a function that does not acquire the semaphore of a,
// or a literal that is kept, releases it, so that it may be left to that.
func (c *checker) handsOver(f *skeleton.Func, a *skeleton.Node, release syncapi.Op, g *skeleton.Graph) bool {
	in := make(map[*skeleton.Op]bool)
	for each := range spawn.Graphs(g) {
		for _, n := range each.Nodes {
			in[n.Op] = true
		}
	}
	v := chans.Variable(c.view, c.pass.TypesInfo, a.Op)
	acquires := make(map[*skeleton.Func]bool)
	var elsewhere []*skeleton.Func
	for _, o := range c.view.Funcs {
		for _, op := range o.Ops() {
			if op.Inner != nil {
				op = op.Inner
			}
			if !op.Is(a.Op.Kind, release) || chans.Variable(c.view, c.pass.TypesInfo, op) != v {
				continue
			}
			if op.Kind == a.Op.Kind {
				acquires[o.Outermost()] = true
			} else if !in[op] {
				if o.Outermost() == f.Outermost() {
					return true
				}
				elsewhere = append(elsewhere, o.Outermost())
			}
		}
	}
	return slices.ContainsFunc(elsewhere, func(o *skeleton.Func) bool { return !acquires[o] })
}

// acquired checks what follows on the acquisition a.
func (c *checker) acquired(a *skeleton.Node, release syncapi.Op) {
	g := a.Graph
	isRelease := func(n *skeleton.Node) bool { return n.Op.Is(release) && n.Res == a.Res }
	starts := func(n *skeleton.Node) *skeleton.Graph {
		for _, s := range n.Spawns {
			sg := s.Graph()
			if slices.ContainsFunc(sg.Nodes, isRelease) {
				return sg
			}
		}
		return nil
	}
	releases := false
	for _, n := range g.Nodes {
		if n.Op == nil || !isRelease(n) && starts(n) == nil || !skeleton.Leads(a, n, nil) {
			continue
		}
		releases = true
		if sg := starts(n); sg != nil && !slices.ContainsFunc(sg.Nodes, func(m *skeleton.Node) bool { return m.Op.Is(a.Op.Kind) && m.Res == a.Res }) {
			c.lost(a, sg.Entry, isRelease, true)
		}
	}
	if !releases {
		return
	}
	c.inside(a)
	c.lost(a, a, func(n *skeleton.Node) bool { return isRelease(n) || n.Op != nil && starts(n) != nil }, !madeIn(a))
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
	var trace *skeleton.Trace
	found := c.view.Sure(func() bool {
		trace = from.Graph.Search(skeleton.Query{
			From: []*skeleton.Node{from},
			Take: func(s *skeleton.Step) bool { return failed.Var.IsZero() || s.Cond != failed },
			Visit: func(n *skeleton.Node) skeleton.Verdict {
				switch {
				case isRelease(n):
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
	c.report(a, trace)
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
		if len(at.Succs) != 1 || at.Succs[0].To.Op != nil {
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

// report reports that what a acquires is lost on a path.
func (c *checker) report(a *skeleton.Node, trace *skeleton.Trace) {
	site := a.Op
	if calls := a.Calls(); len(calls) > 0 && calls[0].Graph == a.Graph {
		site = calls[0].Op
	}
	pos, end := c.view.Extent(site)
	if c.done[pos] || !pos.IsValid() || end <= pos {
		return
	}
	c.done[pos] = true
	name := c.view.Text(a.Op)
	var ret *skeleton.Op
	for _, n := range trace.Nodes {
		if n.Op.Is(syncapi.Return) && n.Frame.Call == nil || n.Op.Is(syncapi.Return) && n.Graph.Spawner != nil && n.Frame.Call != nil && n.Frame.Call.Graph == n.Graph && n.Frame.Call.Frame.Call == nil {
			ret = n.Op
		}
	}
	d := analysis.Diagnostic{Pos: pos, End: end}
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
	report.Report(c.pass, d)
}

// -- other misuses --

// inside reports a if it is the first that each of the goroutines does which a
// loop starts: it does not bound how many there are.
func (c *checker) inside(a *skeleton.Node) {
	start := a.Graph.Spawner
	if start == nil || !start.InLoop() || !chans.Bare(a.Op) {
		return
	}
	for m := range spawn.Nodes(start.Graph, syncapi.MakeChan) {
		if m.Res == a.Res && m.SameLoop(start) {
			return
		}
	}
	waits := func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Recv, syncapi.Send, syncapi.Lock, syncapi.WgWait, syncapi.SemAcquire, syncapi.Work, syncapi.Sleep)
	}
	if !skeleton.Leads(a.Graph.Entry, a, waits) {
		return
	}
	if skeleton.Leads(start, start, func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.WgWait, syncapi.Recv, syncapi.Send, syncapi.SemAcquire)
	}) {
		pos, end := c.view.Extent(a.Op)
		sPos, _ := c.view.Extent(start.Op)
		if c.done[pos] || end <= pos || !sPos.IsValid() {
			return
		}
		c.done[pos] = true
		report.Report(c.pass, analysis.Diagnostic{
			Pos: pos, End: end,
			Message: fmt.Sprintf("%s is acquired by the goroutine that it is to bound: the loop starts them all at once", c.view.Text(a.Op)),
			Related: []analysis.RelatedInformation{{Pos: sPos, End: sPos + token.Pos(len("go")), Message: "the loop starts one here, without waiting"}},
		})
	}
}

// ignored reports an Acquire whose error is ignored, unless it cannot fail.
func (c *checker) ignored(op *skeleton.Op) {
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if !ok || len(call.Args) == 0 || c.done[call.Pos()] {
		return
	}
	cur, ok := c.root.FindNode(call)
	if !ok {
		return
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.ExprStmt:
	case *ast.AssignStmt:
		if id, ok := parent.Lhs[0].(*ast.Ident); !ok || id.Name != "_" {
			return
		}
	default:
		return
	}
	if arg, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok {
		if fn, ok := c.callee(arg); ok && syncapi.IsRootContext(fn) {
			return // which never ends
		}
	}
	c.done[call.Pos()] = true
	report.Report(c.pass, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("the error of this Acquire is ignored: %s is not acquired if the context has ended", c.view.Text(op)),
	})
}

func (c *checker) callee(call *ast.CallExpr) (*types.Func, bool) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	fn, ok := c.pass.TypesInfo.Uses[sel.Sel].(*types.Func)
	return fn, ok
}

// pools reports the ranges of workers over a channel that nothing closes, while
// their end is waited for.
func (c *checker) pools(f *skeleton.Func) {
	if !c.view.May(f, syncapi.Recv) || !c.view.May(f, syncapi.WgWait) && !c.view.May(f, syncapi.GroupWait) {
		return
	}
	for _, ch := range chans.Of(c.locks, f) {
		for _, r := range ch.Recvs {
			if !r.Op.Range || r.Op.Fn.Imported() || !ch.OfPool(r) || !c.view.Sure(func() bool { return ch.Unclosed(r) }) {
				continue
			}
			await := chans.AwaitOf(r)
			pos, end := c.view.Extent(r.Op)
			if await == nil || c.done[pos] || end <= pos {
				continue
			}
			c.done[pos] = true
			name := c.view.Text(r.Op)
			wPos, wEnd := c.view.Extent(await.Op)
			report.Report(c.pass, analysis.Diagnostic{
				Pos: pos, End: end,
				Message: fmt.Sprintf("the workers that range over %s never end: nothing closes it", name),
				Related: []analysis.RelatedInformation{{Pos: wPos, End: wEnd, Message: "here their end is waited for, forever"}},
			})
		}
	}
}
