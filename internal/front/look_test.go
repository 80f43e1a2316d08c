package front

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/passes"
)

// printed returns what is printed of a finding in a directory with two files.
func printed(t *testing.T, style look, context int, f finding.Finding) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{
		"a.go": "package a\n\nfunc f() {\n\tmu.Lock()\n\tx()\n\ty()\n\tz()\n\tmu.Lock()\n}\n\nvar mu M\n",
		"b.go": "package a\n\nfunc g() {\n\tgo f()\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	p := newPrinter(&b, finding.NewFiles(dir), dir, context, style)
	p.urls["doublelock"] = "https://example.com/doublelock"
	if err := p.print([]finding.Finding{f}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// at returns a note from a column of a line on, so many characters long.
func at(file string, line, col, length int, message string) finding.Note {
	return finding.Note{
		Pos:     finding.Position{File: file, Line: line, Col: col},
		End:     finding.Position{File: file, Line: line, Col: col + length},
		Message: message,
	}
}

// doublelock returns a finding at the second lock of a.go.
func doublelock(related ...finding.Note) finding.Finding {
	n := at("a.go", 8, 2, 9, "")
	return finding.Finding{Check: "doublelock", Pos: n.Pos, End: n.End, Message: "mu is locked again", Related: related}
}

func TestFrame(t *testing.T) {
	first := at("a.go", 4, 2, 9, "mu is locked here")
	for name, test := range map[string]struct {
		context int
		finding finding.Finding
		want    string
	}{
		"alone": {-1, doublelock(), `a.go:8:2: mu is locked again (doublelock)
    8 | 	mu.Lock()
      | 	^~~~~~~~~
`},
		"one before": {-1, doublelock(first), `a.go:8:2: mu is locked again (doublelock)
    4 | 	mu.Lock()
      | 	--------- 1: mu is locked here
  ...
    8 | 	mu.Lock()
      | 	^~~~~~~~~ 2
`},
		"two files": {-1, doublelock(at("b.go", 4, 2, 6, "the goroutine starts here"), first, at("a.go", 11, 5, 2, "the mutex")), `a.go:8:2: mu is locked again (doublelock)
   --> a.go:8:2
    4 | 	mu.Lock()
      | 	--------- 3: mu is locked here
  ...
    8 | 	mu.Lock()
      | 	^~~~~~~~~ 1
  ...
   11 | var mu M
      |     -- 4: the mutex
   --> b.go:4:2
    4 | 	go f()
      | 	------ 2: the goroutine starts here
`},
		"context": {1, doublelock(first), `a.go:8:2: mu is locked again (doublelock)
    3 | func f() {
    4 | 	mu.Lock()
      | 	--------- 1: mu is locked here
    5 | 	x()
    6 | 	y()
    7 | 	z()
    8 | 	mu.Lock()
      | 	^~~~~~~~~ 2
    9 | }
`},
		"same line": {-1, doublelock(at("a.go", 8, 5, 4, "the method")), `a.go:8:2: mu is locked again (doublelock)
    8 | 	mu.Lock()
      | 	^~~~~~~~~ 1
      | 	   ---- 2: the method
`},
		"unreadable": {-1, doublelock(at("c.go", 8, 5, 4, "gone"), at("a.go", 80, 1, 1, "beyond")), `a.go:8:2: mu is locked again (doublelock)
   --> a.go:8:2
    8 | 	mu.Lock()
      | 	^~~~~~~~~ 1
	a.go:80:1: 3: beyond
   --> c.go:8:5
	c.go:8:5: 2: gone
`},
	} {
		if got := printed(t, look{terminal: true}, test.context, test.finding); got != test.want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got, test.want)
		}
	}
}

// TestPlain holds what is no terminal free of all dress.
func TestPlain(t *testing.T) {
	const want = "a.go:8:2: mu is locked again (doublelock)\n\tb.go:4:2: the goroutine starts here\n"
	f := doublelock(at("b.go", 4, 2, 6, "the goroutine starts here"))
	if got := printed(t, look{}, -1, f); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestLink(t *testing.T) {
	const link = "\x1b]8;;https://example.com/doublelock\x1b\\(doublelock)\x1b]8;;\x1b\\\n"
	if got := printed(t, look{terminal: true, links: true}, -1, doublelock()); !strings.Contains(got, link) {
		t.Errorf("no link in %q", got)
	}
	if got := printed(t, look{terminal: true, colour: true}, -1, doublelock()); strings.Contains(got, "\x1b]8") {
		t.Errorf("a link in %q", got)
	}
}

func TestStyle(t *testing.T) {
	for _, test := range []struct {
		terminal        bool
		force, no, term string
		want            look
	}{
		{false, "", "", "xterm", look{}},
		{false, "0", "", "xterm", look{}},
		{false, "1", "", "xterm", look{terminal: true, colour: true}},
		{false, "1", "1", "xterm", look{terminal: true}},
		{true, "", "", "xterm", look{terminal: true, colour: true, links: true}},
		{true, "", "1", "xterm", look{terminal: true, links: true}},
		{true, "", "", "dumb", look{terminal: true}},
		{true, "1", "", "dumb", look{terminal: true, colour: true}},
	} {
		t.Setenv("CLICOLOR_FORCE", test.force)
		t.Setenv("NO_COLOR", test.no)
		t.Setenv("TERM", test.term)
		if got := styleFor(test.terminal); got != test.want {
			t.Errorf("%+v: got %+v", test, got)
		}
	}
	if styleOf(new(bytes.Buffer)).links {
		t.Error("what is no terminal gets links")
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	if p.shows {
		t.Error("what is no terminal is shown the progress")
	}
	c := &counter{progress: p}
	p.show(900 * time.Millisecond)
	for _, part := range []string{"# m\n{}\n{\n\t\"m\": {\n", "\t\t\"x\": [{}]\n\t}\n", "}\n", "{", "}\n"} {
		if n, err := c.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("wrote %d bytes of %d: %v", n, len(part), err)
		}
	}
	if b.Len() > 0 {
		t.Errorf("before a second has passed: %q", b.String())
	}
	p.show(1100 * time.Millisecond)
	p.show(1300 * time.Millisecond)
	p.Write([]byte("go: downloading\n"))
	p.show(2 * time.Second)
	p.stop()
	const want = "3 packages done, 1s\r\x1b[Kgo: downloading\n3 packages done, 2s\r\x1b[K"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestClosing(t *testing.T) {
	suite := &Suite{Checks: passes.Checks}
	if got := suite.closing(nil, 1240*time.Millisecond); got != "no findings, 1.2s" {
		t.Errorf("got %q", got)
	}
	findings := []identified{
		{Finding: finding.Finding{Check: "wgadd", Package: "a"}},
		{Finding: finding.Finding{Check: "ctxfield", Package: "a"}},
		{Finding: finding.Finding{Check: "lockleak", Package: "b"}},
	}
	if got, want := suite.closing(findings, time.Second), "3 findings in 2 packages: 2 correctness, 1 suspicious; 1.0s"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
