// Race runs the fixtures of the checks that report data races under the race
// detector: what a check reports races there, what it is silent on does not.
//
//	go run ./scripts/race [check...]      by default: capturerace mixedatomic
//
// It runs the functions of testdata/NAME that need no arguments, each in a process
// of its own. Those with a "want" in their body, or where a goroutine starts that
// a finding is about, have to race in one of a number of runs; the others in none. A
// comment "races" in the body says that it does although the check leaves it to another.
package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	checks := os.Args[1:]
	if len(checks) == 0 {
		checks = []string{"capturerace", "mixedatomic"}
	}
	failed := false
	for _, name := range checks {
		ok, err := run(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "race:", err)
			os.Exit(2)
		}
		failed = failed || !ok
	}
	if failed {
		os.Exit(1)
	}
}

// A scenario is a fixture function that can be run.
type scenario struct {
	name  string
	races bool
}

// run runs the fixtures of one check. It reports whether all do as they are
// said to.
func run(check string) (ok bool, err error) {
	tmp, err := os.MkdirTemp("", "race")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	root := filepath.Join(tmp, "module")
	if err := copyModule(root, check); err != nil {
		return false, err
	}
	dir := filepath.Join(root, check)
	scenarios, err := list(dir, check)
	if err != nil {
		return false, err
	}
	binary := filepath.Join(tmp, "fixture.test")
	build := exec.Command("go", "test", "-race", "-vet=off", "-c", "-o", binary, "./"+check)
	build.Dir, build.Env = root, append(os.Environ(), "CGO_ENABLED=1", "GOFLAGS=-mod=mod")
	if out, err := build.CombinedOutput(); err != nil {
		return false, fmt.Errorf("%w\n%s", err, out)
	}
	ok = true
	for _, s := range scenarios {
		if raced := s.raced(binary); raced != s.races {
			ok = false
			fmt.Printf("%s.%s: races: %t, reported: %t\n", check, s.name, raced, s.races)
		}
	}
	fmt.Printf("%s: %d functions run\n", check, len(scenarios))
	return ok, nil
}

// copyModule copies the fixtures of one check, with the stubs, to a module.
func copyModule(root, check string) error {
	for _, part := range []string{"stubs", check} {
		if err := os.CopyFS(filepath.Join(root, part), os.DirFS(filepath.Join("testdata", part))); err != nil {
			return err
		}
	}
	mod, err := os.ReadFile("testdata/go.mod")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(root, "go.mod"), mod, 0o666)
}

// list returns the functions of a package that need no arguments, and writes a
// test for each.
func list(dir, check string) ([]scenario, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var scenarios []scenario
	var test bytes.Buffer
	fmt.Fprintf(&test, "package %s\n\nimport \"testing\"\n\n", check)
	fset := token.NewFileSet()
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || fn.Type.Params.NumFields() > 0 || fn.Type.TypeParams != nil || fn.Name.Name == "init" {
				continue
			}
			scenarios = append(scenarios, scenario{fn.Name.Name, races(file, fn)})
			fmt.Fprintf(&test, "func TestFixture_%s(*testing.T) { %s() }\n", fn.Name.Name, fn.Name.Name)
		}
	}
	return scenarios, os.WriteFile(filepath.Join(dir, "fixture_test.go"), test.Bytes(), 0o666)
}

// races reports whether the comments in fn say that it is reported.
func races(file *ast.File, fn *ast.FuncDecl) bool {
	for _, group := range file.Comments {
		for _, c := range group.List {
			if fn.Pos() <= c.Pos() && c.End() <= fn.End() &&
				(c.Text == "// races" || strings.Contains(c.Text, "// want ") || strings.Contains(c.Text, "// related ") && strings.Contains(c.Text, "start")) {
				return true
			}
		}
	}
	return false
}

// attempts is how often a scenario that is to race may fail to, and how often
// one that is not to is run.
const attempts = 30

// raced reports whether the race detector, or the runtime, finds a race.
func (s scenario) raced(binary string) bool {
	cmd := exec.Command(binary, "-test.run", "^TestFixture_"+s.name+"$", "-test.count", fmt.Sprint(attempts), "-test.timeout", "60s")
	out, _ := cmd.CombinedOutput()
	return bytes.Contains(out, []byte("DATA RACE")) || bytes.Contains(out, []byte("concurrent map"))
}
