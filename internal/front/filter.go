package front

import (
	"encoding/json"
	"strings"
)

// withoutTests returns the units without the diagnostics in test files. A
// unit that has none stays as it was printed.
func withoutTests(units []unit) []unit {
	for i, u := range units {
		if raw, changed := dropTests(u.raw); changed {
			units[i].raw = raw
		}
	}
	return units
}

// dropTests returns the JSON of a unit without the diagnostics in test files,
// and whether there were any.
func dropTests(raw []byte) (_ []byte, changed bool) {
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
			for _, d := range all {
				if !inTestFile(d) {
					kept = append(kept, d)
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

// inTestFile reports whether the diagnostic is in a test file.
func inTestFile(raw json.RawMessage) bool {
	var d diagnostic
	return json.Unmarshal(raw, &d) == nil && strings.HasSuffix(parsePosition(d.Posn).file, "_test.go")
}

// mustMarshal returns the JSON of a list of valid JSON values.
func mustMarshal(list []json.RawMessage) json.RawMessage {
	data, err := json.Marshal(list)
	if err != nil {
		panic(err) // the values were decoded from JSON
	}
	return data
}
