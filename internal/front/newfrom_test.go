package front_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// gitEnv keeps the settings of whoever runs the test away from git.
var gitEnv = []string{
	"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com",
}

// A gitRepo is a repository. Work trees are made in tmp.
type gitRepo struct {
	*module
	tmp string
}

// repo writes an archive into a new repository and commits it.
func repo(t *testing.T, archive string) gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	tmp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := gitRepo{write(t, archive).with(append(gitEnv, "TMPDIR="+tmp, "TMP="+tmp)...), tmp}
	r.git("init", "-q", "-b", "main")
	r.commit()
	return r
}

// in returns the repository with another working directory.
func (r gitRepo) in(dir string) gitRepo { return gitRepo{r.at(dir).with(r.env...), r.tmp} }

// git runs git and returns what it printed.
func (r gitRepo) git(args ...string) string {
	r.t.Helper()
	res := r.finish(r.command("git", args...))
	if res.status != 0 {
		r.t.Fatalf("git %q: %s%s", args, res.stdout, res.stderr)
	}
	return res.stdout
}

// commit commits all that is there.
func (r gitRepo) commit() {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "x")
}

// wantsTidy fails the test if a run left a work tree.
func (r gitRepo) wantsTidy() {
	r.t.Helper()
	if left, err := filepath.Glob(filepath.Join(r.tmp, "concurrencyvet-*")); err != nil || len(left) > 0 {
		r.t.Errorf("left in the temporary directory: %q, %v", left, err)
	}
	if list := r.git("worktree", "list", "--porcelain"); strings.Count(list, "worktree ") != 1 {
		r.t.Errorf("left in the repository:\n%s", list)
	}
}

// Calls of p.Bad1 are known as bad only if it is a function.
const beforeBranch = `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

var Bad1 = func() {}

func BadOld() {}
-- q/q.go --
package q

import "example.com/m/p"

func f() { p.BadOld() }

func g() { p.Bad1() }
`

const newCall = "q/q.go:7:12: Bad1 is called (callbad)\n"

// TestNewFrom has a change that makes a finding in a file that it does not touch.
func TestNewFrom(t *testing.T) {
	t.Parallel()
	r := repo(t, beforeBranch)
	r.run("-callbad", "-baseline=known", "-write-baseline", "./...").wants(t, 0, "", "1 finding")
	r.git("checkout", "-q", "-b", "branch")
	r.run("-callbad", "-new-from=main", "./...").wants(t, 0, "", "")

	r.replace("p/p.go", "var Bad1 = func() {}", "func Bad1() {}")
	for range 2 { // as it is on disk, and committed
		r.run("-callbad", "-new-from=main", "./...").wants(t, 1, newCall, "")
		r.run("-callbad", "-new-from-merge-base=main", "./...").wants(t, 1, newCall, "")
		r.run("-callbad", "-new-from=main", "-new-lines-only", "./...").wants(t, 0, "", "")
		r.run("-callbad", "-baseline=known", "./...").wants(t, 1, newCall, "")
		r.wantsTidy()
		r.commit()
	}
	r.in("q").run("-callbad", "-new-from=main").wants(t, 1, strings.TrimPrefix(newCall, "q/"), "")
	r.in("p").run("-callbad", "-new-from=main", "example.com/m/q").wants(t, 1, "../"+newCall, "")
	r.run("-callbad", "-new-from=main", filepath.Join(r.dir, "q")).wants(t, 1, newCall, "")
	if js := r.run("-json", "-callbad", "-new-from=main", "./..."); js.status != 1 || strings.Count(js.stdout, `"posn"`) != 1 {
		t.Errorf("-json: exit status %d, output\n%s", js.status, js.stdout)
	}
	r.run("-callbad", "-fail-on=correctness", "-new-from=main", "./...").wants(t, 0, newCall, "")
	r.run("-callbad", "-new-from=HEAD", "./...").wants(t, 0, "", "")

	// The base of a branch is where it left main, not where main is now.
	r.git("checkout", "-q", "main")
	r.replace("p/p.go", "var Bad1 = func() {}", "func Bad1() {}")
	r.commit()
	r.git("checkout", "-q", "branch")
	r.run("-callbad", "-new-from=main", "./...").wants(t, 0, "", "")
	r.run("-callbad", "-new-from-merge-base=main", "./...").wants(t, 1, newCall, "")
	r.wantsTidy()
}

