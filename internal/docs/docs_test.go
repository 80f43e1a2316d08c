package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const example = `// Package lockleak defines an analyzer that reports mutexes left locked.
//
// # Analyzer lockleak
//
// lockleak: report mutexes still locked when a function returns
//
// A mutex locked by a function must be unlocked on every path out of it, or
// the next call to Lock blocks forever.
//
// For example:
//
//	mu.Lock()
//	if err != nil {
//		return err // mu is still locked at this return
//	}
//
// The correct code unlocks in a defer statement:
//
//	mu.Lock()
//	defer mu.Unlock()
//
// The analyzer does not report a mutex stored in a map. To leave a mutex
// locked on purpose, return the function that unlocks it.
//
// # Something else
//
// Words.
package lockleak
`

func TestExtract(t *testing.T) {
	doc := MustExtract(example, "lockleak")
	if !strings.HasPrefix(doc, "report mutexes still") || !strings.HasSuffix(doc, "unlocks it.") {
		t.Errorf("wrong section: %s", doc)
	}
	for _, name := range []string{"lock", "lockleaks"} {
		if _, err := Extract(example, name); err == nil {
			t.Errorf("Extract finds a section for %s", name)
		}
	}
	if _, err := Extract(strings.Replace(example, "lockleak: report", "report", 1), "lockleak"); err == nil {
		t.Error("Extract accepts a section that does not begin with the name")
	}
}

func TestParse(t *testing.T) {
	p, err := Parse(MustExtract(example, "lockleak"))
	if err != nil {
		t.Fatal(err)
	}
	for part, want := range map[string]string{
		p.Summary: "report mutexes still locked when a function returns",
		p.Bad:     "```go\nmu.Lock()\nif err != nil {\n\treturn err // mu is still locked at this return\n}\n```",
		p.Good:    "The correct code unlocks in a defer statement:\n\n```go\nmu.Lock()\ndefer mu.Unlock()\n```",
	} {
		if part != want {
			t.Errorf("got %q, want %q", part, want)
		}
	}
	if !strings.HasPrefix(p.Why, "A mutex") || !strings.HasPrefix(p.Limits, "The analyzer does not") {
		t.Errorf("wrong parts: %+v", p)
	}
}

func TestParseIncomplete(t *testing.T) {
	doc := MustExtract(example, "lockleak")
	for _, part := range []string{
		"A mutex locked by a function must be unlocked on every path out of it, or\nthe next call to Lock blocks forever.\n\n",
		"For example:", "The correct code", "does not report", "\tmu.Lock()\n\tdefer mu.Unlock()\n",
	} {
		if _, err := Parse(strings.Replace(doc, part, "", 1)); err == nil {
			t.Errorf("Parse accepts a documentation without %q", part)
		}
	}
}

// TestFiles checks that what is written is then current, and that the page
// of a check which is gone is removed.
func TestFiles(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "docs"), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"README.md":        "before\n" + tableBegin + "old\n" + tableEnd + "after\n",
		"docs/gone.md":     pageHeader,
		"docs/by-hand.md":  "# By hand\n",
		"docs/lockleak.md": "old",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	rows := []Row{{Name: "lockleak", Doc: MustExtract(example, "lockleak"), Group: "correctness", Status: "preview", Since: "v0.1.0"}}
	borrowed := []Row{{Name: "copylocks", Doc: "check for locks erroneously passed by value"}}
	files, err := Files(root, rows, borrowed)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(Outdated(root, files), " "); got != "README.md docs/gone.md docs/lockleak.md passes/badignore/names.go" {
		t.Errorf("outdated: %s", got)
	}
	if err := Write(root, files); err != nil {
		t.Fatal(err)
	}
	files, err = Files(root, rows, borrowed)
	if err != nil {
		t.Fatal(err)
	}
	if paths := Outdated(root, files); len(paths) > 0 {
		t.Errorf("outdated after Write: %v", paths)
	}
	if names := string(files["passes/badignore/names.go"]); !strings.Contains(names, `"copylocks"`) || files["docs/copylocks.md"] != nil {
		t.Errorf("what is borrowed is not known to badignore, or has a page:\n%s", names)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	const row = "| [`lockleak`](docs/lockleak.md) | mutexes still locked when a function returns | correctness | preview | off |"
	if !strings.Contains(string(readme), row) {
		t.Errorf("README.md lacks the row %s:\n%s", row, readme)
	}
}
