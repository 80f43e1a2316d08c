// Package edits applies the edits of fixes to source text.
//
// Edits leave it to gofmt to lay out what they put in. So a text that is formatted is
// formatted again after they were made, and no other one is: what its author has laid
// out otherwise stays as it is. Lines end as those of the text end.
package edits

import (
	"bytes"
	"cmp"
	"go/format"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// Merge returns the edits of one file, whose content is data, as one edit, and whether
// they fit together and into the file.
func Merge(data []byte, list []finding.Edit) (whole finding.Edit, ok bool) {
	if len(list) == 0 {
		return whole, false
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, compare)
	first := list[0]
	whole = finding.Edit{File: first.File, Start: first.Start, End: first.Start}
	for _, e := range list {
		if e.File != first.File || e.Start < max(whole.End, 0) || e.End < e.Start || e.End > len(data) {
			return whole, false
		}
		whole.New += string(data[whole.End:e.Start]) + e.New
		whole.End = e.End
	}
	if hasCRLF(data) {
		whole.New = string(toCRLF([]byte(whole.New)))
	}
	return whole, true
}

// compare orders edits by where they begin, what is put in before what is replaced.
func compare(a, b finding.Edit) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}

// Apply returns the text after an edit that fits into it, and whether it was formatted.
func Apply(data []byte, e finding.Edit) (after []byte, formatted bool) {
	return Format(data, slices.Concat(data[:e.Start], []byte(e.New), data[e.End:]))
}

// Format returns the text, formatted if before is, of which it was made, and whether
// that is so. What is no Go code, and what cannot be parsed, is left as it is.
func Format(before, after []byte) (_ []byte, formatted bool) {
	crlf := hasCRLF(before)
	if crlf {
		before, after = toLF(before), toLF(after)
	}
	restore := func(text []byte) []byte {
		if crlf {
			return toCRLF(text)
		}
		return text
	}
	if same, err := format.Source(before); err != nil || !bytes.Equal(same, before) {
		return restore(after), false
	}
	text, err := format.Source(after)
	if err != nil {
		return restore(after), false
	}
	return restore(text), true
}

// hasCRLF reports whether all lines of a text end with a carriage return and a line
// feed. A text that has both kinds of ends is kept as it is.
func hasCRLF(text []byte) bool {
	n := bytes.Count(text, []byte("\n"))
	return n > 0 && n == bytes.Count(text, []byte("\r\n"))
}

func toLF(text []byte) []byte { return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")) }

func toCRLF(text []byte) []byte {
	return bytes.ReplaceAll(toLF(text), []byte("\n"), []byte("\r\n"))
}

// A Set is a set of edits in files that fit together. The zero value is empty.
type Set struct {
	files map[string][]finding.Edit
}

// With returns the set with the edits of a fix, and whether they fit into it: none
// overlaps with another one, and no two put in something at one place, where either
// order could be meant. An edit that is in the set already is taken for the same one.
func (s Set) With(fix finding.Fix) (_ Set, ok bool) {
	files := make(map[string][]finding.Edit, len(s.files)+1)
	for name, list := range s.files {
		files[name] = slices.Clip(list)
	}
	for _, e := range fix.Edits {
		if slices.Contains(s.files[e.File], e) {
			continue
		}
		if slices.ContainsFunc(files[e.File], func(other finding.Edit) bool { return conflict(e, other) }) {
			return s, false
		}
		files[e.File] = append(files[e.File], e)
	}
	return Set{files}, true
}

// conflict reports whether two edits of one file exclude each other.
func conflict(a, b finding.Edit) bool {
	if a.Start == a.End && b.Start == b.End {
		return a.Start == b.Start
	}
	return a.Start < b.End && b.Start < a.End
}

// Files returns the names of the files that the set edits, sorted.
func (s Set) Files() []string {
	var names []string
	for name := range s.files {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}

// Edits returns the edits of a file.
func (s Set) Edits(file string) []finding.Edit { return s.files[file] }
