package ctxdropped

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxscope"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports contexts that are not passed on.
var Analyzer = &analysis.Analyzer{
	Name:      "ctxdropped",
	Doc:       docs.MustExtract(doc, "ctxdropped"),
	URL:       "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxdropped",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, skeleton.Analyzer, symindex.Analyzer},
	FactTypes: []analysis.Fact{new(drops)},
	Run:       report.Run(run),
}

// drops is the fact of a function that has no context, and passes on one without a
// parent.
type drops struct {
	How   string
	Depth int // how many functions the chain has up to the one that makes the context
}

// AFact marks drops as a fact.
func (*drops) AFact() {}

// String tells what the function does.
func (d *drops) String() string { return d.How }

// A checker looks at one package. It goes by syntax and types; how the literals of a
// function are run it asks the skeletons.
type checker struct {
	*ctxscope.Package
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index
	view  *skeleton.View

	droppers map[*types.Func]*drop // functions without a context that pass on none
	work     []*types.Func         // those whose callers are to be looked at
	chained  map[link]bool         // reported
	found    []analysis.Diagnostic
}

// A link is a function that calls another.
type link struct {
	caller ast.Node
	callee *types.Func
}

// A drop is what a function without a context does.
type drop struct {
	how string   // for the message
	at  ast.Node // nil if another package does it
	by  string   // the function that does it

	depth int // how many functions there are up to that, this one included
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{
		Package:  ctxscope.New(pass),
		pass:     pass,
		root:     pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index:    pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		view:     pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
		droppers: make(map[*types.Func]*drop),
		chained:  make(map[link]bool),
	}
	if !c.concerned() {
		return nil, nil
	}
	c.view.Lock()
	defer c.view.Unlock()
	for cur := range c.root.Preorder((*ast.CallExpr)(nil)) {
		c.roots(cur)
	}
	c.chains()
	slices.SortStableFunc(c.found, func(a, b analysis.Diagnostic) int { return cmp.Compare(a.Pos, b.Pos) })
	for _, d := range c.found {
		report.Report(pass, d)
	}
	return nil, nil
}

// concerned reports whether the package makes contexts, or imports others of its
// module that may.
func (c *checker) concerned() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool {
		return syncapi.IsContextPackage(p) || c.ours(p)
	})
}

// ours reports whether a package belongs to the module under analysis.
func (c *checker) ours(pkg *types.Package) bool {
	if pkg == nil {
		return false
	}
	if pkg == c.pass.Pkg {
		return true
	}
	if m := c.pass.Module; m != nil && m.Path != "" {
		return pkg.Path() == m.Path || strings.HasPrefix(pkg.Path(), m.Path+"/")
	}
	return moduleOf(pkg.Path()) == moduleOf(c.pass.Pkg.Path())
}

// moduleOf guesses what module a package is of: host, owner and name of a repository; the
// standard library is one.
func moduleOf(path string) string {
	parts := strings.SplitN(path, "/", 4)
	if !strings.Contains(parts[0], ".") {
		return ""
	}
	return strings.Join(parts[:min(len(parts), 3)], "/")
}

// -- contexts without a parent --

// roots looks at a call that makes a context without a parent, and at those that are
// handed nil for one.
func (c *checker) roots(cur inspector.Cursor) {
	call := cur.Node().(*ast.CallExpr)
	if syncapi.IsRootContext(c.Callee(call)) {
		c.rootContext(cur)
		return
	}
	for i, arg := range call.Args {
		if c.pass.TypesInfo.Types[arg].IsNil() && c.takesContext(call, i) {
			if at, ok := c.root.FindNode(arg); ok {
				c.rootContext(at)
			}
		}
	}
}

