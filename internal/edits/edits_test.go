package edits_test

import (
	"strings"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/edits"
	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

// replace is an edit of text: what stands between the bars is replaced.
func replace(t *testing.T, text, marked, by string) finding.Edit {
	t.Helper()
	before, rest, ok1 := strings.Cut(marked, "|")
	old, _, ok2 := strings.Cut(rest, "|")
	start := strings.Index(text, before+old)
	if !ok1 || !ok2 || start < 0 {
		t.Fatalf("%q marks nothing in %q", marked, text)
	}
	return finding.Edit{File: "a.go", Start: start + len(before), End: start + len(before) + len(old), New: by}
}

func TestApply(t *testing.T) {
	t.Parallel()
	const tagged = "//go:build linux\n\npackage p\n\nfunc f() {\n\tg()\n}\n"
	for name, test := range map[string]struct{ text, marked, by, want string }{
		"formatted":     {tagged, "\t|g|()", "if x {\ng()\n}\nh", "//go:build linux\n\npackage p\n\nfunc f() {\n\tif x {\n\t\tg()\n\t}\n\th()\n}\n"},
		"not formatted": {"package p\nfunc f() { g() ; }\n", "{ |g|()", "h", "package p\nfunc f() { h() ; }\n"},
		"no syntax":     {tagged, "\t|g|()", "{", "//go:build linux\n\npackage p\n\nfunc f() {\n\t{()\n}\n"},
		"byte mark":     {"\ufeffpackage p\n\nvar x = 1\n", "= |1|", "2", "\ufeffpackage p\n\nvar x = 2\n"},
	} {
		for end, lines := range map[string]*strings.Replacer{"LF": strings.NewReplacer(), "CRLF": strings.NewReplacer("\n", "\r\n")} {
			text := lines.Replace(test.text)
			whole, ok := edits.Merge([]byte(text), []finding.Edit{replace(t, text, test.marked, test.by)})
			if !ok {
				t.Fatalf("%s, %s: the edit does not fit", name, end)
			}
			if got, _ := edits.Apply([]byte(text), whole); string(got) != lines.Replace(test.want) {
				t.Errorf("%s, %s: got %q, want %q", name, end, got, lines.Replace(test.want))
			}
		}
	}
	mixed := "package p\r\n\nvar x = 1\n"
	whole, _ := edits.Merge([]byte(mixed), []finding.Edit{replace(t, mixed, "= |1|", "2\n")})
	if got, _ := edits.Apply([]byte(mixed), whole); string(got) != "package p\r\n\nvar x = 2\n\n" {
		t.Errorf("of both kinds of ends of lines: got %q", got)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	at := func(file string, start, end int, by string) finding.Edit {
		return finding.Edit{File: file, Start: start, End: end, New: by}
	}
	for _, test := range []struct {
		a, b finding.Edit
		want bool
	}{
		{at("a", 1, 3, "x"), at("a", 3, 4, "y"), true},
		{at("a", 1, 3, "x"), at("a", 2, 4, "y"), false},
		{at("a", 1, 3, "x"), at("b", 2, 4, "y"), true},
		{at("a", 1, 3, "x"), at("a", 1, 3, "x"), true},
		{at("a", 1, 3, "x"), at("a", 1, 3, "y"), false},
		{at("a", 1, 3, "x"), at("a", 1, 1, "y"), true},
		{at("a", 1, 3, "x"), at("a", 2, 2, "y"), false},
		{at("a", 1, 3, "x"), at("a", 3, 3, "y"), true},
		{at("a", 1, 1, "x"), at("a", 1, 1, "y"), false},
		{at("a", 1, 1, "x"), at("a", 1, 1, "x"), true},
	} {
		var none edits.Set
		one, ok := none.With(finding.Fix{Edits: []finding.Edit{test.a}})
		if !ok {
			t.Fatalf("%v does not fit into an empty set", test.a)
		}
		both, ok := one.With(finding.Fix{Edits: []finding.Edit{test.b}})
		if ok != test.want {
			t.Errorf("%v and %v fit: %t, want %t", test.a, test.b, ok, test.want)
		}
		if len(one.Files()) != 1 || len(one.Edits("a")) != 1 {
			t.Errorf("%v: the set without %v has changed", test.a, test.b)
		}
		if _, fit := edits.Merge([]byte("0123456789"), both.Edits("a")); !fit {
			t.Errorf("%v and %v do not merge", test.a, test.b)
		}
	}
}
