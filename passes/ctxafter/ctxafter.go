package ctxafter

import (
	"cmp"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxlife"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports contexts that are used after their end.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxafter",
	Doc:      docs.MustExtract(doc, "ctxafter"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxafter",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at the functions of a package. That a context has ended is a
// must-analysis: on every path to the use. Which contexts are made of it, it knows as
// far as they have a path.
type checker struct {
	pass  *analysis.Pass
	view  *skeleton.View
	index *symindex.Index
	root  *syntax.Tree
	lives *ctxlife.Package
	done  map[token.Pos]bool
	found []analysis.Diagnostic
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		done:  make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	c.lives = ctxlife.New(pass)
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
			ends = ends || o.Is(syncapi.Cancel, syncapi.NewCancel, syncapi.GroupWait, syncapi.CtxDone, syncapi.CtxDerive, syncapi.AfterFunc) || c.callsField(o)
			cleans = cleans || o != nil && syncapi.IsCleanup(o.Obj)
		}
	}
	requests := c.requests(f)
	inTest := report.InTest(c.pass, f.Pos) ||
		slices.ContainsFunc(f.Params, func(p *skeleton.Root) bool { return syncapi.IsTest(p.Type) })
	if !ends && !cleans && requests == nil {
		return
	}
	s := &scene{c, c.lives.Scene(f)}
	if s.Graph.Widened {
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

// A scene is the graph of a function.
type scene struct {
	*checker
	*ctxlife.Scene
}
