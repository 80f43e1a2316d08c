package leakedcancel

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports cancel functions lost without being called.
var Analyzer = &analysis.Analyzer{
	Name:     "leakedcancel",
	Doc:      docs.MustExtract(doc, "leakedcancel"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/leakedcancel",
	Requires: []*analysis.Analyzer{inspect.Analyzer, skeleton.Analyzer},
	Run:      report.Run(run),
}

// A checker looks for leaks in a package.
//
// It asks for a feasible path from the making of a cancel function to the end
// of the function that got it, on which the value is neither called nor handed
// to anything that may call it. The names of the value are followed exactly
// (skeleton.Query.Follow); whatever receives it and is not seen counts as
// calling it, so the check errs to silence.
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	root   inspector.Cursor
	makers map[*skeleton.Func]bool
	uses   *uses
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		root:   pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
		makers: make(map[*skeleton.Func]bool),
	}
	for _, f := range c.view.Funcs {
		if !c.makes(f) {
			continue // gets no cancel function from anywhere
		}
		done := make(map[*skeleton.Op]bool)
		for _, n := range c.view.Expand(f).Nodes {
			m := c.making(n)
			if m == nil || done[m.call.Op] || c.deliberate(m) {
				continue
			}
			if d, ok := c.leak(m); ok {
				done[m.call.Op] = true
				report.Report(pass, d)
			}
		}
	}
	return nil, nil
}

// -- candidates --

// makes reports whether f makes a cancel function, or calls a function that
// may return one.
func (c *checker) makes(f *skeleton.Func) bool {
	if known, ok := c.makers[f]; ok {
		return known
	}
	c.makers[f] = false // for recursion
	found := false
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Is(syncapi.NewCancel, syncapi.AfterFunc) {
				found = true
			}
			for _, t := range op.Targets {
				found = found || returnsStop(op) && c.makes(t.Func)
			}
		}
	}
	c.makers[f] = found
	return found
}

func returnsStop(op *skeleton.Op) bool { return stopOf(op) != nil }

// stopOf returns the result of a call that may be a cancel function.
func stopOf(op *skeleton.Op) *skeleton.Root {
	for _, r := range op.Results {
		if r.Type == nil { // of an imported function, which has been checked where it is
			continue
		}
		sig, ok := r.Type.Underlying().(*types.Signature)
		if ok && (syncapi.IsCancelFunc(r.Type) || sig.Params().Len() == 0) && sig.Results().Len() <= 1 {
			return r
		}
	}
	if len(op.Results) > 0 && op.Fn.Imported() {
		return op.Results[len(op.Results)-1]
	}
	return nil
}

// A making is an operation that makes a cancel function, as seen from the
// function that is responsible for it: the root of the graph.
type making struct {
	node   *skeleton.Node // makes it
	call   *skeleton.Node // the call in the root function from which it comes, or node itself
	expr   *ast.CallExpr
	result skeleton.Path // the result of the call
	target string        // how the code names the result; "_" or "" if it doesn't
	stmt   ast.Stmt      // the assignment, or nil

	out  bool  // the root function has got the value
	lost *loss // where it gets into a field or variable that nothing calls
}

// A loss is a node at which a value gets to a place that nothing calls, or
// leaves the function in it.
type loss struct {
	node  *skeleton.Node
	place string
}

// making returns what n makes, nil if that is nothing that the root function
// may have to call.
func (c *checker) making(n *skeleton.Node) *making {
	if !n.Op.Is(syncapi.NewCancel, syncapi.AfterFunc) || n.Op.Inner != nil {
		return nil
	}
	m := &making{node: n, call: n, result: n.Res}
	if calls := n.Calls(); len(calls) > 0 {
		m.call = calls[0]
		r := stopOf(m.call.Op)
		if r == nil {
			return nil
		}
		m.result = skeleton.Path{Root: r}
	}
	if m.result.Root == nil || m.result.Root.Kind != skeleton.Result {
		return nil
	}
	m.expr, _ = c.view.Node(m.call.Op).(*ast.CallExpr)
	if m.expr == nil {
		return nil
	}
	m.target, m.stmt = c.assigned(m.expr, m.result.Root.Index)
	return m
}

