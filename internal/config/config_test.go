package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/config"
)

var known = config.Known{Options: map[string][]string{"lockleak": nil, "lockorder": nil, "ctxfirst": {"also"}}}

// dump prints a configuration, with paths relative to dir.
func dump(c *config.Config, dir string) string {
	var b strings.Builder
	place := func(o config.Origin) string {
		return fmt.Sprintf("%s:%d", strings.TrimPrefix(o.File, dir+string(filepath.Separator)), o.Line)
	}
	for _, s := range c.Settings {
		value := strings.TrimPrefix(s.Value, dir+string(filepath.Separator))
		fmt.Fprintf(&b, "%s=%s %s\n", s.Name, filepath.ToSlash(value), place(s.Origin))
	}
	for _, s := range c.Checks {
		fmt.Fprintf(&b, "check %s=%v %s\n", s.Check, s.On, place(s.Origin))
	}
	for _, r := range c.Rules {
		fmt.Fprintf(&b, "rule %s %v %s\n", r.Glob, r.Checks, place(r.Origin))
	}
	return filepath.ToSlash(b.String())
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := checktest.Extract(t, `
-- base/b.toml --
preview = true
baseline = "known"
format = ["text", "json"]

[checks]
lockleak = true
lockorder = true

[[paths]]
glob = "gen"
ignore = true
-- concurrencyvet.toml --
# All that can be said.
extends = "base/b.toml"
preview = false
pedantic = true
fail-on = "correctness"
format = ["sarif"]

checks.lockorder = false

[options]
ctxfirst = { also = 7 }

[[paths]]
glob = "**/*_test.go"
[paths.checks]
ctxfirst = false

[[paths]]
glob = "x"
checks = { lockleak = true }
`)
	c, err := config.Load(filepath.Join(dir, "concurrencyvet.toml"), known)
	if err != nil {
		t.Fatal(err)
	}
	const want = `baseline=base/known base/b.toml:2
preview=false concurrencyvet.toml:3
pedantic=true concurrencyvet.toml:4
fail-on=correctness concurrencyvet.toml:5
format=sarif concurrencyvet.toml:6
ctxfirst.also=7 concurrencyvet.toml:11
check lockleak=true base/b.toml:6
check lockorder=false concurrencyvet.toml:8
rule gen map[] base/b.toml:9
rule **/*_test.go map[ctxfirst:false] concurrencyvet.toml:13
rule x map[lockleak:true] concurrencyvet.toml:18
`
	if got := dump(c, dir); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if len(c.Files) != 2 || filepath.Base(c.Files[0]) != "concurrencyvet.toml" {
		t.Errorf("files %v", c.Files)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ file, want string }{
		{"\npreviw = true\n", "2: no key is named previw (did you mean preview?)"},
		{"a = 1\nqqqqqqq = 2\n", "1: no key is named a\nc.toml:2: no key is named qqqqqqq"},
		{"[[paths]]\nglob = 'x'\nignor = true\n", "3: no key is named paths.ignor (did you mean ignore?)"},
		{"[checks]\nlocklaek = true\n", "2: no check is named locklaek (did you mean lockleak?)"},
		{"[options.lockorderr]\nx = 1\n", "1: no check is named lockorderr (did you mean lockorder?)"},
		{"[options.ctxfirst]\n\nalos = 1\n", "3: check ctxfirst has no option alos (did you mean also?)"},
		{"[options.ctxfirst]\nalso = []\n", "2: option also of check ctxfirst is neither text nor a number nor a truth value"},
		{
			"[[paths]]\nglob = 'a'\n[[paths]]\nglob = 'b'\n[paths.checks]\nfoo = false\n[[paths]]\nglob='['\nignore=true",
			"1: the rule for a says nothing: it has neither ignore nor checks\nc.toml:6: no check is named foo\nc.toml:8: glob \"[\" is malformed",
		},
		{"paths = [{ignore = true}]\n", "1: a rule for paths has no glob"},
		{"preview = true\npedantic = 'yes'\n", "2: "},
		{"preview = \n", "1: "},
		{"preview = true\npreview = true\n", "2: "},
		{"\nextends = 'nosuch.toml'\n", "2: there is no file nosuch.toml"},
		{"extends = 'c.toml'\n", "1: c.toml extends itself"},
	} {
		dir := checktest.Extract(t, "-- c.toml --\n"+test.file)
		_, err := config.Load(filepath.Join(dir, "c.toml"), known)
		if err == nil {
			t.Errorf("no error in\n%s", test.file)
			continue
		}
		got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "")
		if exact := !strings.HasSuffix(test.want, " "); exact && got != "c.toml:"+test.want || !strings.HasPrefix(got, "c.toml:"+test.want) {
			t.Errorf("in\n%sgot  %s\nwant c.toml:%s", test.file, got, test.want)
		}
	}
}

