package front

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A printer writes findings as text.
type printer struct {
	look
	w       *bufio.Writer
	dir     string            // paths are relative to it
	context int               // lines of context; -1 for none
	names   map[string]string // short paths
	urls    map[string]string // where the checks are documented
	files   *finding.Files
}

// newPrinter returns a printer for w.
func newPrinter(w io.Writer, files *finding.Files, dir string, context int, style look) *printer {
	return &printer{
		look: style, w: bufio.NewWriter(w), dir: dir, context: context,
		names: make(map[string]string), urls: make(map[string]string), files: files,
	}
}

// print writes the findings.
func (p *printer) print(findings []finding.Finding) error {
	for i, f := range findings {
		if p.terminal && i > 0 {
			fmt.Fprintln(p.w)
		}
		check := p.link(p.urls[f.Check], p.paint(yellow, "("+f.Check+")"))
		fmt.Fprintf(p.w, "%s: %s %s\n", p.paint(bold, p.posn(f.Pos)), f.Message, check)
		if p.terminal {
			p.frame(f)
			continue
		}
		p.excerpt(f.Pos, f.End)
		for _, n := range f.Related {
			fmt.Fprintf(p.w, "\t%s: %s\n", p.posn(n.Pos), n.Message)
			p.excerpt(n.Pos, n.End)
		}
	}
	return p.w.Flush()
}

// posn returns the position as text.
func (p *printer) posn(pos finding.Position) string {
	short, ok := p.names[pos.File]
	if !ok {
		short = shortPath(p.dir, pos.File)
		p.names[pos.File] = short
	}
	switch {
	case pos.Line == 0:
		return short
	case pos.Col == 0:
		return short + ":" + strconv.Itoa(pos.Line)
	}
	return fmt.Sprintf("%s:%d:%d", short, pos.Line, pos.Col)
}

// excerpt writes the source from pos to end, with the lines of context asked for.
func (p *printer) excerpt(pos, end finding.Position) {
	if pos.Line == 0 || p.context < 0 {
		return
	}
	last := pos.Line
	if end.File == pos.File {
		last = max(end.Line, last)
	}
	lines := p.files.Lines(pos.File)
	for n := max(pos.Line-p.context, 1); n <= min(last+p.context, len(lines)); n++ {
		fmt.Fprintf(p.w, "%d\t%s\n", n, lines[n-1])
	}
}

// blank returns white space as wide as the text.
func blank(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, text)
}

// underline returns the mark below the source from pos to end: first below its first
// character, and rest below each of the others.
func underline(line string, pos, end finding.Position, first, rest string) string {
	text := line[pos.Col-1:]
	switch {
	case end.File != pos.File || end.Line < pos.Line:
		text = ""
	case end.Line == pos.Line && end.Col > pos.Col && end.Col-1 <= len(line):
		text = line[pos.Col-1 : end.Col-1]
	case end.Line == pos.Line:
		text = ""
	}
	return first + strings.Repeat(rest, max(len([]rune(text))-1, 0))
}

// shortPath returns the path relative to dir if that is shorter and names the
// same file, as the go command does.
func shortPath(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || len(rel) >= len(path) {
		return path
	}
	a, errA := os.Stat(path)
	b, errB := os.Stat(filepath.Join(dir, rel))
	if errA != nil || errB != nil {
		if os.IsNotExist(errA) && os.IsNotExist(errB) {
			return rel
		}
		return path
	}
	if !os.SameFile(a, b) {
		return path
	}
	return rel
}

// slashed returns the path as it is written in patches.
func slashed(path string) string { return strings.TrimPrefix(filepath.ToSlash(path), "/") }
