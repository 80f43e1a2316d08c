package ctxloop

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports contexts that are derived from themselves in a loop.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxloop",
	Doc:      docs.MustExtract(doc, "ctxloop"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxloop",
	Requires: []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. It goes by the syntax: a context is derived from
// itself if an assignment says so by the same name on both sides.
type checker struct {
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index
	view  *skeleton.View

	helpers map[*types.Func]*helper // see helperOf
	own     []*growth               // derivations of what a function is handed, in no loop
	found   []analysis.Diagnostic
}

// A growth is a place where a context is derived from itself.
type growth struct {
	cur    inspector.Cursor // the assignment, or the call of a function that has one
	target ast.Expr         // what grows
	call   *ast.CallExpr    // what derives it
	d      derived
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		pass:    pass,
		root:    pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index:   pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		view:    pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		helpers: make(map[*types.Func]*helper),
	}
	if c.index.Package("context") == nil && !c.importsContext() {
		return nil, nil
	}
	c.view.Lock()
	defer c.view.Unlock()
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
		if g := c.growthAt(cur); g != nil {
			c.judge(g)
		}
	}
	c.callers()
	slices.SortFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// importsContext reports whether an import of the package knows contexts.
func (c *checker) importsContext() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool {
		return slices.ContainsFunc(p.Imports(), func(q *types.Package) bool { return syncapi.Modeled(q.Path()) && q.Name() == "context" })
	})
}

// growthAt returns the growth that an assignment is, nil if it is none.
func (c *checker) growthAt(cur inspector.Cursor) *growth {
	as := cur.Node().(*ast.AssignStmt)
	if as.Tok != token.ASSIGN {
		return nil
	}
	for i, target := range as.Lhs {
		value := as.Rhs[0]
		if len(as.Lhs) == len(as.Rhs) {
			value = as.Rhs[i]
		} else if i > 0 {
			break
		}
		if !isPlace(target) {
			continue
		}
		if d := c.derives(value, target, maxDepth); d.grew {
			return &growth{cur: cur, target: target, call: d.call, d: d}
		}
	}
	return nil
}

// isPlace reports whether e is a variable, or a field of one.
func isPlace(e ast.Expr) bool {
	id := rootOf(e)
	return id != nil && id.Name != "_"
}

// rootOf returns the variable that e is, or is a field of, nil if it is
// something else.
func rootOf(e ast.Expr) *ast.Ident {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		default:
			return nil
		}
	}
}

// same reports whether two expressions name the same variable, or the same
// field of it.
func (c *checker) same(a, b ast.Expr) bool {
	switch a := ast.Unparen(a).(type) {
	case *ast.Ident:
		b, ok := ast.Unparen(b).(*ast.Ident)
		return ok && c.pass.TypesInfo.ObjectOf(a) != nil && c.pass.TypesInfo.ObjectOf(a) == c.pass.TypesInfo.ObjectOf(b)
	case *ast.SelectorExpr:
		b, ok := ast.Unparen(b).(*ast.SelectorExpr)
		return ok && c.pass.TypesInfo.Uses[a.Sel] == c.pass.TypesInfo.Uses[b.Sel] && (c.isPackage(a.X) || c.same(a.X, b.X))
	case *ast.StarExpr:
		b, ok := ast.Unparen(b).(*ast.StarExpr)
		return ok && c.same(a.X, b.X)
	}
	return false
}

func (c *checker) isPackage(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = c.pass.TypesInfo.Uses[id].(*types.PkgName)
	return ok
}

// judge notes a growth if a loop is around it, or if callers may have one.
func (c *checker) judge(g *growth) {
	v, ok := c.pass.TypesInfo.ObjectOf(rootOf(g.target)).(*types.Var)
	if !ok && !c.isPackage(rootOf(g.target)) {
		return
	}
	l, ok := c.loopAround(g, v)
	if !ok {
		if _, isField := ast.Unparen(g.target).(*ast.SelectorExpr); isField && v != nil || v != nil && v.Parent() == c.pass.Pkg.Scope() {
			c.own = append(c.own, g)
		}
		return
	}
	if g.d.saved(l) || g.d.varies(c, l) || c.once(g.cur, l, g.target) || c.setAnew(l, g.target) {
		return
	}
	d := c.diagnostic(g.call, l, fmt.Sprintf("%s is derived from itself in each turn of the loop", types.ExprString(g.target)))
	d.SuggestedFixes = c.declare(g, l)
	c.found = append(c.found, d)
}

func (c *checker) diagnostic(at ast.Node, l loop, message string) analysis.Diagnostic {
	return analysis.Diagnostic{
		Pos: at.Pos(), End: at.End(),
		Message: fmt.Sprintf("%s on %s, and grows", message, report.Place(c.pass.Fset, l.node.Pos(), at.Pos())),
		Related: []analysis.RelatedInformation{{
			Pos: l.node.Pos(), End: l.node.Pos() + token.Pos(len("for")), Message: "this is the loop",
		}},
	}
}
