package capturerace

import "testing"

// A test that fails may leave its goroutines running.
func TestFailsEarly(t *testing.T) {
	var err error
	defer func() { use(err) }()
	done := make(chan bool)
	go func() {
		err = work()
		close(done)
	}()
	if work() == nil {
		t.Fatal("no error")
	}
	<-done
}

func TestParallelSubtests(t *testing.T) {
	n := 0
	for range 3 {
		t.Run("sub", func(t *testing.T) { // related `^the subtests run here$`
			t.Parallel()
			n++ // want `^n is written by subtests that run in parallel$`
		})
	}
}

func TestSubtestsInTurn(t *testing.T) {
	n := 0
	for range 3 {
		t.Run("sub", func(t *testing.T) {
			n++
		})
	}
	use(n)
}
