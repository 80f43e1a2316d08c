package front

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A unit is the JSON that the vet tool printed for one package.
type unit struct {
	id  string // such as "fmt" or "fmt [fmt.test]"; empty if nothing was found
	raw []byte
}

// A tree maps the ID of a package and the name of an analyzer to an error or
// a list of diagnostics. It is the schema of x/tools' unitchecker.
type tree map[string]map[string]json.RawMessage

// A diagnostic is one finding in the JSON.
type diagnostic struct {
	Category string `json:"category"`
	Posn     string `json:"posn"`
	End      string `json:"end"`
	Message  string `json:"message"`
	Fixes    []fix  `json:"suggested_fixes"`
	Related  []struct {
		Posn    string `json:"posn"`
		End     string `json:"end"`
		Message string `json:"message"`
	} `json:"related"`
}

// A fix is a change of the code in the JSON.
type fix struct {
	Message string `json:"message"`
	Edits   []struct {
		Filename string `json:"filename"`
		Start    int    `json:"start"`
		End      int    `json:"end"`
		New      string `json:"new"`
	} `json:"edits"`
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
func read(units []unit) ([]finding.Finding, []finding.Failure, error) {
	var findings []finding.Finding
	var failures []finding.Failure
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
					failures = append(failures, finding.Failure{Check: check, Package: id, Reason: failed})
				}
				findings = appendFindings(findings, check, id, ds)
			}
		}
	}
	slices.SortStableFunc(units, func(a, b unit) int {
		return cmp.Or(strings.Compare(a.id, b.id), bytes.Compare(a.raw, b.raw))
	})
	return finding.Distinct(findings), causes(failures), nil
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
func appendFindings(findings []finding.Finding, check, id string, ds []diagnostic) []finding.Finding {
	for _, d := range ds {
		f := finding.Finding{
			Check:    check,
			Package:  finding.PackagePath(id),
			Pos:      finding.ParsePosition(d.Posn),
			End:      finding.ParsePosition(d.End),
			Message:  d.Message,
			Category: d.Category,
		}
		if generatedByGo(f.Pos.File) {
			continue
		}
		for _, r := range d.Related {
			if pos := finding.ParsePosition(r.Posn); pos.Line > 0 && !generatedByGo(pos.File) {
				f.Related = append(f.Related, finding.Note{Pos: pos, End: finding.ParsePosition(r.End), Message: r.Message})
			}
		}
		for _, x := range d.Fixes {
			f.Fixes = append(f.Fixes, x.model())
		}
		findings = append(findings, f)
	}
	return findings
}

// model returns the fix as the model has it.
func (x fix) model() finding.Fix {
	m := finding.Fix{Message: x.Message}
	for _, e := range x.Edits {
		m.Edits = append(m.Edits, finding.Edit{File: e.Filename, Start: e.Start, End: e.End, New: e.New})
	}
	return m
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

// causes sorts the failures and leaves out those that only say that a
// prerequisite failed, if the prerequisite's own failure is among them.
func causes(failures []finding.Failure) []finding.Failure {
	failed := make(map[string]bool)
	for _, f := range failures {
		failed[f.Check+"@"+f.Package] = true
	}
	failures = slices.DeleteFunc(failures, func(f finding.Failure) bool {
		list, ok := strings.CutPrefix(f.Reason, "failed prerequisites: ")
		if !ok {
			return false
		}
		for name := range strings.SplitSeq(list, ", ") {
			name, _, _ = strings.Cut(name, "@")
			if failed[name+"@"+f.Package] {
				return true
			}
		}
		return false
	})
	slices.SortFunc(failures, func(a, b finding.Failure) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Check, b.Check), strings.Compare(a.Reason, b.Reason))
	})
	return failures
}
