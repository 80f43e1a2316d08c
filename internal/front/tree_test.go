package front

import (
	"bytes"
	"strings"
	"testing"
)

// printedUnit is what unitchecker prints of two packages, with a line between them.
const printedUnit = `{
	"a/p": {
		"x": [
			{
				"category": "c",
				"posn": "/p.go:1:2",
				"end": "/p.go:1:3",
				"message": "a \u003c b",
				"suggested_fixes": [
					{
						"message": "m",
						"edits": [
							{
								"filename": "/p.go",
								"start": 1,
								"end": 2,
								"new": "n"
							}
						]
					}
				],
				"related": [
					{
						"posn": "/q.go:1:2",
						"end": "/q.go:1:2",
						"message": "r"
					}
				]
			},
			{
				"posn": "/p.go:1:2",
				"end": "/p.go:1:3",
				"message": "n"
			}
		],
		"y": {
			"error": "no luck"
		}
	}
}
`

// TestDecode has units, text between them, and what looks like a unit.
func TestDecode(t *testing.T) {
	t.Parallel()
	units, text, err := decode([]byte("{}\n" + printedUnit + "so {}\n{ it goes\n"))
	if err != nil || len(units) != 2 || string(text) != "so {}\n{ it goes\n" {
		t.Fatalf("%d units, text %q, error %v", len(units), text, err)
	}
	var b bytes.Buffer
	if err := writeUnits(&b, units); err != nil || b.String() != "{}\n"+printedUnit {
		t.Errorf("written again, with the error %v:\n%s", err, b.Bytes())
	}
	findings, failures := read(units)
	if len(findings) != 2 || findings[0].Message != "a < b" || findings[0].Fixes[0].Edits[0].New != "n" || findings[0].Related[0].Message != "r" {
		t.Errorf("the findings are %+v", findings)
	}
	if len(failures) != 1 || failures[0].Package != "a/p" || failures[0].Check != "y" || failures[0].Reason != "no luck" {
		t.Errorf("the failures are %+v", failures)
	}
}

// TestDecodeOther has JSON of other forms.
func TestDecodeOther(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"p": 1}`, `{"p": {"x": 1}}`, `{"p": {"x": [1]}}`, `{"p": {"x": [{"posn": 1}]}}`, `{"p": {}, "q": {}}`,
	} {
		if _, _, err := decode([]byte(data)); err == nil || !strings.HasPrefix(err.Error(), "go vet printed JSON of an unknown form: ") {
			t.Errorf("%s: %v", data, err)
		}
	}
}
