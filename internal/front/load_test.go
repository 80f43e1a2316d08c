package front_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const mixed = `
-- go.mod --
module example.com/m

go 1.26
-- broken/broken.go --
package broken

func F() { undefined() }
-- broken/broken_test.go --
package broken
-- good/good.go --
package good

func Bad() {}
-- syntax/syntax.go --
package syntax

func F() {
-- user/user.go --
package user

import "example.com/m/broken"

func Bad() { broken.F() }
`

const goodText = `good/good.go:3:6: Bad is bad (bad)
	good/good.go:1:9: its package is here
	good/good.go:1:1: the first file of the package
`

func TestCompileErrors(t *testing.T) {
	t.Parallel()
	m := write(t, mixed)
	const errs = `# example.com/m/broken
broken/broken.go:3:12: undefined: undefined
# example.com/m/syntax
syntax/syntax.go:3:12: expected '}', found 'EOF'
`
	r := m.run("./...")
	r.wants(t, 3, goodText, filepath.FromSlash(errs))
	if again := m.run("./..."); again != r {
		t.Errorf("output changed from\n%v\nto\n%v", r, again)
	}
	m.run("./good").wants(t, 1, goodText, "")
	if r := m.run("-json", "./..."); r.status != 3 || len(diagnostics(t, r.stdout)) != 1 {
		t.Errorf("-json: exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := m.run("-fix", "-diff", "./..."); r.status != 3 || !strings.Contains(r.stdout, "+func Good()") {
		t.Errorf("-fix -diff: exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// TestLoadErrors has packages that stop go vet before it checks anything.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	m := write(t, mixed+`
-- missing/missing.go --
package missing

import "example.com/nosuch"

func Bad() { nosuch.F() }
-- cycle/cycle.go --
package cycle

import "example.com/m/cycle"
`)
	r := m.run("./...")
	r.wants(t, 3, goodText, "no required module provides package example.com/nosuch")
	for _, want := range []string{"import cycle", "undefined: undefined", "expected '}'"} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("standard error does not contain %q", want)
		}
	}
	m.run("./missing").wants(t, 3, "", "nosuch")
	m.run("./nosuch").wants(t, 3, "", "nosuch")
	m.run("./nosuch", "./good").wants(t, 3, goodText, "nosuch")
	m.run("example.com/m/good", "example.com/elsewhere").wants(t, 3, goodText, "elsewhere")
	m.run("-mod=wrong", "./good").wants(t, 3, "", "wrong")
	m.run("good/good.go").wants(t, 1, goodText, "")
	m.run("good/nosuch.go").wants(t, 3, "", "nosuch.go")
}

func TestNoModule(t *testing.T) {
	t.Parallel()
	write(t, "-- p.go --\npackage p\n").run("./...").wants(t, 3, "", "does not contain main module")
	write(t, "-- go.mod --\nmodule m\n").run("./...").wants(t, 3, "", "no packages")
	write(t, "-- go.mod --\nmodule m\n").run().wants(t, 3, "", "no Go files")
	write(t, "-- go.mod --\nnonsense\n-- p.go --\npackage p\n").run().wants(t, 3, "", "go.mod:1")
}

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("windows has no dangling symbolic links for everybody")
	}
	m := write(t, mixed)
	if err := os.Symlink("nowhere", filepath.Join(m.dir, "good", "more.go")); err != nil {
		t.Fatal(err)
	}
	r := m.run("./good", "./user")
	if r.status != 3 || r.stderr == "" {
		t.Errorf("exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// TestFailures has checks that fail, alone and with a prerequisite.
func TestFailures(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

func Panic() {}
-- b/b.go --
package b

func FailHere() {}

func Bad() {}
-- c/c.go --
package c

func FailBelow() {}
`)
	r := m.run("./...")
	r.wants(t, 3, "b/b.go:5:6: Bad is bad (bad)\n\tb/b.go:1:9: its package is here\n\tb/b.go:1:1: the first file of the package\n", "check fails failed")
	for _, want := range []string{
		"concurrencyvet: check fails failed on package example.com/m/a: panic: no way on\n",
		"failOnFunctions (main_test.go:",
		"concurrencyvet: check fails failed on package example.com/m/b: no strength left\n",
		"concurrencyvet: check shaky failed on package example.com/m/c: the ground shakes\n",
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("standard error does not contain %q", want)
		}
	}
	if strings.Contains(r.stderr, "prerequisites") {
		t.Error("the failure of a prerequisite is told twice")
	}
	if again := m.run("./..."); again != r {
		t.Errorf("output changed from\n%v\nto\n%v", r, again)
	}
	m.run("-fails=false", "./a").wants(t, 0, "", "")
}

func TestBuildFlags(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- m/go.mod --
module example.com/m

go 1.26
-- m/alt.mod --
module example.com/alt

go 1.26
-- m/p.go --
package p
-- m/special.go --
//go:build special && !windows

package p

func NewSpecial() {}
-- m/p_windows.go --
package p

func NewWindows() {}
-- m/race.go --
//go:build race && !windows

package p

func NewRace() {}
-- m/overlay.json --
{"Replace": {"p.go": "overlay.txt"}}
-- m/overlay.txt --
package p

func NewOverlaid() {}
`)
	here := m.at("m").with("GOOS=linux", "GOARCH=amd64")
	const special = "special.go:5:6: NewSpecial is new (newish)\n"
	here.run("-newish").wants(t, 0, "", "")
	here.run("-newish", "-tags=special").wants(t, 1, special, "")
	here.run("-newish", "-tags", "other,special").wants(t, 1, special, "")
	here.with("GOFLAGS=-tags=special").run("-newish").wants(t, 1, special, "")
	here.with("GOOS=windows").run("-newish").wants(t, 1, "p_windows.go:3:6: NewWindows is new (newish)\n", "")
	here.run("-newish", "-modfile=alt.mod", "-mod=mod").wants(t, 0, "", "")
	here.run("-newish", "-modfile=nosuch.mod").wants(t, 3, "", "nosuch.mod")

	// As with the go command, -C changes what paths are relative to.
	m.with("GOOS=linux", "GOARCH=amd64").run("-C", "m", "-newish", "-tags=special").wants(t, 1, special, "")
	r := m.with("GOOS=linux", "GOARCH=amd64").run("-standalone", "-C", "m", "-newish", "-tags=other special")
	if r.status != 3 || r.stdout != special {
		t.Errorf("-standalone: exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := here.run("-newish", "-overlay=overlay.json"); r.status != 1 || !strings.Contains(r.stdout, ":3:6: NewOverlaid is new") {
		t.Errorf("-overlay: exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := m.at("m").run("-newish", "-race"); runtime.GOOS == "linux" && runtime.GOARCH == "amd64" && r.stdout != "race.go:5:6: NewRace is new (newish)\n" {
		t.Errorf("-race: exit status %d, output:\n%s%s", r.status, r.stdout, r.stderr)
	}
}

// TestTrimpath has two checkouts share a cache. Under -trimpath the go command
// would replay the paths of the one for the other.
func TestTrimpath(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	for range 2 {
		m := write(t, twoPackages).with("GOFLAGS=-trimpath", "GOCACHE="+cache)
		m.run("-newish", "./p").wants(t, 1, "p/p.go:5:6: NewThing is new (newish)\n", "")
		m.run("-newish", "-trimpath", "./p").wants(t, 1, "p/p.go:5:6: NewThing is new (newish)\n", "")
	}
}

func TestWorkspace(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.work --
go 1.26

use (
	./a
	./b
)
-- a/go.mod --
module example.com/a

go 1.26
-- a/a.go --
package a

func Bad() {}
-- b/go.mod --
module example.com/b

go 1.26
-- b/b.go --
package b

import "example.com/a"

func f() { a.Bad() }
`)
	const called = "b.go:5:12: Bad is called (callbad)\n"
	m.run("-callbad", "./a/...", "./b/...").wants(t, 1, "b/"+called, "")
	m.at("b").run().wants(t, 1, called, "")
	m.at("b").with("GOWORK=off").run().wants(t, 3, "", "example.com/a")
}

