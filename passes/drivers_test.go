package passes_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/checker"

	"github.com/concurrencyvet/concurrencyvet/internal/borrowed"
	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// TestDrivers checks that the suite, with what is borrowed beside it, has the same findings on the fixture
// module in this process, as analysistest runs it, by the command in its
// ordinary and its standalone way, and as a vet tool. Only under go vet is each
// package analysed in a process of its own, with the facts of others read back.
func TestDrivers(t *testing.T) {
	command := build(t)
	list := analyzers()
	for _, b := range passes.Borrowings {
		list = append(list, b.Analyzer)
	}
	graph, err := checker.Analyze(borrowed.Beside(list), checktest.Load(t, "./..."), nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := graph.PrintJSON(&out); err != nil {
		t.Fatal(err)
	}
	want := findings(t, &out)
	for _, name := range []string{"wgadd", "copylocks", "waitgroup"} {
		if !slices.ContainsFunc(want, func(f string) bool { return strings.HasPrefix(f, name+" ") }) {
			t.Fatalf("the fixture module has no findings of %s", name)
		}
	}
	for name, args := range map[string][]string{
		"command":    {command, "-all", "-borrowed", "-json", "./..."},
		"standalone": {command, "-standalone", "-all", "-borrowed", "-json", "./..."},
		"vettool":    {"go", "vet", "-vettool=" + command, "-all", "-borrowed", "-json", "./..."},
	} {
		t.Run(name, func(t *testing.T) {
			compare(t, findings(t, output(t, args...)), want)
		})
	}
}

// build builds the command and returns its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "concurrencyvet")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", path, "../cmd/concurrencyvet").CombinedOutput()
	if err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// output returns what a command prints when it is run in the fixture module.
// Findings may be told by its status.
func output(t *testing.T, args ...string) io.Reader {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = testdata
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || stdout.Len() == 0) {
		t.Fatalf("%v: %v\n%s", args, err, &stderr)
	}
	return &stdout
}

// findings reads a stream of JSON trees and returns the findings in them,
// each once and with all that is told of it, sorted. A package and its test
// variant have the same findings.
func findings(t *testing.T, r io.Reader) []string {
	t.Helper()
	var list []string
	for decoder := json.NewDecoder(r); ; {
		var tree map[string]map[string]json.RawMessage
		if err := decoder.Decode(&tree); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, checks := range tree {
			for check, raw := range checks {
				var diagnostics []any
				if err := json.Unmarshal(raw, &diagnostics); err != nil {
					t.Errorf("%s fails: %s", check, raw)
					continue
				}
				for _, d := range diagnostics {
					text, err := json.Marshal(d) // with sorted keys
					if err != nil {
						t.Fatal(err)
					}
					list = append(list, check+" "+string(text))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	dir, err := filepath.Abs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	short := func(finding string) string { return strings.ReplaceAll(finding, dir, "testdata") }
	for _, finding := range want {
		if !slices.Contains(got, finding) {
			t.Errorf("missing: %s", short(finding))
		}
	}
	for _, finding := range got {
		if !slices.Contains(want, finding) {
			t.Errorf("unexpected: %s", short(finding))
		}
	}
}
