package skeleton

import "testing"

// TestCuts has a search that meets its bound: it is counted, and what rests on it is not
// sure.
func TestCuts(t *testing.T) {
	view, before := new(View), Cuts()
	if view.Sure(func() bool { view.giveUp(); return true }) {
		t.Error("what was given up is sure")
	}
	if n := Cuts() - before; n != 1 {
		t.Errorf("%d searches were given up, want 1", n)
	}
	if !view.Sure(func() bool { return true }) || Cuts() != before+1 {
		t.Error("a search after it is not sure")
	}
}
