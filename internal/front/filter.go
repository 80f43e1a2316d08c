package front

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// named returns the units of packages that the patterns name, or of their tests: the
// go command replays what it has of the dependencies as well. Where the names are in
// the key of its cache, see rootsFlag, it has nothing of others.
func named(units []unit, dir string, opts *options) ([]unit, error) {
	if rootsFlag(opts.patterns) != localRoots || slices.ContainsFunc(opts.patterns, isFile) || !slices.ContainsFunc(units, func(u unit) bool { return u.id != "" }) {
		return units, nil
	}
	args := append([]string{"list", "-find", "-e", "-f", "{{.ImportPath}}"}, opts.build...)
	cmd, err := goCommand(dir, append(append(args, "--"), opts.patterns...))
	if err != nil {
		return nil, err
	}
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	roots := make(map[string]bool)
	for path := range strings.FieldsSeq(string(out)) {
		roots[path] = true
	}
	largest := make(map[string]int)
	for _, u := range units {
		largest[u.id] = max(largest[u.id], u.size())
	}
	return slices.DeleteFunc(units, func(u unit) bool {
		path, _, _ := strings.Cut(u.id, " [")
		isRoot := u.id == "" || roots[path] || roots[strings.TrimSuffix(path, "_test")] || roots[strings.TrimSuffix(path, ".test")]
		// Where a package has tests, it is named with them; what others import
		// has the same ID, and is a part of that.
		return !isRoot || u.id != "" && u.size() < largest[u.id]
	}), nil
}

// isFile reports whether a pattern names a Go file.
func isFile(pattern string) bool { return strings.HasSuffix(pattern, ".go") }

// without returns the units without the diagnostics that are to be dropped.
func without(units []unit, drop func(check string, d diagnostic) bool) []unit {
	for _, u := range units {
		for check, r := range u.results {
			had := len(r.diagnostics)
			r.diagnostics = slices.DeleteFunc(r.diagnostics, func(d diagnostic) bool { return drop(check, d) })
			u.results[check] = r
			if had > 0 && len(r.diagnostics) == 0 {
				delete(u.results, check)
			}
		}
	}
	return units
}

// others returns a function that reports whether a diagnostic is none of the findings.
func others(findings []identified) func(check string, d diagnostic) bool {
	type key struct {
		check   string
		pos     finding.Position
		message string
	}
	known := make(map[key]bool)
	for _, f := range findings {
		known[key{f.Check, f.Pos, f.Message}] = true
	}
	return func(check string, d diagnostic) bool {
		return !known[key{check, finding.ParsePosition(d.Posn), d.Message}]
	}
}
