package ctxfirst

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
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer reports contexts that are not the first parameter.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxfirst",
	Doc:      docs.MustExtract(doc, "ctxfirst"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxfirst",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package.
type checker struct {
	pass  *analysis.Pass
	index *symindex.Index
}

func run(pass *analysis.Pass) (any, error) {
	c := &checker{pass, pass.ResultOf[symindex.Analyzer].(*symindex.Index)}
	if c.index.Package("context") == nil {
		return nil, nil
	}
	root := pass.ResultOf[syntax.Analyzer].(*syntax.Tree)
	for cur := range root.Preorder((*ast.FuncType)(nil)) {
		c.signature(cur)
	}
	return nil, nil
}

// signature reports the context of a function type that is not its first parameter.
func (c *checker) signature(cur inspector.Cursor) {
	params := cur.Node().(*ast.FuncType).Params
	field, before := c.contextIn(params)
	if field == nil || before == 0 || report.InTest(c.pass, field.Pos()) {
		return
	}
	for _, f := range params.List {
		if f == field {
			break
		}
		if t := c.pass.TypesInfo.TypeOf(f.Type); isTest(t) || isHTTP(t) {
			return
		}
	}
	subject, ok := c.subject(cur)
	if !ok {
		return
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: field.Pos(), End: field.End(),
		Message: fmt.Sprintf("the context of %s is parameter %d, not the first", subject, before+1),
	})
}

// contextIn returns the first parameter that is a context, and how many stand before it.
func (c *checker) contextIn(params *ast.FieldList) (field *ast.Field, before int) {
	for _, f := range params.List {
		if syncapi.IsContext(c.pass.TypesInfo.TypeOf(f.Type)) {
			return f, before
		}
		before += max(1, len(f.Names))
	}
	return nil, 0
}

// isTest reports whether t is what a test is handed, or an interface of that kind.
func isTest(t types.Type) bool {
	return hasMethod(t, "FailNow") && hasMethod(t, "Errorf")
}

func hasMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	_, ok := obj.(*types.Func)
	return ok
}

// isHTTP reports whether t is what an HTTP handler is handed.
func isHTTP(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != "net/http" {
		return false
	}
	return n.Obj().Name() == "ResponseWriter" || n.Obj().Name() == "Request"
}

// subject names what has the function type at cur; not ok if something else
// dictates it.
func (c *checker) subject(cur inspector.Cursor) (string, bool) {
	parent := cur.Parent()
	switch n := parent.Node().(type) {
	case *ast.FuncDecl:
		fn, ok := c.pass.TypesInfo.Defs[n.Name].(*types.Func)
		return n.Name.Name, ok && !c.dictated(fn) && !c.handed(fn)
	case *ast.FuncLit:
		return "this function literal", isFree(parent)
	case *ast.Field:
		if len(n.Names) > 0 {
			return n.Names[0].Name, true
		}
	case *ast.TypeSpec:
		return n.Name.Name, true
	case *ast.CallExpr, *ast.TypeAssertExpr, *ast.CaseClause:
		return "", false // it says what a function is that has been declared elsewhere
	}
	return "this function type", true
}

// isFree reports whether a literal has the type that it likes: it is called where it
// stands, or what a variable without another type is given.
func isFree(lit inspector.Cursor) bool {
	for lit.ParentEdgeKind() == edge.ParenExpr_X {
		lit = lit.Parent()
	}
	switch lit.ParentEdgeKind() {
	case edge.CallExpr_Fun:
		return true
	case edge.AssignStmt_Rhs:
		return lit.Parent().Node().(*ast.AssignStmt).Tok.String() == ":="
	case edge.ValueSpec_Values:
		return lit.Parent().Node().(*ast.ValueSpec).Type == nil
	}
	return false
}

// dictated reports whether an interface of this package, or of one that it imports,
// has the method fn, and the type of its receiver implements that.
func (c *checker) dictated(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	pointer := types.NewPointer(t)
	for _, pkg := range append([]*types.Package{c.pass.Pkg}, c.pass.Pkg.Imports()...) {
		for _, name := range pkg.Scope().Names() {
			tname, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || pkg != c.pass.Pkg && !tname.Exported() {
				continue
			}
			if iface, ok := tname.Type().Underlying().(*types.Interface); ok && asks(iface, fn) && implements(pointer, iface, fn) {
				return true
			}
		}
	}
	return false
}

func asks(iface *types.Interface, fn *types.Func) bool {
	for m := range iface.Methods() {
		if m.Name() == fn.Name() && m.Id() == fn.Id() {
			return true
		}
	}
	return false
}

// implements reports whether t implements an interface that has fn. Of generic types
// it is enough that there are methods of all the names.
func implements(t types.Type, iface *types.Interface, fn *types.Func) bool {
	if types.Implements(t, iface) {
		return true
	}
	if fn.Signature().RecvTypeParams().Len() == 0 {
		return false
	}
	for m := range iface.Methods() {
		obj, _, _ := types.LookupFieldOrMethod(t, true, m.Pkg(), m.Name())
		if _, ok := obj.(*types.Func); !ok {
			return false
		}
	}
	return true
}

// handed reports whether the package hands fn to another one, whose signature it then
// has.
func (c *checker) handed(fn *types.Func) bool {
	for id := range c.index.Uses(fn) {
		cur := id
		for cur.ParentEdgeKind() == edge.SelectorExpr_Sel || cur.ParentEdgeKind() == edge.ParenExpr_X || cur.ParentEdgeKind() == edge.IndexExpr_X {
			cur = cur.Parent()
		}
		switch parent := cur.Parent().Node().(type) {
		case *ast.CallExpr:
			if cur.ParentEdgeKind() == edge.CallExpr_Args && c.foreign(parent.Fun) {
				return true
			}
		case *ast.KeyValueExpr:
			if cur.ParentEdgeKind() == edge.KeyValueExpr_Value && c.foreign(parent.Key) {
				return true
			}
		case *ast.AssignStmt:
			_, i := cur.ParentEdge()
			if cur.ParentEdgeKind() == edge.AssignStmt_Rhs && i < len(parent.Lhs) && c.foreign(parent.Lhs[i]) {
				return true
			}
		case *ast.ValueSpec:
			if parent.Type != nil && c.foreign(parent.Type) {
				return true
			}
		}
	}
	return false
}

// foreign reports whether e names something of another package, or has a type that is
// declared there.
func (c *checker) foreign(e ast.Expr) bool {
	if id := symindex.LastIdent(e); id != nil {
		if obj := c.pass.TypesInfo.ObjectOf(id); obj != nil && obj.Pkg() != nil && obj.Pkg() != c.pass.Pkg {
			return true
		}
	}
	n, ok := types.Unalias(c.pass.TypesInfo.TypeOf(e)).(*types.Named)
	return ok && n.Obj().Pkg() != c.pass.Pkg
}
