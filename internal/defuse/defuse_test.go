package defuse_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/defuse"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// The call of use in each function is what is asked about: what its argument is made
// from, as the calls among that, and what decides whether it is run.
const source = `package p

func a() int
func b() int
func two() (int, bool)
func use(int)

func straight() { n := a(); use(n) }
func overwritten() { n := a(); n = b(); use(n) }
func branch(c bool) { n := a(); if c { n = b() }; use(n) }
func added() { n := a(); n += b(); n++; use(n) }
func loop(c bool) { n := a(); for c { use(n); n = b() } }
func behind() { n := a(); use(n); n = b() }
func element() { m := map[int]int{a(): 1}; m[1] = b(); use(m[2]) }
func ranged() { for _, n := range []int{a()} { use(n) } }
func literal() { f := func() int { return a() }; use(f()) }
func captured() { n := 0; func() { n = a() }(); use(n) }
func typed(x any) { x = a(); switch n := x.(type) { case int: use(n) } }

func found() { n, ok := two(); if ok { use(n) } }
func early() { n, ok := two(); if !ok || n == 0 { return }; use(n) }
func orElse(c, d bool) { if c && d { return } else if d { use(1) } }
func chain(c, d bool) { if c { return } else if !d { return }; use(1) }
func cases(n int) { switch n { case 1: return; case 2: use(n) } }
func tagless(n int) { switch { case n > 1: use(n) } }
func inLiteral(c bool) { if c { func() { use(1) }() } }
`

func TestView(t *testing.T) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
		Uses: make(map[*ast.Ident]types.Object), Implicits: make(map[ast.Node]types.Object),
	}
	conf := types.Config{Importer: importer.Default(), Error: func(error) {}}
	if _, err := conf.Check("p", fset, []*ast.File{file}, info); err != nil && !strings.Contains(err.Error(), "missing function body") {
		t.Fatal(err)
	}
	v := defuse.New(info, syntax.New([]*ast.File{file}))
	got := make(map[string]string)
	for _, decl := range file.Decls {
		f := decl.(*ast.FuncDecl)
		if f.Body == nil {
			continue
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && types.ExprString(call.Fun) == "use" {
				got[f.Name.Name] = describe(v, call)
			}
			return true
		})
	}
	for name, want := range map[string]string{
		"straight":    "a()",
		"overwritten": "b()",
		"branch":      "a() b()",
		"added":       "a() b()",
		"loop":        "a() b() | c",
		"behind":      "a()",
		"element":     "b()",
		"ranged":      "a()",
		"literal":     "a() f()",
		"captured":    "a()",
		"typed":       "a() | x",
		"found":       "two() | ok",
		"early":       "two() | ok, n == 0: false",
		"orElse":      " | d, c && d: false",
		"chain":       " | c: false, d",
		"cases":       " | n is 2",
		"tagless":     " | n > 1",
		"inLiteral":   "",
	} {
		if strings.TrimSpace(got[name]) != strings.TrimSpace(want) {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
}

func describe(v *defuse.View, call *ast.CallExpr) string {
	var calls, conds []string
	for n := range v.From(call.Args...).Nodes {
		if c, ok := n.(*ast.CallExpr); ok {
			calls = append(calls, types.ExprString(c))
		}
	}
	slices.Sort(calls)
	for _, c := range v.Conditions(call) {
		s := types.ExprString(c.Expr)
		if c.Tag != nil {
			s = fmt.Sprintf("%s is %s", types.ExprString(c.Tag), s)
		}
		if !c.Want {
			s += ": false"
		}
		conds = append(conds, s)
	}
	if len(conds) == 0 {
		return strings.Join(calls, " ")
	}
	return strings.Join(calls, " ") + " | " + strings.Join(conds, ", ")
}
