package noexit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/lifetime"
	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/spin"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports goroutines that never end.
var Analyzer = &analysis.Analyzer{
	Name:     "noexit",
	Doc:      docs.MustExtract(doc, "noexit"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/noexit",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, lockset.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the goroutines that a package starts.
//
// That one has no way out is a must-analysis: no path in its graph leads to an
// end, conditions apart. What a callee does that may return is not looked at.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	locks *lockset.Locks
	index *symindex.Index
	root  *syntax.Tree
	chans *chans.Package
	lives *lifetime.Lifetimes // see AsProcess
	uses  map[*types.Var]*chans.Uses
	done  map[*skeleton.Func]bool // whose loops have been reported
	pools map[*skeleton.Op]bool   // see isPool

	reported map[token.Pos]bool      // by owned
	spinning map[*skeleton.Func]bool // see spins
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		locks: pass.ResultOf[lockset.Analyzer].(*lockset.Locks),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		uses:  make(map[*types.Var]*chans.Uses),
		done:  make(map[*skeleton.Func]bool),

		reported: make(map[token.Pos]bool),
	}
	c.chans = &chans.Package{Locks: c.locks, Root: c.root, Index: c.index, Info: pass.TypesInfo}
	c.view.Lock()
	defer c.view.Unlock()
	for _, f := range c.view.Funcs {
		if !c.inTest(f.Pos) && c.starts(f) && !c.lifetimes().AsProcess(f) {
			c.function(f)
		}
	}
	for _, f := range c.view.Funcs {
		c.owned(f)
		c.contexts(f)
	}
	return nil, nil
}

// lifetimes returns the lifetimes of the package's functions.
func (c *checker) lifetimes() *lifetime.Lifetimes {
	if c.lives == nil {
		c.lives = lifetime.New(c.view, c.index, c.inTest)
	}
	return c.lives
}

// inTest reports whether pos is in a test, whose process ends soon.
func (c *checker) inTest(pos token.Pos) bool {
	return report.InTest(c.pass, pos)
}

// starts reports whether f starts a goroutine that may be without end, or hands
// such a function to what may start it.
func (c *checker) starts(f *skeleton.Func) bool {
	for _, op := range f.Ops() {
		var paths []skeleton.Path
		if op.Kind == syncapi.Go {
			if slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool { return c.mayStay(t.Func) }) {
				return true
			}
			paths = append(paths, op.Inner.Dynamic)
		}
		for _, cb := range op.Callbacks {
			paths = append(paths, cb.Func)
		}
		if op.Kind == syncapi.Call && len(op.Targets) > 0 {
			paths = append(paths, op.Args...)
		}
		for _, p := range paths {
			if p.Root != nil && p.Root.Func != nil && c.mayStay(p.Root.Func) {
				return true
			}
		}
	}
	return false
}

// mayStay reports whether f has, as far as is seen at a glance, no end, or a
// loop over a channel.
func (c *checker) mayStay(f *skeleton.Func) bool {
	if !f.Returns && len(f.Blocks) > 0 {
		return true
	}
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Recv && (op.Range || c.neverComes(op)) || op.Kind == syncapi.Call && len(op.Targets) == 1 && c.ranges(op.Targets[0].Func)
	})
}

// ranges reports whether f itself ranges over a channel.
func (c *checker) ranges(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool { return op.Kind == syncapi.Recv && op.Range })
}

// function checks the goroutines that f starts, or that a callee does which f
// hands the function for it.
func (c *checker) function(f *skeleton.Func) {
	g := c.view.Outline(f, skeleton.Interest{
		Ops: []syncapi.Op{syncapi.Recv, syncapi.Select, syncapi.Tick, syncapi.NewTicker, syncapi.AtomicCAS},
		Enter: func(call *skeleton.Node, t *skeleton.Target) bool {
			isBody := call.Graph.Spawner != nil && (call.Frame.Call == nil || call.Frame.Call.Graph != call.Graph)
			return isBody || handsFunc(t) || c.ranges(t.Func) || c.ticks(t.Func)
		},
	})
	for s := range spawn.Goroutines(g) {
		if s.Node.Op.Fn.Imported() && s.Node.Frame.Call == nil || s.Node.Frame.Call != nil && !handed(s.Node.Op) || c.isOnce(s.Node) {
			continue
		}
		if loop := c.endless(s.Graph()); loop != nil {
			c.report(s.Node, loop)
		}
	}
}

// ticks reports whether f, or anything that it runs, makes a ticker or waits for one.
func (c *checker) ticks(f *skeleton.Func) bool {
	return slices.ContainsFunc(c.view.Effects(f, syncapi.Recv, syncapi.Tick, syncapi.NewTicker), func(e skeleton.Effect) bool {
		class, ok := e.Res.Class()
		return e.Op.Kind != syncapi.Recv || ok && syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTicker
	})
}

