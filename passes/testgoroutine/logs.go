package testgoroutine

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// logs reports what the goroutines that f, a test, starts write to its log when it
// has ended. That they go on is a must-analysis: a literal that never returns, and
// waits for nothing but time.
func (c *checker) logs(f *skeleton.Func) {
	for _, op := range f.Ops() {
		lit := c.body(op)
		if lit == nil || !goesOn(lit) {
			continue
		}
		body := lit.Syntax().(*ast.FuncLit).Body
		call := c.log(f, body)
		if call == nil {
			continue
		}
		logged := types.ExprString(call.Fun)
		start, end := c.view.Extent(op)
		report.Report(c.pass, analysis.Diagnostic{
			Pos: call.Pos(), End: call.End(),
			Message: fmt.Sprintf("%s is called after the test has ended: this goroutine never does", logged),
			Related: []analysis.RelatedInformation{{Pos: start, End: end, Message: "the goroutine is started here"}},
		})
	}
}

// goesOn reports whether f never ends and waits for nothing but time.
func goesOn(f *skeleton.Func) bool {
	if f.Returns || f.Effects || len(f.Blocks) == 0 {
		return false
	}
	paced := false
	for _, op := range f.Ops() {
		switch {
		case syncapi.IsTestLog(op.Obj):
		case op.Kind == syncapi.Sleep:
			paced = true
		case op.Kind.Blocks(), op.Kind.Ends(), op.Is(syncapi.Require, syncapi.Panic, syncapi.Call, syncapi.CtxErr, syncapi.Yield):
			return false
		}
	}
	return paced
}

// log returns a call in a loop of body that writes to the log of the test which f
// is handed.
func (c *checker) log(f *skeleton.Func, body *ast.BlockStmt) *ast.CallExpr {
	decl, ok := f.Syntax().(*ast.FuncDecl)
	if !ok || decl.Recv != nil || len(decl.Type.Params.List) != 1 || len(decl.Type.Params.List[0].Names) != 1 {
		return nil
	}
	t := c.pass.TypesInfo.Defs[decl.Type.Params.List[0].Names[0]]
	if t == nil || !syncapi.IsTest(t.Type()) {
		return nil
	}
	var found *ast.CallExpr
	var visit func(n ast.Node, inLoop bool)
	visit = func(n ast.Node, inLoop bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ForStmt:
				if m != n && m.Cond == nil {
					visit(m, true)
					return false
				}
			case *ast.CallExpr:
				if inLoop && found == nil && c.logsTo(m, t) {
					found = m
				}
			}
			return true
		})
	}
	visit(body, false)
	return found
}

// logsTo reports whether a call writes to the log of t.
func (c *checker) logsTo(call *ast.CallExpr, t types.Object) bool {
	fn, _ := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || !syncapi.IsTestLog(fn) {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	return ok && c.pass.TypesInfo.Uses[id] == t
}
