package front_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
)

// A result is what a command printed and its exit status.
type result struct {
	stdout, stderr string
	status         int
}

// A module is a directory with Go code and an environment for commands in it.
type module struct {
	t   *testing.T
	dir string
	env []string
}

// write extracts a txtar archive into a new directory.
func write(t *testing.T, archive string) *module {
	t.Helper()
	return &module{t, checktest.Extract(t, archive), nil}
}

// with returns the module with more variables in its environment.
func (m *module) with(env ...string) *module {
	return &module{m.t, m.dir, slices.Concat(m.env, env)}
}

// at returns the module with another working directory.
func (m *module) at(dir string) *module {
	return &module{m.t, filepath.Join(m.dir, dir), m.env}
}

// read returns a file of the module.
func (m *module) read(name string) string {
	m.t.Helper()
	data, err := os.ReadFile(filepath.Join(m.dir, filepath.FromSlash(name)))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(data)
}

// command prepares a command in the module's directory.
func (m *module) command(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(),
		asCommand+"=1", "GOFLAGS=", "GOWORK=", "GOPROXY=off", "GOTOOLCHAIN=local",
		"NO_COLOR=", "CLICOLOR_FORCE=", "TERM=xterm", "PWD="+m.dir)
	cmd.Env = append(cmd.Env, m.env...)
	return cmd
}

// run runs the command with the toy checks.
func (m *module) run(args ...string) result {
	m.t.Helper()
	return m.exec(os.Args[0], args...)
}

// exec runs any command.
func (m *module) exec(path string, args ...string) result {
	m.t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		m.t.Fatal(err)
	}
	return m.finish(m.command(path, args...))
}

// vet runs go vet with the toy checks.
func (m *module) vet(args ...string) result {
	m.t.Helper()
	self, err := filepath.Abs(os.Args[0])
	if err != nil {
		m.t.Fatal(err)
	}
	return m.finish(m.command("go", append([]string{"vet", "-vettool=" + self}, args...)...))
}

