package format

import (
	"bytes"
	"cmp"
	goformat "go/format"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// merged returns the edits of one file as one edit, and whether they fit together and
// into the file. Edits leave it to gofmt to indent what they put in: of a file that is
// formatted, the one edit replaces whole lines by formatted ones.
func (r *Report) merged(edits []finding.Edit) (whole finding.Edit, ok bool) {
	if len(edits) == 0 {
		return whole, false
	}
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b finding.Edit) int { return cmp.Compare(a.Start, b.Start) })
	first := edits[0]
	data := r.Files.Data(first.File)
	whole = finding.Edit{File: first.File, Start: first.Start, End: first.Start}
	for _, e := range edits {
		if e.File != first.File || e.Start < max(whole.End, 0) || e.End < e.Start || e.End > len(data) {
			return whole, false
		}
		whole.New += string(data[whole.End:e.Start]) + e.New
		whole.End = e.End
	}
	if before, err := goformat.Source(data); err != nil || !bytes.Equal(before, data) {
		return whole, true
	}
	after, err := goformat.Source(slices.Concat(data[:whole.Start], []byte(whole.New), data[whole.End:]))
	if err != nil || bytes.Equal(after, data) {
		return whole, true
	}
	return lineEdit(first.File, string(data), string(after)), true
}

// lineEdit returns the edit that makes a text of another one that is not equal. It
// replaces whole lines without the end of the last one, at least one by at least one.
func lineEdit(file, before, after string) finding.Edit {
	a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	shorter := min(len(a), len(b))
	head := 0
	for head < shorter && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < shorter-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if head+tail == shorter { // one of them has no line in between
		if tail > 1 { // after the last line end, there is an empty one
			tail--
		} else {
			head--
		}
	}
	e := finding.Edit{File: file, Start: len(strings.Join(a[:head], ""))}
	e.New = strings.TrimSuffix(strings.Join(b[head:len(b)-tail], ""), "\n")
	e.End = e.Start + len(strings.TrimSuffix(strings.Join(a[head:len(a)-tail], ""), "\n"))
	return e
}

// byFile returns the edits of a fix by file, in the order in which these come.
func byFile(edits []finding.Edit) [][]finding.Edit {
	var groups [][]finding.Edit
	for _, e := range edits {
		i := slices.IndexFunc(groups, func(g []finding.Edit) bool { return g[0].File == e.File })
		if i < 0 {
			groups = append(groups, []finding.Edit{e})
		} else {
			groups[i] = append(groups[i], e)
		}
	}
	return groups
}
