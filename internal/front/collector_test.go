package front

import (
	"math"
	"testing"
)

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

// A limit of memory is given up where it would leave the collector no room.
func TestCollectorLimit(t *testing.T) {
	c := &collector{limit: 1250}
	if got := c.limitFor(1000); got != 1250 {
		t.Errorf("with 1000 bytes alive the limit is %d, want 1250", got)
	}
	if got := c.limitFor(1001); got != math.MaxInt64 {
		t.Errorf("with 1001 bytes alive the limit is %d, want none", got)
	}
}
