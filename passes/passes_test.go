package passes_test

import (
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/docs"
	"github.com/concurrencyvet/concurrencyvet/passes"
	"github.com/concurrencyvet/concurrencyvet/passes/nakedgo"
	"github.com/concurrencyvet/concurrencyvet/passes/unboundedgo"
)

const (
	root     = ".."
	testdata = root + "/testdata"
	url      = "https://pkg.go.dev/github.com/concurrencyvet/concurrencyvet/passes/"
)

// TestTable checks that the rows and the directories of package passes are the
// same, in alphabetical order.
func TestTable(t *testing.T) {
	var rows []string
	for _, check := range passes.Checks {
		rows = append(rows, check.Analyzer.Name)
	}
	if !slices.IsSorted(rows) {
		t.Errorf("the rows are not in alphabetical order: %v", rows)
	}
	dirs := subdirs(t, ".")
	for _, dir := range dirs {
		if !slices.Contains(rows, dir) {
			t.Errorf("the directory passes/%s has no row in passes.go", dir)
		}
	}
	for _, row := range rows {
		if !slices.Contains(dirs, row) {
			t.Errorf("the row %s has no directory passes/%s", row, row)
		}
	}
	if err := analysis.Validate(analyzers()); err != nil {
		t.Error(err)
	}
}

