package finding_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

const source = `package p

import "sync"

type box[T any] struct {
	mu sync.Mutex
	v  T
}

func (b *box[T]) get() T {
	b.mu.Lock() // first
	return b.v
}

func twice(a, b *box[int]) {
	a.mu.Lock() // same
	a.mu.Lock() // same
}

var hook = func(b *box[int]) {
	b.mu.Lock() // in a variable
}
`

// A repo is a repository with one file, p/p.go.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T, source string) repo {
	t.Helper()
	r := repo{t, t.TempDir()}
	for _, dir := range []string{".git", "p"} {
		if err := os.Mkdir(filepath.Join(r.dir, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(r.dir, "p", "p.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	return r
}

// findings are one for each line with the mark.
func (r repo) findings(mark string) []finding.Finding {
	r.t.Helper()
	name := filepath.Join(r.dir, "p", "p.go")
	var list []finding.Finding
	for i, line := range finding.NewFiles(r.dir).Lines(name) {
		if strings.Contains(line, mark) {
			list = append(list, finding.Finding{
				Check: "lockleak", Package: "m/p",
				Pos:     finding.Position{File: name, Line: i + 1, Col: 2},
				Message: "mu is still locked at the return on line " + strings.Repeat("1", i+1),
			})
		}
	}
	if len(list) == 0 {
		r.t.Fatalf("no line has %q", mark)
	}
	return list
}

// identities are those of a finding for each line with a comment.
func (r repo) identities() []finding.Identity {
	r.t.Helper()
	return finding.Identify(finding.NewFiles(filepath.Join(r.dir, "p")), r.findings("// "))
}

func TestIdentity(t *testing.T) {
	got := newRepo(t, source).identities()
	for i, want := range []finding.Identity{
		{File: "p/p.go", Func: "box.get", Line: "b.mu.Lock() // first"},
		{File: "p/p.go", Func: "twice", Line: "a.mu.Lock() // same"},
		{File: "p/p.go", Func: "twice", Line: "a.mu.Lock() // same", Index: 1},
		{File: "p/p.go", Func: "hook", Line: "b.mu.Lock() // in a variable"},
	} {
		want.Check, want.Package, want.Message = "lockleak", "m/p", "mu is still locked at the return on line"
		if got[i] != want {
			t.Errorf("identity %d:\n%+v\nwant:\n%+v", i, got[i], want)
		}
	}
	seen := make(map[string]bool)
	for _, id := range got {
		if f := id.Fingerprint(); len(f) != 32 || seen[f] {
			t.Errorf("the fingerprint %q is short or not the only one", f)
		} else {
			seen[f] = true
		}
	}
}

// TestIdentityHolds changes the file around the findings.
func TestIdentityHolds(t *testing.T) {
	before := newRepo(t, source).identities()
	for name, change := range map[string]*strings.Replacer{
		"lines above":      strings.NewReplacer("type", "const more = 1\n\n\ntype"),
		"lines between":    strings.NewReplacer("a.mu.Lock() // same\n\ta", "a.mu.Lock() // same\n\n\ta"),
		"indented":         strings.NewReplacer("\ta.mu", "\t\t\ta.mu"),
		"another receiver": strings.NewReplacer("(b *box[T])", "(b box[U])"),
		"windows":          strings.NewReplacer("\n", "\r\n"),
		"broken below":     strings.NewReplacer("// in a variable\n}", "// in a variable\n}\n\nfunc {"),
	} {
		if after := newRepo(t, change.Replace(source)).identities(); !slices.Equal(before, after) {
			t.Errorf("%s: identities changed from\n%+v\nto\n%+v", name, before, after)
		}
	}
	for name, change := range map[string]*strings.Replacer{
		"edited line":      strings.NewReplacer("b.mu.Lock() // first", "b.mu.Lock( ) // first"),
		"renamed function": strings.NewReplacer("get()", "take()"),
		"renamed type":     strings.NewReplacer("(b *box[T])", "(b *crate[T])"),
	} {
		if after := newRepo(t, change.Replace(source)).identities(); before[0] == after[0] || !slices.Equal(before[1:], after[1:]) {
			t.Errorf("%s: identities changed from\n%+v\nto\n%+v", name, before, after)
		}
	}
}

// TestIdentityOrder checks that the order of the findings does not matter.
func TestIdentityOrder(t *testing.T) {
	r := newRepo(t, source)
	findings := r.findings("// same")
	files := finding.NewFiles(r.dir)
	there := finding.Identify(files, findings)
	slices.Reverse(findings)
	back := finding.Identify(files, findings)
	slices.Reverse(back)
	if !slices.Equal(there, back) {
		t.Errorf("identities changed from\n%+v\nto\n%+v", there, back)
	}
}

// TestIdentityElsewhere has files outside of the repository, unreadable, and no Go.
func TestIdentityElsewhere(t *testing.T) {
	r := newRepo(t, "%%\nexpr: term\n")
	files := finding.NewFiles(r.dir)
	ids := finding.Identify(files, []finding.Finding{
		{Package: "m/q", Pos: finding.Position{File: filepath.Join(t.TempDir(), "q.go"), Line: 1}, Message: "see q.go:3"},
		{Package: "m/p", Pos: finding.Position{File: "p/p.go", Line: 2}, Message: "see /x/q.go:3:4, lines 3 and 4"},
		{Package: "m/p", Pos: finding.Position{File: "p/p.go", Line: 200}},
	})
	for i, want := range []finding.Identity{
		{Package: "m/q", File: "m/q/q.go", Message: "see q.go"},
		{Package: "m/p", File: "p/p.go", Line: "expr: term", Message: "see q.go, lines"},
		{Package: "m/p", File: "p/p.go"},
	} {
		if ids[i] != want {
			t.Errorf("identity %d is %+v, want %+v", i, ids[i], want)
		}
	}
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	deep := filepath.Join(dir, "repo", "mod", "pkg")
	if err := os.MkdirAll(deep, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ mark, root string }{
		{"", deep},
		{"repo/mod/go.mod", filepath.Join(dir, "repo", "mod")},
		{"repo/.git", filepath.Join(dir, "repo")},
	} {
		if step.mark != "" {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(step.mark)), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got := finding.NewFiles(deep).Root(); got != step.root {
			t.Errorf("with %q the root is %s, want %s", step.mark, got, step.root)
		}
	}
}
