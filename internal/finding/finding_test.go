package finding_test

import (
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/finding"
)

func TestParsePosition(t *testing.T) {
	for s, want := range map[string]finding.Position{
		"a.go:3:14":     {File: "a.go", Line: 3, Col: 14},
		"a.go:3":        {File: "a.go", Line: 3},
		"a.go":          {File: "a.go"},
		`C:\x\a.go:3:1`: {File: `C:\x\a.go`, Line: 3, Col: 1},
		`C:\x\a.go`:     {File: `C:\x\a.go`},
		"":              {},
	} {
		if got := finding.ParsePosition(s); got != want {
			t.Errorf("ParsePosition(%q) = %v, want %v", s, got, want)
		}
	}
}

func TestDistinct(t *testing.T) {
	at := func(file string, line int, check string) finding.Finding {
		return finding.Finding{Check: check, Pos: finding.Position{File: file, Line: line, Col: 1}, Message: "m"}
	}
	inTest := at("a.go", 2, "x")
	inTest.Package = "p.test"
	got := finding.Distinct([]finding.Finding{at("b.go", 1, "x"), at("a.go", 10, "x"), inTest, at("a.go", 2, "y"), at("a.go", 2, "x")})
	want := []finding.Finding{at("a.go", 2, "x"), at("a.go", 2, "y"), at("a.go", 10, "x"), at("b.go", 1, "x")}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if got[i].Pos != want[i].Pos || got[i].Check != want[i].Check {
			t.Errorf("finding %d is %v, want %v", i, got[i], want[i])
		}
	}
}