// handsFunc reports whether a call has a function among its arguments.
func handsFunc(t *skeleton.Target) bool {
	return slices.ContainsFunc(t.Args, func(p skeleton.Path) bool { return p.Root != nil && p.Root.Kind == skeleton.FuncVal })
}

// handed reports whether what op starts is a parameter of its function, so that
// only callers know it.
func handed(op *skeleton.Op) bool {
	if op.Inner != nil {
		p := op.Inner.Dynamic
		return p.Root != nil && p.Root.Kind == skeleton.Param
	}
	return slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool {
		return cb.Func.Root != nil && cb.Func.Root.Kind == skeleton.Param
	})
}

// isOnce reports whether n is reached only past a branch on a package variable
// or a swap of one: the form of "unless it runs already".
func (c *checker) isOnce(n *skeleton.Node) bool {
	guarded := func(m *skeleton.Node) bool {
		return m.Op.Is(syncapi.AtomicCAS, syncapi.AtomicLoad, syncapi.AtomicUpdate) && isGlobal(m.Res)
	}
	return n.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{n.Graph.Entry},
		To:   []*skeleton.Node{n},
		Take: func(s *skeleton.Step) bool { return !isGlobal(s.Cond.Var) },
		Visit: func(m *skeleton.Node) skeleton.Verdict {
			switch {
			case m == n:
				return skeleton.Found
			case guarded(m):
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	}) == nil
}

func isGlobal(p skeleton.Path) bool { return p.Root != nil && p.Root.Kind == skeleton.Global }

// endless returns a node of a loop of g that control stays in for ever, nil if
// there is a way out.
func (c *checker) endless(g *skeleton.Graph) *skeleton.Node {
	if g.Widened || g.Joined || g.Root == nil {
		return nil
	}
	var loop *skeleton.Node
	seen := make([]bool, len(g.Nodes))
	for work := []*skeleton.Node{g.Entry}; len(work) > 0; {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if n.Exit != skeleton.NoExit || isTickOfOwn(n) {
			return nil
		}
		if n.InLoop() && (loop == nil || loop.Op == nil && n.Op != nil) {
			loop = n
		}
		for _, s := range n.Succs {
			if !seen[s.To.ID] && !c.closedOnly(s) && !c.neverComes(s.To.Op) {
				seen[s.To.ID] = true
				work = append(work, s.To)
			}
		}
	}
	return loop
}

// closedOnly reports whether a step leaves a range over a channel that is never
// closed.
func (c *checker) closedOnly(s *skeleton.Step) bool {
	n := s.From
	if !n.Op.Is(syncapi.Recv) || !n.Op.Range || s.To.SameLoop(n) {
		return false
	}
	return isTick(n) || c.unclosed(n)
}

// neverComes reports whether op is the arm of a select statement that receives from a
// field which has channels that the package makes, keeps to itself, and neither
// closes nor sends on.
func (c *checker) neverComes(op *skeleton.Op) bool {
	if !op.Is(syncapi.Recv) || op.Arm == nil {
		return false
	}
	u := c.fieldUses(op)
	return u != nil && len(u.Closes)+len(u.Sends) == 0
}

// unclosed reports whether n receives from a field which has channels that the
// package makes, keeps to itself and never closes.
func (c *checker) unclosed(n *skeleton.Node) bool {
	u := c.fieldUses(n.Op)
	return u != nil && len(u.Closes) == 0
}

// fieldUses returns what is done to the channels in the field that op receives from;
// nil if the package does not make them all, or not keep them to itself.
func (c *checker) fieldUses(op *skeleton.Op) *chans.Uses {
	v := chans.Variable(c.view, c.pass.TypesInfo, op)
	if v == nil || !v.IsField() {
		return nil
	}
	if c.uses[v] == nil {
		c.uses[v] = chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
	}
	if u := c.uses[v]; !u.Open && len(u.Makes) > 0 {
		return u
	}
	return nil
}

// isTick reports whether n receives from a ticker.
func isTick(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Res.Root == nil {
		return false
	}
	if class, ok := n.Res.Class(); ok {
		return syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTicker
	}
	return makes(n, n.Res, syncapi.Tick)
}

// isTickOfOwn reports whether n receives in a loop from a ticker that is made in
// its goroutine, or in one around it.
func isTickOfOwn(n *skeleton.Node) bool {
	return isTick(n) && n.InLoop() && (makes(n, n.Res, syncapi.Tick) || makes(n, n.Res.Base(), syncapi.NewTicker))
}

