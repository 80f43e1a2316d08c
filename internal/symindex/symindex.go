// Package symindex is a view of a package: where it uses a symbol.
//
// A check asks it for the few objects of interest, and so costs nothing at a
// package that never mentions them.
package symindex

import (
	"go/ast"
	"go/types"
	"iter"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// Analyzer builds the [Index] of a package.
var Analyzer = &analysis.Analyzer{
	Name:             "symindex",
	Doc:              "index the uses of each symbol in a package",
	URL:              "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/internal/symindex",
	Requires:         []*analysis.Analyzer{syntax.Analyzer},
	ResultType:       reflect.TypeFor[*Index](),
	RunDespiteErrors: true,
	Run:              run,
}

// An Index tells where a package uses a symbol.
//
// A method or field of an instance of a generic type counts as that of the
// generic type, both when it is used and when it is asked for.
type Index struct {
	packages map[string]*types.Package           // those that the package mentions, itself included
	uses     map[types.Object][]inspector.Cursor // the identifiers, in the order of the syntax
	pkg      *types.Package
	tests    []*ast.File // those of its files that are tests
}

func run(pass *analysis.Pass) (any, error) {
	ix := &Index{
		packages: map[string]*types.Package{pass.Pkg.Path(): pass.Pkg},
		uses:     make(map[types.Object][]inspector.Cursor),
		pkg:      pass.Pkg,
	}
	for _, f := range pass.Files {
		if strings.HasSuffix(pass.Fset.Position(f.Package).Filename, "_test.go") {
			ix.tests = append(ix.tests, f)
		}
	}
	for _, imported := range pass.Pkg.Imports() {
		ix.packages[imported.Path()] = imported
	}
	for cur := range pass.ResultOf[syntax.Analyzer].(*syntax.Tree).Preorder((*ast.Ident)(nil)) {
		obj := pass.TypesInfo.Uses[cur.Node().(*ast.Ident)]
		if obj == nil {
			continue
		}
		// Fields and methods may come from packages that are not imported.
		if pkg := obj.Pkg(); pkg != nil && ix.packages[pkg.Path()] == nil {
			ix.packages[pkg.Path()] = pkg
		}
		obj = origin(obj)
		ix.uses[obj] = append(ix.uses[obj], cur)
	}
	return ix, nil
}

// origin returns the generic object that obj is an instance of, or obj.
func origin(obj types.Object) types.Object {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Origin()
	case *types.Var:
		return obj.Origin()
	}
	return obj
}

// Package returns the package of the given path if the package under analysis
// imports it or uses a symbol of it, or is it; otherwise nil.
func (ix *Index) Package(path string) *types.Package { return ix.packages[path] }

// Object returns the package-level symbol of that name in the package of the
// given path, or nil if the package under analysis cannot mention it.
func (ix *Index) Object(path, name string) types.Object {
	if pkg := ix.packages[path]; pkg != nil {
		return pkg.Scope().Lookup(name)
	}
	return nil
}

// Method returns the named method or field of the package-level type that
// Object(path, typ) returns, or nil.
func (ix *Index) Method(path, typ, name string) types.Object {
	tname, ok := ix.Object(path, typ).(*types.TypeName)
	if !ok {
		return nil
	}
	obj, _, _ := types.LookupFieldOrMethod(tname.Type(), true, tname.Pkg(), name)
	if obj == nil {
		return nil
	}
	return origin(obj)
}

// Public reports whether code of other packages can name obj: it is exported, and neither
// of a command nor of a file of tests, which nobody imports.
func (ix *Index) Public(obj types.Object) bool {
	if !obj.Exported() || obj.Pkg() == nil || obj.Pkg() != ix.pkg {
		return obj.Exported()
	}
	return ix.pkg.Name() != "main" && !slices.ContainsFunc(ix.tests, func(f *ast.File) bool {
		return f.FileStart <= obj.Pos() && obj.Pos() <= f.FileEnd
	})
}

// Used reports whether the package uses any of the objects. A nil object is
// never used.
func (ix *Index) Used(objs ...types.Object) bool {
	for _, obj := range objs {
		if obj != nil && len(ix.uses[origin(obj)]) > 0 {
			return true
		}
	}
	return false
}

// Uses returns the cursors of the identifiers that refer to obj, in the order
// of the syntax. For a nil object there are none.
func (ix *Index) Uses(obj types.Object) iter.Seq[inspector.Cursor] {
	return func(yield func(inspector.Cursor) bool) {
		if obj == nil {
			return
		}
		for _, cur := range ix.uses[origin(obj)] {
			if !yield(cur) {
				return
			}
		}
	}
}

// Calls returns the cursors of the calls of obj: a function, a method, or a
// variable that holds one. A call through another variable is not among them.
func (ix *Index) Calls(obj types.Object) iter.Seq[inspector.Cursor] {
	return func(yield func(inspector.Cursor) bool) {
		for cur := range ix.Uses(obj) {
			// From f to f, x.f, f[T] or x.f[T], each perhaps in parentheses.
			cur = outOfParens(cur)
			if cur.ParentEdgeKind() == edge.SelectorExpr_Sel {
				cur = outOfParens(cur.Parent())
			}
			switch cur.ParentEdgeKind() {
			case edge.IndexExpr_X, edge.IndexListExpr_X:
				if _, isFunc := obj.(*types.Func); isFunc {
					cur = outOfParens(cur.Parent())
				}
			}
			if cur.ParentEdgeKind() == edge.CallExpr_Fun && !yield(cur.Parent()) {
				return
			}
		}
	}
}

// LastIdent returns the identifier that e ends in, if it is a name or a selector;
// otherwise nil.
func LastIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
}

// outOfParens returns the outermost parenthesized form of the expression at cur.
func outOfParens(cur inspector.Cursor) inspector.Cursor {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	return cur
}
