package finding_test

import (
	"slices"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// TestSteps has the finding at the first of the two lines in twice.
func TestSteps(t *testing.T) {
	r := newRepo(t, source)
	files := finding.NewFiles(r.dir)
	line := func(n int) finding.Note {
		return finding.Note{Pos: finding.Position{File: "p/p.go", Line: n, Col: 2}}
	}
	for name, test := range map[string]struct {
		own   int
		notes []int
		want  []int
	}{
		"alone":            {16, nil, []int{16}},
		"after":            {16, []int{17}, []int{16, 17}},
		"before":           {17, []int{16}, []int{16, 17}},
		"around":           {16, []int{15, 17}, []int{15, 16, 17}},
		"another function": {16, []int{11}, []int{16, 11}},
		"told after":       {16, []int{17, 15}, []int{16, 17, 15}},
	} {
		f := finding.Finding{Pos: line(test.own).Pos}
		for _, n := range test.notes {
			f.Related = append(f.Related, line(n))
		}
		var got []int
		for _, step := range files.Steps(f) {
			if got = append(got, step.Pos.Line); step.Primary != (step.Pos.Line == test.own) {
				t.Errorf("%s: line %d is primary: %v", name, step.Pos.Line, step.Primary)
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: steps are at the lines %v, want %v", name, got, test.want)
		}
	}
}
