// Package dep has helpers that look at a channel without waiting.
package dep

import "time"

// A Box holds at most one value.
type Box struct{ C chan int }

// TryPut puts v into the box if it is empty.
func (b *Box) TryPut(v int) bool {
	select {
	case b.C <- v:
		return true
	default:
		return false
	}
}

// TryGet takes a value out of ch if there is one.
func TryGet(ch <-chan int) (int, bool) {
	select {
	case v := <-ch:
		return v, true
	default:
	}
	return 0, false
}

// TryGetDeep is TryGet.
func TryGetDeep(ch <-chan int) (int, bool) { return TryGet(ch) }

// GetSoon takes a value, and pauses if there is none.
func GetSoon(ch <-chan int) (v int, ok bool) {
	if v, ok = TryGet(ch); !ok {
		time.Sleep(time.Millisecond)
	}
	return v, ok
}

// Until calls try until it succeeds.
func Until(try func() bool) {
	for !try() {
	}
}

// Notify computes a long while, and then sends unless nobody waits.
func Notify(ch chan<- int, data []int) {
	sum := 0
	for i := range data {
		data[i] *= 3
		sum += data[i]
	}
	select {
	case ch <- sum:
	default:
	}
}
