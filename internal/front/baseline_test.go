package front_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lines returns the entries of a baseline.
func (m *module) lines(name string) []string {
	var list []string
	for line := range strings.Lines(m.read(name)) {
		if !strings.HasPrefix(line, "#") {
			list = append(list, strings.TrimSpace(line))
		}
	}
	return list
}

// replace changes a file of the module.
func (m *module) replace(name string, oldnew ...string) {
	m.t.Helper()
	before := m.read(name)
	after := strings.NewReplacer(oldnew...).Replace(before)
	if before == after {
		m.t.Fatalf("%s has none of %q", name, oldnew)
	}
	m.save(name, after)
}

func (m *module) remove(name string) {
	m.t.Helper()
	if err := os.Remove(filepath.Join(m.dir, filepath.FromSlash(name))); err != nil {
		m.t.Fatal(err)
	}
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	m.run("-baseline=known", "-write-baseline", "./...").wants(t, 0, "", "known has 4 findings now")
	const want = `p/p.go	bad	Bad1	Bad1 is bad	func Bad1() {}
p/p_test.go	bad	Bad2	Bad2 is bad	func Bad2() {}
p/x_test.go	callbad	f	Bad1 is called	func f() { p.Bad1() }
q/q.go	callbad	f	Bad1 is called	func f() { p.Bad1() }`
	if got := strings.Join(m.lines("known"), "\n"); got != want {
		t.Fatalf("the baseline has\n%s\nwant\n%s", got, want)
	}
	m.run("-baseline=known", "./...").wants(t, 0, "", "")
	m.run("-C", "q", "-baseline=../known", "../p").wants(t, 0, "", "")
	if r := m.run("-baseline=known", "-json", "./p"); r.status != 0 || strings.Contains(r.stdout, "posn") {
		t.Errorf("-json: exit status %d, output\n%s", r.status, r.stdout)
	}

	// What moves within its file is known, what is new is not.
	m.save("p/p.go", "package p\n\nfunc Bad3() {}\n\nfunc Bad1() {}\n")
	m.run("-baseline=known", "./...").wants(t, 1, strings.ReplaceAll(bad1, "Bad1", "Bad3"), "")
	if r := m.run("-baseline=known", "-json", "./..."); r.status != 1 || strings.Count(r.stdout, `"posn": `) != 3 || !strings.Contains(r.stdout, "Bad3") {
		t.Errorf("-json: exit status %d, output\n%s", r.status, r.stdout)
	}
	m.replace("p/p.go", "func Bad3() {}", "")

	// What is gone is stale, if it was looked for.
	m.replace("p/p.go", "Bad1", "Good")
	m.replace("p/x_test.go", "p.Bad1", "p.Good")
	m.run("-baseline=known", "-callbad", "./clean", "./p").wants(t, 0, "", "more; -prune-baseline removes it:\n\tp/x_test.go: Bad1 is called (callbad)\n")
	for _, args := range []string{"./clean", "-newish ./p", "-callbad -test=false ./p"} {
		m.run(append([]string{"-baseline=known", "-prune-baseline"}, strings.Fields(args)...)...).wants(t, 0, "", "")
	}
	m.run("-baseline=known", "-test=false", "-prune-baseline", "./p").wants(t, 0, "", "pruned known: 1 entry removed")
	if got := m.lines("known"); len(got) != 3 || !strings.HasPrefix(got[0], "p/p_test.go") {
		t.Errorf("after pruning the baseline has %q", got)
	}
	m.run("-baseline=known", "-prune-baseline", "./p").wants(t, 0, "", "pruned known: 1 entry removed")

	// A package that does not compile says nothing of what is gone.
	m.save("p/p_test.go", "package p\n\nvar x = y\n")
	if r := m.run("-baseline=known", "-prune-baseline", "./p"); r.status != 3 || !strings.Contains(r.stderr, "the baseline is left as it is") {
		t.Errorf("exit status %d, output\n%s", r.status, r.stderr)
	}
	if r := m.run("-baseline=known", "-write-baseline", "./p"); r.status != 3 || !strings.Contains(r.stderr, "the baseline is not written") {
		t.Errorf("exit status %d, output\n%s", r.status, r.stderr)
	}

	// So does a file that is gone, if its directory is not one of those named.
	m.remove("p/p_test.go")
	m.run("-baseline=known", "./clean").wants(t, 0, "", "")
	m.run("-baseline=known", "./clean/...", "example.com/m/p").wants(t, 0, "", "")
	m.at("p").run("-baseline=../known").wants(t, 0, "", "\n\tp/p_test.go: Bad2 is bad (bad)\n")
	m.at("p").run("-baseline=../known", "../...").wants(t, 3, "", "Bad1") // q does not compile
	m.replace("q/q.go", "Bad1", "Good")
	m.run("-baseline=known", "-write-baseline", "./q").wants(t, 0, "", "known has 1 finding now")
	m.run("-baseline=known", "-write-baseline", "./...").wants(t, 0, "", "known has 0 findings now")
}

// TestBaselineMoves has a file that is renamed and a package that moves.
func TestBaselineMoves(t *testing.T) {
	t.Parallel()
	m := write(t, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- p/p.go --\npackage p\n\nfunc Bad() {}\n")
	m.run("-baseline=known", "-write-baseline", "./...").wants(t, 0, "", "1 finding")
	m.remove("p/p.go")
	m.save("moved/to/new.go", "package to\n\nfunc Bad() {}\n")
	m.run("-baseline=known", "./...").wants(t, 0, "", "")
	m.run("-baseline=known", "-prune-baseline", "./...").wants(t, 0, "", "pruned known: 0 entries removed")
	if got := m.lines("known"); len(got) != 1 || !strings.HasPrefix(got[0], "moved/to/new.go\t") {
		t.Errorf("after pruning the baseline has %q", got)
	}
	m.save("p/p.go", "package p\n\nfunc Bad() {}\n")
	if r := m.run("-baseline=known", "./..."); r.status != 1 || !strings.Contains(r.stdout, "p/p.go") || strings.Contains(r.stdout, "new.go") {
		t.Errorf("exit status %d, output\n%s", r.status, r.stdout)
	}
}

func TestBaselineMistakes(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages+`
-- broken --
p.go	bad
-- concurrencyvet.toml --
baseline = "none"
`)
	for args, want := range map[string]string{
		"-baseline=nosuch":                  "there is no baseline nosuch: -write-baseline makes one",
		"-baseline=broken":                  "baseline broken: line 1: no entry of a baseline",
		"-C q":                              "there is no baseline ../none",
		"-config=off -write-baseline":       "-write-baseline needs -baseline FILE",
		"-config=off -prune-baseline":       "-prune-baseline needs -baseline FILE",
		"-prune-baseline -write-baseline":   "-write-baseline and -prune-baseline",
		"-prune-baseline -fix":              "-prune-baseline and -fix",
		"-write-baseline -standalone ./...": "-write-baseline and -standalone",
	} {
		r := m.run(strings.Fields(args)...)
		if r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, want) {
			t.Errorf("%s: exit status %d, output\n%s%s\nwant\n%s", args, r.status, r.stdout, r.stderr, want)
		}
	}
	m.at("q").run("-write-baseline").wants(t, 0, "", "../none has 1 finding now")
	m.at("q").run().wants(t, 0, "", "")
	m.run("-fix", "-diff", "./q").wants(t, 0, "", "")
}
