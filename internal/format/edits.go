package format

import (
	"bytes"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/edits"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// merged returns the edits of one file as one edit, and whether they fit together and
// into the file. Of a file that is formatted, the one edit replaces whole lines by
// formatted ones.
func (r *Report) merged(list []finding.Edit) (whole finding.Edit, ok bool) {
	if len(list) == 0 {
		return whole, false
	}
	data := r.Files.Data(list[0].File)
	if whole, ok = edits.Merge(data, list); !ok {
		return whole, false
	}
	after, formatted := edits.Apply(data, whole)
	if !formatted || bytes.Equal(after, data) {
		return whole, true
	}
	return lineEdit(whole.File, string(data), string(after)), true
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
func byFile(list []finding.Edit) [][]finding.Edit {
	var groups [][]finding.Edit
	for _, e := range list {
		i := slices.IndexFunc(groups, func(g []finding.Edit) bool { return g[0].File == e.File })
		if i < 0 {
			groups = append(groups, []finding.Edit{e})
		} else {
			groups[i] = append(groups[i], e)
		}
	}
	return groups
}
