// Package baseline keeps the findings that a team has put up with, so that only
// others are reported.
//
// A baseline is a text file with one line for each finding, sorted, that says
// what a finding is known by and nothing else: see [finding.Identity]. There are
// no line numbers in it, so it changes only when findings come or go, a change of
// it can be read in a review, and two branches that change it can be merged line
// by line, in whichever order, as git's union merge does.
package baseline

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// An Entry is a finding in a baseline. It is the identity of the finding without
// the package, which follows from the file.
type Entry struct {
	File    string
	Check   string
	Func    string
	Message string
	Line    string
	Index   int
}

// EntryOf returns the entry of a finding.
func EntryOf(id finding.Identity) Entry {
	return Entry{id.File, id.Check, id.Func, id.Message, id.Line, id.Index}
}

// String returns the entry as a line for people.
func (e Entry) String() string { return fmt.Sprintf("%s: %s (%s)", e.File, e.Message, e.Check) }

func compare(a, b Entry) int {
	return cmp.Or(
		strings.Compare(a.File, b.File),
		strings.Compare(a.Check, b.Check),
		strings.Compare(a.Func, b.Func),
		strings.Compare(a.Message, b.Message),
		strings.Compare(a.Line, b.Line),
		cmp.Compare(a.Index, b.Index),
	)
}

const header = `# Findings of concurrencyvet that are known, and not reported: one a line, sorted.
# File, check, declaration, message and line of code stand between tabs; a number
# after them counts findings that are alike. Made by concurrencyvet -write-baseline.
`

var (
	escaper   = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)
	unescaper = strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r")
)

// Format returns the content of a baseline with the entries.
func Format(entries []Entry) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	entries = slices.Clone(entries)
	slices.SortFunc(entries, compare)
	for _, e := range slices.Compact(entries) {
		fields := []string{e.File, e.Check, e.Func, e.Message, e.Line}
		for i := range fields {
			fields[i] = escaper.Replace(fields[i])
		}
		if e.Index > 0 {
			fields = append(fields, strconv.Itoa(e.Index+1))
		}
		b.WriteString(strings.Join(fields, "\t") + "\n")
	}
	return b.Bytes()
}

// Parse interprets the content of a baseline. The order of the lines does not
// matter, nor does it matter if one is there twice.
func Parse(data []byte) ([]Entry, error) {
	var entries []Entry
	n := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		n++
		line = strings.TrimSuffix(line, "\r")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		e, err := parseEntry(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, compare)
	return slices.Compact(entries), nil
}

// parseEntry interprets a line.
func parseEntry(line string) (Entry, error) {
	for _, mark := range []string{"<<<<<<<", "=======", ">>>>>>>", "|||||||"} {
		if strings.HasPrefix(line, mark) {
			return Entry{}, errors.New("a conflict of a merge is left: keep the lines of both sides")
		}
	}
	fields := strings.Split(line, "\t")
	if len(fields) != 5 && len(fields) != 6 {
		return Entry{}, errors.New("no entry of a baseline: want file, check, declaration, message and line of code, with tabs between them")
	}
	count := 1
	if len(fields) == 6 {
		var err error
		if count, err = strconv.Atoi(fields[5]); err != nil || count < 2 {
			return Entry{}, fmt.Errorf("no entry of a baseline: %q is no number of a finding like others", fields[5])
		}
	}
	for i := range fields[:5] {
		fields[i] = unescaper.Replace(fields[i])
	}
	return Entry{fields[0], fields[1], fields[2], fields[3], fields[4], count - 1}, nil
}
