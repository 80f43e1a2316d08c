package format

import (
	"bytes"
	"unicode/utf8"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A span is a part of a file. Columns count from 1, in what is said by who makes it;
// the end is not included. A column is 0 if it is not known.
type span struct {
	startLine, startCol int
	endLine, endCol     int
}

// spanOf returns the span from pos to end, in bytes. An end that is not after pos is
// taken for none: then the span is that of one character.
func (r *Report) spanOf(pos, end finding.Position) span {
	s := span{startLine: pos.Line, startCol: pos.Col, endLine: pos.Line, endCol: pos.Col}
	if pos.Col == 0 {
		return s
	}
	if end.File == pos.File && end.Col > 0 && (end.Line > pos.Line || end.Line == pos.Line && end.Col > pos.Col) {
		s.endLine, s.endCol = end.Line, end.Col
		return s
	}
	_, width := utf8.DecodeRuneInString(tail(r.Files.Line(pos), pos.Col))
	s.endCol += max(width, 1)
	return s
}

// oneLine returns the part of a span in its first line.
func (r *Report) oneLine(file string, s span) span {
	if s.endLine > s.startLine {
		s.endLine = s.startLine
		s.endCol = max(len(r.line(file, s.startLine)), s.startCol) + 1
	}
	return s
}

// utf16 returns the span with columns in UTF-16 code units.
func (r *Report) utf16(file string, s span) span {
	s.startCol = utf16Col(r.line(file, s.startLine), s.startCol)
	s.endCol = utf16Col(r.line(file, s.endLine), s.endCol)
	return s
}

// line returns a line of a file.
func (r *Report) line(file string, line int) string {
	return r.Files.Line(finding.Position{File: file, Line: line})
}

// utf16Col turns a column in bytes into one in UTF-16 code units. What the line does
// not have counts as it is.
func utf16Col(line string, col int) int {
	if col <= 1 {
		return col
	}
	head := line[:min(col-1, len(line))]
	n := col - len(head) // 1, if the line is long enough
	for _, c := range head {
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return n
}

// tail returns the line from a column on.
func tail(line string, col int) string {
	if col < 1 || col > len(line) {
		return ""
	}
	return line[col-1:]
}

// editSpan returns the span that an edit replaces, in bytes, and whether the file has
// it.
func (r *Report) editSpan(e finding.Edit) (span, bool) {
	data := r.Files.Data(e.File)
	if e.Start < 0 || e.Start > e.End || e.End > len(data) {
		return span{}, false
	}
	var s span
	s.startLine, s.startCol = place(data, e.Start)
	s.endLine, s.endCol = place(data, e.End)
	return s, true
}

// place returns the line and the column of an offset.
func place(data []byte, offset int) (line, col int) {
	head := data[:offset]
	return bytes.Count(head, []byte("\n")) + 1, offset - (bytes.LastIndexByte(head, '\n') + 1) + 1
}
