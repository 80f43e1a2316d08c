package front_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMerge merges what runs for two systems wrote.
func TestMerge(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.with("GOOS=plan9", "GOARCH=386").run("-format", "sarif=plan9.sarif", "./...").wants(t, 1, "", "")
	m.with("GOOS=linux", "GOARCH=arm64").run("-format", "sarif=linux.sarif", "./q").wants(t, 1, "", "")

	m.run("merge", "-o", "all.sarif", "plan9.sarif", "linux.sarif").wants(t, 0, "", "")
	all := m.read("all.sarif")
	m.run("merge", "plan9.sarif", "linux.sarif").wants(t, 0, all, "")
	if n := strings.Count(all, `"ruleId"`); n != 4 {
		t.Errorf("%d results", n)
	}
	if !strings.Contains(all, `"id": "concurrencyvet/"`) {
		t.Error("the run has no name of its own")
	}

	// What is wrong leaves the output as it was.
	for name, data := range map[string]string{"bad.sarif": "no", "all.sarif": "old"} {
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got := m.run("merge", "-o", "all.sarif", "plan9.sarif", "bad.sarif", "none.sarif")
	if got.status != 3 || !strings.HasPrefix(got.stderr, "concurrencyvet: merge: bad.sarif: not SARIF: ") ||
		!strings.Contains(got.stderr, "\nopen none.sarif: ") || m.read("all.sarif") != "old" {
		t.Errorf("status %d, standard error:\n%s", got.status, got.stderr)
	}
	if got := m.run("merge", "-o", "none/all.sarif", "plan9.sarif"); got.status != 3 || got.stderr == "" {
		t.Errorf("status %d, standard error:\n%s", got.status, got.stderr)
	}

	for _, args := range [][]string{{"merge"}, {"merge", "-x", "plan9.sarif"}, {"merge", "-o"}} {
		if got := m.run(args...); got.status != 2 || got.stdout != "" || got.stderr == "" {
			t.Errorf("%v: status %d, standard error:\n%s", args, got.status, got.stderr)
		}
	}
	if got := m.run("merge", "-h"); got.status != 0 || !strings.HasPrefix(got.stdout, "usage: concurrencyvet merge ") {
		t.Errorf("-h: status %d, printed:\n%s", got.status, got.stdout)
	}
}