// TestNewFromFiles has files that are untracked, edited, renamed, moved and deleted.
func TestNewFromFiles(t *testing.T) {
	t.Parallel()
	r := repo(t, beforeBranch)
	r.save("p/old.go", "package p\n\nfunc BadInOld() {}\n\nfunc BadToo() {}\n")
	r.commit()
	short := func(res result) string {
		var b strings.Builder
		for line := range strings.Lines(res.stdout) {
			if !strings.HasPrefix(line, "\t") {
				b.WriteString(line)
			}
		}
		return b.String()
	}
	wants := func(what, want string, args ...string) {
		t.Helper()
		res := r.run(append(args, "./...")...)
		if got := short(res); got != want || res.stderr != "" {
			t.Errorf("%s: got\n%s%s\nwant\n%s", what, got, res.stderr, want)
		}
	}
	r.git("mv", "p/old.go", "p/renamed.go")
	wants("renamed", "", "-bad", "-new-from=HEAD")
	wants("renamed", "", "-bad", "-new-from=HEAD", "-new-lines-only")
	r.git("reset", "-q") // now it is deleted, and another is not tracked
	wants("renamed, not tracked", "", "-bad", "-new-from=HEAD")
	r.replace("p/renamed.go", "package p", "package p\n\nfunc BadNew() {}")
	wants("renamed and edited", "p/renamed.go:3:6: BadNew is bad (bad)\n", "-bad", "-new-from=HEAD")
	wants("renamed and edited", "p/renamed.go:3:6: BadNew is bad (bad)\n", "-bad", "-new-from=HEAD", "-new-lines-only")
	r.remove("p/renamed.go")
	wants("deleted", "", "-bad", "-new-from=HEAD")
	r.save("new/new.go", "package new\n\nfunc BadNew() {}\n")
	wants("new package", "new/new.go:3:6: BadNew is bad (bad)\n", "-bad", "-new-from=HEAD")
	wants("new package", "new/new.go:3:6: BadNew is bad (bad)\n", "-bad", "-new-from=HEAD", "-new-lines-only")
	if res := r.run("-bad", "-new-from=HEAD", "./new"); short(res) != "new/new.go:3:6: BadNew is bad (bad)\n" || res.stderr != "" {
		t.Errorf("new package alone: %s%s", res.stdout, res.stderr)
	}
	if res := r.run("-bad", "-new-from=HEAD", "example.com/m/new"); short(res) != "new/new.go:3:6: BadNew is bad (bad)\n" || res.stderr != "" {
		t.Errorf("new package by its import path: %s%s", res.stdout, res.stderr)
	}
	if res := r.run("-bad", "-new-from=HEAD", "./new/...", "example.com/m/new/..."); short(res) != "new/new.go:3:6: BadNew is bad (bad)\n" {
		t.Errorf("new package by a wildcard: %s%s", res.stdout, res.stderr)
	}
	if res := r.in("new").run("-bad", "-new-from=HEAD"); short(res) != "new.go:3:6: BadNew is bad (bad)\n" || res.stderr != "" {
		t.Errorf("in a new directory: %s%s", res.stdout, res.stderr)
	}
	if status := r.git("status", "--porcelain"); !strings.Contains(status, "?? new/") || !strings.Contains(status, " D p/old.go") {
		t.Errorf("the index has changed:\n%s", status)
	}
	r.wantsTidy()
}

