package ctxafter

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Analyzer reports contexts that are used after their end.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxafter",
	Doc:      docs.MustExtract(doc, "ctxafter"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxafter",
	Requires: []*analysis.Analyzer{inspect.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the functions of a package. That a context has ended is a
// must-analysis: on every path to the use. Which contexts are made of it, it knows as
// far as they have a path.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	index *symindex.Index
	root  inspector.Cursor
	pairs []pair
	done  map[token.Pos]bool
	found []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root(),
		done:  make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	c.fieldPairs()
	for _, f := range c.view.Funcs {
		c.function(f)
	}
	slices.SortStableFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// function looks at what f does itself, and by its callees.
func (c *checker) function(f *skeleton.Func) {
	var ends, cleans bool
	for _, op := range f.Ops() {
		for _, o := range []*skeleton.Op{op, op.Inner} {
			ends = ends || o.Is(syncapi.Cancel, syncapi.NewCancel, syncapi.GroupWait, syncapi.CtxDone, syncapi.CtxDerive) || c.callsField(o)
			cleans = cleans || o != nil && syncapi.IsCleanup(o.Obj)
		}
	}
	requests := c.requests(f)
	inTest := strings.HasSuffix(c.pass.Fset.Position(f.Pos).Filename, "_test.go")
	if !ends && !cleans && requests == nil {
		return
	}
	s := &scene{checker: c, graph: c.outline(f)}
	if s.graph.Widened {
		return
	}
	if ends && !inTest {
		s.ended()
	}
	if cleans {
		s.cleanups()
	}
	if requests != nil && !inTest {
		s.outlived(requests)
	}
}

// kinds are the operations that matter here, beside calls.
var kinds = []syncapi.Op{
	syncapi.NewCancel, syncapi.CtxDerive, syncapi.CtxDone, syncapi.CtxErr, syncapi.GroupWait, syncapi.GroupGo, syncapi.GroupTryGo,
	syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait, syncapi.WgGo, syncapi.Send, syncapi.Recv, syncapi.Close, syncapi.Select, syncapi.Store,
	syncapi.Sleep, syncapi.Work, syncapi.CondWait, syncapi.MakeChan,
}

// outline returns the graph of f; the standard library is left out of it.
func (c *checker) outline(f *skeleton.Func) *skeleton.Graph {
	return c.view.Outline(f, skeleton.Interest{
		Ops: kinds,
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool {
			pkg, _ := t.Func.From()
			return pkg == nil || !syncapi.IsStandard(pkg)
		},
	})
}

// A scene is the graph of a function.
type scene struct {
	*checker
	graph *skeleton.Graph
}

// site returns the node by which the function at the root does what n does: n if that
// stands in it or in a literal of it, else the call that leads there.
func (s *scene) site(n *skeleton.Node) *skeleton.Node {
	var chain []*skeleton.Node
	for at := n; at != nil; at = at.Graph.Spawner {
		calls := at.Calls()
		if at.Graph != s.graph { // the calls of its spawner are among them
			calls = slices.DeleteFunc(calls, func(m *skeleton.Node) bool { return m.Graph != at.Graph })
		}
		chain = append(calls, chain...)
	}
	for _, call := range chain {
		if call.Frame.Func.Imported() || call.Frame.Func.Outermost() != s.graph.Root.Outermost() {
			break
		}
		if entersOther(call, s.graph.Root.Outermost()) {
			return call
		}
	}
	return n
}

// entersOther reports whether the callee that stands in at a call is not a literal of
// the function that outer is.
func entersOther(call *skeleton.Node, outer *skeleton.Func) bool {
	for _, step := range call.Succs {
		if fr := step.To.Frame; fr.Call == call {
			return fr.Func.Parent == nil || fr.Func.Outermost() != outer
		}
	}
	return false
}

// argument returns the expression that operand i of the call at n is, nil if it is not
// here. The receiver of a method is operand 0.
func (c *checker) argument(n *skeleton.Node, i int) ast.Expr {
	call := c.view.CallOf(n.Op)
	if call == nil {
		return nil
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s := c.pass.TypesInfo.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
			if i == 0 {
				return sel.X
			}
			i--
		}
	}
	if i < len(call.Args) {
		return call.Args[i]
	}
	return nil
}
