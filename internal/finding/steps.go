package finding

import "slices"

// A Step is one of the positions of a finding.
type Step struct {
	Note
	Primary bool // it is the finding's own, with its message
}

// Steps returns the positions of a finding, its own among them, in the order in which
// things happen, as far as that is known: the notes in the order in which the check
// tells them, and before the finding those first ones that stand above it in the same
// declaration.
func (fs *Files) Steps(f Finding) []Step {
	before := 0
	for _, n := range f.Related {
		if n.Pos.File != f.Pos.File || comparePositions(n.Pos, f.Pos) >= 0 || fs.Func(n.Pos) != fs.Func(f.Pos) {
			break
		}
		before++
	}
	steps := make([]Step, 0, len(f.Related)+1)
	for _, n := range f.Related {
		steps = append(steps, Step{Note: n})
	}
	return slices.Insert(steps, before, Step{Note: Note{f.Pos, f.End, f.Message}, Primary: true})
}
