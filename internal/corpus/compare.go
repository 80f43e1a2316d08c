package main

import (
	"fmt"
	"regexp"
	"slices"
)

// A diff is what became of the golden findings.
type diff struct {
	now     []*finding    // what was found, with the labels that are known
	added   []*finding    // of them: not golden
	changed [][2]*finding // golden and found: same place, other words
	gone    []*finding    // golden, and no longer found
	kept    []*finding    // golden, of modules that were not analysed
	moved   int           // how many only have another line or column
}

// merged returns the findings that the golden files are to hold.
func (d *diff) merged() []*finding { return slices.Concat(d.now, d.kept) }

var lineNumber = regexp.MustCompile(`\bline \d+`)

// keys are the ways to recognise a finding, the surest first. By the first one
// it is the same but for its position; by the others, its words or the text of
// its line have changed, and the label may no longer be right.
var keys = []func(*finding) string{
	func(f *finding) string {
		return fmt.Sprint(f.check, " ", f.module, " ", f.file, "\n", f.code, "\n", lineNumber.ReplaceAllString(f.says, "line"))
	},
	func(f *finding) string { return fmt.Sprint(f.check, " ", f.module, " ", f.file, "\n", f.code) },
	func(f *finding) string { return fmt.Sprint(f.check, " ", f.module, " ", f.file, " ", f.line) },
}

// compare matches what was found with what is known, and labels the former.
// Both are sorted, so that of several findings with one key the first is matched
// with the first.
func compare(c *corpus, known, found []*finding) *diff {
	d := &diff{now: found}
	var old []*finding
	for _, f := range slices.SortedFunc(slices.Values(known), (*finding).compare) {
		if c.chosen(f.module) {
			old = append(old, f)
		} else {
			d.kept = append(d.kept, f)
		}
	}
	fresh := found
	for tier, key := range keys {
		waiting := make(map[string][]*finding)
		for _, f := range old {
			waiting[key(f)] = append(waiting[key(f)], f)
		}
		var rest []*finding
		matched := make(map[*finding]bool)
		for _, f := range fresh {
			list := waiting[key(f)]
			if len(list) == 0 {
				rest = append(rest, f)
				continue
			}
			waiting[key(f)] = list[1:]
			matched[list[0]] = true
			d.match(list[0], f, tier == 0)
		}
		fresh = rest
		old = slices.DeleteFunc(old, func(f *finding) bool { return matched[f] })
	}
	d.added, d.gone = fresh, old
	return d
}

// match notes that the golden finding is found again.
func (d *diff) match(golden, f *finding, same bool) {
	f.label, f.reason = golden.label, golden.reason
	switch {
	case !same:
		d.changed = append(d.changed, [2]*finding{golden, f})
	case golden.line != f.line || golden.col != f.col || golden.says != f.says:
		d.moved++
	}
}
