// Package syntax lets checks walk the syntax trees of a package, and find a place
// in them together with what stands around it.
//
// It is what x/tools' inspect pass is to one file, for all files of a package.
// One list of the events of a whole large package grows to hundreds of megabytes, and twice that
// while it does; that of each file has its size from the start.
package syntax

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// Analyzer prepares the syntax of a package for being walked. Its result is a [*Tree].
var Analyzer = &analysis.Analyzer{
	Name:             "syntax",
	Doc:              "prepare the syntax of a package for being walked",
	URL:              "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/internal/syntax",
	ResultType:       reflect.TypeFor[*Tree](),
	RunDespiteErrors: true,
	Run: func(pass *analysis.Pass) (any, error) {
		return New(pass.Files), nil
	},
}

// A Tree is the syntax of a package. It may be used from several goroutines at once.
type Tree struct {
	files  []file // in the order in which they were given
	sorted []file // in the order of their positions
}

type file struct {
	start, end token.Pos
	root       inspector.Cursor
}

// New returns the tree of the files of a package.
func New(files []*ast.File) *Tree {
	t := &Tree{}
	for i, f := range files {
		t.files = append(t.files, file{f.FileStart, f.FileEnd, inspector.New(files[i : i+1]).Root()})
	}
	t.sorted = slices.SortedFunc(slices.Values(t.files), func(f, g file) int { return cmp.Compare(f.start, g.start) })
	return t
}

// Preorder yields the nodes of the given types, those of all types if there are none,
// each before what it contains, file by file.
func (t *Tree) Preorder(types ...ast.Node) iter.Seq[inspector.Cursor] {
	return func(yield func(inspector.Cursor) bool) {
		for _, f := range t.files {
			for cur := range f.root.Preorder(types...) {
				if !yield(cur) {
					return
				}
			}
		}
	}
}

// FindNode returns the place of n, not ok if it is not in the tree.
func (t *Tree) FindNode(n ast.Node) (cur inspector.Cursor, ok bool) {
	f, ok := t.at(n.Pos())
	if !ok {
		return inspector.Cursor{}, false
	}
	return f.root.FindNode(n)
}

// FindByPos returns the innermost node that has all from start to end within it, not ok
// if there is none.
func (t *Tree) FindByPos(start, end token.Pos) (cur inspector.Cursor, ok bool) {
	f, ok := t.at(start)
	if !ok {
		return inspector.Cursor{}, false
	}
	return f.root.FindByPos(start, end)
}

// Decl returns the declaration of fn, nil if it is not one of the package.
func (t *Tree) Decl(fn *types.Func) *ast.FuncDecl {
	if fn == nil {
		return nil
	}
	id, ok := t.FindByPos(fn.Origin().Pos(), fn.Origin().Pos())
	if !ok || id.ParentEdgeKind() != edge.FuncDecl_Name {
		return nil
	}
	return id.Parent().Node().(*ast.FuncDecl)
}

// OnlyReturned returns the one result of fn, if fn is one of the package that does no more than
// to return it; else nil.
func (t *Tree) OnlyReturned(fn *types.Func) ast.Expr {
	decl := t.Decl(fn)
	if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
		return nil
	}
	if ret, ok := decl.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
		return ret.Results[0]
	}
	return nil
}

// at returns the file that pos is in.
func (t *Tree) at(pos token.Pos) (file, bool) {
	i, found := slices.BinarySearchFunc(t.sorted, pos, func(f file, pos token.Pos) int { return cmp.Compare(f.start, pos) })
	if !found {
		i--
	}
	if i < 0 || pos > t.sorted[i].end {
		return file{}, false
	}
	return t.sorted[i], true
}
