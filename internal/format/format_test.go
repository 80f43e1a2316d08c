package format_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
	"github.com/concurrencyvet/concurrencyvet/internal/format"
)

// The sources of the reports of the tests. The letter before the dot is two UTF-16
// code units and four bytes wide.
const (
	aSource = "package a\n\nfunc f() {\n\t/* 𝔸é */ mu.Lock()\n\tif ok {\n\t\treturn\n\t}\n\tmu.Lock()\n}\n"
	bSource = "package b\n\nfunc (t *T) g() { go f() }\n"
)

// newReport returns a report on a repository with a module in the directory "mod",
// seen from there.
func newReport(t *testing.T) *format.Report {
	t.Helper()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "mod", "a b", "a.go"), filepath.Join(dir, "mod", "b.go")
	for name, data := range map[string]string{a: aSource, b: bSource, filepath.Join(dir, ".git", "HEAD"): ""} {
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	at := func(file string, line, col int) finding.Position {
		return finding.Position{File: file, Line: line, Col: col}
	}
	unlock := strings.Index(aSource, "return")
	return &format.Report{
		Rules: []format.Rule{
			{Name: "lockleak", Doc: lockleakDoc, URL: "https://example.org/lockleak", Group: "correctness", Status: "stable", Trusted: true},
			{Name: "silent", Doc: "silent: report nothing", Group: "pedantic", Status: "preview", Level: format.Notice},
			{Name: "smelly", Doc: "smelly: report smells\n\nSmells smell.", Group: "suspicious", Status: "preview", Level: format.Warning},
		},
		Findings: []finding.Finding{
			{
				Check: "lockleak", Package: "m/a", Pos: at(a, 4, 15), End: at(a, 4, 24),
				Message: "m[k] is still locked, 100% | <so>",
				Related: []finding.Note{
					{Pos: at(a, 6, 3), End: at(a, 6, 9), Message: "this return leaves m[k] locked"},
					{Pos: at(b, 3, 19), End: at(b, 3, 25), Message: "the goroutine"},
				},
				Fixes: []finding.Fix{{Message: "Unlock it", Edits: []finding.Edit{
					{File: a, Start: unlock + len("return"), End: unlock + len("return"), New: " // done"},
					{File: a, Start: unlock, End: unlock, New: "mu.Unlock(); "},
				}}},
			},
			{Check: "smelly", Package: "m/a", Pos: at(a, 5, 2), End: at(a, 7, 3), Message: "it smells"},
			{Check: "smelly", Package: "m/a", Pos: at(a, 8, 2), End: at(a, 8, 2), Message: "it smells"},
		},
		Failures: []finding.Failure{{Check: "silent", Package: "m/b", Reason: "panic: no way on\n\tsilent.run"}},
		Errors:   []string{"# m/c\nc.go:1:1: broken"},
		Files:    finding.NewFiles(filepath.Join(dir, "mod")),
		Version:  "v1.2.3", OS: "linux", Arch: "arm64", ExitStatus: 3, Failed: true,
	}
}

const lockleakDoc = `lockleak: report mutexes left locked

The next call blocks
for ever.

	mu.Lock() // so

It waits.

For example:

	mu.Lock()

The correct code unlocks:

	mu.Lock()
	mu.Unlock()

The analyzer does not report maps.`

// empty returns a report of a run that found nothing.
func empty(t *testing.T) *format.Report {
	r := newReport(t)
	r.Findings, r.Failures, r.Errors, r.ExitStatus, r.Failed = nil, nil, nil, 0, false
	return r
}

