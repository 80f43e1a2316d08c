package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const box = `package box

import "sync"

type Box struct {
	Mu sync.Mutex
	n  int
}

// Size is called with the lock held.
func (b *Box) Size() int {
	return b.n
}
`

const app = `package app

import "m/box"

func Size(b *box.Box) int {
	b.Mu.Lock()
	defer b.Mu.Unlock()
	return b.Size()
}
`

const takes = `
func takes(done bool) {
	mu.Lock()
	if done {
		return
	}
	mu.Unlock()
}
`

// results returns where the results of a SARIF log are, with their checks, but for
// those that are suppressed.
func (r *repo) results(name string) []string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				Suppressions []struct{}
				Locations    []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		r.t.Fatal(err)
	}
	var list []string
	for _, res := range log.Runs[0].Results {
		if len(res.Suppressions) > 0 {
			continue
		}
		list = append(list, res.Locations[0].PhysicalLocation.ArtifactLocation.URI+" "+res.RuleID)
	}
	return list
}

// TestPullRequest has a branch that adds a fault, and with an edit elsewhere makes another
// one in a file that it does not touch. A pipeline fails for these two alone until one
// is fixed and the edit taken back.
func TestPullRequest(t *testing.T) {
	t.Parallel()
	for name, gate := range map[string]string{"revision": "-new-from-merge-base=main", "baseline": "-baseline=known"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testPullRequest(t, gate)
		})
	}
}

func testPullRequest(t *testing.T, gate string) {
	r := newRepo(t, locks)
	r.save("box/box.go", box)
	r.save("app/app.go", app)
	r.save(".gitignore", "out.sarif\n")
	r.run(0, r.binary, "-lockleak", "-doublelock", "-baseline=known", "-write-baseline", "./...")
	r.run(0, "git", "add", "-A")
	r.run(0, "git", "commit", "-q", "-m", "y")
	r.run(0, "git", "branch", "-M", "main")
	r.run(0, "git", "checkout", "-q", "-b", "branch")
	check := func(status int, want ...string) {
		t.Helper()
		out := r.run(status, r.binary, "-lockleak", "-doublelock", gate, "-format=sarif=out.sarif,github", "./...")
		if got := r.results("out.sarif"); !slices.Equal(got, want) {
			t.Errorf("the results are %q, want %q", got, want)
		}
		for _, w := range want {
			file, check, _ := strings.Cut(w, " ")
			if !strings.Contains(out, "::error file="+file+",") || !strings.Contains(out, "title=concurrencyvet "+check+"::") {
				t.Errorf("no annotation for %s:\n%s", w, out)
			}
		}
		if strings.Count(out, "::error") != len(want) || strings.Count(out, "\n") != len(want) {
			t.Errorf("the annotations are\n%s", out)
		}
	}
	check(0)

	r.save("m.go", locks+takes)
	r.save("box/box.go", strings.Replace(box, "\treturn", "\tb.Mu.Lock()\n\tdefer b.Mu.Unlock()\n\treturn", 1))
	r.run(0, "git", "commit", "-q", "-a", "-m", "z")
	check(1, "app/app.go doublelock", "m.go lockleak")

	if out := r.run(0, r.binary, "-lockleak", "-doublelock", gate, "-fix", "./..."); out != "concurrencyvet: 1 finding fixed in 1 file\n" {
		t.Errorf("-fix printed\n%s", out)
	}
	check(1, "app/app.go doublelock")
	if out := r.run(0, "git", "diff", "--stat", "HEAD"); !strings.Contains(out, " m.go ") || !strings.Contains(out, "1 file changed") {
		t.Errorf("-fix changed\n%s", out)
	}
	if data, err := os.ReadFile(filepath.Join(r.dir, "m.go")); err != nil || !strings.HasPrefix(string(data), strings.SplitAfter(locks, "func f")[0]) {
		t.Errorf("-fix changed what is known:\n%s%v", data, err)
	}
	r.save("box/box.go", box)
	check(0)
}
