package baseline_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/baseline"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

var entries = []baseline.Entry{
	{File: "a/a.go", Check: "lockleak", Func: "T.M", Message: "m is still locked", Line: "m.Lock()"},
	{File: "a/a.go", Check: "lockleak", Func: "T.M", Message: "m is still locked", Line: "m.Lock()", Index: 1},
	{File: "a/b c.go", Check: "wgadd", Message: "odd\nmessage", Line: `x := "\t	" // tab`},
	{File: "a/b c.go", Check: "wgadd", Func: "f", Message: `\`, Line: `\\n`},
}

func TestFormat(t *testing.T) {
	t.Parallel()
	shuffled := []baseline.Entry{entries[3], entries[1], entries[0], entries[2], entries[1]}
	data := baseline.Format(shuffled)
	got, err := baseline.Parse(data)
	if err != nil || !slices.Equal(got, entries) {
		t.Errorf("read back %v, %v\nfrom\n%s", got, err, data)
	}
	const want = "a/a.go\tlockleak\tT.M\tm is still locked\tm.Lock()\na/a.go\tlockleak\tT.M\tm is still locked\tm.Lock()\t2\n"
	if !strings.Contains(string(data), want) {
		t.Errorf("got\n%s\nwant in it\n%s", data, want)
	}
	crlf := strings.ReplaceAll(string(data), "\n", "\r\n")
	if got, err := baseline.Parse([]byte(crlf + crlf)); err != nil || !slices.Equal(got, entries) {
		t.Errorf("read back %v, %v\nfrom two with CRLF", got, err)
	}
}

func TestParseMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# x\n\na.go\tlockleak\n":      "line 3: no entry of a baseline",
		"<<<<<<< HEAD\n":               "line 1: a conflict of a merge is left",
		"a\tb\tc\td\te\n=======\n":     "line 2: a conflict of a merge is left",
		"a\tb\tc\td\te\tmany\n":        `line 1: no entry of a baseline: "many"`,
		"a\tb\tc\td\te\t1\n":           `line 1: no entry of a baseline: "1"`,
		"\n{\"version\": 1}\n":         "line 2: no entry of a baseline",
		"a\tb\tc\td\te\t2\tand more\n": "line 1: no entry of a baseline",
	} {
		if _, err := baseline.Parse([]byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func id(file, line string, index int) finding.Identity {
	return finding.Identity{Check: "c", File: file, Func: "f", Message: "m", Line: line, Index: index}
}

func entry(file, line string, index int) baseline.Entry {
	return baseline.EntryOf(id(file, line, index))
}

func TestCompare(t *testing.T) {
	t.Parallel()
	scope := baseline.Scope{
		Looked: func(e baseline.Entry) bool { return !strings.HasPrefix(e.File, "far") },
		Gone:   func(e baseline.Entry) bool { return strings.HasPrefix(e.File, "gone") },
	}
	known := []baseline.Entry{
		entry("a.go", "x", 0),
		entry("a.go", "y", 0),
		entry("far.go", "z", 0),
		entry("gone.go", "x", 0),
		entry("gone.go", "x", 1),
		entry("gone.go", "w", 0),
		entry("stays.go", "v", 0),
	}
	ids := []finding.Identity{
		id("a.go", "x", 0),
		id("a.go", "x", 1), // a second one, alike: no entry, but one that moved can stand for it
		id("b.go", "x", 0),
		id("b.go", "x", 1),
		id("b.go", "v", 0), // its like is in a file that is still there
	}
	m := baseline.Compare(known, ids, scope)
	if want := []bool{true, true, true, false, false}; !slices.Equal(m.Known, want) {
		t.Errorf("known %v, want %v", m.Known, want)
	}
	if want := []baseline.Entry{entry("a.go", "y", 0), entry("gone.go", "w", 0), entry("stays.go", "v", 0)}; !reflect.DeepEqual(m.Stale, want) {
		t.Errorf("stale %v, want %v", m.Stale, want)
	}
	if want := []baseline.Entry{entry("a.go", "x", 0), entry("far.go", "z", 0), entry("a.go", "x", 1), entry("b.go", "x", 0)}; !reflect.DeepEqual(m.Kept, want) {
		t.Errorf("kept %v, want %v", m.Kept, want)
	}
	updated := string(baseline.Format(baseline.Update(known, ids, scope)))
	want := string(baseline.Format([]baseline.Entry{
		entry("a.go", "x", 0), entry("a.go", "x", 1), entry("b.go", "x", 0), entry("b.go", "x", 1), entry("b.go", "v", 0), entry("far.go", "z", 0),
	}))
	if updated != want {
		t.Errorf("updated\n%s\nwant\n%s", updated, want)
	}
}
