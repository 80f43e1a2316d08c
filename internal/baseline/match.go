package baseline

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A Scope says what a run has looked at.
type Scope struct {
	// Looked reports whether the finding of the entry would have been found if it
	// was still there.
	Looked func(Entry) bool
	// Gone reports whether the file of the entry is there no more.
	Gone func(Entry) bool
}

// A Match is what a baseline says of the findings of a run.
type Match struct {
	Known []bool  // for each finding, whether it is in the baseline
	Stale []Entry // what was looked for and not found
	Kept  []Entry // the others, brought up to date
}

// Compare matches the entries of a baseline with the findings of a run.
//
// An entry whose file is gone stands for a finding in another file that is the same
// in all else: the file was renamed, or its package moved.
func Compare(entries []Entry, ids []finding.Identity, scope Scope) Match {
	m := Match{Known: make([]bool, len(ids))}
	at := make(map[Entry]int)
	for i, id := range ids {
		at[EntryOf(id)] = i
	}
	var lost []Entry
	for _, e := range entries {
		if i, ok := at[e]; ok {
			m.Known[i] = true
			m.Kept = append(m.Kept, e)
		} else {
			lost = append(lost, e)
		}
	}
	moved := make(map[Entry][]int)
	for i, id := range ids {
		if !m.Known[i] {
			e := anywhere(EntryOf(id))
			moved[e] = append(moved[e], i)
		}
	}
	for _, e := range lost {
		to := moved[anywhere(e)]
		switch {
		case len(to) > 0 && scope.Gone(e):
			m.Known[to[0]] = true
			m.Kept = append(m.Kept, EntryOf(ids[to[0]]))
			moved[anywhere(e)] = to[1:]
		case scope.Looked(e):
			m.Stale = append(m.Stale, e)
		default:
			m.Kept = append(m.Kept, e)
		}
	}
	return m
}

// anywhere returns the entry without its file.
func anywhere(e Entry) Entry {
	e.File, e.Index = "", 0
	return e
}

// Update returns the entries of a baseline after a run: those of its findings, and
// those that it did not look for.
func Update(entries []Entry, ids []finding.Identity, scope Scope) []Entry {
	var updated []Entry
	for _, id := range ids {
		updated = append(updated, EntryOf(id))
	}
	for _, e := range Compare(entries, ids, scope).Kept {
		if !slices.Contains(updated, e) {
			updated = append(updated, e)
		}
	}
	return updated
}
