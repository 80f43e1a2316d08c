package revision_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/revision"
)

// TestMain keeps the settings of whoever runs the tests away from git.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_NOSYSTEM": "1",
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// A repo is a repository in a directory.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := repo{t, dir}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return string(out)
}

func (r repo) save(name, data string) {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), 0o666); err != nil {
		r.t.Fatal(err)
	}
}

func (r repo) commit() {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "x")
}

func (r repo) find(name string) *revision.Base {
	r.t.Helper()
	b, err := revision.Find(r.t.Context(), r.dir, name, false)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

const long = "package p\n\nfunc F() {}\n\nfunc G() {}\n\nfunc H() {}\n"

func TestChanges(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.save("a.go", long)
	r.save("ü b.go", long+"// b\n")
	r.save("gone.go", "package p\n")
	r.save(".gitignore", "ignored.go\n")
	r.commit()
	r.save("a.go", strings.Replace(long, "func G() {}\n", "func G() {\n}\n", 1))
	r.git("mv", "ü b.go", "ö c.go")
	r.save("new/n.go", "package n\n\nvar x int\n")
	r.save("ignored.go", "package p\n")
	r.save("new/text", "no code\n")
	if err := os.Remove(filepath.Join(r.dir, "gone.go")); err != nil {
		t.Fatal(err)
	}
	before := r.git("status", "--porcelain")
	c, err := r.find("HEAD").Changes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"ü b.go": "ö c.go"}; !maps.Equal(c.Renamed, want) {
		t.Errorf("renamed %v, want %v", c.Renamed, want)
	}
	for name, want := range map[string][]int{"a.go": {5, 6}, "new/n.go": {1, 2, 3}, "ö c.go": nil, "ignored.go": nil, "gone.go": nil, "new/text": nil} {
		if got := slices.Sorted(maps.Keys(c.Lines[name])); !slices.Equal(got, want) {
			t.Errorf("%s: changed lines %v, want %v", name, got, want)
		}
	}
	if after := r.git("status", "--porcelain"); after != before {
		t.Errorf("the status changed from\n%s\nto\n%s", before, after)
	}
}

func TestCheckOut(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.save("sub/a.go", "package before\n")
	r.commit()
	r.save("sub/a.go", "package after\n")
	b, err := revision.Find(t.Context(), filepath.Join(r.dir, "sub"), "HEAD", false)
	if err != nil {
		t.Fatal(err)
	}
	if b.Prefix != "sub" || b.Top != r.dir {
		t.Errorf("prefix %q, top %q", b.Prefix, b.Top)
	}
	first, err := b.CheckOut(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := b.CheckOut(t.Context()) // at the same time
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []*revision.WorkTree{first, second} {
		data, err := os.ReadFile(filepath.Join(w.Dir, "sub", "a.go"))
		if err != nil || string(data) != "package before\n" {
			t.Errorf("%s has %q, %v", w.Dir, data, err)
		}
		if err := w.Remove(); err != nil {
			t.Error(err)
		}
	}
	if list := r.git("worktree", "list", "--porcelain"); strings.Count(list, "worktree ") != 1 {
		t.Errorf("left:\n%s", list)
	}
	again, err := b.CheckOut(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if again.Dir != first.Dir {
		t.Errorf("the directory was %s, and is %s", first.Dir, again.Dir)
	}
	if err := again.Remove(); err != nil {
		t.Error(err)
	}
}

// TestWorkspace has a go.work above the repository.
func TestWorkspace(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.save("a/go.mod", "module example.com/a\n")
	r.commit()
	r.save("b/go.mod", "module example.com/b\n") // not there at the commit
	outside := repo{t, t.TempDir()}
	outside.save("c/go.mod", "module example.com/c\n")
	slash := filepath.ToSlash(r.dir)
	outside.save("go.work", "go 1.26\n\nuse (\n\t"+slash+"/a\n\t"+slash+"/b\n\t./c\n)\n\nreplace example.com/d => ./d\n")
	b := r.find("HEAD")
	w, err := b.CheckOut(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Remove(); err != nil {
			t.Error(err)
		}
	}()
	gowork, temporary, err := b.Workspace(w, filepath.Join(outside.dir, "go.work"))
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temporary)
	data, err := os.ReadFile(gowork)
	if err != nil {
		t.Fatal(err)
	}
	tree, out := filepath.ToSlash(w.Dir), filepath.ToSlash(outside.dir)
	want := "go 1.26\n\nuse (\n\t" + tree + "/a\n\t" + out + "/c\n)\n\nreplace example.com/d => " + out + "/d\n"
	if string(data) != want {
		t.Errorf("go.work is\n%s\nwant\n%s", data, want)
	}
	for work, want := range map[string]string{"": "", "off": "off", filepath.Join(r.dir, "go.work"): "off"} {
		if got, temporary, err := b.Workspace(w, work); got != want || temporary != "" || err != nil {
			t.Errorf("for %q: %q, %q, %v", work, got, temporary, err)
		}
	}
}
