package passes_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/passes"
	"github.com/concurrencyvet/concurrencyvet/passes/badignore"
	"github.com/concurrencyvet/concurrencyvet/passes/nakedgo"
	"github.com/concurrencyvet/concurrencyvet/passes/unboundedgo"
)

const (
	guide      = root + "/docs/guide.md"
	guideCode  = testdata + "/guide"
	guideClose = "## What is reported in the code of the guide" // the only section that the guide does not have
)

var (
	heading     = regexp.MustCompile(`(?m)^##.*$`)
	pageLink    = regexp.MustCompile("\\[`([a-z]+)`\\]\\(([a-z]+)\\.md\\)")
	anchorLink  = regexp.MustCompile(`\]\(#([^)]*)\)`)
	notInAnchor = regexp.MustCompile(`[^a-z0-9 _-]`)
	example     = regexp.MustCompile("(?m)^(?:<!-- check: ([a-z]+) -->\n)?```go\n((?s:.*?))^```$")
	finding     = regexp.MustCompile(`// finding: ([a-z, ]+)$`)
)

// TestGuide checks that docs/guide.md has the sections of the guide in their
// order, that its links lead somewhere, and that it names every check.
func TestGuide(t *testing.T) {
	text := read(t, guide)
	headings := heading.FindAllString(text, -1)
	want := append(heading.FindAllString(read(t, guideCode+"/sections.txt"), -1), guideClose)
	if !slices.Equal(headings, want) {
		t.Errorf("the sections are\n%s\nand those of the guide\n%s", strings.Join(headings, "\n"), strings.Join(want, "\n"))
	}
	checkAnchors(t, text, headings)

	linked := make(map[string]bool)
	for _, m := range pageLink.FindAllStringSubmatch(text, -1) {
		if m[1] != m[2] || !exists(filepath.Join(root, "docs", m[2]+".md")) {
			t.Errorf("a wrong link: %s", m[0])
		}
		linked[m[1]] = true
	}
	shown := make(map[string]bool)
	for _, e := range examples(t) {
		shown[e.check] = true
	}
	for _, check := range passes.Checks {
		if check.Analyzer == badignore.Analyzer {
			continue // about directives, of which the guide has none
		}
		if name := check.Analyzer.Name; !linked[name] || !shown[name] {
			t.Errorf("%s has no link or no example", name)
		}
	}
}

// checkAnchors checks the links within the page.
func checkAnchors(t *testing.T, text string, headings []string) {
	t.Helper()
	anchors := make(map[string]bool)
	for _, h := range headings {
		title := notInAnchor.ReplaceAllString(strings.ToLower(strings.TrimLeft(h, "# ")), "")
		anchors[strings.ReplaceAll(title, " ", "-")] = true
	}
	for _, m := range anchorLink.FindAllStringSubmatch(text, -1) {
		if !anchors[m[1]] {
			t.Errorf("no section has the anchor #%s", m[1])
		}
	}
}

// TestGuideCode checks that the check which an example of docs/guide.md is
// marked with reports something in it, and that in the code of the guide
// nothing is reported but what is marked by a comment "// finding: NAME" on its line.
//
// The policies that [TestClean] leaves out are left out for the code as well.
func TestGuideCode(t *testing.T) {
	got := make(map[[2]string]bool) // a directory and a check that reports in it
	found := make(map[string]bool)  // "file:line: check", with the file below testdata
	for _, f := range analyzed(t) {
		got[[2]string{f.dir, f.check.Name}] = true
		if strings.HasPrefix(f.dir, "guide/") && f.check != nakedgo.Analyzer && f.check != unboundedgo.Analyzer {
			found[fmt.Sprintf("%s/%s:%d: %s", f.dir, filepath.Base(f.posn.Filename), f.posn.Line, f.check.Name)] = true
		}
	}
	for _, e := range examples(t) {
		if !got[[2]string{"guide/examples/" + e.dir(), e.check}] {
			t.Errorf("%s:%d: %s reports nothing in this example", guide, e.line, e.check)
		}
	}
	want := marked(t)
	for _, at := range slices.Sorted(maps.Keys(want)) {
		if !found[at] {
			t.Errorf("%s reports nothing here", at)
		}
	}
	for _, at := range slices.Sorted(maps.Keys(found)) {
		if !want[at] && !strings.HasPrefix(at, "guide/examples/") {
			t.Errorf("%s reports what is not marked", at)
		}
	}
}

// marked returns the findings that comments in the code of the guide announce,
// as "file:line: check".
func marked(t *testing.T) map[string]bool {
	t.Helper()
	want := make(map[string]bool)
	err := fs.WalkDir(os.DirFS(testdata), "guide", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") {
			return err
		}
		for i, line := range strings.Split(read(t, filepath.Join(testdata, path)), "\n") {
			if m := finding.FindStringSubmatch(line); m != nil {
				for name := range strings.SplitSeq(m[1], ", ") {
					want[fmt.Sprintf("%s:%d: %s", path, i+1, name)] = true
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return want
}

// A guideExample is a block of Go code in docs/guide.md.
type guideExample struct {
	check string // the check that reports something in it
	code  string
	line  int
}

// dir returns the name of the directory of the example's package.
func (e guideExample) dir() string { return fmt.Sprintf("line%03d", e.line) }

// examples returns the examples of docs/guide.md. Each is to name a check.
func examples(t *testing.T) []guideExample {
	t.Helper()
	text := read(t, guide)
	var list []guideExample
	for _, m := range example.FindAllStringSubmatchIndex(text, -1) {
		line := 1 + strings.Count(text[:m[4]], "\n")
		if m[2] < 0 {
			t.Errorf("%s:%d: this example is not marked with a check", guide, line)
			continue
		}
		list = append(list, guideExample{text[m[2]:m[3]], text[m[4]:m[5]], line})
	}
	return list
}

// exampleFiles returns the examples of docs/guide.md as packages below dir,
// which is not to exist.
func exampleFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	if exists(dir) {
		t.Errorf("%s is in the way of the examples of %s", dir, guide)
	}
	files := make(map[string][]byte)
	for _, e := range examples(t) {
		files[filepath.Join(dir, e.dir(), "example.go")] = []byte(e.file())
	}
	return files
}

// imports are the packages that the examples use without importing them.
var imports = []string{
	"bytes", "context", "database/sql", "fmt", "golang.org/x/sync/errgroup", "log", "net/http", "os", "os/signal",
	"runtime", "sync", "sync/atomic", "testing", "time",
}

// file returns the file that the example is the body of.
func (e guideExample) file() string {
	build, body := "", e.code
	if strings.HasPrefix(body, "//go:build ") {
		build, body, _ = strings.Cut(body, "\n")
	}
	name := "example"
	if strings.Contains(body, "func main()") {
		name = "main"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\npackage %s\n\n", build, name)
	for _, path := range imports {
		if regexp.MustCompile(`\b` + path[strings.LastIndex(path, "/")+1:] + `\.[A-Z]`).MatchString(body) {
			fmt.Fprintf(&b, "import %q\n", path)
		}
	}
	return b.String() + body
}
