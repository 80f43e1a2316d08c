package values_test

import (
	"go/ast"
	"go/types"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
	"github.com/concurrencyvet/concurrencyvet/internal/values"
)

const source = `
type holder struct{ n, m int }

var global = 1

func use(...int) {}

func f(p int, b bool) {
	replaced := 2
	replaced = 3
	branched := 4
	if b {
		branched = 5
	}
	later := 6
	looped := 7
	for range p {
		use(looped)
		looped = 8
	}
	var zero int
	alias := branched
	h := holder{9, 10}
	k := &holder{n: 11}
	k.m = 12
	captured := 13
	g := func() { use(captured) }
	captured = 14
	g()
	use(global, p, replaced, branched, later, zero, alias, h.n, k.m)
	later = 15
	use(later)
}
`

// TestSources checks what each operand of use may be.
func TestSources(t *testing.T) {
	want := []string{"7 8", "13 14", "1", "param p", "3", "4 5", "6", "", "4 5", "11 9", "12 10", "15"}
	var got []string
	a := &analysis.Analyzer{
		Name: "sources", Doc: "sources", Requires: []*analysis.Analyzer{syntax.Analyzer, symindex.Analyzer},
		Run: func(pass *analysis.Pass) (any, error) {
			x := values.New(pass)
			ast.Inspect(pass.Files[0], func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && types.ExprString(call.Fun) == "use" {
					for _, arg := range call.Args {
						got = append(got, spell(x.Sources(arg)))
					}
				}
				return true
			})
			return nil, nil
		},
	}
	checktest.Analyze(t, checktest.LoadSources(t, source), a)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func spell(sources []values.Source) string {
	text := ""
	for i, s := range sources {
		if i > 0 {
			text += " "
		}
		if s.Param != nil {
			text += "param " + s.Param.Name()
		} else {
			text += types.ExprString(s.Expr)
		}
	}
	return text
}