var (
	nameForm  = regexp.MustCompile(`^[a-z]+$`)
	sinceForm = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.0$`)
)

// TestChecks checks that each row, its analyzer, its documentation and its
// files keep to the conventions.
func TestChecks(t *testing.T) {
	for _, check := range passes.Checks {
		a := check.Analyzer
		t.Run(a.Name, func(t *testing.T) {
			if !nameForm.MatchString(a.Name) {
				t.Errorf("the name is not one lower-case word: %q", a.Name)
			}
			if a.URL != url+a.Name {
				t.Errorf("the URL is %q, not %q", a.URL, url+a.Name)
			}
			if !slices.Contains([]passes.Group{passes.Correctness, passes.Suspicious, passes.Pedantic}, check.Group) {
				t.Errorf("unknown group %q", check.Group)
			}
			if check.Status != passes.Preview && check.Status != passes.Stable {
				t.Errorf("unknown status %q", check.Status)
			}
			if !sinceForm.MatchString(check.Since) {
				t.Errorf("%q is not a release that adds checks", check.Since)
			}
			checkDoc(t, a)
			checkFiles(t, a)
		})
	}
}

// TestBorrowings checks that each borrowed analyzer has its name and page, and that
// docs/borrowed.md shows it with the check that finds more of the same.
func TestBorrowings(t *testing.T) {
	page := read(t, root+"/docs/borrowed.md")
	var names []string
	list := analyzers()
	for _, b := range passes.Borrowings {
		a := b.Analyzer
		names = append(names, a.Name)
		list = append(list, a)
		if b.Status != passes.Borrowed || b.DefaultOn() || !sinceForm.MatchString(b.Since) || b.Group == passes.Pedantic {
			t.Errorf("wrong row of %s: %+v", a.Name, b)
		}
		const passesURL = "https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/"
		if !strings.HasPrefix(a.URL, passesURL) {
			t.Errorf("%s has the URL %q", a.Name, a.URL)
		}
		row := regexp.MustCompile(`(?m)^\| \[` + "`" + a.Name + "`" + `\]\(` + regexp.QuoteMeta(a.URL) + `\) \|.*\| ` + string(b.Group) + ` \|.*$`).FindString(page)
		ours := borrowed.Covering(a.Name)
		if row == "" || strings.Contains(row, ".md)") != (ours != "") || ours != "" && !strings.Contains(row, "("+ours+".md)") {
			t.Errorf("docs/borrowed.md: the row of %s, which %q covers, is %q", a.Name, ours, row)
		}
		if ours != "" && !slices.ContainsFunc(passes.Checks, func(c passes.Check) bool { return c.Analyzer.Name == ours }) {
			t.Errorf("%s is covered by %s, which is no check", a.Name, ours)
		}
	}
	want := []string{"atomic", "atomicalign", "copylocks", "loopclosure", "lostcancel", "sigchanyzer", "testinggoroutine", "unusedresult", "waitgroup"}
	if !slices.Equal(names, want) {
		t.Errorf("the borrowings are %v, in go vet they are %v", names, want)
	}
	if err := analysis.Validate(borrowed.Beside(list)); err != nil {
		t.Error(err)
	}
}

func checkDoc(t *testing.T, a *analysis.Analyzer) {
	t.Helper()
	page, err := docs.Parse(a.Doc)
	if err != nil {
		t.Errorf("doc.go: %v", err)
		return
	}
	first, _ := utf8.DecodeRuneInString(page.Summary)
	switch n := utf8.RuneCountInString(page.Summary); {
	case n > 60:
		t.Errorf("doc.go: the summary has %d letters, and 60 is the limit", n)
	case !unicode.IsLower(first) || strings.HasSuffix(page.Summary, "."):
		t.Errorf("doc.go: the summary is not a lower-case phrase without a period: %q", page.Summary)
	case !strings.Contains(page.Summary, " "):
		t.Errorf("doc.go: the summary does not begin with a verb: %q", page.Summary)
	}
	source := read(t, filepath.Join(a.Name, "doc.go"))
	if !strings.HasPrefix(source, "// Package "+a.Name+" defines an analyzer that ") {
		t.Errorf("doc.go: the package comment does not begin with what it defines")
	}
}

func checkFiles(t *testing.T, a *analysis.Analyzer) {
	t.Helper()
	for file, want := range map[string]string{
		a.Name + ".go":      "report.Run(",
		a.Name + "_test.go": "checktest.Run(t, " + a.Name + ".Analyzer)",
	} {
		if !strings.Contains(read(t, filepath.Join(a.Name, file)), want) {
			t.Errorf("%s does not call %s", file, want)
		}
	}
	if fixtures, err := filepath.Glob(filepath.Join(testdata, a.Name, "*.go")); err != nil || len(fixtures) == 0 {
		t.Errorf("testdata/%s has no fixtures", a.Name)
	}
}

// TestFixtures checks that each directory of the fixture module is loaded
// by the test of a check, or of the shared layer of that name.
func TestFixtures(t *testing.T) {
	for _, dir := range subdirs(t, testdata) {
		if dir == "clean" || dir == "guide" || dir == "stubs" || exists(filepath.Join(testdata, dir, "go.mod")) {
			continue
		}
		if !exists(dir) && !exists(filepath.Join(root, "internal", dir)) {
			t.Errorf("no test loads testdata/%s", dir)
		}
	}
}

// TestClean checks that all checks pass idiomatic code in silence.
//
// Policies that ban what is idiomatic elsewhere are left out.
func TestClean(t *testing.T) {
	for _, f := range analyzed(t) {
		if strings.HasPrefix(f.dir, "clean") && f.check != nakedgo.Analyzer && f.check != unboundedgo.Analyzer {
			t.Errorf("%s: %s reports idiomatic code: %s", f.posn, f.check.Name, f.message)
		}
	}
}

// TestGenerated checks that the README, the reference and the other files made
// from the table are current.
func TestGenerated(t *testing.T) {
	files, err := docs.Files(root, passes.Rows(), passes.BorrowedRows())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range docs.Outdated(root, files) {
		t.Errorf("%s is not current: run go generate ./...", path)
	}
}

// TestFactProducers checks that what the checks share, and has facts, is run on
// dependencies as well.
func TestFactProducers(t *testing.T) {
	seen := make(map[*analysis.Analyzer]bool)
	var visit func(a *analysis.Analyzer)
	visit = func(a *analysis.Analyzer) {
		if seen[a] {
			return
		}
		seen[a] = true
		if len(a.FactTypes) > 0 && !slices.Contains(passes.FactProducers, a) {
			t.Errorf("%s exports facts, and is not among the FactProducers", a.Name)
		}
		for _, r := range a.Requires {
			visit(r)
		}
	}
	for _, check := range passes.Checks {
		for _, r := range check.Analyzer.Requires { // a check's own facts are of the packages named
			visit(r)
		}
	}
}

// A reported is a finding in the fixtures that all checks are run on.
type reported struct {
	check   *analysis.Analyzer
	posn    token.Position
	dir     string // of its file, with slashes, below the directory of the fixtures
	message string
}

// shared is what analyzed returns. Most of its time goes into the packages of
// the standard library, so all tests that run all checks have it together.
var shared struct {
	once     sync.Once
	done     bool
	findings []reported
}

// analyzed returns what all checks report in the idiomatic code, in the code of
// the guide and in the examples of docs/guide.md.
func analyzed(t *testing.T) []reported {
	t.Helper()
	shared.once.Do(func() {
		dir := checktest.Testdata(t)
		pkgs := checktest.LoadOverlay(t, exampleFiles(t, filepath.Join(dir, "guide", "examples")), "./clean/...", "./guide/...")
		for _, act := range checktest.Analyze(t, pkgs, analyzers()...) {
			for _, d := range act.Diagnostics {
				posn := act.Package.Fset.Position(d.Pos)
				rel, err := filepath.Rel(dir, filepath.Dir(posn.Filename))
				if err != nil {
					t.Fatal(err)
				}
				shared.findings = append(shared.findings, reported{act.Analyzer, posn, filepath.ToSlash(rel), d.Message})
			}
		}
		shared.done = true
	})
	if !shared.done {
		t.Fatal("the fixtures could not be analysed: see the test that did so first")
	}
	return shared.findings
}

func analyzers() []*analysis.Analyzer {
	var list []*analysis.Analyzer
	for _, check := range passes.Checks {
		list = append(list, check.Analyzer)
	}
	return list
}

func subdirs(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}
