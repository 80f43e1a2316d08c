package ctxkey

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

// Analyzer reports context keys that other packages may use as well.
var Analyzer = &analysis.Analyzer{
	Name:     "ctxkey",
	Doc:      docs.MustExtract(doc, "ctxkey"),
	URL:      "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/ctxkey",
	Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer},
	Run:      report.Run(run),
}

// A checker looks at one package. What a key may be is known from all that its
// variable is given; if a parameter is among that, or anything that is not known, it
// is left alone.
type checker struct {
	pass   *analysis.Pass
	root   *syntax.Tree
	values *values.Index
	told   map[types.Object]bool // keys of exported types that have been reported
}

func run(pass *analysis.Pass) (any, error) {
	index := pass.ResultOf[symindex.Analyzer].(*symindex.Index)
	pkg := index.Package("context")
	if pkg == nil {
		return nil, nil
	}
	c := &checker{
		pass:   pass,
		root:   pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		values: values.New(pass),
		told:   make(map[types.Object]bool),
	}
	for _, name := range pkg.Scope().Names() {
		fn, _ := pkg.Scope().Lookup(name).(*types.Func)
		operand, ok := syncapi.ContextKey(fn)
		if !ok {
			continue
		}
		for cur := range index.Calls(fn) {
			if call := cur.Node().(*ast.CallExpr); operand < len(call.Args) {
				c.key(call.Args[operand])
			}
		}
	}
	return nil, nil
}

// key reports a key if it may be that of another package.
func (c *checker) key(e ast.Expr) {
	if report.InTest(c.pass, e.Pos()) {
		return
	}
	sources := c.values.Sources(e)
	if len(sources) == 0 {
		sources = c.ranged(e)
	}
	kind := ""
	for _, src := range sources {
		if src.Param != nil || c.ofParameter(src.Expr) {
			return // its callers choose the key
		}
		t := c.pass.TypesInfo.TypeOf(src.Expr)
		if src.Index != 0 || isMulti(t) {
			return
		}
		if kind == "" {
			kind = c.open(t)
		}
	}
	if given := c.pass.TypesInfo.TypeOf(e); len(sources) > 0 && !types.IsInterface(given) {
		kind = c.open(given) // whatever it is converted from
	}
	if kind == "" || c.again(e) {
		return
	}
	report.Report(c.pass, analysis.Diagnostic{
		Pos: e.Pos(), End: e.End(),
		Message: fmt.Sprintf("other packages may use the key %s as well: it is of %s", types.ExprString(e), kind),
	})
}

// again reports whether e is the name of a key of an exported type that has been
// reported: what is at fault is its type.
func (c *checker) again(e ast.Expr) bool {
	if _, named := types.Unalias(c.pass.TypesInfo.TypeOf(e)).(*types.Named); !named {
		return false
	}
	var obj types.Object
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj = c.pass.TypesInfo.Uses[e]
	case *ast.SelectorExpr:
		obj = c.pass.TypesInfo.Uses[e.Sel]
	}
	if obj == nil {
		return false
	}
	told := c.told[obj]
	c.told[obj] = true
	return told
}

// ranged returns what a range statement runs over, if e is its variable, so that the
// source of the elements counts as that of e.
func (c *checker) ranged(e ast.Expr) []values.Source {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	def, ok := c.root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return nil
	}
	switch def.ParentEdgeKind() {
	case edge.RangeStmt_Key, edge.RangeStmt_Value:
		return c.values.Sources(def.Parent().Node().(*ast.RangeStmt).X)
	}
	return nil
}

// ofParameter reports whether an expression is made of a parameter.
func (c *checker) ofParameter(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pass.TypesInfo.Uses[id].(*types.Var); ok && !v.IsField() {
				found = found || v.Kind() == types.ParamVar || v.Kind() == types.RecvVar
			}
		}
		return !found
	})
	return found
}

func isMulti(t types.Type) bool {
	_, ok := t.(*types.Tuple)
	return ok
}

// open says what type t is, if others can have keys of it; otherwise it returns
// "".
func (c *checker) open(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.UntypedNil {
			return ""
		}
		return "the built-in type " + types.Default(t).String()
	case *types.Struct:
		return "a type without a name"
	case *types.Named:
		if b, ok := t.Underlying().(*types.Basic); !ok || b.Info()&types.IsString == 0 {
			return ""
		}
		if pkg := t.Obj().Pkg(); pkg == nil || !t.Obj().Exported() || pkg.Name() == "main" || isInternal(pkg.Path()) || t.Obj().Parent() != pkg.Scope() {
			return ""
		}
		return "the exported type " + types.TypeString(t, types.RelativeTo(c.pass.Pkg))
	}
	return ""
}

// isInternal reports whether only a part of one module can import a package.
func isInternal(path string) bool {
	return strings.Contains("/"+path+"/", "/internal/")
}
