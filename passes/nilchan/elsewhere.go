package nilchan

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// setElsewhere reports whether a file of the package that is not analysed may
// give v a value: one for another platform, or a test of it. The package with
// its tests is analysed as well, and where a driver does so in place of the
// package alone, the files read here are part of that.
func (c *checker) setElsewhere(v *types.Var) bool {
	for _, path := range c.pass.IgnoredFiles {
		if !strings.HasSuffix(path, ".go") {
			continue
		}
		if c.pass.ReadFile == nil {
			return true
		}
		if src, err := c.pass.ReadFile(path); err != nil || c.setIn(src, v) {
			return true
		}
	}
	for _, path := range c.testFiles() {
		if src, err := os.ReadFile(path); err != nil || c.setIn(src, v) {
			return true
		}
	}
	return false
}

// inIgnored reports whether a file for another platform has the identifier name.
func (c *checker) inIgnored(name string) bool {
	for _, path := range c.pass.IgnoredFiles {
		if c.pass.ReadFile == nil {
			return true
		}
		if src, err := c.pass.ReadFile(path); err != nil || bytes.Contains(src, []byte(name)) {
			return true
		}
	}
	return false
}

// setIn reports whether a file may give v a value, by its syntax.
func (c *checker) setIn(src []byte, v *types.Var) bool {
	if !bytes.Contains(src, []byte(v.Name())) && !v.IsField() {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", src, 0)
	if err != nil {
		return true
	}
	if file.Name.Name != c.pass.Pkg.Name() {
		return false
	}
	named := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			return e.Name == v.Name()
		case *ast.SelectorExpr:
			return e.Sel.Name == v.Name()
		}
		return false
	}
	set := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			set = set || named(n.Key)
		case *ast.AssignStmt:
			set = set || slices.ContainsFunc(n.Lhs, named)
		case *ast.RangeStmt:
			set = set || n.Key != nil && named(n.Key) || n.Value != nil && named(n.Value)
		case *ast.UnaryExpr:
			set = set || n.Op == token.AND && named(n.X)
		case *ast.SelectorExpr:
			set = set || named(n.X) && v.IsField() // perhaps a method that sets it
		case *ast.CompositeLit:
			set = set || c.unkeyed(n, v)
		}
		return !set
	})
	return set
}

// unkeyed reports whether a literal in a file that is not type-checked gives all
// fields of the struct type that has v a value.
func (c *checker) unkeyed(lit *ast.CompositeLit, v *types.Var) bool {
	if len(lit.Elts) == 0 {
		return false
	}
	if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
		return false
	}
	id, ok := lit.Type.(*ast.Ident)
	if !ok {
		return false
	}
	obj := c.pass.Pkg.Scope().Lookup(id.Name)
	return obj != nil && fieldIndex(obj.Type(), v) >= 0
}

// testFiles returns the paths of the tests beside the files of the package, none
// if those are part of it.
func (c *checker) testFiles() []string {
	if len(c.pass.Files) == 0 {
		return nil
	}
	for _, file := range c.pass.Files {
		if report.InTest(c.pass, file.FileStart) {
			return nil
		}
	}
	dir := filepath.Dir(c.pass.Fset.Position(c.pass.Files[0].FileStart).Filename)
	paths, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*_test.go"))
	if err != nil {
		return nil
	}
	return paths
}

// escapeGlob makes a pattern of a path.
func escapeGlob(path string) string {
	if filepath.Separator == '\\' {
		return path // there is no escaping there
	}
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}
