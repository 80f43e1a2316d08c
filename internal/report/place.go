package report

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Place spells pos for a message that stands at from: "line 7", or "f.go:7" if
// it is in another file.
func Place(fset *token.FileSet, pos, from token.Pos) string {
	p, q := fset.Position(pos), fset.Position(from)
	if p.Filename == q.Filename {
		return fmt.Sprintf("line %d", p.Line)
	}
	return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
}

// InTest reports whether a position is in a file of tests. Of a package that is nothing
// else, only the functions are tests that are given a testing.T or the like: the rest is
// what they test.
func InTest(pass *analysis.Pass, pos token.Pos) bool {
	if !isTest(pass, pos) {
		return false
	}
	if !onlyTests(pass) {
		return true
	}
	i := slices.IndexFunc(pass.Files, func(f *ast.File) bool { return f.FileStart <= pos && pos <= f.FileEnd })
	return i < 0 || slices.ContainsFunc(pass.Files[i].Decls, func(d ast.Decl) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && fn.Pos() <= pos && pos < fn.End() && takesTesting(pass, fn)
	})
}

// Tests reports whether a position is in a file of tests, and what these test is not: what
// is done there is not all that is done with it.
func Tests(pass *analysis.Pass, pos token.Pos) bool { return isTest(pass, pos) && !onlyTests(pass) }

// onlyTests reports whether the package has no other files than tests, and is not the
// external test of one that has.
func onlyTests(pass *analysis.Pass) bool {
	return !strings.HasSuffix(pass.Pkg.Name(), "_test") && !slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return !isTest(pass, f.Package) })
}

func isTest(pass *analysis.Pass, pos token.Pos) bool {
	return strings.HasSuffix(pass.Fset.Position(pos).Filename, "_test.go")
}

// takesTesting reports whether a parameter of fn is of a type of package testing.
func takesTesting(pass *analysis.Pass, fn *ast.FuncDecl) bool {
	return slices.ContainsFunc(fn.Type.Params.List, func(p *ast.Field) bool {
		t := pass.TypesInfo.TypeOf(p.Type)
		if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
			t = ptr.Elem()
		}
		n, ok := types.Unalias(t).(*types.Named)
		return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "testing"
	})
}
