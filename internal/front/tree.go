package front

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A unit is the JSON that the vet tool printed for one package.
type unit struct {
	id  string // such as "fmt" or "fmt [fmt.test]"; empty if nothing was found
	raw []byte
}

// A tree maps the ID of a package and the name of an analyzer to an error or
// a list of diagnostics. It is the schema of x/tools' unitchecker.
type tree map[string]map[string]json.RawMessage

// A diagnostic is one finding in the JSON. Fixes are left out.
type diagnostic struct {
	Posn    string    `json:"posn"`
	End     string    `json:"end"`
	Message string    `json:"message"`
	Related []related `json:"related"`
}

// A related is another position of a diagnostic in the JSON.
type related struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

// A finding is a diagnostic ready to be shown.
type finding struct {
	check   string
	pos     position
	end     position
	message string
	related []note
}

// A note is a related position ready to be shown.
type note struct {
	pos     position
	end     position
	message string
}

// A failure is a check that did not do its work on a package.
type failure struct {
	check string
	pkg   string
	err   string
}

// A position is a place in a file. Line and column are 0 if not known.
type position struct {
	file      string
	line, col int
}

// parsePosition interprets file:line:col, file:line, or file. The file may
// contain colons.
func parsePosition(s string) position {
	file, last, ok := cutNumber(s)
	if !ok {
		return position{file: s}
	}
	if file2, line, ok := cutNumber(file); ok {
		return position{file2, line, last}
	}
	return position{file, last, 0}
}

// cutNumber splits s at its last colon if a number follows it.
func cutNumber(s string) (before string, n int, ok bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return "", 0, false
	}
	n, err := strconv.Atoi(s[colon+1:])
	return s[:colon], n, err == nil
}

// splitStream separates what go vet printed on its standard output into the
// JSON of packages and other text. Only a line can begin an object.
func splitStream(data []byte) (units []unit, text []byte) {
	for len(data) > 0 {
		if data[0] == '{' {
			dec := json.NewDecoder(bytes.NewReader(data))
			var raw json.RawMessage
			if err := dec.Decode(&raw); err == nil {
				units = append(units, unit{raw: raw})
				data = bytes.TrimLeft(data[dec.InputOffset():], "\r\n")
				continue
			}
		}
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line = data[:i+1]
		}
		text = append(text, line...)
		data = data[len(line):]
	}
	return units, text
}

// read interprets the units: it returns the findings, sorted and each once,
// and the failures. Units are sorted by package and get their IDs.
func read(units []unit) ([]finding, []failure, error) {
	var findings []finding
	var failures []failure
	for i := range units {
		var t tree
		if err := json.Unmarshal(units[i].raw, &t); err != nil {
			return nil, nil, fmt.Errorf("go vet printed JSON of an unknown form: %w", err)
		}
		for id, results := range t {
			units[i].id = id
			for check, raw := range results {
				ds, failed, err := readResult(raw)
				if err != nil {
					return nil, nil, fmt.Errorf("go vet printed JSON of an unknown form: %w", err)
				}
				if failed != "" {
					failures = append(failures, failure{check, id, failed})
				}
				findings = appendFindings(findings, check, ds)
			}
		}
	}
	slices.SortStableFunc(units, func(a, b unit) int {
		return cmp.Or(strings.Compare(a.id, b.id), bytes.Compare(a.raw, b.raw))
	})
	return distinct(findings), causes(failures), nil
}

// readResult interprets what one analyzer found in one package.
func readResult(raw json.RawMessage) (ds []diagnostic, failed string, err error) {
	if bytes.HasPrefix(raw, []byte("[")) {
		err = json.Unmarshal(raw, &ds)
		return ds, "", err
	}
	var e struct {
		Err string `json:"error"`
	}
	if err = json.Unmarshal(raw, &e); err == nil && e.Err == "" {
		e.Err = "no reason given"
	}
	return nil, e.Err, err
}

// appendFindings appends what is to be shown of the diagnostics. Positions in
// files that the go command generated, and removed, help no one.
func appendFindings(findings []finding, check string, ds []diagnostic) []finding {
	for _, d := range ds {
		f := finding{check: check, pos: parsePosition(d.Posn), end: parsePosition(d.End), message: d.Message}
		if generatedByGo(f.pos.file) {
			continue
		}
		for _, r := range d.Related {
			if pos := parsePosition(r.Posn); pos.line > 0 && !generatedByGo(pos.file) {
				f.related = append(f.related, note{pos, parsePosition(r.End), r.Message})
			}
		}
		findings = append(findings, f)
	}
	return findings
}

// generatedByGo reports whether the file is one that the go command makes in
// its temporary directory to build a package, as for cgo and for tests.
func generatedByGo(file string) bool {
	elems := strings.FieldsFunc(file, func(r rune) bool { return r == '/' || r == '\\' })
	if len(elems) == 0 {
		return false
	}
	base := elems[len(elems)-1]
	if base == "_cgo_gotypes.go" || base == "_testmain.go" || strings.HasSuffix(base, ".cgo1.go") {
		return true
	}
	for i, elem := range elems[:len(elems)-1] {
		if strings.HasPrefix(elem, "go-build") && i+2 < len(elems) && isObjdir(elems[i+1]) {
			return true
		}
	}
	return false
}

// isObjdir reports whether the name is of the form b001.
func isObjdir(name string) bool {
	digits, ok := strings.CutPrefix(name, "b")
	if !ok || len(digits) < 3 {
		return false
	}
	_, err := strconv.Atoi(digits)
	return err == nil
}

// distinct sorts the findings and drops those that say the same: a package
// and its test variant have files in common.
func distinct(findings []finding) []finding {
	slices.SortStableFunc(findings, compareFindings)
	return slices.CompactFunc(findings, func(a, b finding) bool {
		return a.check == b.check && a.pos == b.pos && a.message == b.message
	})
}

// compareFindings orders findings by file, line, column, message and check.
func compareFindings(a, b finding) int {
	return cmp.Or(
		comparePositions(a.pos, b.pos),
		strings.Compare(a.message, b.message),
		strings.Compare(a.check, b.check),
		comparePositions(a.end, b.end),
		slices.CompareFunc(a.related, b.related, func(a, b note) int {
			return cmp.Or(comparePositions(a.pos, b.pos), strings.Compare(a.message, b.message))
		}),
	)
}

// comparePositions orders positions by file, line and column.
func comparePositions(a, b position) int {
	return cmp.Or(strings.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
}

// causes sorts the failures and leaves out those that only say that a
// prerequisite failed, if the prerequisite's own failure is among them.
func causes(failures []failure) []failure {
	failed := make(map[string]bool)
	for _, f := range failures {
		failed[f.check+"@"+f.pkg] = true
	}
	failures = slices.DeleteFunc(failures, func(f failure) bool {
		list, ok := strings.CutPrefix(f.err, "failed prerequisites: ")
		if !ok {
			return false
		}
		for name := range strings.SplitSeq(list, ", ") {
			name, _, _ = strings.Cut(name, "@")
			if failed[name+"@"+f.pkg] {
				return true
			}
		}
		return false
	})
	slices.SortFunc(failures, func(a, b failure) int {
		return cmp.Or(strings.Compare(a.pkg, b.pkg), strings.Compare(a.check, b.check), strings.Compare(a.err, b.err))
	})
	return failures
}
