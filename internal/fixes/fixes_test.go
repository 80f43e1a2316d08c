package fixes_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/fixes"
)

// replace is the fix that replaces a text in a file.
func replace(t *testing.T, file, from, to string) finding.Fix {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	start := strings.Index(string(data), from)
	if start < 0 {
		t.Fatalf("%s has no %q", file, from)
	}
	return finding.Fix{Edits: []finding.Edit{{File: file, Start: start, End: start + len(from), New: to}}}
}

// TestVariants has two packages with fixes, of which the tests of one import the other
// in its variant for tests, and types of a package that neither changes.
func TestVariants(t *testing.T) {
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	dir := checktest.Extract(t, `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

import "io"

const Size = 1

type R struct{ io.Reader }
-- p/in_test.go --
package p

import "io"

func Wrap(r io.Reader) R { return R{r} }
-- p/out_test.go --
package p_test

import (
	"io"
	"strings"
	"testing"

	"example.com/m/between"
	"example.com/m/p"
	"example.com/m/q"
)

func Test(t *testing.T) {
	var r io.Reader = p.Wrap(q.New("x"))
	between.Use(r.(p.R), strings.NewReader)
}
-- between/between.go --
package between

import (
	"strings"

	"example.com/m/p"
)

func Use(r p.R, f func(string) *strings.Reader) {}
-- q/q.go --
package q

import (
	"io"
	"strings"
)

const size = 1

func New(s string) io.Reader { return strings.NewReader(s) }
-- q/more.go --
package q

var more = 1
-- broken/broken.go --
package broken

var x int = "x"
`)
	more := filepath.Join(dir, "q", "more.go")
	p, q, broken := filepath.Join(dir, "p", "p.go"), filepath.Join(dir, "q", "q.go"), filepath.Join(dir, "broken", "broken.go")
	list := []finding.Fix{
		replace(t, p, "Size = 1", "Size = 2"),
		replace(t, p, "io.Reader", "any"),
		replace(t, q, "size = 1", "size = 2"),
		replace(t, broken, "int", "string"),
		{Edits: []finding.Edit{{File: p, Start: 0, End: 1 << 20}}},
		replace(t, more, "\nvar more = 1", "\nimport \"container/ring\"\n\nvar more = ring.New(1)"),
		replace(t, more, "package q\n", "package q\n\nimport _ \"example.com/nosuch\"\n"),
	}
	result, err := fixes.Make(context.Background(), dir, nil, []string{filepath.Dir(p), filepath.Dir(q), filepath.Dir(broken)}, nil, list)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "the package would not compile: ", "", "whether the fixed package compiles cannot be told", "its edits do not go together", "", "the package would not compile: "} {
		if why := result.Whys[i]; !strings.HasPrefix(why, want) || want == "" && why != "" {
			t.Errorf("fix %d: %q, want %q", i, why, want)
		}
	}
	if len(result.Files) != 3 || result.Files[0].Name != p || !strings.Contains(string(result.Files[0].After), "Size = 2") ||
		!strings.Contains(string(result.Files[0].Before), "Size = 1") || result.Files[1].Name != more || result.Files[2].Name != q {
		t.Errorf("files: %q", result.Files)
	}
	if _, err := fixes.Make(context.Background(), dir, []string{"-nosuch"}, []string{"./p"}, nil, list); err == nil {
		t.Error("a flag that the go command does not know: no error")
	}
}

// TestImporters has fixes that change what a package offers, which others import: one
// that a package of its own directly, one that another does by way of a type which is
// not exported, one in the test of yet another, and one that nobody minds.
func TestImporters(t *testing.T) {
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	dir := checktest.Extract(t, `
-- go.mod --
module example.com/m

go 1.26
-- p/p.go --
package p

const Size = 1

type impl struct{}

func (impl) Close() error { return nil }

func New() impl { return impl{} }

func Wait(n int) {}

func Stop(n int) {}

func inner(n int) {}
-- direct/direct.go --
package direct

import "example.com/m/p"

var _ [1]int = [p.Size]int{}
-- far/far.go --
package far

import (
	"io"

	"example.com/m/p"
)

var _ io.Closer = p.New()
-- tested/tested.go --
package tested
-- tested/tested_test.go --
package tested_test

import "example.com/m/p"

func f() { p.Wait(1) }
-- broken/broken.go --
package broken

import "example.com/m/p"

var _ string = p.Size
`)
	p := filepath.Join(dir, "p", "p.go")
	list := []finding.Fix{
		replace(t, p, "Size = 1", "Size = 2"),
		replace(t, p, "Close() error { return nil }", "Close() {}"),
		replace(t, p, "Wait(n int)", "Wait(n string)"),
		replace(t, p, "Stop(n int)", "Stop(n string)"),
		replace(t, p, "inner(n int)", "inner(n string)"),
	}
	all := []string{filepath.Join(dir, "...")}
	for name, test := range map[string]struct {
		importers []string
		list      []finding.Fix
		want      []string
	}{
		"all": {all, list, []string{
			"package example.com/m/direct, which imports it, would not compile: direct.go: cannot use [p.Size]int{}",
			"package example.com/m/far, which imports it, would not compile: far.go: cannot use p.New()",
			"package example.com/m/tested_test, which imports it, would not compile: tested_test.go: cannot use 1",
			"", "",
		}},
		"within":  {all, list[4:], []string{""}},
		"unknown": {nil, list[:1], []string{""}},
	} {
		result, err := fixes.Make(context.Background(), dir, nil, []string{filepath.Dir(p)}, test.importers, test.list)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range test.want {
			if why := result.Whys[i]; !strings.HasPrefix(why, want) || want == "" && why != "" {
				t.Errorf("%s: fix %d: %q, want %q", name, i, why, want)
			}
		}
	}
}
