package report

import (
	"go/token"

	"golang.org/x/tools/go/analysis"
)

// Commented reports whether a comment begins between two positions of one file,
// from which a fix had better not take away the code.
func Commented(pass *analysis.Pass, from, to token.Pos) bool {
	for _, f := range pass.Files {
		if f.FileStart > from || from >= f.FileEnd {
			continue
		}
		for _, g := range f.Comments {
			if from <= g.Pos() && g.Pos() < to {
				return true
			}
		}
	}
	return false
}