// assigned returns the expression that result i of call is assigned to.
func (c *checker) assigned(call *ast.CallExpr, i int) (string, ast.Stmt) {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return "", nil
	}
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	single := 0
	if kind, at := cur.ParentEdge(); kind == edge.AssignStmt_Rhs || kind == edge.ValueSpec_Values {
		single = at
	}
	pick := func(n, rhs int) int {
		if rhs > 1 {
			return single
		}
		return min(i, n-1)
	}
	switch stmt := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		return types.ExprString(stmt.Lhs[pick(len(stmt.Lhs), len(stmt.Rhs))]), stmt
	case *ast.ValueSpec:
		return stmt.Names[pick(len(stmt.Names), len(stmt.Values))].Name, nil
	case *ast.ExprStmt:
		return "", stmt
	}
	return "", nil
}

// discarded reports whether the code gives the value no name at all.
func (m *making) discarded() bool { return m.target == "_" || m.target == "" && m.stmt != nil }

// deliberate reports whether losing the value is no fault.
func (c *checker) deliberate(m *making) bool {
	if m.discarded() && m.node.Op.Kind == syncapi.AfterFunc {
		return true // the function is to run in any case
	}
	if obj := m.node.Op.Obj; isMain(m.node.Graph.Root) && obj != nil && obj.Name() == "NotifyContext" {
		return true // for as long as the process lives
	}
	return c.parentCancelled(m)
}

func isMain(f *skeleton.Func) bool {
	return f.Obj != nil && f.Obj.Name() == "main" && f.Obj.Pkg().Name() == "main" && f.Obj.Signature().Recv() == nil
}

// parentCancelled reports whether the context is derived from one that a
// deferred call in the root function cancels.
func (c *checker) parentCancelled(m *making) bool {
	if len(m.node.Args) == 0 {
		return false
	}
	nodes := m.node.Graph.Nodes
	ancestors := []skeleton.Path{m.node.Args[0]}
	is := func(p skeleton.Path) bool {
		for _, a := range ancestors {
			if a == p {
				return true
			}
		}
		return false
	}
	for i := 0; i < len(nodes); i++ {
		n := nodes[i]
		from, to := skeleton.Path{}, skeleton.Path{}
		switch {
		case n.Op.Is(syncapi.Store) && len(n.Args) > 0:
			from, to = n.Args[0], n.Res
		case n.Op.Is(syncapi.CtxDerive) && len(n.Args) > 0:
			from, to = n.Args[0], n.Res
		}
		if to.Root != nil && is(to) && !is(from) {
			ancestors = append(ancestors, from)
			i = -1 // again, in case an earlier node leads on from there
		}
	}
	for _, n := range nodes {
		if n == m.node || !n.Op.Is(syncapi.NewCancel) || len(n.Op.Results) < 2 {
			continue
		}
		if n.Frame.Call == nil && is(skeleton.Path{Root: n.Op.Results[0]}) && c.deferredCall(n.Graph, n.Res) != nil {
			return true
		}
	}
	return false
}

// deferredCall returns a defer statement of the root function that calls p, or
// runs a closure that may.
func (c *checker) deferredCall(g *skeleton.Graph, p skeleton.Path) *skeleton.Node {
	for _, n := range g.Nodes {
		if n.Op.Is(syncapi.Defer) && n.Frame.Call == nil && c.innerUses(n.Op.Inner, p) {
			return n
		}
	}
	return nil
}

func (c *checker) innerUses(op *skeleton.Op, p skeleton.Path) bool {
	if op.Res == p && op.Kind == syncapi.Cancel || op.Dynamic == p {
		return true
	}
	for _, t := range op.Targets {
		f := skeleton.Path{Root: &skeleton.Root{Kind: skeleton.FuncVal, Func: t.Func}}
		if _, ok := c.view.Reach(f, p); ok {
			return true
		}
	}
	for _, a := range op.Args {
		if a == p {
			return true
		}
	}
	return false
}

