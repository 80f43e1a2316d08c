package front_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	bad1     = "p/p.go:3:6: Bad1 is bad (bad)\n\tp/p.go:1:9: its package is here\n\tp/p.go:1:1: the first file of the package\n"
	bad2     = "p/p_test.go:3:6: Bad2 is bad (bad)\n\tp/p_test.go:1:9: its package is here\n\tp/p.go:1:1: the first file of the package\n"
	newThing = "p/p.go:5:6: NewThing is new (newish)\n"
	ugly     = "p/p.go:7:6: UglyThing is ugly (taste)\n"
	lentUgly = "p/p.go:7:6: UglyThing is ugly (lent)\n"
	xCalls   = "p/x_test.go:5:12: Bad1 is called (callbad)\n"
	qCalls   = "q/q.go:5:12: Bad1 is called (callbad)\n"
)

// save writes a file of the module.
func (m *module) save(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, test := range []struct{ file, flags, stdout string }{
		{"preview = true", "", bad1 + newThing + bad2 + xCalls + qCalls},
		{"preview = true", "-preview=false", bad1 + bad2 + xCalls + qCalls},
		{"preview = true", "-config off", bad1 + bad2 + xCalls + qCalls},
		{"all = true\ntest = false", "", bad1 + newThing + ugly + qCalls},
		{"borrowed = true", "", bad1 + lentUgly + bad2 + xCalls + qCalls},
		{"borrowed = true", "-borrowed=false", bad1 + bad2 + xCalls + qCalls},
		{"borrowed = true\nchecks.lent = false", "", bad1 + bad2 + xCalls + qCalls},
		{"checks.lent = true", "", bad1 + lentUgly + bad2 + xCalls + qCalls},
		{"checks.lent = true", "-all", bad1 + newThing + lentUgly + ugly + bad2 + xCalls + qCalls},
		{"borrowed = true\n[[paths]]\nglob = 'p'\nchecks.lent = false", "-lent", ""},
		{"test = false", "-test", bad1 + bad2 + xCalls + qCalls},
		{"default = false\npedantic = true", "", ugly},
		{"default = false\n[checks]\nnewish = true", "", newThing},
		{"[checks]\nbad = false\ntaste = true", "", ugly + xCalls + qCalls},
		{"[checks]\nbad = false\ntaste = true", "-newish", newThing},
		{"[checks]\nbad = false\ntaste = true", "-callbad=false", ugly},
		{"[checks]\nbad = false\ntaste = true", "-all", bad1 + newThing + ugly + bad2 + xCalls + qCalls},
		{"[checks]\nbad = false\nnewish = false", "-preview", xCalls + qCalls},
		{"default = false\nchecks.bad = true\noptions.bad.also = 'New'", "", bad1 + strings.NewReplacer("3:6", "5:6", "Bad1", "NewThing").Replace(bad1) + bad2},
		{"default = false\nchecks.bad = true\noptions.bad.also = 'New'", "-bad.also=", bad1 + bad2},
		{"[[paths]]\nglob = '**/*_test.go'\nchecks.bad = false", "", bad1 + xCalls + qCalls},
		{"[[paths]]\nglob = 'p'\nignore = true", "", qCalls},
		{"[[paths]]\nglob = 'p'\nignore = true", "-bad", ""},
		{"checks.callbad = false\n[[paths]]\nglob = 'q'\nchecks.callbad = true", "-bad=false", qCalls},
		{"checks.callbad = false\n[[paths]]\nglob = 'q'\nchecks.callbad = true", "-callbad=false", bad1 + bad2},
		{"checks.callbad = false\n[[paths]]\nglob = 'q'\nchecks.callbad = true", "-callbad", xCalls + qCalls},
	} {
		m.save("concurrencyvet.toml", test.file)
		status := 1
		if test.stdout == "" {
			status = 0
		}
		r := m.run(append(strings.Fields(test.flags), "./...")...)
		if r.status != status || r.stdout != test.stdout || r.stderr != "" {
			t.Errorf("%s\nwith %q: exit status %d, output\n%s%s\nwant\n%s", test.file, test.flags, r.status, r.stdout, r.stderr, test.stdout)
		}
	}
}

// TestConfigPlaces looks for the file from several directories.
func TestConfigPlaces(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages+`
-- base.toml --
preview = true
-- .concurrencyvet.toml --
extends = "base.toml"
default = false
-- q/concurrencyvet.toml --
checks.callbad = false
-- more/other.toml --
default = false
[[paths]]
glob = "../p"
ignore = true
`)
	m.run("./...").wants(t, 1, newThing, "")
	m.at("p").run().wants(t, 1, strings.ReplaceAll(newThing, "p/", ""), "")
	m.at("q").run().wants(t, 0, "", "")
	m.at("p").run("-C", "../q").wants(t, 0, "", "")
	m.run("-C", "q", "-config", "../more/other.toml", "-preview", "../p").wants(t, 1, "../"+newThing, "")
	if r := m.run("-json", "./..."); strings.Contains(r.stdout, "callbad") || !strings.Contains(r.stdout, "NewThing") {
		t.Errorf("-json printed\n%s", r.stdout)
	}
	if r := m.run("-standalone", "./p"); r.status != 3 || !strings.Contains(r.stdout, "NewThing is new") || strings.Contains(r.stdout, "Bad1") {
		t.Errorf("-standalone: exit status %d, output\n%s%s", r.status, r.stdout, r.stderr)
	}
}

