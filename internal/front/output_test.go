package front_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A sarifLog is what the tests look at in SARIF.
type sarifLog struct {
	Runs []struct {
		AutomationDetails struct{ ID string }
		Tool              struct {
			Driver struct{ Rules []struct{ ID string } }
		}
		Invocations []struct{ ExitCode int }
		Results     []sarifResult
	}
}

type sarifResult struct {
	RuleID, Level string
	Locations     []struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI string }
			Region           struct{ StartLine int }
		}
	}
	PartialFingerprints map[string]string
	Fixes               []struct {
		ArtifactChanges []struct {
			Replacements []struct{ InsertedContent struct{ Text string } }
		}
	}
}

func (r sarifResult) file() string { return r.Locations[0].PhysicalLocation.ArtifactLocation.URI }

func (r sarifResult) line() int { return r.Locations[0].PhysicalLocation.Region.StartLine }

// TestFormats has several outputs at once.
func TestFormats(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	summary := filepath.Join(m.dir, "summary.md")
	m = m.with("GOOS=plan9", "GOARCH=386", "GITHUB_STEP_SUMMARY="+summary)

	m.run("-format", "text,sarif=out.sarif", "-format=json=out.json,github=out.txt", "./...").wants(t, 1, twoPackagesText, "")
	var log sarifLog
	if err := json.Unmarshal([]byte(m.read("out.sarif")), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if run.AutomationDetails.ID != "concurrencyvet/plan9-386/" {
		t.Errorf("the run is %s", run.AutomationDetails.ID)
	}
	if len(run.Tool.Driver.Rules) != 3 || run.Tool.Driver.Rules[1].ID != "callbad" {
		t.Errorf("rules: %v", run.Tool.Driver.Rules)
	}
	if len(run.Results) != 4 || run.Invocations[0].ExitCode != 1 {
		t.Fatalf("%d results, exit status %d", len(run.Results), run.Invocations[0].ExitCode)
	}
	if r := run.Results[3]; r.RuleID != "callbad" || r.Level != "warning" || r.file() != "q/q.go" || r.line() != 5 {
		t.Errorf("the last result is %+v", r)
	}
	if fixes := run.Results[0].Fixes; len(fixes) != 1 || fixes[0].ArtifactChanges[0].Replacements[0].InsertedContent.Text != "func Good1() {}" {
		t.Errorf("the fixes of the first result are %+v", fixes)
	}
	if got, want := m.read("out.json"), m.run("-json", "./...").stdout; got != want {
		t.Errorf("JSON in a file:\n%s\nwant:\n%s", got, want)
	}
	if got := m.read("out.txt"); !strings.HasPrefix(got, "::error file=p/p.go,line=3,endLine=3,col=6,endColumn=10,title=concurrencyvet bad::Bad1 is bad%0Ap/p.go:1: its package is here") {
		t.Errorf("commands of GitHub:\n%s", got)
	}
	if got := m.read("summary.md"); strings.Count(got, "## concurrencyvet\n\n4 findings.\n") != 1 {
		t.Errorf("summary of the step:\n%s", got)
	}
	for _, left := range m.files() {
		if strings.HasSuffix(left, ".tmp") {
			t.Errorf("%s is left", left)
		}
	}
}

// files returns the names of the files in the module's directory.
func (m *module) files() []string {
	m.t.Helper()
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		m.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestFormatRoot has a module below the root of a repository.
func TestFormatRoot(t *testing.T) {
	t.Parallel()
	m := write(t, "-- .git/HEAD --\n-- m/go.mod --\nmodule m\n-- m/p.go --\npackage p\n\nfunc NewThing() {}\n")
	m.run("-C=m", "-newish", "-format=github").wants(t, 1, "::error file=m/p.go,line=3,endLine=3,col=6,endColumn=14,title=concurrencyvet newish::NewThing is new\n", "")
	m.run("-C=m", "-newish", "-format=json=out.json").wants(t, 1, "", "")
	if got := m.read("m/out.json"); !strings.Contains(got, "NewThing is new") {
		t.Errorf("JSON:\n%s", got)
	}
}

func TestFormatFailures(t *testing.T) {
	t.Parallel()
	m := write(t, mixed+"-- panics/p.go --\npackage panics\n\nfunc Panic() {}\n")
	r := m.run("-format=junit", "./broken", "./good", "./panics")
	for _, want := range []string{`<error message="panic: no way on"`, "undefined: undefined", `message="Bad is bad"`} {
		if r.status != 3 || !strings.Contains(r.stdout, want) {
			t.Errorf("exit status %d, no %s in:\n%s", r.status, want, r.stdout)
		}
	}
}

func TestFormatMisuse(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, test := range []struct{ args, stderr string }{
		{"-format=serif", `no format is named "serif" (did you mean sarif?)`},
		{"-format=text,", `no format is named ""`},
		{"-format=text,sarif", "both text and sarif would go to standard output: write -format sarif=FILE"},
		{"-format=text -json", "both text and json would go to standard output"},
		{"-format=sarif=x,github=x", "both sarif and github would go to x"},
		{"-format=sarif=", `no file is named after "sarif="`},
		{"-format=sarif -fix", "-fix reports nothing"},
		{"-stats -fix", "-fix reports nothing"},
		{"-format=sarif -standalone", "cannot be used together with -standalone"},
	} {
		if r := m.run(strings.Fields(test.args)...); r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, test.stderr) {
			t.Errorf("%s: exit status %d, output:\n%s%s\nwant:\n%s", test.args, r.status, r.stdout, r.stderr, test.stderr)
		}
	}
}

// TestUnwritable has files that cannot be written; the other outputs are.
func TestUnwritable(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.run("-format=text,sarif=nosuch/out.sarif", "./q").wants(t, 3, "q/q.go:5:12: Bad1 is called (callbad)\n", "cannot write the findings as sarif: ")
	m.run("-format=sarif=q", "./clean").wants(t, 3, "", "is a directory")
}

// TestRewritten has files that are there already.
func TestRewritten(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("needs symbolic links and modes")
	}
	m := write(t, twoPackages)
	real, link := filepath.Join(m.dir, "real.json"), filepath.Join(m.dir, "link.json")
	if err := os.WriteFile(real, []byte(strings.Repeat("old\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real.json", link); err != nil {
		t.Fatal(err)
	}
	m.run("-format=gitlab=link.json", "./clean").wants(t, 0, "", "")
	if info, err := os.Lstat(link); err != nil || info.Mode().IsRegular() {
		t.Errorf("the link is gone: %v", err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has another mode: %v", err)
	}
	if got := m.read("real.json"); got != "[]\n" {
		t.Errorf("the file is:\n%s", got)
	}
}

// TestNoColourInFiles checks that a file is no terminal, whatever is forced.
func TestNoColourInFiles(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.with("CLICOLOR_FORCE=1").run("-format=text=out.txt", "./...").wants(t, 1, "", "")
	if got := m.read("out.txt"); got != twoPackagesText {
		t.Errorf("text in a file:\n%s", got)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	r := m.run("-stats", "./...")
	r.wants(t, 1, twoPackagesText, `findings by check:
       2  bad
       2  callbad
findings by package:
       2  example.com/m/p
       1  example.com/m/p_test
       1  example.com/m/q
times of the `)
	for _, want := range []string{
		"packages analysed now; what came from the cache has none\n", "\nslowest checks:\n", "s  callbad\n",
		"\nslowest analyses that checks share:\n", "s  badness\n", "\nslowest packages:\n", "s  example.com/m/q\n", "\n4 findings, ",
	} {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("standard error has no %q:\n%s", want, r.stderr)
		}
	}
	const none = "no times: nothing was analysed now, but came from the cache (-a analyses all anew)\n"
	m.run("-stats", "./...").wants(t, 1, twoPackagesText, "       1  example.com/m/q\n"+none+"4 findings, ")
	// The times are not in the output of others, nor in JSON.
	m.run("./...").wants(t, 1, twoPackagesText, "")
	if got, want := m.run("-stats", "-json", "./...").stdout, m.run("-json", "./...").stdout; got != want {
		t.Errorf("with -stats the JSON is\n%s\nwithout\n%s", got, want)
	}
	if r := m.run("-stats", "./clean"); !strings.Contains(r.stderr, "\n0 findings, ") || r.status != 0 {
		t.Errorf("exit status %d, standard error:\n%s", r.status, r.stderr)
	}
}

// fingerprints returns those in the reports of SARIF and GitLab, by the line of the
// finding.
func (m *module) fingerprints(sarif, gitlab string) (ours, theirs map[int]string) {
	m.t.Helper()
	var log sarifLog
	var issues []struct {
		Fingerprint string
		Location    struct{ Lines struct{ Begin int } }
	}
	if err := errors.Join(json.Unmarshal([]byte(m.read(sarif)), &log), json.Unmarshal([]byte(m.read(gitlab)), &issues)); err != nil {
		m.t.Fatal(err)
	}
	ours, theirs = make(map[int]string), make(map[int]string)
	for _, r := range log.Runs[0].Results {
		ours[r.line()] = r.PartialFingerprints["concurrencyvet/v1"]
	}
	for _, issue := range issues {
		theirs[issue.Location.Lines.Begin] = issue.Fingerprint
	}
	return ours, theirs
}

// TestFingerprints has findings that are alike, of which the gate holds back the first.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.save("q/q.go", "package q\n\nimport \"example.com/m/p\"\n\nfunc f() {\n\tp.Bad1()\n\tp.Bad1()\n}\n")
	const formats = "-format=sarif=out.sarif,gitlab=out.json"
	m.run(formats, "./q").wants(t, 1, "", "")
	sarif, gitlab := m.fingerprints("out.sarif", "out.json")
	if len(sarif) != 2 || sarif[6] == sarif[7] || !maps.Equal(sarif, gitlab) {
		t.Fatalf("fingerprints %v and %v", sarif, gitlab)
	}
	m.run("-baseline=base", "-write-baseline", "./q").wants(t, 0, "", "2 findings")
	m.save("base", m.lines("base")[0]+"\n")
	m.run(formats, "-baseline=base", "./q").wants(t, 1, "", "")
	// SARIF tells of what is suppressed too.
	both, alone := m.fingerprints("out.sarif", "out.json")
	if len(alone) != 1 || alone[7] != sarif[7] || !maps.Equal(both, sarif) {
		t.Errorf("fingerprints %v and %v, want one of %v, and all", alone, both, sarif)
	}
	m.run(formats, "-baseline=base", "-suppressed=false", "./q").wants(t, 1, "", "")
	if shown, alone := m.fingerprints("out.sarif", "out.json"); !maps.Equal(shown, alone) {
		t.Errorf("fingerprints %v and %v", shown, alone)
	}
}