// -- deciding --

// leak decides whether the value of m is lost, and says how.
func (c *checker) leak(m *making) (analysis.Diagnostic, bool) {
	g := m.node.Graph
	if m.discarded() && m.node == m.call {
		return c.discard(m), true
	}
	trace := g.Search(skeleton.Query{
		From:   []*skeleton.Node{m.node},
		Follow: []skeleton.Path{m.node.Res},
		Take:   c.untilExhausted(m),
		VisitNamed: func(n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
			return c.visit(m, n, names)
		},
	})
	if trace == nil {
		if d, ok := c.overwritten(m); ok {
			return d, true
		}
		return c.deferredInLoop(m)
	}
	if m.discarded() {
		return c.discard(m), true
	}
	if c.deferredCall(g, m.result) != nil && !plainResults(c.pass.TypesInfo, g.Root.Syntax()) {
		return analysis.Diagnostic{}, false // on success what is returned lives on with the context
	}
	if c.index().elsewhere(g.Root, m.result) || c.handedOnTheWay(m, trace.End()) {
		return analysis.Diagnostic{}, false
	}
	return c.lostOnPath(m, trace)
}

// handedOnTheWay reports whether a closure that is run on the way to end may
// store an object that holds the value where something calls it. Whether it
// does may depend on the object, in ways that the search does not see.
func (c *checker) handedOnTheWay(m *making, end *skeleton.Node) bool {
	for _, n := range m.node.Graph.Nodes {
		if n.Frame.Call == nil || n.Frame.Func.Parent == nil || !n.Op.Is(syncapi.Store) {
			continue
		}
		via := c.reached(n.Args, []skeleton.Path{m.result})
		if via != nil && via.Type != nil && c.index().called(*via) && leads(n, end) {
			return true
		}
	}
	return false
}

// visit says how the search for a path without a call goes on behind n.
func (c *checker) visit(m *making, n *skeleton.Node, names []skeleton.Path) skeleton.Verdict {
	g := m.node.Graph
	if n.Frame.Call == nil && comesOut(g, names) {
		m.out = true
	} else if m.call != m.node && (n.Frame.Call == nil || len(names) == 0 && !m.out) {
		return skeleton.Stop // the callee's own affair
	}
	switch {
	case n == m.node && c.deferredCall(g, m.result) != nil:
		return skeleton.Stop // called at last; see deferredInLoop
	case len(names) == 0:
		return skeleton.Found
	case n.Exit == skeleton.ByReturn:
		if isMain(g.Root) || n.Frame.Call != nil {
			return skeleton.Stop // the process ends
		}
		return skeleton.Found
	case n.Exit == skeleton.ByPanic:
		if n.Frame.Call == nil && c.index().recovers {
			return skeleton.Found
		}
		return skeleton.Stop
	case n.Op.Is(syncapi.Panic, syncapi.Goexit) && (n.Frame.Call != nil || c.inTest(m)):
		return skeleton.Stop // a callee that may panic, or the end of a test
	case m.ended(n):
		return skeleton.Stop
	case n.Exit == skeleton.ByExit || c.released(m, n, names, 0):
		return skeleton.Stop
	}
	return skeleton.Continue
}

// ended reports whether n waits for the end of the context itself, behind
// which nothing is left to cancel.
func (m *making) ended(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || n.Res.Sel == nil || n.Res.Sel.Name != "Done()" || n.Res.Sel.Up != nil {
		return false
	}
	made := m.node.Op
	return m.kind() == "cancel" && m.node == m.call && made.Kind == syncapi.NewCancel && n.Res.Root == made.Results[0]
}

// comesOut reports whether one of the names is a result that the root
// function gets.
func comesOut(g *skeleton.Graph, names []skeleton.Path) bool {
	for _, p := range names {
		if r := p.Root; p.Sel == nil && r.Owner == g.Root && r == r.Origin() && r.Kind != skeleton.Made {
			return true
		}
	}
	return false
}

