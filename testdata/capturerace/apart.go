package capturerace

import (
	"sync"
	"sync/atomic"
	"time"
)

// Two turns write, each its own way.
func byTwoTurns() (v int) {
	var wg sync.WaitGroup
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() { // related `^the goroutines that have v start here$`
			defer wg.Done()
			if i == 0 {
				v = 1 // want `^v is written by several goroutines, perhaps at the same time$`
			}
			if i == 1 {
				v = 2 // related `^v is written here at the same time$`
			}
		}()
	}
	wg.Wait()
	return v
}

// Each goroutine has a loop of its own.
func byOwnTurn(n int) (v int) {
	// races: byOwnTurn(3)
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() { // related `^the goroutines that have v start here$`
			defer wg.Done()
			for i := range 3 {
				if i == 0 {
					v = 1 // want `^v is written by several goroutines, perhaps at the same time$`
				}
			}
		}()
	}
	wg.Wait()
	return v
}

// What has stopped is not asked.
func stopUnasked(d time.Duration, f func()) (late bool) {
	// races: stopUnasked(time.Millisecond, func() { time.Sleep(2 * time.Millisecond) })
	t := time.AfterFunc(d, func() { // related `^the goroutine that has late written starts here$`
		late = true // want `^late is written by this goroutine, and may be read at the same time at line \d+$`
	})
	f()
	t.Stop()
	return late // related `^late is read here at the same time$`
}

// All goroutines write once they have counted themselves out.
func afterCount(n int) (v int) {
	// races: afterCount(3)
	var left atomic.Int32
	left.Store(int32(n))
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() { // related `^the goroutines that have v start here$`
			defer wg.Done()
			left.Add(-1)
			v++ // want `^v is written by several goroutines, perhaps at the same time$`
		}()
	}
	wg.Wait()
	return v
}

// All wait for one channel.
func waitForOne(fs []func(int) int) int {
	// races: waitForOne([]func(int) int{func(n int) int { return n + 1 }, func(n int) int { return n + 2 }})
	v := 0
	start := make(chan struct{})
	done := make(chan struct{}, len(fs))
	for _, f := range fs {
		go func() { // related `^the goroutines that have v start here$`
			<-start
			v = f(v) // want `^v is written by several goroutines, perhaps at the same time$`
			done <- struct{}{}
		}()
	}
	close(start)
	for range fs {
		<-done
	}
	return v
}
