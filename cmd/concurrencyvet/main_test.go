package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// TestCommand builds the command and calls it in each of the three ways. What
// it does in each is tested in internal/front; here it is that main tells them
// apart, and runs the table.
func TestCommand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := filepath.Join(dir, "concurrencyvet")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, data := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "m.go": "package m\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	output := func(path string, args ...string) string {
		t.Helper()
		cmd := exec.Command(path, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s %v: %v\n%s", filepath.Base(path), args, err, out)
		}
		return string(out)
	}
	help, flags := output(binary, "help"), output(binary, "-flags")
	for _, check := range slices.Concat(passes.Checks, passes.Borrowings) {
		name := check.Analyzer.Name
		if !strings.Contains(help, " "+name+" ") {
			t.Errorf("help does not list %s:\n%s", name, help)
		}
		if !strings.Contains(flags, `"`+name+`"`) {
			t.Errorf("-flags does not list %s:\n%s", name, flags)
		}
	}
	for _, want := range []string{`"preview"`, `"pedantic"`, `"all"`, `"borrowed"`} {
		if !strings.Contains(flags, want) {
			t.Errorf("-flags does not list %s:\n%s", want, flags)
		}
	}
	if out := output(binary, "-all", "./..."); out != "" {
		t.Errorf("the front printed:\n%s", out)
	}
	if out := output(binary, "-standalone", "-all", "./..."); out != "" {
		t.Errorf("-standalone printed:\n%s", out)
	}
	if out := output("go", "vet", "-vettool="+binary, "-all", "./..."); out != "" {
		t.Errorf("go vet printed:\n%s", out)
	}
}

// A repo is a git repository with one package, and the command.
type repo struct {
	t           *testing.T
	dir, binary string
}

func newRepo(t *testing.T, source string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	r := &repo{t, t.TempDir(), filepath.Join(t.TempDir(), "concurrencyvet.exe")}
	if out, err := exec.Command("go", "build", "-o", r.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r.save("go.mod", "module m\n\ngo 1.26\n")
	r.save("m.go", source)
	r.run(0, "git", "init", "-q")
	r.run(0, "git", "add", "-A")
	r.run(0, "git", "commit", "-q", "-m", "x")
	return r
}

func (r *repo) save(name, data string) {
	r.t.Helper()
	name = filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

// run runs a command, which must have the exit status, and returns what it printed.
func (r *repo) run(status int, path string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != status {
		r.t.Fatalf("%s %v: %v\n%s", filepath.Base(path), args, err, out)
	}
	return string(out)
}

const locks = `package m

import "sync"

var mu sync.Mutex

func leaks(done bool) {
	mu.Lock()
	if done {
		return
	}
	mu.Unlock()
}

func f(done bool) {
	mu.Lock()
	if done {
		mu.Unlock()
		return
	}
	mu.Unlock()
}
`

// TestNewFrom deletes an Unlock: the finding is at the Lock, which was not touched.
func TestNewFrom(t *testing.T) {
	t.Parallel()
	r := newRepo(t, locks)
	r.run(0, r.binary, "-lockleak", "-baseline=known", "-write-baseline")
	r.save("m.go", strings.Replace(locks, "\t\tmu.Unlock()\n", "", 1))
	for _, gate := range []string{"-new-from=HEAD", "-baseline=known"} {
		if out := r.run(1, r.binary, "-lockleak", gate); !strings.HasPrefix(out, "m.go:16:2: ") || strings.Count(out, "(lockleak)") != 1 {
			t.Errorf("%s printed:\n%s", gate, out)
		}
	}
	if out := r.run(0, r.binary, "-lockleak", "-new-from=HEAD", "-new-lines-only"); out != "" {
		t.Errorf("-new-lines-only printed:\n%s", out)
	}

	// With directives for all findings, a second run is clean.
	if out := r.run(0, r.binary, "-all", "-add-ignores=known"); out != "concurrencyvet: 2 findings are ignored now\n" {
		t.Errorf("-add-ignores printed:\n%s", out)
	}
	if out := r.run(0, r.binary, "-all"); out != "" {
		t.Errorf("then, -all printed:\n%s", out)
	}
}
