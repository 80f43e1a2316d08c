package front

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/passes"
)

// TestWork has a package that was checked now, and others that the cache had.
func TestWork(t *testing.T) {
	t.Parallel()
	suite := &Suite{Checks: []passes.Check{{Analyzer: &analysis.Analyzer{Name: "a"}}, {Analyzer: &analysis.Analyzer{Name: "b"}}}}
	const data = `{"p": {"concurrencyvetstats": [{"message": "{\"run\": \"now\", \"package\": \"p\", \"spent\": {\"a\": 1000000, \"b\": 30000000, \"s\": 2000000}, \"cut\": {\"b\": 2}}"}]}}
{"q": {"concurrencyvetstats": [{"message": "{\"run\": \"then\", \"package\": \"q\", \"spent\": {\"a\": 1000000}}"}]}}
{"r": {"concurrencyvetstats": {"error": "failed prerequisites: b"}, "b": {"error": "no"}}}
{}
`
	units, _, err := decode([]byte(data))
	if err != nil || len(units) != 4 {
		t.Fatal(len(units), err)
	}
	if findings, failures := read(units); len(findings) != 0 || len(failures) != 1 || failures[0].Check != "b" {
		t.Errorf("the findings are %v, the failures %v", findings, failures)
	}
	var b strings.Builder
	suite.writeWork(&b, workOf(units, "now"))
	const want = `times of the 1 package analysed now; what came from the cache has none
slowest checks:
  0.030s  b
  0.001s  a
slowest analyses that checks share:
  0.002s  s
slowest packages:
  0.033s  p
searches given up at their bound by check:
       2  b
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	if w := workOf(units, ""); len(w.packages) != 0 {
		t.Errorf("nothing was asked for, but there is %v", w)
	}
}

// TestMeter has an analyzer that takes its time and gives up a search, and one that
// waits for it.
func TestMeter(t *testing.T) {
	t.Parallel()
	cuts := 0
	slow := &analysis.Analyzer{Name: "slow", Run: func(*analysis.Pass) (any, error) {
		time.Sleep(10 * time.Millisecond)
		cuts++
		return nil, nil
	}}
	fast := &analysis.Analyzer{Name: "fast", Run: func(*analysis.Pass) (any, error) { return nil, nil }}
	m := &meter{told: times{Spent: make(map[string]time.Duration), Cut: make(map[string]int)}, cuts: func() int { return cuts }}
	list := m.measure([]*analysis.Analyzer{slow, fast})
	if len(list) != 3 || len(list[2].Requires) != 2 {
		t.Fatalf("the analyzers are %v", list)
	}
	for _, a := range list[:2] {
		if _, err := a.Run(nil); err != nil {
			t.Error(err)
		}
	}
	if spent := m.told.Spent; spent["slow"] < 10*time.Millisecond || spent["fast"] >= spent["slow"] {
		t.Errorf("the times are %v", spent)
	}
	if len(m.told.Cut) != 1 || m.told.Cut["slow"] != 1 {
		t.Errorf("the searches given up are %v", m.told.Cut)
	}
}
