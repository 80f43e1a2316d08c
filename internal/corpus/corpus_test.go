package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newCorpus returns a corpus of one module, whose only file has that text.
func newCorpus(t *testing.T, text string) (*corpus, string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "server.go")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return &corpus{modules: []module{{path: "example.com/m/v2", dir: dir}}, sameGo: true}, file
}

func TestDecode(t *testing.T) {
	c, file := newCorpus(t, "package m\n\n\tmu.Lock()\n")
	json := strings.ReplaceAll(`
{"example.com/m/v2": {"lockleak": [
	{"posn": "FILE:3:2", "message": "mu is still locked", "related": [{"posn": "FILE:1:1", "message": "here"}]}]}}
{"example.com/m/v2 [example.com/m/v2.test]": {"lockleak": [
	{"posn": "FILE:3:2", "message": "mu is still locked"}]}}
{}
`, "FILE", file)
	r, err := decode(c, strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.findings) != 1 || r.failure() != nil {
		t.Fatalf("%d findings, want the one of both variants; %v", len(r.findings), r.failure())
	}
	if f := r.findings[0]; f.module != "example.com/m/v2" || f.file != "server.go" || f.line != 3 || f.code != "mu.Lock()" {
		t.Errorf("placed wrongly: %+v", f)
	}
}

func TestDecodeErrors(t *testing.T) {
	c, _ := newCorpus(t, "package m\n")
	for _, json := range []string{
		`{"p": {"lockleak": {"error": "it failed"}}}`,
		`{"p": {"lockleak": [{"posn": "/elsewhere/x.go:1:1", "message": "m"}]}}`,
		`{"p": `,
	} {
		if r, err := decode(c, strings.NewReader(json)); err == nil && r.failure() == nil {
			t.Errorf("no error from %s", json)
		}
	}
}

const golden = `# a comment

example.com/m a.go:12:3
	mu.Lock()
	mu is still locked at the return on line 14
	true: the error path returns

example.com/m b.go:7:1
	mu.Lock()
	mu is still locked
	unlabelled
`

func TestGoldenRoundTrip(t *testing.T) {
	known, err := parseGolden("lockleak", golden)
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(golden, "\n")
	_, got, _ := strings.Cut(formatGolden("lockleak", known), "\n\n")
	if "\n"+got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestGoldenErrors(t *testing.T) {
	for _, text := range []string{
		"example.com/m a.go:1:1\n\tcode\n",
		"example.com/m\n\tcode\n\tsays\n\ttrue: why\n",
		"example.com/m a.go:1:1\n\tcode\nsays\n\ttrue: why\n",
		"example.com/m a.go:1:1\n\tcode\n\tsays\n\ttrue\n",
		"example.com/m a.go:1:1\n\tcode\n\tsays\n\tmaybe: why\n",
	} {
		if _, err := parseGolden("lockleak", text); err == nil {
			t.Errorf("no error from %q", text)
		}
	}
}

func TestCompare(t *testing.T) {
	at := func(line int, code, says string) *finding {
		return &finding{check: "x", module: "m", file: "a.go", line: line, code: code, says: says, label: labelUnlabelled}
	}
	known := []*finding{
		at(1, "one()", "one at line 1"), at(2, "two()", "two"), at(3, "three()", "three"), at(4, "four()", "four"),
		{check: "x", module: "other", file: "b.go", line: 1},
	}
	for _, f := range known {
		f.label, f.reason = labelTrue, "known"
	}
	found := []*finding{
		at(11, "one()", "one at line 11"), // moved
		at(12, "two()", "two, reworded"),  // changed: its words
		at(3, "drei()", "three, too"),     // changed: its line
		at(5, "five()", "five"),           // added; four is gone
	}
	d := compare(&corpus{modules: []module{{path: "m"}}}, known, found)
	if d.moved != 1 || len(d.changed) != 2 || len(d.added) != 1 || len(d.gone) != 1 || len(d.kept) != 1 {
		t.Errorf("moved %d, changed %d, added %d, gone %d, kept %d",
			d.moved, len(d.changed), len(d.added), len(d.gone), len(d.kept))
	}
	for _, f := range found[:3] {
		if f.label != labelTrue {
			t.Errorf("%s lost its label", f.code)
		}
	}
}

func TestMark(t *testing.T) {
	known, err := parseGolden("lockleak", golden)
	if err != nil {
		t.Fatal(err)
	}
	if err := markLine(known, "lockleak example.com/m/b.go:7:1 false the caller unlocks it"); err != nil {
		t.Fatal(err)
	}
	if known[1].label != labelFalse || known[1].reason != "the caller unlocks it" {
		t.Errorf("marked %s: %s", known[1].label, known[1].reason)
	}
	for _, line := range []string{
		"lockleak b.go:8 true no such line", "lockleak b.go:7 true", "lockleak b.go:7 maybe so",
	} {
		if err := markLine(known, line); err == nil {
			t.Errorf("no error from %q", line)
		}
	}
}

func TestTally(t *testing.T) {
	for _, test := range []struct {
		tally     tally
		precision string
		trusted   bool
	}{
		{tally{}, "-", true},
		{tally{labelTrue: 5}, "100.0%", true},
		{tally{labelTrue: 18, labelFalse: 1}, "94.7%", false},
		{tally{labelTrue: 19, labelFalse: 1, labelBenign: 3}, "95.0%", true},
		{tally{labelTrue: 5, labelUnlabelled: 1}, "100.0%", false},
	} {
		if got := test.tally.precision(); got != test.precision {
			t.Errorf("precision of %v is %s, want %s", test.tally, got, test.precision)
		}
		if got := test.tally.trusted(); got != test.trusted {
			t.Errorf("%v trusted: %t", test.tally, got)
		}
	}
}

func TestModules(t *testing.T) {
	m := module{path: "example.com/m", without: []string{"internal/x"}}
	for pkg, want := range map[string]bool{
		"example.com/m": true, "example.com/m/internal/xy": true,
		"example.com/m/internal/x": false, "example.com/m/internal/x/y": false,
	} {
		if m.has(pkg) != want {
			t.Errorf("has(%s) = %t", pkg, !want)
		}
	}
	for name, want := range map[string]bool{"example.com/m/v2": true, "m": true, "v2": true, "example": false} {
		if matches("example.com/m/v2", name) != want {
			t.Errorf("matches(%s) = %t", name, !want)
		}
	}
}

func TestWantsLabel(t *testing.T) {
	for _, test := range []struct {
		finding finding
		want    bool
	}{
		{finding{check: "lockleak", label: labelUnlabelled}, true},
		{finding{check: "lockleak", label: labelBenign}, false},
		{finding{check: "lockedio", label: labelUnlabelled}, false}, // a policy
		{finding{check: "removed", label: labelUnlabelled}, true},
	} {
		if got := test.finding.wantsLabel(); got != test.want {
			t.Errorf("%s %s: got %v", test.finding.check, test.finding.label, got)
		}
	}
}
