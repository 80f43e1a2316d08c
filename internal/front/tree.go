package front

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// A unit is what the vet tool printed for one package, as JSON that maps the ID of the
// package and the name of an analyzer to an error or a list of diagnostics. It is the
// schema of x/tools' unitchecker.
type unit struct {
	id      string                  // such as "fmt" or "fmt [fmt.test]"; empty if nothing was found
	results map[string]result       // by analyzer
	hidden  map[string][]diagnostic // what directives hide, by analyzer
	times   *times                  // nil if they are not told
}

// A result is what one analyzer found in one package.
type result struct {
	diagnostics []diagnostic
	failed      string // why it found nothing, empty if it did its work
	raw         []byte // the JSON of what failed
}

// A diagnostic is one finding in the JSON.
type diagnostic struct {
	Category string    `json:"category,omitempty"`
	Posn     string    `json:"posn"`
	End      string    `json:"end"`
	Message  string    `json:"message"`
	Fixes    []fix     `json:"suggested_fixes,omitempty"`
	Related  []related `json:"related,omitempty"`
}

// A related is another place of a finding in the JSON.
type related struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

// A fix is a change of the code in the JSON.
type fix struct {
	Message string `json:"message"`
	Edits   []edit `json:"edits"`
}

// An edit is a part of a fix in the JSON.
type edit struct {
	Filename string `json:"filename"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	New      string `json:"new"`
}

// UnmarshalJSON interprets a list of diagnostics or an error.
func (r *result) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("[")) {
		return json.Unmarshal(data, &r.diagnostics)
	}
	var e struct {
		Err string `json:"error"`
	}
	err := json.Unmarshal(data, &e)
	r.failed, r.raw = cmp.Or(e.Err, "no reason given"), bytes.Clone(data)
	return err
}

// MarshalJSON is the reverse of UnmarshalJSON.
func (r result) MarshalJSON() ([]byte, error) {
	if r.failed != "" {
		return r.raw, nil
	}
	return json.Marshal(r.diagnostics)
}

// UnmarshalJSON interprets the object of a package.
func (u *unit) UnmarshalJSON(data []byte) error {
	var t map[string]map[string]result
	if err := json.Unmarshal(data, &t); err != nil {
		return err
	}
	if len(t) > 1 {
		return fmt.Errorf("%d packages are in one object", len(t))
	}
	for id, results := range t {
		u.id, u.results = id, results
	}
	return u.takeOut()
}

// encode returns the JSON of the unit as unitchecker prints it.
func (u unit) encode() ([]byte, error) {
	t := make(map[string]map[string]result)
	if len(u.results) > 0 {
		t[u.id] = u.results
	}
	return json.MarshalIndent(t, "", "\t")
}

// size returns how much was found.
func (u unit) size() int {
	n := 0
	for _, r := range u.results {
		n += 1 + len(r.diagnostics)
	}
	for _, list := range u.hidden {
		n += len(list)
	}
	return n
}

// decode interprets what go vet printed on its standard output: the JSON of packages,
// and other text. Only a line can begin an object.
func decode(data []byte) (units []unit, text []byte, err error) {
	for len(data) > 0 {
		if data[0] == '{' {
			dec := json.NewDecoder(bytes.NewReader(data))
			var u unit
			var syntax *json.SyntaxError
			err := dec.Decode(&u)
			switch {
			case err == nil:
				units = append(units, u)
				data = bytes.TrimLeft(data[dec.InputOffset():], "\r\n")
				continue
			case !errors.As(err, &syntax) && !errors.Is(err, io.ErrUnexpectedEOF):
				return nil, nil, fmt.Errorf("go vet printed JSON of an unknown form: %w", err)
			}
		}
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line = data[:i+1]
		}
		text = append(text, line...)
		data = data[len(line):]
	}
	return units, text, nil
}

// read returns the findings in the units, sorted and each once, and the failures.
func read(units []unit) ([]finding.Finding, []finding.Failure) {
	var findings []finding.Finding
	var failures []finding.Failure
	for _, u := range units {
		for check, r := range u.results {
			if r.failed != "" {
				failures = append(failures, finding.Failure{Check: check, Package: u.id, Reason: r.failed})
			}
			findings = appendFindings(findings, check, u.id, r.diagnostics)
		}
	}
	return finding.Distinct(findings), causes(failures)
}

// writeUnits writes the JSON of the units, sorted by package.
func writeUnits(w io.Writer, units []unit) error {
	type encoded struct {
		id  string
		raw []byte
	}
	list := make([]encoded, len(units))
	for i, u := range units {
		raw, err := u.encode()
		if err != nil {
			return err
		}
		list[i] = encoded{u.id, raw}
		if len(u.results) == 0 {
			list[i].id = ""
		}
	}
	slices.SortStableFunc(list, func(a, b encoded) int {
		return cmp.Or(strings.Compare(a.id, b.id), bytes.Compare(a.raw, b.raw))
	})
	for _, e := range list {
		if _, err := fmt.Fprintf(w, "%s\n", e.raw); err != nil {
			return err
		}
	}
	return nil
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
		for action := range strings.SplitSeq(list, ", ") {
			name, _, _ := strings.Cut(action, "@")
			if failed[name+"@"+f.Package] || failed[action] {
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
