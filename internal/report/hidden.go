package report

import (
	"strings"

	"golang.org/x/tools/go/analysis"
)

// tellingMarker is among the results given to the run function of a telling analyzer.
var tellingMarker = &analysis.Analyzer{Name: "telling"}

// hiddenPrefix begins the category of a finding that a directive hides.
const hiddenPrefix = "hidden by a directive: "

// Telling returns the run function of an analyzer that reports what directives hide as
// well, in a category by which [Hidden] knows it: for a host that tells its user of
// what is hidden, and keeps it apart from the rest. An analyzer that does not report by
// [Run] stays as it is.
func Telling(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		return run(withResult(pass, tellingMarker, nil))
	}
}

// Hidden reports whether the category is that of a finding which a directive hides, and
// returns the reason that the directive gives, empty if it gives none.
func Hidden(category string) (reason string, ok bool) {
	return strings.CutPrefix(category, hiddenPrefix)
}
