package report

import (
	"fmt"
	"path/filepath"

	"golang.org/x/tools/go/analysis"
)

// foldedMarker is among the results given to the run function of a folded
// analyzer, and tells [Run] that the host applies nolint directives itself,
// and reports those of them that it finds unused.
var foldedMarker = &analysis.Analyzer{Name: "folded"}

// Folded returns a copy of a for golangci-lint, which shows a finding as one
// line and each related position as a finding of its own. In the copy, a
// finding has no related positions; the first, which is the essential one,
// stands at the end of its message:
//
//	s.mu is still locked at the return on line 13; this return leaves s.mu locked at server.go:13
func Folded(a *analysis.Analyzer) *analysis.Analyzer {
	folded := *a
	folded.Run = func(pass *analysis.Pass) (any, error) {
		shadow := withResult(pass, foldedMarker, nil)
		shadow.Report = func(d analysis.Diagnostic) {
			if len(d.Related) > 0 {
				first := d.Related[0]
				posn := pass.Fset.Position(first.Pos)
				d.Message += fmt.Sprintf("; %s at %s:%d", first.Message, filepath.Base(posn.Filename), posn.Line)
				d.Related = nil
			}
			pass.Report(d)
		}
		return a.Run(shadow)
	}
	return &folded
}