// TestNewFromBroken has revisions that do not compile or have no module.
func TestNewFromBroken(t *testing.T) {
	t.Parallel()
	r := repo(t, "-- README --\nno code yet\n")
	r.git("tag", "empty")
	r.save("mod/go.mod", "module example.com/m\n\ngo 1.26\n")
	r.save("mod/p/p.go", "package p\n\nfunc BadOld() { undefined() }\n")
	r.save("mod/q/q.go", "package q\n\nfunc BadOther() {}\n")
	r.commit()
	r.replace("mod/p/p.go", "undefined()", "")
	m := r.in("mod")
	res := m.run("-bad", "-new-from=HEAD", "./...")
	if res.status != 1 || !strings.Contains(res.stdout, "BadOld") || strings.Contains(res.stdout, "BadOther") ||
		!strings.Contains(res.stderr, "warning: not all packages could be checked at HEAD") || !strings.Contains(res.stderr, "\tp/p.go:3:17: undefined: undefined") {
		t.Errorf("exit status %d, output\n%s%s", res.status, res.stdout, res.stderr)
	}
	res = m.run("-bad", "-new-from=empty", "./...")
	if res.status != 1 || !strings.Contains(res.stdout, "BadOther") || res.stderr != "" {
		t.Errorf("exit status %d, output\n%s%s", res.status, res.stdout, res.stderr)
	}
	r.wantsTidy()
}

