package front

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A printer writes findings as text.
type printer struct {
	w        *bufio.Writer
	dir      string            // paths are relative to it
	context  int               // lines of context; -1 for none
	terminal bool              // show the source line, with a caret
	colour   bool              // use ANSI escape sequences
	names    map[string]string // short paths
	files    *finding.Files
}

// newPrinter returns a printer for w.
func newPrinter(w io.Writer, dir string, context int) *printer {
	terminal, colour := style(w)
	return &printer{
		w: bufio.NewWriter(w), dir: dir, context: context,
		terminal: terminal, colour: colour,
		names: make(map[string]string), files: finding.NewFiles(dir),
	}
}

// style reports whether to write for a person at a terminal, and whether in
// colour. NO_COLOR and TERM=dumb forbid colour; CLICOLOR_FORCE makes what is
// no terminal count as one.
func style(w io.Writer) (terminal, colour bool) {
	file, ok := w.(*os.File)
	terminal = ok && term.IsTerminal(int(file.Fd()))
	if force := os.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		terminal, colour = true, true
	} else {
		colour = terminal && os.Getenv("TERM") != "dumb"
	}
	if os.Getenv("NO_COLOR") != "" {
		colour = false
	}
	return terminal, colour
}

// ANSI escape sequences.
const (
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[33m"
	plain  = "\x1b[0m"
)

// print writes the findings.
func (p *printer) print(findings []finding.Finding) {
	for _, f := range findings {
		fmt.Fprintf(p.w, "%s: %s %s\n", p.paint(bold, p.posn(f.Pos)), f.Message, p.paint(yellow, "("+f.Check+")"))
		p.excerpt("", f.Pos, f.End)
		for _, n := range f.Related {
			fmt.Fprintf(p.w, "\t%s: %s\n", p.paint(bold, p.posn(n.Pos)), n.Message)
			p.excerpt("\t", n.Pos, n.End)
		}
	}
	p.w.Flush()
}

// paint returns the text in a colour, if there is colour.
func (p *printer) paint(colour, text string) string {
	if !p.colour {
		return text
	}
	return colour + text + plain
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

// excerpt writes the source at a position: on a terminal the first line with
// a caret, and everywhere the lines of context asked for.
func (p *printer) excerpt(indent string, pos, end finding.Position) {
	if pos.Line == 0 || !p.terminal && p.context < 0 {
		return
	}
	context := max(p.context, 0)
	last := pos.Line
	if !p.terminal && end.File == pos.File {
		last = max(end.Line, last)
	}
	lines := p.files.Lines(pos.File)
	for n := max(pos.Line-context, 1); n <= min(last+context, len(lines)); n++ {
		line := lines[n-1]
		if !p.terminal {
			fmt.Fprintf(p.w, "%d\t%s\n", n, line)
			continue
		}
		gutter := fmt.Sprintf("%s%5d | ", indent, n)
		fmt.Fprintf(p.w, "%s%s\n", p.paint(faint, gutter), line)
		if n == pos.Line && pos.Col > 0 && pos.Col <= len(line)+1 {
			gutter = fmt.Sprintf("%s%5s | ", indent, "")
			fmt.Fprintf(p.w, "%s%s\n", p.paint(faint, gutter), blank(line[:pos.Col-1])+p.paint(red, caret(line, pos, end)))
		}
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

// caret returns the mark below the source from pos to end.
func caret(line string, pos, end finding.Position) string {
	rest := line[pos.Col-1:]
	switch {
	case end.File != pos.File || end.Line < pos.Line:
		rest = ""
	case end.Line == pos.Line && end.Col > pos.Col && end.Col-1 <= len(line):
		rest = line[pos.Col-1 : end.Col-1]
	case end.Line == pos.Line:
		rest = ""
	}
	width := max(len([]rune(rest))-1, 0)
	return "^" + strings.Repeat("~", width)
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
