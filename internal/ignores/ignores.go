// Package ignores writes ignore directives into source.
package ignores

import (
	"bytes"
	"cmp"
	"errors"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// A Mark is a place in a file at which a check is to be silenced. Line and column
// count from 1, the column in bytes.
type Mark struct {
	Line, Col int
	Check     string
}

// CheckReason reports what is wrong with a reason for ignoring something.
func CheckReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("a reason is needed")
	case strings.ContainsAny(reason, "\r\n"):
		return errors.New("the reason must be one line")
	case strings.Contains(" "+reason, " //"):
		return errors.New("the reason must not have a word that begins with //, for a remark begins so")
	}
	return nil
}

// Add returns the source of a file with a directive above the statement, declaration
// or field of each mark, and for each mark why there is none, empty if there is one.
//
// The directive is put above the innermost statement around a mark above whose first
// line it silences the check there. Marks at one line share a directive. A file that
// was formatted stays so.
func Add(src []byte, marks []Mark, reason string) (out []byte, left []string) {
	left = make([]string, len(marks))
	f, why := open(src)
	if why != "" {
		for i := range left {
			left[i] = why
		}
		return src, left
	}
	checks := make(map[int]map[string]bool) // by the line above which they are ignored
	for i, m := range marks {
		line, why := f.place(m, reason)
		if left[i] = why; why != "" {
			continue
		}
		if checks[line] == nil {
			checks[line] = make(map[string]bool)
		}
		checks[line][m.Check] = true
	}
	out = src
	for _, line := range slices.Backward(slices.Sorted(maps.Keys(checks))) {
		names := slices.Sorted(maps.Keys(checks[line]))
		out = f.insert(out, line, report.Directive(strings.Join(names, ","), reason))
	}
	if formatted, err := format.Source(src); err == nil && bytes.Equal(formatted, src) {
		if formatted, err := format.Source(out); err == nil {
			out = formatted
		}
	}
	return out, left
}

// A file is the source that directives are added to.
type file struct {
	src    []byte
	fset   *token.FileSet
	syntax *ast.File
	tok    *token.File
}

// open parses the source. It returns why directives cannot be added.
func open(src []byte) (f *file, why string) {
	f = &file{src: src, fset: token.NewFileSet()}
	syntax, err := parser.ParseFile(f.fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, "the file cannot be parsed"
	}
	if ast.IsGenerated(syntax) {
		return nil, "the file is generated"
	}
	f.syntax, f.tok = syntax, f.fset.File(syntax.FileStart)
	return f, ""
}

// pos returns the position of a mark.
func (f *file) pos(m Mark) (_ token.Pos, why string) {
	if m.Line < 1 || m.Line > f.tok.LineCount() {
		return token.NoPos, "the file has no such line"
	}
	start := f.tok.LineStart(m.Line)
	end := token.Pos(f.tok.Base() + f.tok.Size())
	if m.Line < f.tok.LineCount() {
		end = f.tok.LineStart(m.Line+1) - 1
	}
	pos := min(start+token.Pos(max(m.Col-1, 0)), end)
	if f.fset.Position(pos).Line != m.Line {
		return token.NoPos, "a line directive stands above it"
	}
	return pos, ""
}

// place returns the line above which a directive silences a mark.
func (f *file) place(m Mark, reason string) (line int, why string) {
	pos, why := f.pos(m)
	if why != "" {
		return 0, why
	}
	for _, line := range f.candidates(pos) {
		if f.silences(m, line, reason) {
			return line, ""
		}
	}
	return 0, "there is no place for a directive"
}

// candidates returns the first lines of the statements, declarations, parts of
// declarations and fields around a position, from the innermost outwards.
func (f *file) candidates(pos token.Pos) []int {
	var around []ast.Node
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() < pos {
			return false
		}
		switch n.(type) {
		case *ast.BlockStmt, *ast.EmptyStmt:
		case ast.Stmt, ast.Decl, ast.Spec, *ast.Field:
			around = append(around, n)
		}
		return true
	})
	slices.SortStableFunc(around, func(a, b ast.Node) int { return cmp.Compare(a.End()-a.Pos(), b.End()-b.Pos()) })
	var lines []int
	for _, n := range around {
		if line := f.tok.Line(n.Pos()); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return append(lines, f.tok.Line(pos))
}

// silences reports whether a directive above a line silences a mark.
func (f *file) silences(m Mark, line int, reason string) bool {
	changed, why := open(f.insert(f.src, line, report.Directive(m.Check, reason)))
	if why != "" || changed.tok.LineCount() != f.tok.LineCount()+1 {
		return false
	}
	m.Line++
	pos, why := changed.pos(m)
	return why == "" && report.Silences(changed.fset, changed.syntax, pos, m.Check)
}

// insert returns the source with a line above the given one, indented and ended as
// that is. The source may have other lines below than the file.
func (f *file) insert(src []byte, line int, text string) []byte {
	start := f.tok.Offset(f.tok.LineStart(line))
	rest := src[start:]
	indent := rest[:len(rest)-len(bytes.TrimLeft(rest, " \t"))]
	end := "\n"
	if first, _, ok := bytes.Cut(rest, []byte("\n")); ok && bytes.HasSuffix(first, []byte("\r")) {
		end = "\r\n"
	}
	return slices.Concat(src[:start], indent, []byte(text+end), rest)
}