func TestVendor(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.mod --
module example.com/m

go 1.26

require example.com/v v1.0.0
-- m.go --
package m

import "example.com/v"

func f() { v.Bad() }
-- vendor/modules.txt --
# example.com/v v1.0.0
## explicit; go 1.26
example.com/v
-- vendor/example.com/v/v.go --
package v

func Bad() {}
`)
	m.run("./...").wants(t, 1, "m.go:5:12: Bad is called (callbad)\n", "")
	m.run("-mod=vendor", "./...").wants(t, 1, "m.go:5:12: Bad is called (callbad)\n", "")
	m.run("-mod=mod", "./...").wants(t, 3, "", "example.com/v")
}

func TestCgo(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "env", "CGO_ENABLED").Output()
	if err != nil || strings.TrimSpace(string(out)) != "1" {
		t.Skip("cgo is off")
	}
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	m := write(t, `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

// static int one(void) { return 1; }
import "C"

func Bad() int { return int(C.one()) }
`)
	// The first file of the package is a generated one: no one is told of it.
	const text = "p/p.go:6:6: Bad is bad (bad)\n\tp/p.go:1:9: its package is here\n"
	m.run("./...").wants(t, 1, text, "")
	m.run("./...").wants(t, 1, text, "")
}

// fakeGo makes a directory with a go command that is the test binary.
func fakeGo(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a symbolic link")
	}
	dir := t.TempDir()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "go")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestGoCommand(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.with("PATH="+t.TempDir()).run("./p").wants(t, 3, "", "cannot find the go command")
	fake := "PATH=" + fakeGo(t)
	m.with(fake, asGo+"=old").run("./p").wants(t, 3, "", "go1.25.1 is too old to run the checks: concurrencyvet needs Go 1.26 or later")
	m.with(fake, asGo+"=older").run("-fix", "./p").wants(t, 3, "", "go1.25.1 is too old")
	m.with(fake, asGo+"=silent").run("./p").wants(t, 3, "", "go vet failed with exit status 7 and gave no reason")
	m.with(fake, asGo+"=strange").run("./p").wants(t, 3, "", "the moon is full\n")
	m.with(fake, asGo+"=garbled").run("./p").wants(t, 3, "", "JSON of an unknown form")
	m.with(fake, asGo+"=noisy").run("./p").wants(t, 1, "x.go:1:2: y (bad)\n", "# example.com/m\nhello\n")
}

// TestInterrupt has a go command that ends when it is interrupted.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages).with("PATH="+fakeGo(t), asGo+"=waiting")
	if then := interrupt(t, m, nil, "./p"); len(then) == 0 || then[0] != "interrupted" {
		t.Errorf("then: %q", then)
	}
}

// interrupt runs the program with the arguments, until the go command of m's
// environment waits, and interrupts it then. It returns the lines that come after.
func interrupt(t *testing.T, m *module, waiting func(), args ...string) (then []string) {
	t.Helper()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	cmd := m.command(self, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stderr)
	if !lines.Scan() || lines.Text() != "go: downloading patience" {
		t.Errorf("first line: %q", lines.Text())
	}
	if waiting != nil {
		waiting()
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
		then = append(then, lines.Text())
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("%v, exit status %d, want 130", err, cmd.ProcessState.ExitCode())
	}
	return then
}