// TestNewFromWorkspace has a go.work in the repository, and one above it.
func TestNewFromWorkspace(t *testing.T) {
	t.Parallel()
	const a = "module example.com/a\n\ngo 1.26\n"
	const b = "module example.com/b\n\ngo 1.26\n\nrequire example.com/a v1.0.0\n"
	const call = "package b\n\nimport \"example.com/a\"\n\nfunc f() { a.Bad() }\n"
	archive := "-- a/go.mod --\n" + a + "-- a/a.go --\npackage a\n\nvar Bad = func() {}\n-- b/go.mod --\n" + b + "-- b/b.go --\n" + call
	const found = "b.go:5:12: Bad is called (callbad)\n"

	r := repo(t, archive+"-- go.work --\ngo 1.26\n\nuse (\n\t./a\n\t./b\n)\n")
	r.replace("a/a.go", "var Bad = func() {}", "func Bad() {}")
	r.in("b").run("-callbad", "-new-from=HEAD", "./...").wants(t, 1, found, "")
	r.in("b").with("GOWORK="+filepath.Join(r.dir, "go.work")).run("-callbad", "-new-from=HEAD").wants(t, 1, found, "")

	r = repo(t, archive)
	work := filepath.Join(t.TempDir(), "go.work")
	if err := os.WriteFile(work, []byte("go 1.26\n\nuse (\n\t"+filepath.ToSlash(r.dir)+"/a\n\t"+filepath.ToSlash(r.dir)+"/b\n)\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	r.replace("a/a.go", "var Bad = func() {}", "func Bad() {}")
	r.in("b").with("GOWORK="+work).run("-callbad", "-new-from=HEAD", "./...").wants(t, 1, found, "")
	r.commit()
	r.in("b").with("GOWORK="+work).run("-callbad", "-new-from=HEAD", "./...").wants(t, 0, "", "")
	r.wantsTidy()
}

// TestNewFromVendor has a dependency that is vendored.
func TestNewFromVendor(t *testing.T) {
	t.Parallel()
	r := repo(t, `
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

var Bad = func() {}

func BadOld() {}
-- m.go --
package m

import "example.com/dep"

func f() { dep.Bad(); dep.BadOld() }
`)
	r.replace("vendor/example.com/dep/dep.go", "var Bad = func() {}", "func Bad() {}")
	r.run("-callbad", "-new-from=HEAD", "./...").wants(t, 1, "m.go:5:12: Bad is called (callbad)\n", "")
}

func TestNewFromMistakes(t *testing.T) {
	t.Parallel()
	r := repo(t, beforeBranch)
	for args, want := range map[string]string{
		"-new-from=nosuch":                              "there is no commit nosuch in this repository\n",
		"-new-from=--all":                               "there is no commit --all in this repository\n",
		"-new-from-merge-base=nosuch":                   "there is no commit nosuch",
		"-new-from=HEAD -new-from-merge-base=HEAD":      "-new-from and -new-from-merge-base",
		"-new-lines-only":                               "-new-lines-only needs -new-from",
		"-new-from=HEAD -standalone":                    "-new-from and -standalone",
		"-new-from=HEAD -baseline=x -write-baseline":    "cannot be written with -new-from",
		"-C p -new-from=HEAD -baseline=x -new-from=HED": "there is no baseline x",
	} {
		if res := r.run(strings.Fields(args)...); res.status != 2 || res.stdout != "" || !strings.Contains(res.stderr, want) {
			t.Errorf("%s: exit status %d, output\n%s%s\nwant\n%s", args, res.status, res.stdout, res.stderr, want)
		}
	}
	m := write(t, beforeBranch).with(append(gitEnv, "GIT_CEILING_DIRECTORIES="+filepath.Dir(r.dir))...)
	if res := m.run("-new-from=HEAD"); res.status != 2 || !strings.Contains(res.stderr, "is not in a git work tree") {
		t.Errorf("outside of a repository: exit status %d, output\n%s", res.status, res.stderr)
	}

	// A shallow clone lacks what the others have.
	r.git("checkout", "-q", "-b", "branch")
	r.replace("p/p.go", "BadOld", "Old")
	r.commit()
	clone := gitRepo{write(t, "").with(r.env...), r.tmp}
	clone.git("clone", "-q", "--depth=1", "--branch=branch", "file://"+filepath.ToSlash(r.dir), "clone")
	shallow := clone.in("clone")
	for args, want := range map[string]string{
		"-new-from=origin/main": "there is no commit origin/main in this repository: run 'git fetch --depth=1 origin +main:refs/remotes/origin/main'",
		"-new-from=HEAD~1":      "there is no commit HEAD~1 in this repository, which is a shallow clone: run 'git fetch --unshallow'",
	} {
		if res := shallow.run(args); res.status != 2 || !strings.Contains(res.stderr, want) {
			t.Errorf("%s: exit status %d, output\n%s%s\nwant\n%s", args, res.status, res.stdout, res.stderr, want)
		}
	}
	r.git("commit", "-q", "--amend", "-m", "y")
	r.git("checkout", "-q", "--orphan", "other")
	r.commit()
	shallow.git("fetch", "-q", "--depth=1", "origin", "+other:refs/remotes/origin/other")
	if res := shallow.run("-new-from-merge-base=origin/other"); res.status != 2 || !strings.Contains(res.stderr, "have no common ancestor in this repository, which is a shallow clone: run 'git fetch --unshallow'") {
		t.Errorf("exit status %d, output\n%s", res.status, res.stderr)
	}
}

// TestNewFromInHook runs in the environment of a hook that git calls with an index of
// its own, and has a hook that must not run.
func TestNewFromInHook(t *testing.T) {
	t.Parallel()
	r := repo(t, beforeBranch)
	r.save(".git/hooks/post-checkout", "#!/bin/sh\ntouch "+filepath.ToSlash(filepath.Join(r.tmp, "hook-ran"))+"\n")
	if err := os.Chmod(filepath.Join(r.dir, ".git/hooks/post-checkout"), 0o777); err != nil {
		t.Fatal(err)
	}
	r.replace("p/p.go", "var Bad1 = func() {}", "func Bad1() {}")
	r.with("GIT_INDEX_FILE="+filepath.Join(r.dir, ".git", "index"), "GIT_DIR="+filepath.Join(r.dir, ".git")).
		run("-callbad", "-new-from=HEAD", "./...").wants(t, 1, newCall, "")
	if status := r.git("status", "--porcelain"); status != " M p/p.go\n" {
		t.Errorf("the index has changed:\n%s", status)
	}
	if _, err := os.Stat(filepath.Join(r.tmp, "hook-ran")); err == nil {
		t.Error("the hook ran")
	}
	r.wantsTidy()
}

// TestNewFromInterrupt has a go command that ends at the revision when it is
// interrupted.
func TestNewFromInterrupt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("windows has no interrupts to send")
	}
	r := repo(t, beforeBranch)
	path := fakeGo(t) + string(os.PathListSeparator) + os.Getenv("PATH")
	then := interrupt(t, r.with("PATH="+path, asGo+"="+asWaiting), func() {
		if list := r.git("worktree", "list", "--porcelain"); strings.Count(list, "worktree ") != 2 {
			t.Errorf("no work tree is there:\n%s", list)
		}
	}, "-callbad", "-new-from=HEAD", "./...")
	if len(then) > 0 {
		t.Errorf("then: %q", then)
	}
	r.wantsTidy()
}
