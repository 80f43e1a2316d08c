package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hides has a directive for a finding of its own, and one for nothing.
const hides = `
func hides(done bool) {
	//concurrencyvet:ignore lockleak the process ends
	mu.Lock()
	if done {
		return
	}
	mu.Unlock()
}
`

// suppressions returns the results of a SARIF log with how they are suppressed.
func (r *repo) suppressions(name string) []string {
	r.t.Helper()
	data, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		r.t.Fatal(err)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID       string
				Suppressions []struct{ Kind, Justification string }
				Fingerprints map[string]string `json:"partialFingerprints"`
			}
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		r.t.Fatal(err)
	}
	var list []string
	prints := make(map[string]bool)
	for _, res := range log.Runs[0].Results {
		text := res.RuleID
		for _, s := range res.Suppressions {
			text += " " + s.Kind + ": " + s.Justification
		}
		list = append(list, text)
		prints[res.Fingerprints["concurrencyvet/v1"]] = true
	}
	if len(prints) != len(list) {
		r.t.Errorf("%d results have %d fingerprints", len(list), len(prints))
	}
	return list
}

// TestSuppressed has findings that a directive hides and that a baseline has. SARIF
// tells of them, and nothing else does.
func TestSuppressed(t *testing.T) {
	t.Parallel()
	r := newRepo(t, locks)
	r.save(".gitignore", "*.sarif\nknown\n")
	r.run(0, r.binary, "-lockleak", "-baseline=known", "-write-baseline")
	r.save("m.go", locks+hides)
	r.save("m_test.go", "package m\n"+strings.ReplaceAll(hides, "hides", "hidesInTest"))
	const (
		inSource = "lockleak inSource: the process ends"
		external = "lockleak external: it is in the baseline known"
	)
	for _, test := range []struct {
		status int
		flags  string
		want   []string
	}{
		{1, "", []string{"lockleak", inSource, inSource}},
		{1, "-test=false", []string{"lockleak", inSource}},
		{1, "-suppressed=false", []string{"lockleak"}},
		{0, "-baseline=known", []string{inSource, inSource, external}},
		{0, "-baseline=known -suppressed=false", nil},
		{0, "-new-from=HEAD", []string{inSource, inSource}},
		{0, "-new-from=HEAD -new-lines-only", []string{inSource, inSource}},
	} {
		args := append([]string{"-lockleak", "-format=text,sarif=out.sarif,json=out.json"}, strings.Fields(test.flags)...)
		out := r.run(test.status, r.binary, args...)
		if got := r.suppressions("out.sarif"); !slices.Equal(got, test.want) {
			t.Errorf("with %q the results are\n%q\nwant\n%q", test.flags, got, test.want)
		}
		if strings.Count(out, "(lockleak)") != test.status || strings.Contains(out, "process ends") {
			t.Errorf("with %q the text is\n%s", test.flags, out)
		}
		data, err := os.ReadFile(filepath.Join(r.dir, "out.json"))
		if err != nil || strings.Count(string(data), `"message": "mu is`) != test.status || strings.Contains(string(data), "hidden") {
			t.Errorf("with %q the JSON is\n%s%v", test.flags, data, err)
		}
		os.Remove(filepath.Join(r.dir, "out.json"))
	}
	// go vet knows nothing of it, and neither does its JSON.
	tool := "-vettool=" + r.binary
	if out := r.run(1, "go", "vet", tool, "-lockleak"); strings.Count(out, "still locked") != 1 {
		t.Errorf("go vet printed\n%s", out)
	}
	if a, b := r.run(0, "go", "vet", tool, "-lockleak", "-json"), r.run(1, r.binary, "-lockleak", "-json"); a != b {
		t.Errorf("go vet -json printed\n%s\nand -json\n%s", a, b)
	}

	// What was there before is left out, hidden or not; what is hidden no more is new.
	r.run(0, "git", "add", "-A")
	r.run(0, "git", "commit", "-q", "-m", "y")
	r.save("m.go", strings.Replace(locks, "\tmu.Lock()", "\t//concurrencyvet:ignore lockleak so\n\tmu.Lock()", 1)+strings.Replace(hides, "\t//concurrencyvet", "\t// concurrencyvet", 1))
	r.run(1, r.binary, "-lockleak", "-format=sarif=out.sarif", "-new-from=HEAD")
	if got := r.suppressions("out.sarif"); !slices.Equal(got, []string{"lockleak"}) {
		t.Errorf("of what is new the results are %q", got)
	}
}
