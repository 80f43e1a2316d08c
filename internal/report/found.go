package report

import (
	"go/token"
	"maps"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A Found is what a check found in a package: also what is not reported, because a
// directive silences it or the file is generated.
type Found struct{ Diagnostics []analysis.Diagnostic }

// foundMarker is among the results given to the run function of an analyzer made by
// [Yielding], and has the *Found that [Run] is to fill.
var foundMarker = &analysis.Analyzer{Name: "found"}

// Yielding returns a copy of a check whose result is a *[Found], so that another
// analyzer can require it and leave out what it finds as well.
func Yielding(a *analysis.Analyzer) *analysis.Analyzer {
	yielding := *a
	yielding.ResultType = reflect.TypeFor[*Found]()
	yielding.Run = func(pass *analysis.Pass) (any, error) {
		found := new(Found)
		if _, err := a.Run(withResult(pass, foundMarker, found)); err != nil {
			return nil, err
		}
		return found, nil
	}
	return &yielding
}

// Find returns the run function of an analyzer, a prerequisite of checks, whose result is a
// *[Found] of what run reports. If run panics, it fails as [Run] does.
func Find(run func(*analysis.Pass) (any, error)) func(*analysis.Pass) (any, error) {
	return func(pass *analysis.Pass) (any, error) {
		found := new(Found)
		shadow := *pass
		shadow.Report = func(d analysis.Diagnostic) { found.Diagnostics = append(found.Diagnostics, d) }
		if _, err := guarded(run, &shadow); err != nil {
			return nil, err
		}
		return found, nil
	}
}

// At reports whether there is a diagnostic at pos.
func (f *Found) At(pos token.Pos) bool {
	return slices.ContainsFunc(f.Diagnostics, func(d analysis.Diagnostic) bool { return d.Pos == pos })
}

// withResult returns a copy of a pass that has the result of one more analyzer.
func withResult(pass *analysis.Pass, of *analysis.Analyzer, result any) *analysis.Pass {
	shadow := *pass
	shadow.ResultOf = maps.Clone(pass.ResultOf)
	if shadow.ResultOf == nil {
		shadow.ResultOf = make(map[*analysis.Analyzer]any)
	}
	shadow.ResultOf[of] = result
	return &shadow
}