// write writes the report in a format.
func write(t *testing.T, name string, r *format.Report) string {
	t.Helper()
	i := slices.IndexFunc(format.Formats, func(f format.Format) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no format is named %s", name)
	}
	r.Identities = finding.Identify(r.Files, r.Findings)
	var hidden []finding.Finding
	for _, h := range r.Hidden {
		hidden = append(hidden, h.Finding)
	}
	r.HiddenIDs = finding.Identify(r.Files, hidden)
	var b bytes.Buffer
	if err := format.Formats[i].Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// expect fails the test if the text is not as wanted.
func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestFull checks that a writer passes on the error of what it writes to.
func TestFull(t *testing.T) {
	for _, f := range format.Formats {
		r := newReport(t)
		r.Identities = finding.Identify(r.Files, r.Findings)
		if err := f.Write(full{}, r); err == nil {
			t.Errorf("%s: no error", f.Name)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

// schema returns the published schema of SARIF.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFSchema(t *testing.T) {
	schema := schema(t)
	unknown := newReport(t)
	unknown.Rules = nil
	unknown.Findings[0].Pos = finding.Position{File: filepath.Join(t.TempDir(), "x.go")}
	for name, r := range map[string]*format.Report{"findings": newReport(t), "empty": empty(t), "unknown": unknown, "hidden": hiding(t, 0, 2)} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(write(t, "sarif", r)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The schema is one that refuses something.
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Replace(write(t, "sarif", empty(t)), `"name":`, `"nom":`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(v) == nil {
		t.Error("a log without the name of the tool is valid")
	}
}

// at returns what is at a path in JSON, as JSON.
// hiding returns a report on the findings of newReport of which some are hidden: the
// first in the source.
func hiding(t *testing.T, hidden ...int) *format.Report {
	t.Helper()
	r := newReport(t)
	all := r.Findings
	r.Findings = nil
	for i, f := range all {
		switch {
		case !slices.Contains(hidden, i):
			r.Findings = append(r.Findings, f)
		case i == 0:
			r.Hidden = append(r.Hidden, finding.Hidden{Finding: f, InSource: true})
		default:
			r.Hidden = append(r.Hidden, finding.Hidden{Finding: f, Reason: "it is known"})
		}
	}
	return r
}

// TestSuppressions checks that SARIF tells of all results whether they are suppressed,
// if any is, and that no other format has one that is.
func TestSuppressions(t *testing.T) {
	got := write(t, "sarif", hiding(t, 0, 2))
	for i, want := range []string{`"smelly" []`, `"lockleak" [{"kind":"inSource"}]`, `"smelly" [{"justification":"it is known","kind":"external"}]`} {
		result := []any{"runs", 0, "results", i}
		expect(t, at(t, got, append(result, "ruleId")...)+" "+at(t, got, append(result, "suppressions")...), want)
	}
	if got := write(t, "sarif", newReport(t)); strings.Contains(got, "suppressions") {
		t.Errorf("nothing is suppressed, but:\n%s", got)
	}
	for _, f := range format.Formats {
		with, without := hiding(t, 0, 2), hiding(t, 0, 2)
		without.Hidden, without.Files, without.Findings = nil, with.Files, with.Findings
		if f.Name != "sarif" {
			expect(t, write(t, f.Name, with), write(t, f.Name, without))
		}
	}
}

func at(t *testing.T, text string, path ...any) string {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	for _, step := range path {
		switch step := step.(type) {
		case int:
			list, _ := v.([]any)
			if step >= len(list) {
				return "nothing"
			}
			v = list[step]
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		}
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func TestSARIF(t *testing.T) {
	got := write(t, "sarif", newReport(t))
	const base = `"artifactLocation":{"uri":"mod/a%20b/a.go","uriBaseId":"%SRCROOT%"}`
	for _, test := range []struct {
		path []any
		want string
	}{
		{[]any{"tool", "driver", "semanticVersion"}, `"1.2.3"`},
		{[]any{"tool", "driver", "rules", 0, "shortDescription", "text"}, `"Report mutexes left locked."`},
		{[]any{"tool", "driver", "rules", 0, "fullDescription", "text"}, `"The next call blocks for ever.\n\n\tmu.Lock() // so\n\nIt waits."`},
		{[]any{"tool", "driver", "rules", 0, "defaultConfiguration", "level"}, `"error"`},
		{[]any{"tool", "driver", "rules", 0, "helpUri"}, `"https://example.org/lockleak"`},
		{[]any{"tool", "driver", "rules", 0, "properties"}, `{"precision":"very-high","problem.severity":"error","tags":["concurrency","correctness","stable"]}`},
		{[]any{"tool", "driver", "rules", 1, "properties", "problem.severity"}, `"recommendation"`},
		{[]any{"tool", "driver", "rules", 2, "properties", "precision"}, `"medium"`},
		{[]any{"automationDetails", "id"}, `"concurrencyvet/linux-arm64/"`},
		{[]any{"invocations", 0, "exitCode"}, `3`},
		{[]any{"invocations", 0, "executionSuccessful"}, `false`},
		{[]any{"invocations", 0, "toolExecutionNotifications", 0, "message", "text"}, `"# m/c\nc.go:1:1: broken"`},
		{[]any{"invocations", 0, "toolExecutionNotifications", 1, "associatedRule"}, `{"id":"silent","index":1}`},
		{[]any{"results", 0, "ruleIndex"}, `0`},
		{[]any{"results", 2, "ruleIndex"}, `2`},
		{[]any{"results", 2, "level"}, `"warning"`},
		{[]any{"results", 0, "message", "text"}, `"m\\[k\\] is still locked, 100% | <so>. [this return leaves m\\[k\\] locked](1). [the goroutine](2)."`},
		{[]any{"results", 0, "locations", 0, "physicalLocation"}, `{` + base + `,"region":{"endColumn":21,"endLine":4,"startColumn":12,"startLine":4}}`},
		{[]any{"results", 1, "locations", 0, "physicalLocation", "region"}, `{"endColumn":9,"endLine":5,"startColumn":2,"startLine":5}`},
		{[]any{"results", 2, "locations", 0, "physicalLocation", "region"}, `{"endColumn":3,"endLine":8,"startColumn":2,"startLine":8}`},
		{[]any{"results", 0, "relatedLocations", 1, "id"}, `2`},
		{[]any{"results", 0, "relatedLocations", 1, "physicalLocation", "artifactLocation", "uri"}, `"mod/b.go"`},
		{[]any{"results", 0, "codeFlows", 0, "threadFlows", 0, "locations", 0, "location", "physicalLocation", "region", "startLine"}, `4`},
		{[]any{"results", 0, "codeFlows", 0, "threadFlows", 0, "locations", 2, "location", "message", "text"}, `"the goroutine"`},
		{[]any{"results", 1, "codeFlows"}, `null`},
		{[]any{"results", 0, "fixes", 0, "artifactChanges", 0, "replacements"}, `[{"deletedRegion":{"endColumn":9,"endLine":6,"startColumn":1,"startLine":6},"insertedContent":{"text":"\t\tmu.Unlock()\n\t\treturn // done"}}]`},
	} {
		if text := at(t, got, append([]any{"runs", 0}, test.path...)...); text != test.want {
			t.Errorf("%v is\n%s\nwant\n%s", test.path, text, test.want)
		}
	}
	markdown := at(t, got, "runs", 0, "tool", "driver", "rules", 0, "help", "markdown")
	if !strings.Contains(markdown, "```go\\nmu.Lock()") || strings.Contains(at(t, got, "runs", 0, "tool", "driver", "rules", 0, "help", "text"), "```") {
		t.Errorf("help:\n%s", markdown)
	}
	seen := make(map[string]bool)
	for i := range 3 {
		prints := at(t, got, "runs", 0, "results", i, "partialFingerprints")
		if seen[prints] || !strings.Contains(prints, `"concurrencyvet/v1":"`) || !strings.Contains(prints, `"primaryLocationLineHash":"`) {
			t.Errorf("fingerprints: %s", prints)
		}
		seen[prints] = true
	}
	if got := at(t, write(t, "sarif", empty(t)), "runs", 0, "results"); got != "[]" {
		t.Errorf("no results are %s", got)
	}
}

func TestGitHub(t *testing.T) {
	expect(t, write(t, "github", newReport(t)), `::error file=mod/a b/a.go,line=4,endLine=4,col=12,endColumn=21,title=concurrencyvet lockleak::m[k] is still locked, 100%25 | <so>%0Amod/a b/a.go:6: this return leaves m[k] locked%0Amod/b.go:3: the goroutine
::warning file=mod/a b/a.go,line=5,endLine=7,title=concurrencyvet smelly::it smells
::warning file=mod/a b/a.go,line=8,endLine=8,col=2,endColumn=3,title=concurrencyvet smelly::it smells
`)
	expect(t, write(t, "github", empty(t)), "")

	r := newReport(t)
	r.Findings[0].Pos.File = filepath.Join(r.Files.Root(), "x:y,z%.go")
	if got := write(t, "github", r); !strings.HasPrefix(got, "::error file=x%3Ay%2Cz%25.go,line=4,") {
		t.Errorf("properties are not escaped:\n%s", got)
	}
}

// TestGitHubLimit has more findings than GitHub shows.
func TestGitHubLimit(t *testing.T) {
	for _, test := range []struct {
		errors, notices int
		lines           int
		last            string
	}{
		{10, 10, 20, ""},
		{12, 2, 13, "::notice title=concurrencyvet::not shown here: 2 errors; GitHub shows 10 of a kind"},
		{11, 10, 20, "::notice title=concurrencyvet::not shown here: 1 error, 1 notice; GitHub shows 10 of a kind"},
	} {
		r := empty(t)
		for i := range test.errors {
			r.Findings = append(r.Findings, finding.Finding{Check: "lockleak", Message: fmt.Sprint(i)})
		}
		for i := range test.notices {
			r.Findings = append(r.Findings, finding.Finding{Check: "silent", Message: fmt.Sprint(i)})
		}
		got := strings.Split(strings.TrimSpace(write(t, "github", r)), "\n")
		if len(got) != test.lines || test.last != "" && got[len(got)-1] != test.last {
			t.Errorf("of %d errors and %d notices, %d lines:\n%s", test.errors, test.notices, len(got), strings.Join(got, "\n"))
		}
	}
}

func TestGitLab(t *testing.T) {
	got := write(t, "gitlab", newReport(t))
	var issues []struct{ Fingerprint string }
	if err := json.Unmarshal([]byte(got), &issues); err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for i, issue := range issues {
		if len(issue.Fingerprint) != 32 || seen[issue.Fingerprint] {
			t.Errorf("the fingerprint %q is short or not the only one", issue.Fingerprint)
		}
		seen[issue.Fingerprint] = true
		got = strings.Replace(got, issue.Fingerprint, fmt.Sprint("F", i), 1)
	}
	if len(issues) != 3 {
		t.Errorf("%d issues", len(issues))
	}
	expect(t, at(t, got, 0), `{"check_name":"lockleak","description":"m[k] is still locked, 100% | <so>","fingerprint":"F0","location":{"lines":{"begin":4,"end":4},"path":"mod/a b/a.go"},"severity":"major"}`)
	expect(t, at(t, got, 1, "location", "lines"), `{"begin":5,"end":7}`)
	expect(t, write(t, "gitlab", empty(t)), "[]\n")
}

func TestCheckstyle(t *testing.T) {
	expect(t, write(t, "checkstyle", newReport(t)), xml.Header+`<checkstyle version="5.0">
  <file name="a b/a.go">
    <error line="4" column="15" severity="error" message="m[k] is still locked, 100% | &lt;so&gt;" source="concurrencyvet.lockleak"></error>
    <error line="5" column="2" severity="warning" message="it smells" source="concurrencyvet.smelly"></error>
    <error line="8" column="2" severity="warning" message="it smells" source="concurrencyvet.smelly"></error>
  </file>
</checkstyle>
`)
	expect(t, write(t, "checkstyle", empty(t)), xml.Header+"<checkstyle version=\"5.0\"></checkstyle>\n")
}

func TestJUnit(t *testing.T) {
	r := newReport(t)
	r.Findings = r.Findings[:2]
	expect(t, write(t, "junit", r), xml.Header+`<testsuites name="concurrencyvet" tests="4" failures="2" errors="2">
  <testsuite name="lockleak" tests="1" failures="1" errors="0">
    <testcase classname="concurrencyvet.lockleak" name="a b/a.go:4:15" file="a b/a.go" line="4">
      <failure message="m[k] is still locked, 100% | &lt;so&gt;" type="correctness">a b/a.go:4:15: m[k] is still locked, 100% | &lt;so&gt;&#xA;&#x9;a b/a.go:6:3: this return leaves m[k] locked&#xA;&#x9;b.go:3:19: the goroutine</failure>
    </testcase>
  </testsuite>
  <testsuite name="silent" tests="1" failures="0" errors="1">
    <testcase classname="concurrencyvet.silent" name="m/b">
      <error message="panic: no way on" type="failure">panic: no way on&#xA;&#x9;silent.run</error>
    </testcase>
  </testsuite>
  <testsuite name="smelly" tests="1" failures="1" errors="0">
    <testcase classname="concurrencyvet.smelly" name="a b/a.go:5:2" file="a b/a.go" line="5">
      <failure message="it smells" type="suspicious">a b/a.go:5:2: it smells</failure>
    </testcase>
  </testsuite>
  <testsuite name="concurrencyvet" tests="1" failures="0" errors="1">
    <testcase classname="concurrencyvet" name="m/c">
      <error message="# m/c" type="error"># m/c&#xA;c.go:1:1: broken</error>
    </testcase>
  </testsuite>
</testsuites>
`)
	if got := write(t, "junit", empty(t)); !strings.Contains(got, `<testcase classname="concurrencyvet.smelly" name="smelly"></testcase>`) ||
		!strings.Contains(got, `tests="3" failures="0" errors="0"`) {
		t.Errorf("checks without findings do not pass:\n%s", got)
	}
}

func TestRDJSON(t *testing.T) {
	got := write(t, "rdjson", newReport(t))
	expect(t, at(t, got, "source", "name"), `"concurrencyvet"`)
	expect(t, at(t, got, "diagnostics", 0, "location"), `{"path":"a b/a.go","range":{"end":{"column":24,"line":4},"start":{"column":15,"line":4}}}`)
	expect(t, at(t, got, "diagnostics", 0, "severity"), `"ERROR"`)
	expect(t, at(t, got, "diagnostics", 0, "code"), `{"url":"https://example.org/lockleak","value":"lockleak"}`)
	expect(t, at(t, got, "diagnostics", 0, "suggestions"), `[{"range":{"end":{"column":9,"line":6},"start":{"column":1,"line":6}},"text":"\t\tmu.Unlock()\n\t\treturn // done"}]`)
	expect(t, at(t, got, "diagnostics", 0, "related_locations", 1), `{"location":{"path":"b.go","range":{"end":{"column":25,"line":3},"start":{"column":19,"line":3}}},"message":"the goroutine"}`)
	expect(t, at(t, got, "diagnostics", 2, "location", "range"), `{"end":{"column":3,"line":8},"start":{"column":2,"line":8}}`)
	expect(t, at(t, write(t, "rdjson", empty(t)), "diagnostics"), "[]")

	// What is not formatted gets the edits as they are.
	r := newReport(t)
	b := filepath.Join(r.Files.Root(), "mod", "b.go")
	if err := os.WriteFile(b, []byte(strings.Replace(bSource, "func", "  func", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	r.Findings[0].Pos.File = b
	r.Findings[0].Fixes[0].Edits = []finding.Edit{{File: b, Start: 13, End: 17, New: "func()"}, {File: b, Start: 11, End: 11, New: "//"}}
	expect(t, at(t, write(t, "rdjson", r), "diagnostics", 0, "suggestions"), `[{"range":{"end":{"column":7,"line":3},"start":{"column":1,"line":3}},"text":"//  func()"}]`)

	r = newReport(t)
	r.Findings[0].Fixes[0].Edits[0].File = b
	expect(t, at(t, write(t, "rdjson", r), "diagnostics", 0, "suggestions"), "null")
}

func TestMarkdown(t *testing.T) {
	r := newReport(t)
	r.Findings = r.Findings[:2]
	expect(t, write(t, "markdown", r), "## concurrencyvet\n\n2 findings. Not all packages could be checked.\n"+`
| finding | at | check | group |
|---|---|---|---|
| m\[k\] is still locked, 100% \| &lt;so><br>mod/a b/a.go:6: this return leaves m\[k\] locked<br>mod/b.go:3: the goroutine | mod/a b/a.go:4 | [`+"`lockleak`"+`](https://example.org/lockleak) | correctness |
| it smells | mod/a b/a.go:5 | `+"`smelly`"+` | suspicious |

Check `+"`silent` failed on package `m/b`"+`: panic: no way on<br>	silent.run

`+"```\n# m/c\nc.go:1:1: broken\n```\n")
	expect(t, write(t, "markdown", empty(t)), "## concurrencyvet\n\nNo findings.\n")

	r = empty(t)
	r.Findings = make([]finding.Finding, 501)
	if got := write(t, "markdown", r); strings.Count(got, "\n| ") != 501 || !strings.HasSuffix(got, "\nThe table leaves out 1 finding.\n") {
		t.Errorf("of 501 findings:\n%s", got)
	}
}
