package format_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/concurrencyvet/concurrencyvet/internal/format"
)

// merge returns what SARIF files make together.
func merge(t *testing.T, files ...string) string {
	t.Helper()
	var logs []*format.Log
	for _, file := range files {
		log, err := format.ReadSARIF([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, log)
	}
	var b bytes.Buffer
	if err := format.MergeSARIF(&b, logs); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// on returns a report on findings of newReport that was made on a system.
func on(t *testing.T, goos string, findings ...int) *format.Report {
	t.Helper()
	r := newReport(t)
	all := r.Findings
	r.OS, r.Findings = goos, nil
	for _, i := range findings {
		r.Findings = append(r.Findings, all[i])
	}
	return r
}

// results returns the places, fingerprints and platforms of the results.
func results(t *testing.T, log string) (places, prints, platforms []string) {
	t.Helper()
	for i := 0; ; i++ {
		result := []any{"runs", 0, "results", i}
		if at(t, log, result...) == "nothing" {
			return places, prints, platforms
		}
		get := func(path ...any) string { return at(t, log, append(slices.Clone(result), path...)...) }
		places = append(places, get("locations", 0, "physicalLocation", "region", "startLine"))
		prints = append(prints, get("partialFingerprints", "concurrencyvet/v1"))
		platforms = append(platforms, get("properties", "platforms"))
	}
}

func TestMergeSARIF(t *testing.T) {
	schema := schema(t)
	linux, windows := on(t, "linux", 0, 1), on(t, "windows", 1, 2)
	windows.Rules = slices.Delete(windows.Rules, 0, 1)
	windows.Failures, windows.Errors, windows.Failed, windows.ExitStatus = nil, nil, false, 1
	got := merge(t, write(t, "sarif", windows), write(t, "sarif", linux))
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(got))
	if err == nil {
		err = schema.Validate(v)
	}
	if err != nil {
		t.Error(err)
	}
	places, _, platforms := results(t, got)
	expect(t, fmt.Sprint(places, platforms), `[4 5 8] [["linux-arm64"] ["linux-arm64","windows-arm64"] ["windows-arm64"]]`)
	for _, test := range []struct {
		path []any
		want string
	}{
		{[]any{"automationDetails", "id"}, `"concurrencyvet/"`},
		{[]any{"tool", "driver", "rules", 0, "id"}, `"lockleak"`},
		{[]any{"tool", "driver", "rules", 3}, `nothing`},
		{[]any{"results", 1, "ruleIndex"}, `2`},
		{[]any{"invocations", 0, "exitCode"}, `1`},
		{[]any{"invocations", 1, "executionSuccessful"}, `false`},
		{[]any{"invocations", 1, "properties"}, `{"platforms":["linux-arm64"]}`},
		{[]any{"invocations", 1, "toolExecutionNotifications", 0, "message", "text"}, `"# m/c\nc.go:1:1: broken"`},
		{[]any{"invocations", 1, "toolExecutionNotifications", 1, "associatedRule"}, `{"id":"silent","index":1}`},
		{[]any{"invocations", 2}, `nothing`},
	} {
		if text := at(t, got, append([]any{"runs", 0}, test.path...)...); text != test.want {
			t.Errorf("%v is\n%s\nwant\n%s", test.path, text, test.want)
		}
	}

	// What was merged can be merged again, in steps or at once.
	plan9 := write(t, "sarif", on(t, "plan9", 2))
	expect(t, merge(t, got), got)
	expect(t, merge(t, got, plan9), merge(t, write(t, "sarif", windows), write(t, "sarif", linux), plan9))
}

// TestMergeShards merges parts of one platform: the name of the run stays.
func TestMergeShards(t *testing.T) {
	whole := write(t, "sarif", on(t, "linux", 0, 1))
	got := merge(t, write(t, "sarif", on(t, "linux", 1)), write(t, "sarif", on(t, "linux", 0)))
	expect(t, at(t, got, "runs", 0, "results"), at(t, whole, "runs", 0, "results"))
	expect(t, at(t, got, "runs", 0, "automationDetails"), at(t, whole, "runs", 0, "automationDetails"))
	expect(t, at(t, got, "runs", 0, "invocations", 1), at(t, whole, "runs", 0, "invocations", 0))
}

// TestMergeAlike has findings that are alike and that only some of the runs have, so
// that one fingerprint numbers different ones.
func TestMergeAlike(t *testing.T) {
	both, first, last := []int{0, 0}, []int{0}, []int{0}
	log := func(findings []int, lines ...int) string {
		r := on(t, "linux", findings...)
		for i, line := range lines {
			f := &r.Findings[i]
			f.Pos.Line, f.End.Line, f.Related, f.Fixes = line, line, nil, nil
			f.Pos.Col, f.End.Col = 1, 2
			f.Pos.File = strings.Replace(f.Pos.File, "a.go", "none.go", 1) // all lines are alike
		}
		return write(t, "sarif", r)
	}
	_, want, _ := results(t, log(both, 5, 9))
	for _, order := range [][]string{
		{log(both, 5, 9), log(last, 9), log(first, 5)},
		{log(last, 9), log(both, 5, 9), log(first, 5)},
		{log(first, 5), log(last, 9), log(both, 5, 9)},
	} {
		places, prints, _ := results(t, merge(t, order...))
		expect(t, fmt.Sprint(places), "[5 9]")
		expect(t, fmt.Sprint(prints), fmt.Sprint(want))
	}
}

// TestMergeMessage has one finding that another platform relates to another place.
func TestMergeMessage(t *testing.T) {
	linux, windows := on(t, "linux", 0), on(t, "windows", 0)
	windows.Findings[0].Related = slices.Clone(windows.Findings[0].Related[:1])
	places, _, _ := results(t, merge(t, write(t, "sarif", linux), write(t, "sarif", windows)))
	expect(t, fmt.Sprint(places), "[4]")
}

func TestReadSARIF(t *testing.T) {
	good := write(t, "sarif", newReport(t))
	for _, test := range []struct{ old, new, want string }{
		{good, "", "the file is empty"},
		{good, "text", "not SARIF: invalid character 'e' in literal true (expecting 'r')"},
		{good, good[:len(good)/2], "not SARIF: the file ends within the JSON"},
		{good, good + good, "not SARIF: something follows the JSON"},
		{good, "[]", "not SARIF: cannot unmarshal array into Go value of type struct"},
		{good, "{}", "not SARIF: there is no version"},
		{good, `{"version":"2.1.0","runs":[]}`, "the file has no run"},
		{`"version": "2.1.0"`, `"version": "2.0.0"`, "the file is of SARIF 2.0.0, not 2.1.0"},
		{`"name": "concurrencyvet"`, `"name": "other"`, `the file is of the tool "other", not concurrencyvet`},
		{`"columnKind": "utf16CodeUnits"`, `"columnKind": "unicodeCodePoints"`, `columns are counted in "unicodeCodePoints", not utf16CodeUnits`},
		{`"columnKind"`, `"taxonomies": [], "columnKind"`, `not as concurrencyvet writes it: unknown field "taxonomies"`},
		{`"ruleId": "lockleak"`, `"ruleId": "smelly"`, `result 0: it is of rule 0, which is not "smelly"`},
		{`"ruleId": "lockleak"`, `"ruleId": ""`, `result 0: there is no ruleId`},
		{`"ruleIndex": 2`, `"ruleIndex": 9`, `result 1: it is of rule 9, which is not "smelly"`},
		{`"index": 1`, `"index": -1`, `a notification is of rule -1, which is not "silent"`},
		{`"concurrencyvet/v1"`, `"concurrencyvet/v0"`, "result 0: there is no fingerprint concurrencyvet/v1"},
		{`"uri": "mod/a%20b/a.go"`, `"uri": ""`, "result 0: its location is in no file"},
	} {
		_, err := format.ReadSARIF([]byte(strings.Replace(good, test.old, test.new, 1)))
		switch {
		case test.want == "" && err != nil:
			t.Error(err)
		case test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)):
			t.Errorf("%.60q for %.60q: error %v, want %s", test.new, test.old, err, test.want)
		}
	}
	for name, log := range map[string]string{
		"a run has no list of results":             `"columnKind":"utf16CodeUnits","invocations":[{}]`,
		"a run does not tell how it ended":         `"columnKind":"utf16CodeUnits","results":[]`,
		"result 0: there are 0 locations, not one": `"columnKind":"utf16CodeUnits","invocations":[{}],"results":[{"ruleId":"x"}]`,
	} {
		_, err := format.ReadSARIF([]byte(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"concurrencyvet"}},` + log + `}]}`))
		if err == nil || err.Error() != name {
			t.Errorf("error %v, want %s", err, name)
		}
	}
}

func TestMergeVersions(t *testing.T) {
	other := newReport(t)
	other.Version = "v1.3.0"
	var logs []*format.Log
	for _, r := range []*format.Report{newReport(t), other} {
		log, err := format.ReadSARIF([]byte(write(t, "sarif", r)))
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, log)
	}
	if err := format.MergeSARIF(&bytes.Buffer{}, logs); err == nil || err.Error() != "the files are of different versions, v1.2.3 and v1.3.0" {
		t.Errorf("error %v", err)
	}
}

// TestMergeSuppressed has a finding that is suppressed on one platform of two, and one
// that is on both.
func TestMergeSuppressed(t *testing.T) {
	linux, windows := hiding(t, 1, 2), hiding(t, 2)
	windows.OS = "windows"
	got := merge(t, write(t, "sarif", linux), write(t, "sarif", windows))
	for i, want := range []string{"[]", "[]", `[{"justification":"it is known","kind":"external"}]`} {
		expect(t, at(t, got, "runs", 0, "results", i, "suppressions"), want)
	}
	expect(t, merge(t, got), got)
	linux = hiding(t, 0, 1, 2)
	linux.OS = "plan9"
	if got := merge(t, write(t, "sarif", linux), got); at(t, got, "runs", 0, "results", 0, "suppressions") != "[]" {
		t.Errorf("what is shown once is suppressed:\n%s", got)
	}
}
