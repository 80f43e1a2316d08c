package front_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const goMod = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"

// wantsFile fails the test if a file is not as given.
func (m *module) wantsFile(name, want string) {
	m.t.Helper()
	if got := m.read(name); got != want {
		m.t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

func TestFix(t *testing.T) {
	t.Parallel()
	m := write(t, strings.Replace(twoPackages, "-- q/q.go --", "-- q/q.txt --", 1)) // it calls Bad1
	m.remove("p/x_test.go")
	const patch = `--- a/p/p.go
+++ b/p/p.go
@@ -1,6 +1,6 @@
 package p
 
-func Bad1() {}
+func Good1() {}
 
 func NewThing() {}
 
`
	const testPatch = `--- a/p/p_test.go
+++ b/p/p_test.go
@@ -1,3 +1,3 @@
 package p
 
-func Bad2() {}
+func Good2() {}
`
	m.run("-fix", "-diff", "./...").wants(t, 1, patch+testPatch, "")
	m.run("-fix", "-diff", "./...").wants(t, 1, patch+testPatch, "")
	m.at("p").run("-fix", "-diff").wants(t, 1, strings.ReplaceAll(patch+testPatch, "/p/", "/"), "")
	m.run("-fix", "-diff", "p/p.go").wants(t, 1, patch, "")
	m.run("-fix", "-diff", "./clean").wants(t, 0, "", "")
	m.run("-fix", "-newish", "./...").wants(t, 0, "", "")
	if got := m.read("p/p.go"); !strings.Contains(got, "func Bad1()") {
		t.Errorf("-diff changed the file:\n%s", got)
	}
	m.run("-fix", "./p").wants(t, 0, "", "concurrencyvet: 2 findings fixed in 2 files\n")
	m.wantsFile("p/p.go", "package p\n\nfunc Good1() {}\n\nfunc NewThing() {}\n\nfunc UglyThing() {}\n")
	m.wantsFile("p/p_test.go", "package p\n\nfunc Good2() {}\n")
	m.run("-fix", "-diff", "./p").wants(t, 0, "", "")
	m.run("-fix", "./p").wants(t, 0, "", "")
	if err := os.Rename(filepath.Join(m.dir, "q", "q.txt"), filepath.Join(m.dir, "q", "q.go")); err != nil {
		t.Fatal(err)
	}
	m.run("-fix", "-diff", "-bad", "./q").wants(t, 3, "", "p.Bad1")
}

// TestFixGate leaves out what is not shown.
func TestFixGate(t *testing.T) {
	t.Parallel()
	r := repo(t, goMod+`
-- .gitignore --
known
-- concurrencyvet.toml --
[[paths]]
glob = "p/ignored.go"
ignore = true
[[paths]]
glob = "p/off.go"
checks.bad = false
-- p/p.go --
package p

func Bad1() {}
-- p/p_test.go --
package p

func Bad2() {}
-- p/ignored.go --
package p

func Bad3() {}
-- p/off.go --
package p

func Bad4() {}
`)
	wants := func(files string, args ...string) {
		t.Helper()
		res := r.run(append(append([]string{"-fix", "-diff"}, args...), "./...")...)
		var got []string
		for line := range strings.Lines(res.stdout) {
			if name, ok := strings.CutPrefix(line, "+++ b/p/"); ok {
				got = append(got, strings.TrimSpace(name))
			}
		}
		if strings.Join(got, " ") != files || res.stderr != "" || (res.status == 1) != (files != "") {
			t.Errorf("%q: exit status %d, fixed %q, want %q\n%s", args, res.status, got, files, res.stderr)
		}
	}
	wants("p.go p_test.go")
	wants("p.go", "-test=false")
	wants("ignored.go off.go p.go p_test.go", "-config=off")
	wants("", "-new-from=HEAD")
	r.run("-baseline=known", "-write-baseline", "./...").wants(t, 0, "", "2 findings")
	wants("", "-baseline=known")
	r.save("p/new.go", "package p\n\nfunc BadNew() {}\n")
	wants("new.go", "-new-from=HEAD")
	wants("new.go", "-new-from-merge-base=HEAD", "-new-lines-only")
	wants("new.go", "-baseline=known")
	r.run("-fix", "-new-from=HEAD", "./...").wants(t, 0, "", "1 finding fixed in 1 file")
	if status := r.git("status", "--porcelain"); status != "?? p/new.go\n" {
		t.Errorf("what changed:\n%s", status)
	}
	wants("", "-new-from=HEAD")
	r.wantsTidy()
}

// TestFixConflicts has fixes that exclude each other, and fixes that are the same.
func TestFixConflicts(t *testing.T) {
	t.Parallel()
	m := write(t, goMod+`
-- p/p.go --
package p

//mend:fix "one + two" "three"
//mend:fix "two + four" "six"
//mend:fix "five" "four"
//mend:fix "five" "four"
const x = one + two + four + five

const one, two, three, four, five, six = 1, 2, 3, 4, 5, 6
`)
	const left = "concurrencyvet: p/p.go:4: mend is not fixed: it conflicts with another fix"
	first := m.run("-mend", "-fix", "-diff", "./...")
	if first.status != 1 || !strings.Contains(first.stdout, "+const x = three + four + four") || !strings.Contains(filepath.ToSlash(first.stderr), left) {
		t.Errorf("exit status %d, output\n%s%s", first.status, first.stdout, first.stderr)
	}
	if res := m.run("-mend", "-fix", "./..."); res.status != 0 || !strings.Contains(filepath.ToSlash(res.stderr), left) || !strings.Contains(res.stderr, "3 findings fixed in 1 file\n") {
		t.Errorf("exit status %d, output\n%s%s", res.status, res.stdout, res.stderr)
	}
}

// TestFixCompiles has fixes after which a package or its tests would not compile.
func TestFixCompiles(t *testing.T) {
	t.Parallel()
	m := write(t, goMod+`
-- p/p.go --
package p

import (
	"fmt"
	str "strings"
)

import "os"

//mend:fix "int" "string"
var n int = 1

//mend:fix "fmt.Sprint(n)" "\"n\""
var s = fmt.Sprint(n)

//mend:fix "str.Repeat(s, 2)" "s"
var r = str.Repeat(s, 2)

//mend:fix "os.Args" "[]string{}"
var args = os.Args

//mend:fix "Exported()" "Renamed()"
func Exported() {}

//mend:fix "g()" "g("
func f() { g() }

//mend:fix "h" "f(); h"
func g() { h() }

//mend:fix "nil" "sort.Ints"
var h = func() { _ = any(nil) }

//mend:fix "i := 1" "sort := sort.Ints"
var k = func() { i := 1; _ = i }
-- p/sort.go --
package p

//mend:fix "\"io\"" "\"errors\"\n\"io\""
import (
	"io"
)

//mend:fix "io.EOF" "errors.New(\"new\")"
var err = io.EOF
-- p/p_test.go --
package p_test

import "example.com/m/p"

func f() { p.Exported() }
`)
	diff := m.run("-mend", "-fix", "-diff", "./...")
	res := m.run("-mend", "-fix", "./...")
	if diff.status != 1 || res.status != 0 || res.stdout != "" {
		t.Errorf("exit statuses %d and %d, output\n%s", diff.status, res.status, res.stdout)
	}
	const want = `concurrencyvet: p/p.go:10: mend is not fixed: the package would not compile: p.go: cannot use 1 (untyped int constant) as string value in variable declaration
concurrencyvet: p/p.go:22: mend is not fixed: the package would not compile: p_test.go: undefined: p.Exported
concurrencyvet: p/p.go:25: mend is not fixed: the package would not compile: p.go: expected operand, found '}'
concurrencyvet: p/p.go:31: mend is not fixed: the package would not compile: p.go: undefined: sort
concurrencyvet: p/p.go:34: mend is not fixed: the package would not compile: p.go: undefined: sort
`
	if got := filepath.ToSlash(diff.stderr); got != want {
		t.Errorf("standard error with -diff:\n%s\nwant\n%s", got, want)
	}
	if got := filepath.ToSlash(res.stderr); got != want+"concurrencyvet: 6 findings fixed in 2 files\n" {
		t.Errorf("standard error:\n%s", got)
	}
	if got := m.read("p/sort.go"); !strings.Contains(got, "\nimport (\n\t\"errors\"\n)\n") || !strings.HasSuffix(got, "= errors.New(\"new\")\n") {
		t.Errorf("p/sort.go is\n%s", got)
	}
	if got := m.read("p/p.go"); strings.Contains(got, "import") || !strings.HasPrefix(got, "package p\n\n//mend:fix \"int\"") {
		t.Errorf("the imports are left:\n%s", got)
	}
	if out := m.finish(m.command("go", "vet", "./...")); out.status != 0 {
		t.Errorf("what is fixed does not compile:\n%s", out.stderr)
	}
}

// TestFixImporters has a fix after which a package that the run does not name would not
// compile.
func TestFixImporters(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

//mend:fix "Exported()" "Renamed()"
func Exported() {}

//mend:fix "Lonely()" "Alone()"
func Lonely() {}
-- app/app.go --
package app

import "example.com/m/p"

func f() { p.Exported() }
`)
	m.run("-mend", "-fix", "./p").wants(t, 0, "", `concurrencyvet: p/p.go:3: mend is not fixed: package example.com/m/app, which imports it, would not compile: app.go: undefined: p.Exported
concurrencyvet: 1 finding fixed in 1 file
`)
	if got := m.read("p/p.go"); !strings.Contains(got, "\nfunc Exported() {}\n") || !strings.Contains(got, "\nfunc Alone() {}\n") {
		t.Errorf("p/p.go is\n%s", got)
	}
}

// TestFixProtected has files that are not to be edited.
func TestFixProtected(t *testing.T) {
	t.Parallel()
	m := write(t, `
-- go.mod --
module example.com/m

go 1.26

require example.com/dep v1.0.0
-- vendor/modules.txt --
# example.com/dep v1.0.0
## explicit; go 1.26
example.com/dep
-- vendor/example.com/dep/dep.go --
package dep

func Bad() {}
-- concurrencyvet.toml --
[[paths]]
glob = "p/ignored.go"
ignore = true
-- p/p.go --
package p

import _ "example.com/dep"

//mend:fix "1" "2" "generated.go"
//mend:fix "1" "2" "readonly.go"
//mend:fix "1" "2" "ignored.go"
//mend:fix "1" "2" "p_test.go"
//mend:fix "= 1" "= 2" "parser.go"
-- p/generated.go --
// Code generated by hand. DO NOT EDIT.

package p

var a = 1
-- p/readonly.go --
package p

var b = 1
-- p/ignored.go --
package p

var c = 1
-- p/p_test.go --
package p

var d = 1
-- p/parser.go --
//line parser.y:1
package p

var e = 1
-- p/parser.y --
1
`)
	if err := os.Chmod(filepath.Join(m.dir, "p", "readonly.go"), 0o444); err != nil {
		t.Fatal(err)
	}
	const want = `concurrencyvet: p/p.go:5: mend is not fixed: p/generated.go is generated
concurrencyvet: p/p.go:6: mend is not fixed: p/readonly.go is read-only
concurrencyvet: p/p.go:7: mend is not fixed: the settings leave out p/ignored.go
concurrencyvet: p/p.go:8: mend is not fixed: p/p_test.go is a test file
concurrencyvet: p/p.go:9: mend is not fixed: p/parser.y is not a file of Go
concurrencyvet: vendor/example.com/dep/dep.go:3: bad is not fixed: vendor/example.com/dep/dep.go is vendored
`
	for _, args := range []string{"-fix", "-fix -diff"} {
		res := m.run(append(strings.Fields(args), "-mend", "-bad", "-test=false", "./...", "example.com/dep")...)
		if got := filepath.ToSlash(res.stderr); res.status != 0 || res.stdout != "" || got != want {
			t.Errorf("%s: exit status %d, output\n%s%s\nwant\n%s", args, res.status, res.stdout, got, want)
		}
	}
}

// TestFixText keeps how a file is written.
func TestFixText(t *testing.T) {
	t.Parallel()
	m := write(t, goMod)
	texts := map[string]string{
		"lf.go":     "//go:build !ignore\n\npackage p\n\n//mend:fix \"1\" \"func() int {\\nreturn 2\\n}()\"\nvar a = 1\n",
		"odd.go":    "package p\n//mend:fix \"1\" \"2\"\nvar   b=1",
		"script.go": "package p\n\n//mend:fix \"1\" \"2\"\nvar c = 1\n",
	}
	texts["crlf.go"] = strings.ReplaceAll(strings.ReplaceAll(texts["lf.go"], "var a", "var d"), "\n", "\r\n")
	for name, text := range texts {
		m.save("p/"+name, text)
	}
	m.save("elsewhere.txt", "package p\n\n//mend:fix \"1\" \"2\"\nvar e = 1\n")
	script, link := filepath.Join(m.dir, "p", "script.go"), filepath.Join(m.dir, "p", "link.go")
	if err := os.Chmod(script, 0o777); err != nil {
		t.Fatal(err)
	}
	patch := m.run("-mend", "-fix", "-diff", "./...").stdout
	for _, want := range []string{"\n-var d = 1\r\n+var d = func() int {\r\n+\treturn 2\r\n+}()\r\n", "\n-var   b=1\n\\ No newline at end of file\n+var   b=2\n\\ No newline at end of file\n"} {
		if !strings.Contains(patch, want) {
			t.Errorf("the patch is\n%q\nwant in it\n%q", patch, want)
		}
	}
	m.save("fixes.patch", patch)
	if _, err := exec.LookPath("git"); err == nil {
		m.finish(m.with(gitEnv...).command("git", "apply", "--check", "fixes.patch")).wants(t, 0, "", "")
	}
	linked := os.Symlink("../elsewhere.txt", link) == nil
	m.run("-mend", "-fix", "./...").wants(t, 0, "", "fixed in")
	const lf = "//go:build !ignore\n\npackage p\n\n//mend:fix \"1\" \"func() int {\\nreturn 2\\n}()\"\nvar a = func() int {\n\treturn 2\n}()\n"
	m.wantsFile("p/lf.go", lf)
	m.wantsFile("p/crlf.go", strings.ReplaceAll(strings.ReplaceAll(lf, "var a", "var d"), "\n", "\r\n"))
	m.wantsFile("p/odd.go", "package p\n//mend:fix \"1\" \"2\"\nvar   b=2")
	m.wantsFile("p/script.go", "package p\n\n//mend:fix \"1\" \"2\"\nvar c = 2\n")
	if info, err := os.Stat(script); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o777 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	if info, err := os.Lstat(link); linked && (err != nil || info.Mode()&os.ModeSymlink == 0 || !strings.Contains(m.read("elsewhere.txt"), "e = 2")) {
		t.Errorf("the link is %v, %v", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(m.dir, "*", "*.tmp")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
	m.run("-mend", "-fix", "-diff", "./...").wants(t, 0, "", "")
}
