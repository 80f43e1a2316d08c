package ordered

import "testing"

// A fakeIndex answers what the test has put there before.
type fakeIndex struct{ answers chan []int }

func (f *fakeIndex) keep(int) []int { return <-f.answers }

func TestCompact(t *testing.T) {
	for rev := range 3 {
		f := newFakeIndex()
		s := newShelf()
		f.answers <- []int{rev}
		s.idx = f
		if len(s.compact(rev)) == 0 {
			t.Error("nothing kept")
		}
	}
}

func newFakeIndex() *fakeIndex { return &fakeIndex{make(chan []int, 1)} }