// rootContext looks at where the context without a parent at cur goes.
func (c *checker) rootContext(cur inspector.Cursor) {
	if c.IsTest(cur.Node()) || c.Explained(cur.Node()) {
		return
	}
	f := &follow{checker: c, seen: make(map[*types.Var]bool)}
	f.value(cur)
	if f.kept || len(f.passed) == 0 {
		return
	}
	places := make([]*ctxscope.Place, len(f.passed))
	for i, p := range f.passed {
		places[i] = c.Place(p)
		if places[i].Detached {
			return
		}
	}
	for i, p := range f.passed {
		if !places[i].Deferred && !c.setsContext(p, places[i]) && !c.hasOther(p, places[i]) && !c.CleansUp(p) && !c.Ended(cur) && !c.Ended(p) {
			c.passing(cur, p, places[i], f)
			return
		}
	}
}

// passing looks at a call that is handed a context without a parent, at a place where
// it is run at once: it reports that, or notes what the function does.
func (c *checker) passing(root, call inspector.Cursor, pl *ctxscope.Place, f *follow) {
	name := types.ExprString(call.Node().(*ast.CallExpr).Fun)
	what := types.ExprString(root.Node().(ast.Expr))
	if what == "nil" {
		what = "a nil context"
	}
	switch {
	case pl.Ctx == "":
		if fn := c.declared(pl.Fn); fn != nil && !f.timed && !c.mild(call) {
			c.spread(fn, &drop{how: fmt.Sprintf("passes %s to %s", what, name), at: root.Node(), by: fn.Name(), depth: 1})
		}
	case !f.timed || c.replaces(root, pl):
		c.found = append(c.found, analysis.Diagnostic{
			Pos: root.Node().Pos(), End: root.Node().End(),
			Message:        fmt.Sprintf("%s is passed to %s, though %s is in scope", what, name, pl.Ctx),
			SuggestedFixes: c.fix(root, pl),
		})
	}
}

// setsContext reports whether a call gives another context to the value that the one in
// scope is from.
func (c *checker) setsContext(call inspector.Cursor, pl *ctxscope.Place) bool {
	sel, ok := ast.Unparen(call.Node().(*ast.CallExpr).Fun).(*ast.SelectorExpr)
	return ok && pl.Obj != nil && !syncapi.IsContext(pl.Obj.Type()) && c.Object(sel.X) == pl.Obj
}

// hasOther reports whether a call is handed several contexts, that in scope among them.
func (c *checker) hasOther(call inspector.Cursor, pl *ctxscope.Place) bool {
	n := call.Node().(*ast.CallExpr)
	several, inScope := 0, false
	for i, arg := range n.Args {
		if c.takesContext(n, i) {
			several++
			inScope = inScope || pl.Obj != nil && c.Object(arg) == pl.Obj
		}
	}
	return several > 1 && inScope
}

// declared returns the function that a declaration declares, nil if it is none.
func (c *checker) declared(n ast.Node) *types.Func {
	decl, ok := n.(*ast.FuncDecl)
	if !ok {
		return nil
	}
	fn, _ := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
	return fn
}

// takesContext reports whether argument i of a call goes to a parameter that is a
// context.
func (c *checker) takesContext(call *ast.CallExpr, i int) bool {
	sig, ok := c.pass.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok {
		if t := c.pass.TypesInfo.TypeOf(call.Fun); t != nil {
			sig, ok = t.Underlying().(*types.Signature)
		}
	}
	return ok && i < sig.Params().Len() && syncapi.IsContext(sig.Params().At(i).Type())
}

// replaces reports whether the context with a timeout of its own that is made of the one
// at root takes the name of the context in scope before that was of any use.
func (c *checker) replaces(root inspector.Cursor, pl *ctxscope.Place) bool {
	call := root.Parent()
	as, ok := call.Parent().Node().(*ast.AssignStmt)
	if !ok || call.ParentEdgeKind() != edge.AssignStmt_Rhs || !unconditional(call.Parent()) {
		return false
	}
	id, ok := as.Lhs[0].(*ast.Ident)
	if !ok || pl.Obj == nil || id.Name != pl.Obj.Name() || id.Name != pl.Ctx {
		return false
	}
	if fn, ok := ctxscope.Function(root); !ok || fn.Node() != pl.Fn {
		return false
	}
	for use := range c.index.Uses(pl.Obj) {
		if use.Node().Pos() < root.Node().Pos() && use.Node() != id {
			return false
		}
	}
	return true
}
