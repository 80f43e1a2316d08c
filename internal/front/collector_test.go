package front

import "testing"

// The growth brings the heap to the floor, and beyond it is what it must be.
func TestCollectorPercent(t *testing.T) {
	c := &collector{floor: 1000 << 20, growth: 40}
	for _, test := range []struct {
		live uint64
		want uint64 // the heap at the next collection
	}{
		{100 << 20, 1000 << 20},
		{900 << 20, 1260 << 20},
		{2000 << 20, 2800 << 20},
	} {
		got := test.live + test.live/100*uint64(c.percent(test.live))
		if got/(16<<20) != test.want/(16<<20) {
			t.Errorf("with %d MB alive the next collection is at %d MB, want %d MB", test.live>>20, got>>20, test.want>>20)
		}
	}
	if p := c.percent(0); p != 40 {
		t.Errorf("with nothing known to be alive the growth is %d percent, want 40", p)
	}
}