func TestConfigMistakes(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, test := range []struct{ file, flags, stderr string }{
		{"\npreviw = true", "", "concurrencyvet.toml:2: no key is named previw (did you mean preview?)"},
		{"[checks]\ncalbad = true", "-C p", "../concurrencyvet.toml:2: no check is named calbad (did you mean callbad?)"},
		{"fail-on = 'sometimes'", "", "concurrencyvet.toml:1: invalid value \"sometimes\" for fail-on: want correctness, suspicious, any"},
		{"", "-config nosuch.toml", "nosuch.toml"},
		{"", "-fail-on sometimes", "want correctness, suspicious, any"},
		{"", "-fail-on any -standalone", "-fail-on and -standalone"},
		{"", "-fail-on any -fix", "-fail-on and -fix"},
	} {
		m.save("concurrencyvet.toml", test.file)
		r := m.run(append(strings.Fields(test.flags), ".")...)
		if r.status != 2 || r.stdout != "" || !strings.Contains(r.stderr, test.stderr) {
			t.Errorf("%s\nwith %q: exit status %d, output\n%s%s\nwant\n%s", test.file, test.flags, r.status, r.stdout, r.stderr, test.stderr)
		}
	}
	m.save("concurrencyvet.toml", "fail-on = 'correctness'\n[[paths]]\nglob = 'clean'\nchecks.taste = true\n")
	m.run("-standalone", "./q").wants(t, 3, "q/q.go:5:12: Bad1 is called (callbad)\n", "")
	if r := m.run("-standalone", "./p"); strings.Contains(r.stdout, "UglyThing") {
		t.Errorf("-standalone runs what is on in some paths only:\n%s", r.stdout)
	}
	m.run("-standalone", "./clean").wants(t, 0, "", "")
	m.run("-fix", "./clean").wants(t, 0, "", "")
}

func TestFailOn(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages)
	for _, test := range []struct {
		flags  string
		status int
	}{
		{"-callbad", 1},
		{"-callbad -fail-on suspicious", 1},
		{"-callbad -fail-on=correctness", 0},
		{"-taste -fail-on=suspicious", 0},
		{"-taste -fail-on=any", 1},
		{"-bad -fail-on=correctness", 1},
	} {
		args := append(strings.Fields(test.flags), "./...")
		want := m.run(args[0], "./...").stdout
		m.run(args...).wants(t, test.status, want, "")
		if r := m.run(append([]string{"-json"}, args...)...); r.status != test.status || !strings.Contains(r.stdout, "posn") {
			t.Errorf("%s -json: exit status %d, output\n%s", test.flags, r.status, r.stdout)
		}
	}
}

func TestShowConfig(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages+`
-- base.toml --
fail-on = "suspicious"

[options.bad]
also = "New"
-- concurrencyvet.toml --
extends = "base.toml"
preview = true

[checks]
bad = false

[[paths]]
glob = "p"
ignore = true
checks.taste = true
`)
	m.run("config", "-taste=false").wants(t, 0, `# concurrencyvet.toml
# base.toml
default = true         # default
preview = true         # concurrencyvet.toml:2
pedantic = false       # default
all = false            # default
borrowed = false       # default
test = true            # default
fail-on = "suspicious" # base.toml:1

[checks]
bad = false    # concurrencyvet.toml:5
callbad = true # default
fails = true   # default
mend = true    # preview, concurrencyvet.toml:2
newish = true  # preview, concurrencyvet.toml:2
taste = false  # flag
lent = false   # default

[options.bad]
also = "New" # base.toml:4

[[paths]] # concurrencyvet.toml:7
glob = "p"
ignore = true
checks.taste = true
`, "")
	m.run("config", "./...").wants(t, 2, "", "config takes flags only, not ./...")
}

// TestConfigFormat has formats in the file, which the command line overrules.
func TestConfigFormat(t *testing.T) {
	t.Parallel()
	m := write(t, twoPackages+"-- concurrencyvet.toml --\nformat = [\"text\", \"rdjson=out.json\"]\nfail-on = \"correctness\"\n")
	m.run("-callbad", "./q").wants(t, 0, qCalls, "")
	if got := m.read("out.json"); !strings.Contains(got, "Bad1 is called") {
		t.Errorf("the file has\n%s", got)
	}
	m.remove("out.json")
	if r := m.run("-callbad", "-json", "./q"); r.status != 0 || !strings.Contains(r.stdout, "posn") {
		t.Errorf("-json: exit status %d, output\n%s%s", r.status, r.stdout, r.stderr)
	}
	if r := m.run("-callbad", "-format=markdown", "./q"); r.status != 0 || !strings.Contains(r.stdout, "Bad1 is called") || r.stdout == qCalls {
		t.Errorf("-format: exit status %d, output\n%s%s", r.status, r.stdout, r.stderr)
	}
	if _, err := os.Stat(filepath.Join(m.dir, "out.json")); err == nil {
		t.Error("the file was written though the command line says otherwise")
	}
	m.run("-fix", "./clean").wants(t, 0, "", "")
	m.run("-standalone", "./clean").wants(t, 0, "", "")
	m.save("concurrencyvet.toml", "\nformat = [\"txt\"]\n")
	m.run("./q").wants(t, 2, "", "concurrencyvet.toml:2: invalid value \"txt\" for format: no format is named \"txt\" (did you mean text?)")
}
