// Race runs the fixtures of the checks that report data races under the race
// detector: what a check reports races there, what it is silent on does not.
//
//	go run ./scripts/race [check...]      by default: capturerace mixedatomic sharedrace
//	go run ./scripts/race -corpus         samples true findings on the corpus
//
// It runs the functions of testdata/NAME that need no arguments, each in a process
// of its own. Those with a "want" in their body, or where a goroutine starts that
// a finding is about, have to race in one of a number of runs; the others in none. A
// comment "races" in the body says that it does although the check leaves it to another.
//
// What takes several functions to race, such as the methods of an object, is run by the
// statements of a comment "races: STATEMENTS", or "ordered: STATEMENTS" if they are not
// to race; the function that such a comment is in is not run by itself. Seconds and
// minutes are milliseconds here.
package main

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	checks := os.Args[1:]
	if len(checks) == 0 {
		checks = []string{"capturerace", "mixedatomic", "sharedrace"}
	}
	run := run
	if slices.Equal(checks, []string{"-corpus"}) {
		run = sample
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

// A scenario is a fixture function that can be run, or what a comment says to run.
type scenario struct {
	name  string
	body  string
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

// list returns what can be run of a package, and writes a test for each.
func list(dir, check string) ([]scenario, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".go" {
			files = append(files, path)
			err = hasten(path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var scenarios []scenario
	fset := token.NewFileSet()
	for _, name := range files {
		if filepath.Dir(name) != dir {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		scenarios = append(scenarios, scenariosOf(fset, file)...)
	}
	var test bytes.Buffer
	fmt.Fprintf(&test, "package %s\n\nimport (\n\"context\"\n\"net\"\n\"testing\"\n\"time\"\n)\n\nvar _, _ = context.Background, net.Pipe\n\n", check)
	for _, s := range scenarios {
		fmt.Fprintf(&test, "func TestFixture_%s(*testing.T) {\n%s\ntime.Sleep(3 * time.Millisecond)\n}\n\n", s.name, s.body)
	}
	return scenarios, os.WriteFile(filepath.Join(dir, "fixture_test.go"), test.Bytes(), 0o666)
}

// hasten has a file wait for milliseconds instead of seconds and minutes.
func hasten(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, unit := range []string{"Second", "Minute", "Hour"} {
		source = bytes.ReplaceAll(source, []byte("time."+unit), []byte("time.Millisecond"))
	}
	return os.WriteFile(path, source, 0o666)
}

// scenariosOf returns what the comments of a file say to run, and its functions that
// need no arguments and have no such comment.
func scenariosOf(fset *token.FileSet, file *ast.File) []scenario {
	var scenarios []scenario
	var at []token.Pos
	for _, group := range file.Comments {
		for _, c := range group.List {
			for _, verb := range []string{"races", "ordered"} {
				if body, ok := strings.CutPrefix(c.Text, "// "+verb+": "); ok {
					pos := fset.Position(c.Pos())
					name := fmt.Sprintf("%s_%d", strings.TrimSuffix(filepath.Base(pos.Filename), ".go"), pos.Line)
					scenarios = append(scenarios, scenario{name, body, verb == "races"})
					at = append(at, c.Pos())
				}
			}
		}
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Recv != nil || fn.Type.Params.NumFields() > 0 || fn.Type.TypeParams != nil || fn.Name.Name == "init" ||
			slices.ContainsFunc(at, func(pos token.Pos) bool { return fn.Pos() <= pos && pos < fn.End() }) {
			continue
		}
		scenarios = append(scenarios, scenario{fn.Name.Name, fn.Name.Name + "()", races(file, fn)})
	}
	return scenarios
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

// raced reports whether the race detector, or the runtime, finds a race. What is not
// to race may do so with what a run before has left behind, and is run alone then.
func (s scenario) raced(binary string) bool {
	raced := s.run(binary, attempts)
	if !raced || s.races {
		return raced
	}
	for range attempts / 3 {
		if s.run(binary, 1) {
			return true
		}
	}
	return false
}

func (s scenario) run(binary string, count int) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-test.run", "^TestFixture_"+s.name+"$", "-test.count", fmt.Sprint(count))
	out, _ := cmd.CombinedOutput()
	return bytes.Contains(out, []byte("DATA RACE")) || bytes.Contains(out, []byte("concurrent map"))
}