// makes reports whether n's goroutine, or one around it, makes p by op.
func makes(n *skeleton.Node, p skeleton.Path, op syncapi.Op) bool {
	for at := n; at != nil; at = at.Graph.Spawner {
		for m := range spawn.Nodes(at.Graph, op) {
			if m.Res == p {
				return true
			}
		}
	}
	return false
}

// report reports the goroutine that start starts.
func (c *checker) report(start, loop *skeleton.Node) {
	f := loop.Frame.Func
	if c.done[f] {
		return
	}
	c.done[f] = true
	syntax := loopOf(f)
	if syntax != nil && (breaksInner(syntax) || isEmpty(syntax)) || c.spins(f) {
		return // meant to be left, or spinloop's, or busyselect's
	}
	site := start.Op
	if calls := start.Calls(); len(calls) > 0 {
		site = calls[0].Op
	}
	d := analysis.Diagnostic{Message: "this goroutine never ends: its loop has no way out"}
	d.Pos, d.End = c.view.Extent(site)
	if !d.Pos.IsValid() {
		return
	}
	message := "this loop has no way out"
	if loop.Op.Is(syncapi.Recv) && loop.Op.Range {
		if c.isPool(loop.Op) {
			return // semleak's
		}
		syntax = c.view.Node(loop.Op)
		d.Message = "this goroutine never ends: nothing closes " + c.view.Text(loop.Op) + ", which it ranges over"
		message = "it ranges over " + c.view.Text(loop.Op) + " here"
	} else if end := c.endOf(f); end != nil {
		syntax = c.view.Node(end)
		d.Message = "this goroutine never ends: nothing closes " + c.view.Text(end) + ", or sends on it, by which it would end"
		message = "it waits for " + c.view.Text(end) + " here"
	}
	if syntax != nil {
		end := syntax.End()
		if _, isRecv := syntax.(*ast.UnaryExpr); !isRecv {
			end = syntax.Pos() + token.Pos(len("for"))
		}
		d.Related = []analysis.RelatedInformation{{Pos: syntax.Pos(), End: end, Message: message}}
	}
	report.Report(c.pass, d)
}

// spins reports whether a loop of f spins once a context has ended, or a channel is closed.
func (c *checker) spins(f *skeleton.Func) bool {
	if c.spinning == nil {
		c.spinning = make(map[*skeleton.Func]bool)
		for l := range spin.Staying(c.pass, c.view, c.root, c.index).Loops(c.view) {
			c.spinning[l.Frame.Func] = true
		}
	}
	return c.spinning[f]
}

// endOf returns the arm of a select statement in f that is never taken, and that
// leads out of its loop.
func (c *checker) endOf(f *skeleton.Func) *skeleton.Op {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if !b.InLoop() && c.neverComes(op) {
				return op
			}
		}
	}
	return nil
}

// isPool reports whether op is the range of workers of a pool whose end is waited
// for.
func (c *checker) isPool(op *skeleton.Op) bool {
	if c.pools == nil {
		c.pools = make(map[*skeleton.Op]bool)
		for _, f := range c.view.Funcs {
			for _, p := range chans.PoolsOf(&chans.Package{Locks: c.locks, Root: c.root, Index: c.index, Info: c.pass.TypesInfo}, f) {
				c.pools[p.Range.Op] = true
			}
		}
	}
	return c.pools[op]
}

// loopOf returns a loop of f that has no condition but true, nil if there is none.
func loopOf(f *skeleton.Func) ast.Node {
	var loop ast.Node
	if f.Syntax() == nil {
		return nil
	}
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == f.Syntax()
		case *ast.ForStmt:
			if loop == nil && (n.Cond == nil || isTrue(n.Cond)) {
				loop = n
			}
		}
		return loop == nil
	})
	return loop
}

func isTrue(cond ast.Expr) bool {
	id, ok := ast.Unparen(cond).(*ast.Ident)
	return ok && id.Name == "true"
}

// isEmpty reports whether a loop has no body, so that spinloop reports it.
func isEmpty(loop ast.Node) bool {
	s, ok := loop.(*ast.ForStmt)
	return ok && len(s.Body.List) == 0 && s.Init == nil && s.Post == nil
}

// breaksInner reports whether a select or switch statement within loop has a
// break of its own.
func breaksInner(loop ast.Node) bool {
	found := false
	var visit func(n ast.Node, inner bool)
	visit = func(n ast.Node, inner bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt, *ast.RangeStmt:
				return m == n
			case *ast.SelectStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
				if m != n {
					visit(m, true)
					return false
				}
			case *ast.BranchStmt:
				found = found || inner && m.Tok == token.BREAK && m.Label == nil
			}
			return true
		})
	}
	visit(loop, false)
	return found
}