// untilExhausted returns which steps a search may take: an iterator that has
// told its end needs no stop.
func (c *checker) untilExhausted(m *making) func(*skeleton.Step) bool {
	if obj := m.node.Op.Obj; obj == nil || obj.Pkg().Path() != "iter" {
		return nil
	}
	next := skeleton.Path{Root: m.node.Op.Results[0]}
	ends := make(map[*skeleton.Root]bool)
	for _, n := range m.node.Graph.Nodes {
		if n.Op.Is(syncapi.Call) && n.Res == next {
			for _, r := range n.Op.Results {
				ends[r] = true
			}
		}
	}
	return func(s *skeleton.Step) bool {
		return s.Cond.Var.Root == nil || s.Cond.Want || !ends[s.Cond.Var.Root.Origin()]
	}
}

// deferredInLoop decides whether the value is called only at the end of a
// function that makes more and more of them.
func (c *checker) deferredInLoop(m *making) (analysis.Diagnostic, bool) {
	g := m.node.Graph
	call := c.deferredCall(g, m.result)
	if call == nil || m.call != m.node || c.inTest(m) {
		return analysis.Diagnostic{}, false
	}
	loop := c.loop(m.expr)
	if loop == nil || c.fewTurns(loop) || !leads(m.node, call) || !leads(call, m.node) {
		return analysis.Diagnostic{}, false
	}
	pos, end := c.view.Extent(call.Op)
	return c.diagnostic(m, fmt.Sprintf("%s is called when the function returns, not in each turn of the loop on line %d",
		m.subject(), c.line(loop.Pos())), related(pos, end, fmt.Sprintf("this defer statement piles up calls of %s", m.subject()))), true
}

// leads reports whether there is a way from one node to another.
func leads(from, to *skeleton.Node) bool {
	seen := map[*skeleton.Node]bool{from: true}
	for stack := []*skeleton.Node{from}; len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, s := range n.Succs {
			if s.To == to {
				return true
			}
			if !seen[s.To] {
				seen[s.To] = true
				stack = append(stack, s.To)
			}
		}
	}
	return false
}

func (c *checker) inTest(m *making) bool {
	return strings.HasSuffix(c.pass.Fset.Position(m.expr.Pos()).Filename, "_test.go")
}

// loop returns the innermost loop around call, nil if there is none in the
// same function.
func (c *checker) loop(call ast.Node) ast.Stmt {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return nil
	}
	for ; cur.Valid() && cur.Node() != nil; cur = cur.Parent() {
		switch n := cur.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return n.(ast.Stmt)
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// fewTurns reports whether a loop takes a number of turns that stands in the code.
func (c *checker) fewTurns(loop ast.Stmt) bool {
	constant := func(e ast.Expr) bool { return c.pass.TypesInfo.Types[e].Value != nil }
	switch loop := loop.(type) {
	case *ast.ForStmt:
		cmp, ok := loop.Cond.(*ast.BinaryExpr)
		return ok && loop.Post != nil && (cmp.Op == token.LSS || cmp.Op == token.LEQ) && constant(cmp.Y)
	case *ast.RangeStmt:
		_, array := c.pass.TypesInfo.TypeOf(loop.X).Underlying().(*types.Array)
		return array || constant(loop.X) || c.literal(loop.X)
	}
	return false
}

// literal reports whether e is a composite literal, or a variable that only
// such literals are assigned to.
func (c *checker) literal(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.Ident:
		v, ok := c.pass.TypesInfo.Uses[e].(*types.Var)
		if !ok || v.Parent() == nil || v.Parent() == c.pass.Pkg.Scope() {
			return false
		}
		all, some := true, false
		for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
			as := cur.Node().(*ast.AssignStmt)
			for i, lhs := range as.Lhs {
				if id, ok := lhs.(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(id) == v {
					_, lit := as.Rhs[min(i, len(as.Rhs)-1)].(*ast.CompositeLit)
					all, some = all && lit, true
				}
			}
		}
		return all && some
	}
	return false
}