// finish runs a prepared command.
func (m *module) finish(cmd *exec.Cmd) result {
	m.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		m.t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// wants fails the test if the result is not as given. The standard error
// must contain the text wanted, and be empty if that is.
func (r result) wants(t *testing.T, status int, stdout, stderr string) {
	t.Helper()
	if r.status != status {
		t.Errorf("exit status %d, want %d", r.status, status)
	}
	if r.stdout != stdout {
		t.Errorf("standard output:\n%s\nwant:\n%s", r.stdout, stdout)
	}
	if !strings.Contains(r.stderr, stderr) || stderr == "" && r.stderr != "" {
		t.Errorf("standard error:\n%s\nwant:\n%s", r.stderr, stderr)
	}
	if t.Failed() {
		t.Logf("standard error:\n%s", r.stderr)
	}
}

const twoPackages = `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

func Bad1() {}

func NewThing() {}

func UglyThing() {}
-- p/p_test.go --
package p

func Bad2() {}
-- p/x_test.go --
package p_test

import "example.com/m/p"

func f() { p.Bad1() }
-- q/q.go --
package q

import "example.com/m/p"

func f() { p.Bad1() }
-- clean/clean.go --
package clean
`

const twoPackagesText = `p/p.go:3:6: Bad1 is bad (bad)
	p/p.go:1:9: its package is here
	p/p.go:1:1: the first file of the package
p/p_test.go:3:6: Bad2 is bad (bad)
	p/p_test.go:1:9: its package is here
	p/p.go:1:1: the first file of the package
p/x_test.go:5:12: Bad1 is called (callbad)
q/q.go:5:12: Bad1 is called (callbad)
`

func TestText(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.run("./...").wants(t, 1, twoPackagesText, "")
	m.run("./...").wants(t, 1, twoPackagesText, "") // from the cache
	m.run("./clean").wants(t, 0, "", "")
	m.at("clean").run().wants(t, 0, "", "")
	m.at("q").run().wants(t, 1, "q.go:5:12: Bad1 is called (callbad)\n", "")
	m.at("q").run("--", "../p", ".").wants(t, 1, strings.NewReplacer("p/", "../p/", "q/", "").Replace(twoPackagesText), "")
}

// TestNamed checks that packages are reported when they are named, and only then,
// whatever the go command has of them from runs in which they were dependencies.
func TestNamed(t *testing.T) {
	t.Parallel()
	const bad = "p/p.go:3:6: Bad is bad (bad)\n\tp/p.go:1:9: its package is here\n\tp/p.go:1:1: the first file of the package\n"
	const called = "q/q.go:5:12: Bad is called (callbad)\n"
	for name, runs := range map[string][]struct{ pattern, stdout string }{
		"dependency first": {{"./q", called}, {"./p", bad}, {"./...", bad + called}},
		"root first":       {{"./p", bad}, {"./q", called}, {"./...", bad + called}},
		"import paths":     {{"example.com/m/q", called}, {"example.com/m/p", bad}, {"example.com/m/q", called}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := write(t, `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

func Bad() {}
-- q/q.go --
package q

import "example.com/m/p"

func f() { p.Bad() }
`)
			for _, run := range runs {
				m.run(run.pattern).wants(t, 1, run.stdout, "")
			}
		})
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	const (
		isNew  = "p/p.go:5:6: NewThing is new (newish)\n"
		isUgly = "p/p.go:7:6: UglyThing is ugly (taste)\n"
		isLent = "p/p.go:7:6: UglyThing is ugly (lent)\n"
		called = "p/x_test.go:5:12: Bad1 is called (callbad)\n"
	)
	for _, test := range []struct{ flags, stdout string }{
		{"-newish", isNew},
		{"-newish -taste", isNew + isUgly},
		{"-newish -all", isNew},
		{"-newish=true -preview", isNew},
		{"-bad=false", called},
		{"-bad=false -callbad=false -fails=false", ""},
		{"-bad=false -preview", isNew + called},
		{"-bad=false -pedantic", isUgly + called},
		{"-bad=false -pedantic -preview", isNew + isUgly + called},
		{"-bad=false -all", isNew + isUgly + called},
		{"-all -bad=false -all=false", called},
		{"-lent", isLent},
		{"-lent -newish", isNew + isLent},
		{"-borrowed -newish", isNew},
		{"-borrowed -bad=false", isLent + called},
		{"-borrowed -bad=false -lent=false", called},
		{"-borrowed -bad=false -all", isNew + isLent + isUgly + called},
	} {
		status := 1
		if test.stdout == "" {
			status = 0
		}
		r := m.run(append(strings.Fields(test.flags), "./p")...)
		r.wants(t, status, test.stdout, "")
	}
	if r := m.run("-bad.also=New", "-bad", "./p"); !strings.Contains(r.stdout, "NewThing is bad (bad)") {
		t.Errorf("a flag of a check has no effect:\n%s%s", r.stdout, r.stderr)
	}
}

// TestThreeWays holds the three ways into the program equal.
func TestThreeWays(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, flags := range []string{
		"", "-preview", "-pedantic", "-all", "-newish", "-newish -all", "-bad=false",
		"-all -bad=false -taste=0", "-bad=false -callbad=false -fails=false", "-bad.also=New",
		"-bad.also New -callbad", "-borrowed", "-lent", "-all -borrowed", "-borrowed -lent=false",
	} {
		args := append([]string{"-json"}, append(strings.Fields(flags), "./...")...)
		front := m.run(args...)
		tool := m.vet(args...)
		standalone := m.run(append([]string{"-standalone"}, args...)...)
		if tool.status != 0 || standalone.status != 0 || front.status > 1 {
			t.Errorf("%s: exit status: front %d, tool %d, standalone %d", flags, front.status, tool.status, standalone.status)
		}
		a, b, c := diagnostics(t, front.stdout), diagnostics(t, tool.stdout), diagnostics(t, standalone.stdout)
		if !slices.Equal(a, b) || !slices.Equal(a, c) {
			t.Errorf("%s: findings differ:\nfront      %q\ntool       %q\nstandalone %q", flags, a, b, c)
		}
	}
}

// diagnostics lists the findings in a stream of JSON, sorted, each once.
func diagnostics(t *testing.T, stream string) []string {
	t.Helper()
	var list []string
	for dec := json.NewDecoder(strings.NewReader(stream)); dec.More(); {
		var tree map[string]map[string][]struct{ Posn, End, Message string }
		if err := dec.Decode(&tree); err != nil {
			t.Fatalf("%v in:\n%s", err, stream)
		}
		for _, results := range tree {
			for check, ds := range results {
				for _, d := range ds {
					list = append(list, fmt.Sprintf("%s %s %s (%s)", d.Posn, d.End, d.Message, check))
				}
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestJSON holds the JSON equal to that of go vet, but for the order.
func TestJSON(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	front := m.run("-json", "./...")
	if front.status != 1 || front.stderr != "" {
		t.Errorf("exit status %d, standard error:\n%s", front.status, front.stderr)
	}
	if again := m.run("-json", "./..."); again.stdout != front.stdout {
		t.Errorf("output changed from\n%s\nto\n%s", front.stdout, again.stdout)
	}
	vet := m.vet("-json", "./...")
	if a, b := sortedObjects(t, front.stdout), sortedObjects(t, vet.stdout); !slices.Equal(a, b) {
		t.Errorf("JSON:\n%s\nof go vet:\n%s", a, b)
	}
	m.run("-json", "./clean").wants(t, 0, "{}\n", "")

	without := m.run("-json", "-test=false", "./...")
	if without.status != 1 || strings.Contains(without.stdout, "_test.go:3") || !strings.Contains(without.stdout, "q.go") {
		t.Errorf("-test=false: exit status %d, output:\n%s", without.status, without.stdout)
	}
	diagnostics(t, without.stdout)
}

// sortedObjects returns the objects of a stream of JSON, as they stand there.
func sortedObjects(t *testing.T, stream string) []string {
	t.Helper()
	var list []string
	for dec := json.NewDecoder(strings.NewReader(stream)); dec.More(); {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		list = append(list, string(raw))
	}
	slices.Sort(list)
	return list
}

func TestWithoutTests(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	r := m.run("-test=false", "./...")
	var want strings.Builder
	for line := range strings.Lines(twoPackagesText) {
		if !strings.Contains(line, "p_test.go") && !strings.Contains(line, "x_test.go") {
			want.WriteString(line)
		}
	}
	// The second "first file" line belongs to the finding in the test file.
	expected := strings.Replace(want.String(), "\tp/p.go:1:1: the first file of the package\n\tp/p.go:1:1", "\tp/p.go:1:1", 1)
	r.wants(t, 1, expected, "")
	m.run("-test=false", "-callbad", "./p").wants(t, 0, "", "")
}

func TestContext(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.run("-c=1", "-newish", "./p").wants(t, 1, "p/p.go:5:6: NewThing is new (newish)\n4\t\n5\tfunc NewThing() {}\n6\t\n", "")
	m.run("-c", "0", "-newish", "./p").wants(t, 1, "p/p.go:5:6: NewThing is new (newish)\n5\tfunc NewThing() {}\n", "")
}

func TestColour(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.mod --
module example.com/m
-- p.go --
package p

type T int

func (	T)	NewÄ() {}
`)
	const finding = "p.go:5:11: NewÄ is new (newish)"
	const text = finding + "\n    5 | func (	T)	NewÄ() {}\n      |       	  	^~~~\n"
	if m.run("-newish").wants(t, 1, finding+"\n", ""); t.Failed() {
		return
	}
	m.with("CLICOLOR_FORCE=1", "NO_COLOR=1").run("-newish").wants(t, 1, text, "")
	r := m.with("CLICOLOR_FORCE=1").run("-newish")
	if !strings.Contains(r.stdout, "\x1b[") {
		t.Errorf("no colour in %q", r.stdout)
	}
	if got := stripEscapes(r.stdout); got != text {
		t.Errorf("without escape sequences:\n%s\nwant:\n%s", got, text)
	}
}

// stripEscapes removes ANSI colour sequences.
func stripEscapes(s string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	m := write(t, "")
	for _, arg := range []string{"help", "-h", "--help"} {
		r := m.run(arg)
		if r.status != 0 || r.stderr != "" || !strings.Contains(r.stdout, "* bad      report functions named Bad (correctness, stable)") {
			t.Errorf("%s: exit status %d, output:\n%s%s", arg, r.status, r.stdout, r.stderr)
		}
	}
	if r := m.run("help", "lent"); !strings.Contains(r.stdout, "status borrowed, since v0.2.0, off by default") {
		t.Errorf("help lent:\n%s%s", r.stdout, r.stderr)
	}
	r := m.run("help", "bad")
	for _, want := range []string{"bad: report functions named Bad\n\nBad functions are bad.\n", "correctness", "v0.1.0", "https://example.com/bad", "-bad.also"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("help bad does not contain %q:\n%s", want, r.stdout)
		}
	}
	m.run("help", "newis").wants(t, 2, "", "no check is named newis (did you mean newish?)")
	for _, arg := range []string{"version", "-V"} {
		if r := m.run(arg); r.status != 0 || !strings.Contains(r.stdout, runtime.Version()) {
			t.Errorf("%s: exit status %d, output: %s", arg, r.status, r.stdout)
		}
	}
}

func TestMisuse(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, test := range []struct{ args, stderr string }{
		{"-callbat", "no flag or check is named -callbat (did you mean -callbad?)"},
		{"-jsn=1", "no flag or check is named -jsn (did you mean -json?)"},
		{"-qqqqqqqq", "no flag or check is named -qqqqqqqq\n"},
		{"-bad=perhaps", `invalid boolean value "perhaps" for -bad`},
		{"-c=x", `invalid value "x" for flag -c`},
		{"-c=-2", "invalid value -2 for flag -c"},
		{"-c", "flag needs an argument: -c"},
		{"-p=x", `invalid value "x" for flag -p`},
		{"-diff", "-diff needs -fix"},
		{"-fix -json", "-fix and -json"},
		{"-fix -c=1", "-fix and -c"},
		{"-fix -overlay=x.json", "-fix and -overlay"},
		{"-fix -write-baseline", "-write-baseline and -fix"},
		{"-debug=v", "needs -standalone"},
		{"-cover", "no flag or check is named -cover"},
		{"./p -json", "flag -json stands after a package"},
		{"-C=nosuch", "nosuch"},
		{"-C=go.mod", "not a directory"},
		{"-standalone -callbat", "did you mean -callbad?"},
	} {
		r := m.run(strings.Fields(test.args)...)
		if r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, test.stderr) || strings.Contains(r.stderr, "go vet") {
			t.Errorf("%s: exit status %d, output:\n%s%s\nwant:\n%s", test.args, r.status, r.stdout, r.stderr, test.stderr)
		}
	}
}

// TestStandaloneText holds the text of -standalone equal to that of the front. The exit
// statuses are others.
func TestStandaloneText(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.run("-standalone", "./...").wants(t, 3, twoPackagesText, "")
	m.run("-standalone", "-test=false", "./q").wants(t, 3, "q/q.go:5:12: Bad1 is called (callbad)\n", "")
	m.at("q").run("-standalone").wants(t, 3, "q.go:5:12: Bad1 is called (callbad)\n", "")
	m.run("-standalone", "./clean").wants(t, 0, "", "")
	if got, want := m.run("-standalone", "-c=1", "./...").stdout, m.run("-c=1", "./...").stdout; got != want {
		t.Errorf("with context it is\n%s\nwant\n%s", got, want)
	}
	m.run("-standalone", "./nosuch").wants(t, 1, "", "nosuch")
	m.save("clean/clean.go", "package clean\n\nvar x int = \"\"\n\nfunc NewClean() {}\n")
	m.run("-standalone", "-newish", "./clean", "./p").wants(t, 1, "p/p.go:5:6: NewThing is new (newish)\n", "clean.go:3:13: ")
	m.save("clean/clean.go", "package clean\n\nfunc FailBelow() {}\n")
	r := m.run("-standalone", "./clean")
	r.wants(t, 1, "", "concurrencyvet: check shaky failed on package example.com/m/clean: the ground shakes\n")
	if strings.Contains(r.stderr, "prerequisites") {
		t.Errorf("standard error:\n%s", r.stderr)
	}
	// For profiling, multichecker writes.
	r = m.run("-standalone", "-debug=p", "./q")
	if r.status != 3 || !strings.Contains(r.stderr, "q.go:5:12: Bad1 is called\n") {
		t.Errorf("-debug: exit status %d, output\n%s%s", r.status, r.stdout, r.stderr)
	}
}
