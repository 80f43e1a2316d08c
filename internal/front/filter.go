package front

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// named returns the units of packages that the patterns name, or of their tests: the
// go command replays what it has of the dependencies as well. Where the names are in
// the key of its cache, see rootsFlag, it has nothing of others.
func named(units []unit, dir string, opts *options) ([]unit, error) {
	if rootsFlag(opts.patterns) != localRoots || slices.ContainsFunc(opts.patterns, isFile) || !slices.ContainsFunc(units, func(u unit) bool { return u.pkg() != "" }) {
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
	longest := make(map[string]int)
	for _, u := range units {
		longest[u.pkg()] = max(longest[u.pkg()], len(u.raw))
	}
	return slices.DeleteFunc(units, func(u unit) bool {
		id := u.pkg()
		path, _, _ := strings.Cut(id, " [")
		isRoot := id == "" || roots[path] || roots[strings.TrimSuffix(path, "_test")] || roots[strings.TrimSuffix(path, ".test")]
		// Where a package has tests, it is named with them; what others import
		// has the same ID, and is a part of that.
		return !isRoot || id != "" && len(u.raw) < longest[id]
	}), nil
}

// pkg returns the ID of the package in the JSON of a unit, empty if it has none or is
// of another form.
func (u unit) pkg() string {
	var t tree
	if json.Unmarshal(u.raw, &t) == nil {
		for id := range t {
			return id
		}
	}
	return ""
}

// isFile reports whether a pattern names a Go file.
func isFile(pattern string) bool { return strings.HasSuffix(pattern, ".go") }

// without returns the units without the diagnostics that are to be dropped. A unit
// that has none stays as it was printed.
func without(units []unit, drop func(check string, d diagnostic) bool) []unit {
	for i, u := range units {
		if raw, changed := dropFrom(u.raw, drop); changed {
			units[i].raw = raw
		}
	}
	return units
}

// dropFrom returns the JSON of a unit without the diagnostics that are to be
// dropped, and whether there were any.
func dropFrom(raw []byte, drop func(check string, d diagnostic) bool) (_ []byte, changed bool) {
	var t tree
	if json.Unmarshal(raw, &t) != nil {
		return raw, false
	}
	for id, results := range t {
		for check, result := range results {
			var all []json.RawMessage
			if json.Unmarshal(result, &all) != nil {
				continue // an error
			}
			kept := []json.RawMessage{}
			for _, data := range all {
				var d diagnostic
				if json.Unmarshal(data, &d) != nil || !drop(check, d) {
					kept = append(kept, data)
				}
			}
			if len(kept) == len(all) {
				continue
			}
			changed = true
			if results[check] = mustMarshal(kept); len(kept) == 0 {
				delete(results, check)
			}
		}
		if len(results) == 0 {
			delete(t, id)
		}
	}
	if !changed {
		return raw, false
	}
	data, err := json.MarshalIndent(t, "", "\t")
	return data, err == nil
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

// mustMarshal returns the JSON of a list of valid JSON values.
func mustMarshal(list []json.RawMessage) json.RawMessage {
	data, err := json.Marshal(list)
	if err != nil {
		panic(err) // the values were decoded from JSON
	}
	return data
}
