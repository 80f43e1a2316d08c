package checktest

import (
	"go/ast"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/txtar"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// swapped reports calls of old, with a fix, and calls of bad, with a related
// position. The argument of a call of say is a message that it reports.
var swapped = &analysis.Analyzer{
	Name: "swapped",
	Doc:  "report calls of old",
	Run: report.Run(func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				fun, ok := call.Fun.(*ast.Ident)
				if !ok {
					return true
				}
				d := analysis.Diagnostic{Pos: call.Pos(), End: call.End()}
				switch fun.Name {
				case "old":
					d.Message = "old is called"
					d.SuggestedFixes = []analysis.SuggestedFix{{
						Message:   "Call new",
						TextEdits: []analysis.TextEdit{{Pos: fun.Pos(), End: fun.End(), NewText: []byte("fresh")}},
					}}
				case "bad":
					d.Message = "bad is called"
					d.Related = []analysis.RelatedInformation{{Pos: file.Name.Pos(), End: file.Name.End(), Message: "in this package"}}
				case "say":
					d.Message, d.End = strings.ReplaceAll(strings.Trim(call.Args[0].(*ast.BasicLit).Value, `"`), `\n`, "\n"), call.Pos()
				default:
					return true
				}
				report.Report(pass, d)
				return true
			})
		}
		return nil, nil
	}),
}

func TestRun(t *testing.T) { RunArchive(t, swapped, "testdata/good.txtar") }

// TestProblems checks that the harness sees what is wrong with a fixture.
func TestProblems(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/wrong.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var want []string
	for _, file := range archive.Files {
		if file.Name == "problems" {
			want = strings.Split(strings.TrimSpace(string(file.Data)), "\n")
			continue
		}
		write(t, filepath.Join(dir, filepath.FromSlash(file.Name)), file.Data)
	}
	results := analysistest.Run(ignored{}, dir, swapped, "./...")
	var problems problems
	checkLoaded(t, &problems, dir, results)
	checkComments(&problems, results)
	checkForm(&problems, results)
	var got []string
	for _, problem := range problems.sorted() {
		problem = strings.ReplaceAll(problem, dir+string(filepath.Separator), "")
		got = append(got, strings.ReplaceAll(problem, "\n", `\n`))
	}
	for _, problem := range got {
		if !slices.Contains(want, problem) {
			t.Errorf("unexpected problem: %s", problem)
		}
	}
	for _, problem := range want {
		if !slices.Contains(got, problem) {
			t.Errorf("missing problem: %s", problem)
		}
	}
}

// An ignored is a test whose failures are none.
type ignored struct{}

func (ignored) Errorf(string, ...any) {}
