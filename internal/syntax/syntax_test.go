package syntax_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// parse returns two files, in the other order than that of their positions.
func parse(t *testing.T) []*ast.File {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for name, src := range map[string]string{"a.go": "package p\n\nfunc a() { go b() }\n", "b.go": "package p\n\nfunc b() { defer a() }\n"} {
		f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(f, g *ast.File) int { return int(g.FileStart - f.FileStart) })
	return files
}

// TestTree checks that the nodes of all files are walked and found, with what is around
// them.
func TestTree(t *testing.T) {
	files := parse(t)
	tree := syntax.New(files)
	n := 0
	for call := range tree.Preorder((*ast.CallExpr)(nil)) {
		if n < len(files) && !contains(files[n], call.Node()) {
			t.Error("the calls do not come in the order of the files")
		}
		n++
		node := call.Node()
		for _, find := range []func() (ast.Node, bool){
			func() (ast.Node, bool) { cur, ok := tree.FindNode(node); return cur.Parent().Node(), ok },
			func() (ast.Node, bool) {
				cur, ok := tree.FindByPos(node.Pos(), node.End())
				return cur.Parent().Node(), ok
			},
		} {
			if parent, ok := find(); !ok || parent != call.Parent().Node() {
				t.Errorf("the call of %s is found within %T, %v", node.(*ast.CallExpr).Fun, parent, ok)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d calls are walked, want 2", n)
	}
}

// TestNotThere checks that what is not in the tree is not found.
func TestNotThere(t *testing.T) {
	files := parse(t)
	tree := syntax.New(files[:1])
	other := files[1].Decls[0]
	if _, ok := tree.FindNode(other); ok {
		t.Error("a node of a file that is not in the tree is found")
	}
	if _, ok := tree.FindByPos(other.Pos(), other.End()); ok {
		t.Error("a position of a file that is not in the tree is found")
	}
	if _, ok := syntax.New(nil).FindByPos(1, 1); ok {
		t.Error("a position is found where there are no files")
	}
}

// TestOnlyReturned checks which functions do no more than to return one result.
func TestOnlyReturned(t *testing.T) {
	const src = "package p\n\nfunc one() int { return 1 }\nfunc two() (int, int) { return 1, 2 }\nfunc more() int { one(); return 1 }\nfunc none() {}\nfunc extern() int\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object)}
	conf := types.Config{Error: func(error) {}} // extern has no body
	pkg, _ := conf.Check("p", fset, []*ast.File{f}, info)
	tree := syntax.New([]*ast.File{f})
	for name, want := range map[string]bool{"one": true, "two": false, "more": false, "none": false, "extern": false} {
		fn, ok := pkg.Scope().Lookup(name).(*types.Func)
		if got := tree.OnlyReturned(fn) != nil; !ok || got != want {
			t.Errorf("%s does no more than to return one result: %v, want %v", name, got, want)
		}
	}
	if tree.OnlyReturned(nil) != nil {
		t.Error("no function returns something")
	}
}

func contains(f *ast.File, n ast.Node) bool { return f.FileStart <= n.Pos() && n.End() <= f.FileEnd }
