package deadrecover

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports calls of recover that never stop a panic.
var Analyzer = &analysis.Analyzer{
	Name:     "deadrecover",
	Doc:      docs.MustExtract(doc, "deadrecover"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/deadrecover",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. A function counts as never deferred if all its
// uses are known to be calls, a must-analysis that errs to silence.
type checker struct {
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index
	seen  map[types.Object]bool // variables and functions that are being followed
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:  pass,
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		seen:  make(map[types.Object]bool),
	}
	for call := range c.index.Calls(types.Universe.Lookup("recover")) {
		c.check(call)
	}
	return nil, nil
}

// check reports a call of recover if it never stops a panic.
func (c *checker) check(cur inspector.Cursor) {
	switch cur.ParentEdgeKind() {
	case edge.DeferStmt_Call:
		c.report(cur, "it is deferred itself, and not called by a deferred function", use{})
		return
	case edge.GoStmt_Call:
		c.report(cur, "it is called on a goroutine of its own", use{})
		return
	}
	fn, ok := enclosing(cur)
	if !ok {
		c.report(cur, "no function is being deferred where variables are initialized", use{})
		return
	}
	u := c.function(fn)
	switch {
	case u.role == called:
		c.report(cur, c.why(fn, u), u)
	case u.role == outside && c.isDeferredArg(cur):
		c.report(cur, "it is called when the defer statement is, and not when what that defers runs", use{})
	case u.role == deferred:
		if start := c.starter(fn); start != nil {
			c.report(cur, "all that may panic is on another goroutine", use{role: started, at: start})
		}
	}
}

// enclosing returns the function that cur is in.
func enclosing(cur inspector.Cursor) (inspector.Cursor, bool) {
	for fn := range cur.Enclosing((*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		return fn, true
	}
	return cur, false
}

// isDeferredArg reports whether the result of the call at cur is a part of an
// argument of a deferred call.
func (c *checker) isDeferredArg(cur inspector.Cursor) bool {
	for up := range cur.Enclosing() {
		switch up.ParentEdgeKind() {
		case edge.DeferStmt_Call:
			return true
		case edge.FuncLit_Body, edge.FuncDecl_Body:
			return false
		}
	}
	return false
}

// why says why a call of recover in fn is of no use.
func (c *checker) why(fn inspector.Cursor, u use) string {
	name := "the function around it"
	if decl, ok := fn.Node().(*ast.FuncDecl); ok {
		name = decl.Name.Name
	}
	if u.at == nil {
		return name + " is never deferred"
	}
	return fmt.Sprintf("%s is called, and never deferred", name)
}

func (c *checker) report(cur inspector.Cursor, why string, u use) {
	call := cur.Node()
	d := analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: "this recover never stops a panic: " + why,
	}
	if u.at != nil {
		message := "this is a call by which it runs"
		if u.role == started {
			message = "the goroutine is started here"
		}
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: u.at.Pos(), End: u.at.End(), Message: message})
	}
	report.Report(c.pass, d)
}
