// Package checktest is the harness of the checks' tests.
//
// The fixtures of the check NAME are the packages below testdata/NAME of the
// fixture module, at the root of the repository. A fixture says in comments
// what the check reports where, as analysistest has it, and which related
// positions it shows:
//
//	func returnsLocked(s *server) int {
//		s.mu.Lock() // want `^s\.mu is still locked at the return on line 13$`
//		return 1    // related `^this return leaves s\.mu locked$`
//	}
//
// Each pattern matches a whole message, so it begins with ^ and ends with $.
// A line that has both kinds puts "// related" first. The harness holds the
// messages, positions and fixes to the conventions of the project, applies the
// fixes, and checks that what they leave compiles and yields no finding.
package checktest

import (
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"
)

// Run checks a against its fixtures, testdata/NAME/... of the fixture module.
func Run(t *testing.T, a *analysis.Analyzer) {
	t.Helper()
	testdata := Testdata(t)
	dir := filepath.Join(testdata, a.Name)
	run(t, testdata, dir, a, "./"+a.Name+"/...")
	archives, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, archive := range archives {
		if base := filepath.Base(archive); !mentionedByTest(t, base) {
			t.Errorf("no test of %s runs the archive %s", a.Name, base)
		}
	}
}

// RunArchive checks a against a module of its own, which a txtar archive
// holds: its go.mod states the version of the language, say. A bare name is
// that of a file in testdata/NAME of the fixture module; any other is relative
// to the directory of the test. The stubs of the fixture module stand in for
// the modules that go.mod requires.
func RunArchive(t *testing.T, a *analysis.Analyzer, name string) {
	t.Helper()
	testdata := Testdata(t)
	path := name
	if filepath.Base(name) == name {
		path = filepath.Join(testdata, a.Name, name)
	}
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	hasModule := false
	for _, file := range archive.Files {
		if file.Name == "go.mod" {
			hasModule = true
			file.Data = append(slices.Clip(file.Data), replacements(t, testdata)...)
		}
		write(t, filepath.Join(dir, filepath.FromSlash(file.Name)), file.Data)
	}
	if !hasModule {
		t.Fatalf("%s has no go.mod", name)
	}
	run(t, dir, dir, a, "./...")
}

// Extract writes a txtar archive into a new directory and returns that, by its name
// without symbolic links: on some systems the temporary directory is behind one.
func Extract(t testing.TB, archive string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(file.Name)), file.Data)
	}
	return dir
}

// Testdata returns the directory of the fixture module.
func Testdata(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		testdata := filepath.Join(dir, "testdata")
		if _, err := os.Stat(filepath.Join(testdata, "stubs")); err == nil {
			return testdata
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no directory above the test has testdata/stubs")
		}
		dir = parent
	}
}

// Load loads packages of the fixture module, with the syntax of all that they import.
func Load(t testing.TB, patterns ...string) []*packages.Package {
	t.Helper()
	return load(t, Testdata(t), nil, patterns...)
}

// LoadOverlay is like [Load], with files that exist only for the call: their
// contents by their absolute paths.
func LoadOverlay(t testing.TB, overlay map[string][]byte, patterns ...string) []*packages.Package {
	t.Helper()
	return load(t, Testdata(t), overlay, patterns...)
}

// Analyze applies the analyzers to the packages, and returns what each did
// at each. It fails the test if one of them fails.
func Analyze(t testing.TB, pkgs []*packages.Package, analyzers ...*analysis.Analyzer) []*checker.Action {
	t.Helper()
	graph, err := checker.Analyze(analyzers, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act, act.Err)
		}
	}
	return graph.Roots
}

func load(t testing.TB, dir string, overlay map[string][]byte, patterns ...string) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedTypes | packages.NeedTypesSizes | packages.NeedSyntax |
			packages.NeedTypesInfo | packages.NeedModule,
		Dir:     dir,
		Env:     append(os.Environ(), "GO111MODULE=on", "GOPROXY=off", "GOWORK=off"),
		Tests:   true,
		Overlay: overlay,
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	packages.Visit(pkgs, nil, func(pkg *packages.Package) {
		for _, err := range pkg.Errors {
			t.Errorf("package %s does not compile: %v", pkg.ID, err)
		}
	})
	return pkgs
}

// run checks a against the packages below dir, in the module at root.
func run(t *testing.T, root, dir string, a *analysis.Analyzer, pattern string) {
	t.Helper()
	results := analysistest.RunWithSuggestedFixes(t, root, a, pattern)
	var problems problems
	checkLoaded(t, &problems, dir, results)
	checkComments(&problems, results)
	checkForm(&problems, results)
	for _, problem := range problems.sorted() {
		t.Error(problem)
	}
	checkFixed(t, root, dir, a, pattern, results)
}

// checkLoaded finds the Go files below dir that no test loads.
func checkLoaded(t *testing.T, problems *problems, dir string, results []*analysistest.Result) {
	t.Helper()
	loaded := make(map[string]bool)
	for _, result := range results {
		for _, name := range result.Action.Package.GoFiles {
			loaded[name] = true
		}
	}
	for _, path := range filesBelow(t, dir, ".go") {
		if !loaded[path] {
			problems.add("%s: no test loads this fixture", path)
		}
	}
}

// filesBelow returns the paths of the files below dir with a suffix.
func filesBelow(t *testing.T, dir, suffix string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, suffix) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// mentionedByTest reports whether a test file in the current directory has
// the string.
func mentionedByTest(t *testing.T, s string) bool {
	t.Helper()
	names, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), s) {
			return true
		}
	}
	return false
}

// replacements returns the directives of go.mod by which the stubs replace
// the modules that they are stubs of.
func replacements(t testing.TB, testdata string) string {
	t.Helper()
	var b strings.Builder
	mods, err := filepath.Glob(filepath.Join(testdata, "stubs", "*", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for _, mod := range mods {
		data, err := os.ReadFile(mod)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(data), "\n")
		module := strings.TrimPrefix(line, "module ")
		fmt.Fprintf(&b, "\nreplace %s => %s\n", module, filepath.ToSlash(filepath.Dir(mod)))
	}
	return b.String()
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A problems collects what is wrong. A package and its test variant show the
// same problem twice.
type problems struct{ list []string }

func (p *problems) add(format string, args ...any) {
	p.list = append(p.list, fmt.Sprintf(format, args...))
}

func (p *problems) sorted() []string {
	slices.Sort(p.list)
	return slices.Compact(p.list)
}

// A line is a line of a file.
type line struct {
	file string
	line int
}

func (l line) String() string { return fmt.Sprintf("%s:%d", l.file, l.line) }

func lineOf(fset *token.FileSet, pos token.Pos) line {
	posn := fset.Position(pos)
	return line{posn.Filename, posn.Line}
}
