package report_test

import (
	"errors"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// flagged reports each call of a function called flag, twice; the declaration
// of the first function of the file is a related position.
var flagged = &analysis.Analyzer{
	Name: "flagged",
	Doc:  "report calls of flag",
	URL:  "https://example.org/flagged",
	Run: report.Run(func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			var first *ast.FuncDecl
			ast.Inspect(file, func(n ast.Node) bool {
				if decl, ok := n.(*ast.FuncDecl); ok && first == nil {
					first = decl
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "flag" {
					return true
				}
				for range 2 {
					report.Report(pass, analysis.Diagnostic{
						Pos: call.Pos(), End: call.End(),
						Message: "flag is called",
						Related: []analysis.RelatedInformation{
							{Pos: first.Name.Pos(), End: first.Name.End(), Message: "this is the first function"},
							{Pos: token.NoPos, Message: "nowhere"},
						},
					})
				}
				return true
			})
		}
		return nil, nil
	}),
}

func TestIgnore(t *testing.T)    { checktest.RunArchive(t, flagged, "testdata/ignore.txtar") }
func TestGenerated(t *testing.T) { checktest.RunArchive(t, flagged, "testdata/generated.txtar") }
func TestCgo(t *testing.T)       { checktest.RunArchive(t, flagged, "testdata/cgo.txtar") }
func TestFolded(t *testing.T) {
	checktest.RunArchive(t, report.Folded(flagged), "testdata/folded.txtar")
}

// TestBeside has an analyzer that leaves to another what both find. A directive that names
// both is of use to both, and what it silences is among what the other has found.
func TestBeside(t *testing.T) {
	pkgs := checktest.LoadSources(t, `
func flag() {}

func one() { flag() }

func two() {
	//concurrencyvet:ignore flagged,second this is meant
	flag()
}
`)
	yielding := report.Yielding(flagged)
	second := *flagged
	second.Name = "second"
	second.Requires = []*analysis.Analyzer{yielding}
	second.Run = report.RunBeside(func(pass *analysis.Pass) (any, error) {
		for _, d := range pass.ResultOf[yielding].(*report.Found).Diagnostics {
			report.Report(pass, d)
		}
		return nil, nil
	}, func(pass *analysis.Pass) report.Doubled {
		found := pass.ResultOf[yielding].(*report.Found).Diagnostics
		return func(d analysis.Diagnostic) bool {
			return slices.ContainsFunc(found, func(f analysis.Diagnostic) bool { return f.Pos == d.Pos })
		}
	})
	for _, act := range checktest.Analyze(t, pkgs, yielding, &second) {
		want := 0
		if act.Analyzer == yielding {
			want = 1
			if n := len(act.Result.(*report.Found).Diagnostics); n != 4 {
				t.Errorf("flagged has found %d times something, want twice two", n)
			}
		}
		if len(act.Diagnostics) != want {
			t.Errorf("%s reports %v, want %d", act.Analyzer.Name, act.Diagnostics, want)
		}
	}
}

// TestTelling checks that what directives hide can be told, with the reason.
func TestTelling(t *testing.T) {
	told := *flagged
	told.Run = func(pass *analysis.Pass) (any, error) {
		shadow := *pass
		shadow.Report = func(d analysis.Diagnostic) {
			if reason, ok := report.Hidden(d.Category); ok {
				d.Message += ", hidden for " + strconv.Quote(reason)
			}
			pass.Report(d)
		}
		return report.Telling(flagged.Run)(&shadow)
	}
	checktest.RunArchive(t, &told, "testdata/telling.txtar")
}

// TestPanic checks that a check which panics fails with an error.
func TestPanic(t *testing.T) {
	for _, pkg := range checktest.Load(t, "./clean") {
		pass := &analysis.Pass{
			Analyzer: &analysis.Analyzer{Name: "broken"},
			Fset:     pkg.Fset,
			Pkg:      pkg.Types,
			Report:   func(analysis.Diagnostic) { t.Error("a broken check reports") },
		}
		_, err := report.Run(func(pass *analysis.Pass) (any, error) {
			report.Report(pass, analysis.Diagnostic{Message: "nowhere"})
			return nil, nil
		})(pass)
		for _, want := range []string{"internal error in check broken at package fixture.example/clean", "nowhere", "TestPanic"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error of a broken check lacks %q: %v", want, err)
			}
		}
	}
}

// TestError checks that an error of a check stays what it is.
func TestError(t *testing.T) {
	want := errors.New("no")
	pass := &analysis.Pass{Analyzer: &analysis.Analyzer{Name: "failing"}}
	if _, err := report.Run(func(*analysis.Pass) (any, error) { return nil, want })(pass); !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}
