package ordered

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// TestBubbleJoins reads what the goroutines of the bubble have written: Test has
// waited for them.
func TestBubbleJoins(t *testing.T) {
	done, late := false, false
	synctest.Test(t, func(t *testing.T) {
		stop := make(chan struct{})
		t.Cleanup(func() { close(stop) })
		go func() {
			<-stop
			done = true
		}()
		time.AfterFunc(time.Hour, func() { late = true })
	})
	if !done || late {
		t.Errorf("done = %v, late = %v", done, late)
	}
}

// TestBubbleSettles reads behind Wait, and starts the next goroutine behind it.
func TestBubbleSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		go func() { n++ }()
		synctest.Wait()
		for range 3 {
			go func() { n++ }()
			synctest.Wait()
		}
		time.AfterFunc(time.Second, func() {
			n++
		})
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n != 5 {
			t.Errorf("n = %d", n)
		}
	})
}

// TestBubbleHelper has the bubble in a helper.
func TestBubbleHelper(t *testing.T) {
	var got []int
	inBubble(t, func() {
		go func() { got = append(got, 1) }()
	})
	if len(got) != 1 {
		t.Error(got)
	}
}

func inBubble(t *testing.T, do func()) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { do() })
}

// TestEventually reads what the condition has written: it runs once at a time, and
// Eventually waits for it.
func TestEventually(t *testing.T) {
	var seen []int
	require.Eventually(t, func() bool {
		seen = look()
		return len(seen) == 1
	}, time.Second, time.Millisecond)
	for _, n := range seen {
		t.Log(n)
	}
}

func look() []int { return []int{1} }
