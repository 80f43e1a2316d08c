// Package finding is the model of what the checks found: the findings with
// their positions, notes and fixes, the failures of checks, the files that they
// are in, and an identity by which a finding is known again after the code
// around it has changed.
package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A Finding is what a check reports at a place.
type Finding struct {
	Check    string
	Package  string // its import path
	Pos, End Position
	Message  string
	Category string // tells apart the kinds of findings of one check
	Related  []Note // the other places, in the order in which the check tells them
	Fixes    []Fix
}

// A Note is another place that belongs to a finding.
type Note struct {
	Pos, End Position
	Message  string
}

// A Fix is a change of the code, to be made as a whole or not at all.
type Fix struct {
	Message string
	Edits   []Edit
}

// A Hidden is a finding that is not shown, and why.
type Hidden struct {
	Finding
	InSource bool   // by a directive in the source, and not by what stands outside of it
	Reason   string // empty if none is given
}

// An Edit puts New in the place of the bytes of a file from offset Start to offset
// End, which is not included.
type Edit struct {
	File       string
	Start, End int
	New        string
}

// A Failure is a check that did not do its work on a package.
type Failure struct {
	Check   string
	Package string // its ID, such as "fmt" or "fmt [fmt.test]"
	Reason  string
}

// A Position is a place in a file. Line and column count from 1, the column in
// bytes; they are 0 if not known.
type Position struct {
	File      string
	Line, Col int
}

// ParsePosition interprets file:line:col, file:line, or file. The file may
// contain colons.
func ParsePosition(s string) Position {
	file, last, ok := cutNumber(s)
	if !ok {
		return Position{File: s}
	}
	if file2, line, ok := cutNumber(file); ok {
		return Position{file2, line, last}
	}
	return Position{file, last, 0}
}

// cutNumber splits s at its last colon if a number follows it.
func cutNumber(s string) (before string, n int, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[colon+1:])
	return s[:colon], n, err == nil
}

// PackagePath returns the import path in the ID of a package, which is followed by
// the test that the package was built for.
func PackagePath(id string) string {
	path, _, _ := strings.Cut(id, " [")
	return path
}

// Distinct sorts the findings and drops those that say the same: a package
// and its test variant have files in common.
func Distinct(findings []Finding) []Finding {
	slices.SortStableFunc(findings, Compare)
	return slices.CompactFunc(findings, func(a, b Finding) bool {
		return a.Check == b.Check && a.Pos == b.Pos && a.Message == b.Message
	})
}

// Compare orders findings by file, line, column, message and check.
func Compare(a, b Finding) int {
	return cmp.Or(
		comparePositions(a.Pos, b.Pos),
		strings.Compare(a.Message, b.Message),
		strings.Compare(a.Check, b.Check),
		comparePositions(a.End, b.End),
		slices.CompareFunc(a.Related, b.Related, func(a, b Note) int {
			return cmp.Or(comparePositions(a.Pos, b.Pos), strings.Compare(a.Message, b.Message))
		}),
	)
}

// comparePositions orders positions by file, line and column.
func comparePositions(a, b Position) int {
	return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
}
