package mainexit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports programs that end before work is done.
var Analyzer = &analysis.Analyzer{
	Name:     "mainexit",
	Doc:      docs.MustExtract(doc, "mainexit"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/mainexit",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. That a deferred call is due at an exit is a
// must-analysis: the exit stands behind it in the same block, or deeper.
type checker struct {
	pass   *analysis.Pass
	view   *skeleton.View
	values *values.Index
	root   *syntax.Tree
	decls  map[*types.Func]*ast.FuncDecl

	reported map[token.Pos]bool // exits past deferred calls: one fault, one finding
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:   pass,
		view:   pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		values: values.New(pass),
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		decls:  make(map[*types.Func]*ast.FuncDecl),

		reported: make(map[token.Pos]bool),
	}
	c.view.Lock()
	defer c.view.Unlock()
	for cur := range c.root.Preorder((*ast.FuncDecl)(nil)) {
		decl := cur.Node().(*ast.FuncDecl)
		if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok && decl.Body != nil {
			c.decls[fn] = decl
		}
	}
	for cur := range c.root.Preorder((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		c.function(cur)
	}
	if pass.Pkg.Name() == "main" {
		if fn, ok := pass.Pkg.Scope().Lookup("main").(*types.Func); ok && c.decls[fn] != nil {
			c.main(c.decls[fn])
			c.cutOff(fn)
		}
	}
	return nil, nil
}

// callee returns the function that a call calls, nil if it is not known.
func (c *checker) callee(call *ast.CallExpr) *types.Func {
	if fn := typeutil.StaticCallee(c.pass.TypesInfo, call); fn != nil {
		return fn.Origin()
	}
	return nil
}

// exits reports whether a call ends the process, always and at once.
func (c *checker) exits(call *ast.CallExpr) bool {
	fn := c.callee(call)
	if fn == nil {
		return false
	}
	if effect := syncapi.EffectOf(fn); effect != nil {
		return effect.Op == syncapi.Exit
	}
	f := c.view.FuncOf(fn)
	return f != nil && len(f.Blocks) > 0 && !f.Returns && c.onlyExits(f)
}

// onlyExits reports whether f, which does not return, ends by an exit, and neither
// panics nor waits for ever.
func (c *checker) onlyExits(f *skeleton.Func) bool {
	return c.view.May(f, syncapi.Exit) && !c.view.May(f, syncapi.Panic) && !c.view.May(f, syncapi.Select) && !c.view.May(f, syncapi.Recv) && !c.view.May(f, syncapi.Goexit)
}

// function reports the exits of a function past calls that it has deferred.
func (c *checker) function(fn inspector.Cursor) {
	var deferred []inspector.Cursor
	var exits []inspector.Cursor
	for cur := range fn.Preorder((*ast.DeferStmt)(nil), (*ast.CallExpr)(nil)) {
		if !ownedBy(cur, fn) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.DeferStmt:
			if c.matters(n.Call, maxDepth) {
				deferred = append(deferred, cur)
			}
		case *ast.CallExpr:
			if len(deferred) > 0 && cur.ParentEdgeKind() == edge.ExprStmt_X && c.exits(n) && !c.serves(cur) {
				exits = append(exits, cur)
			}
		}
	}
	var first *analysis.Diagnostic
	for _, exit := range exits {
		due := c.due(deferred, exit)
		call := exit.Node().(*ast.CallExpr)
		c.reported[call.Pos()] = c.reported[call.Pos()] || len(due) > 0
		switch {
		case len(due) == 0:
		case first != nil:
			first.Related = append(first.Related, analysis.RelatedInformation{
				Pos: call.Pos(), End: call.End(), Message: "this ends the process as well",
			})
		default:
			first = c.diagnostic(call, due)
		}
	}
	if first != nil {
		report.Report(c.pass, *first)
	}
}

// ownedBy reports whether fn is the innermost function around cur.
func ownedBy(cur, fn inspector.Cursor) bool {
	for up := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return up == fn
	}
	return false
}

// due returns the deferred calls that an exit prevents.
func (c *checker) due(deferred []inspector.Cursor, exit inspector.Cursor) []*ast.DeferStmt {
	var list []*ast.DeferStmt
	at := exit.Node().Pos()
	for _, d := range deferred {
		block := d.Parent().Node()
		stmt := d.Node().(*ast.DeferStmt)
		if stmt.End() <= at && block.Pos() <= at && at < block.End() && !c.doneBefore(stmt, exit) {
			list = append(list, stmt)
		}
	}
	return list
}

// doneBefore reports whether the statements before an exit do what is deferred: they make
// all of the calls that matter, under whatever conditions.
func (c *checker) doneBefore(stmt *ast.DeferStmt, exit inspector.Cursor) bool {
	due := make(map[string]bool) // calls that are still to be found
	if lit, ok := ast.Unparen(stmt.Call.Fun).(*ast.FuncLit); ok {
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && c.matters(call, maxDepth) {
				due[types.ExprString(call.Fun)] = true
			}
			return true
		})
	} else {
		due[types.ExprString(stmt.Call.Fun)] = true
	}
	for up := range exit.Enclosing() {
		if up.Node().Pos() <= stmt.Pos() {
			return false
		}
		for prev, ok := up.PrevSibling(); ok && prev.Node().Pos() > stmt.Pos(); prev, ok = prev.PrevSibling() {
			ast.Inspect(prev.Node(), func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					delete(due, types.ExprString(call.Fun))
				}
				return true
			})
			if len(due) == 0 {
				return true
			}
		}
	}
	return false
}

func (c *checker) diagnostic(call *ast.CallExpr, due []*ast.DeferStmt) *analysis.Diagnostic {
	d := &analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(),
		Message: fmt.Sprintf("%s ends the process, and what is deferred on %s is not done",
			types.ExprString(call.Fun), report.Place(c.pass.Fset, due[0].Pos(), call.Pos())),
	}
	for _, s := range due {
		d.Related = append(d.Related, analysis.RelatedInformation{
			Pos: s.Pos(), End: s.Call.Fun.Pos() + 1, Message: "this deferred call is not made",
		})
	}
	return d
}

// serves reports whether an exit stands behind a server that is meant to run for ever:
// what it says is the error of that.
func (c *checker) serves(exit inspector.Cursor) bool {
	if mentionsServer(exit.Node()) {
		return true
	}
	for up := range exit.Enclosing() {
		switch n := up.Node().(type) {
		case *ast.ExprStmt:
			if prev, ok := up.PrevSibling(); ok && prev.Node().End() <= n.Pos() && mentionsServer(prev.Node()) {
				return true
			}
		case *ast.IfStmt:
			if n.Init != nil && mentionsServer(n.Init) || mentionsServer(n.Cond) {
				return true
			}
			if prev, ok := up.PrevSibling(); ok && prev.Node().End() <= n.Pos() && mentionsServer(prev.Node()) {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}

func mentionsServer(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name := nameOf(call)
			found = found || strings.HasPrefix(name, "ListenAndServe") || strings.HasPrefix(name, "Serve")
		}
		return !found
	})
	return found
}

// nameOf returns the name by which a call calls its function, "" if there is none.
func nameOf(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