func TestExtendsInARing(t *testing.T) {
	t.Parallel()
	dir := checktest.Extract(t, "-- a.toml --\nextends = 'b.toml'\n-- b.toml --\n\nextends = 'a.toml'\n")
	_, err := config.Load(filepath.Join(dir, "a.toml"), known)
	if err == nil || !strings.Contains(err.Error(), "b.toml:2: a.toml extends itself") {
		t.Errorf("got %v", err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := checktest.Extract(t, `
-- concurrencyvet.toml --
-- repo/.git/HEAD --
-- repo/.concurrencyvet.toml --
-- repo/mod/go.mod --
-- repo/mod/p/p.go --
-- repo/own/concurrencyvet.toml --
-- alone/go.mod --
-- alone/p/p.go --
-- bare/p.go --
-- two/.concurrencyvet.toml --
-- two/concurrencyvet.toml --
`)
	for from, want := range map[string]string{
		"repo":       "repo/.concurrencyvet.toml",
		"repo/mod/p": "repo/.concurrencyvet.toml",
		"repo/own":   "repo/own/concurrencyvet.toml",
		"alone/p":    "",
		"bare":       "",
	} {
		got, err := config.Find(filepath.Join(dir, filepath.FromSlash(from)))
		if err != nil {
			t.Error(err)
		}
		if want != "" {
			want = filepath.Join(dir, filepath.FromSlash(want))
		}
		if got != want {
			t.Errorf("from %s: got %s, want %s", from, got, want)
		}
	}
	if _, err := config.Find(filepath.Join(dir, "two")); err == nil {
		t.Error("two files in one directory are no error")
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	c := &config.Config{Rules: []config.Rule{
		{Dir: "/r", Glob: "old", Ignore: &yes},
		{Dir: "/r", Glob: "old/new/**", Ignore: &no},
		{Dir: "/r", Glob: "**/*_test.go", Checks: map[string]bool{"lockleak": false, "ctxfirst": true}},
		{Dir: "/r/sub", Glob: "*.go", Checks: map[string]bool{"lockleak": false}},
		{Dir: "/r/sub", Glob: "b.go", Checks: map[string]bool{"lockleak": true}},
	}}
	for _, test := range []struct {
		check, file  string
		on, reported bool
	}{
		{"lockleak", "/r/a.go", true, true},
		{"lockleak", "/r/a.go", false, false},
		{"lockleak", "/r/old/a.go", true, false},
		{"lockleak", "/r/old/x/y/a.go", true, false},
		{"lockleak", "/r/older/a.go", true, true},
		{"lockleak", "/r/old/new/x/a.go", true, true},
		{"lockleak", "/r/p/a_test.go", true, false},
		{"lockleak", "/r/a_test.go", true, false},
		{"ctxfirst", "/r/a_test.go", false, true},
		{"ctxfirst", "/r/old/a_test.go", false, false},
		{"lockleak", "/r/sub/a.go", true, false},
		{"lockleak", "/r/sub/b.go", true, true},
		{"lockleak", "/r/sub/x/a.go", true, true},
		{"lockleak", "/elsewhere/a_test.go", true, true},
	} {
		if got := c.Reports(test.check, test.file, test.on); got != test.reported {
			t.Errorf("%s in %s, on %v: got %v", test.check, test.file, test.on, got)
		}
	}
	if on := c.SomewhereOn(); len(on) != 2 || !on["ctxfirst"] || !on["lockleak"] {
		t.Errorf("somewhere on: %v", on)
	}
}

// TestSchema holds the schema to what Load takes: each key at the top, and the
// names of the checks below.
func TestSchema(t *testing.T) {
	t.Parallel()
	data, err := config.Schema(map[string]string{"lockleak": "mutexes that are not unlocked"})
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		Properties map[string]struct {
			Type        string
			Enum        []string
			Description string
			Properties  map[string]struct{ Type, Description string }
		}
	}
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	values := map[string]string{
		"extends": "''", "default": "true", "preview": "true", "pedantic": "true", "all": "true", "borrowed": "true", "test": "true",
		"fail-on": "'any'", "baseline": "''", "format": "[]", "checks": "{lockleak=true}", "options": "{}", "paths": "[]",
	}
	for key, p := range s.Properties {
		if p.Description == "" || p.Type == "" && len(p.Enum) == 0 {
			t.Errorf("key %s: %+v", key, p)
		}
		path := filepath.Join(t.TempDir(), "c.toml")
		if err := os.WriteFile(path, []byte(key+" = "+values[key]+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Load(path, known); err != nil {
			t.Errorf("key %s: %v", key, err)
		}
		delete(values, key)
	}
	if len(values) > 0 {
		t.Errorf("the schema lacks %v", values)
	}
	if p := s.Properties["checks"].Properties["lockleak"]; p.Type != "boolean" || p.Description == "" {
		t.Errorf("lockleak: %+v", p)
	}
	if !slices.Contains(s.Properties["fail-on"].Enum, "suspicious") {
		t.Errorf("fail-on: %v", s.Properties["fail-on"].Enum)
	}
}
