package guarded

import "testing"

var tests = map[string]*peer{}

func TestApply(t *testing.T) {
	p := tests[t.Name()]
	if !p.apply(1) || p.atLimit() {
		t.Error(p.limit)
	}
}
