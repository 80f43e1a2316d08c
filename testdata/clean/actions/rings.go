package actions

import "sync/atomic"

// pairRing may be used by one goroutine that calls put and one that calls take.
type pairRing struct {
	buf        [64]int
	head, tail atomic.Uint64
}

func (r *pairRing) put(v int) bool {
	t := r.tail.Load()
	if t-r.head.Load() == 64 {
		return false
	}
	r.buf[t%64] = v
	r.tail.Store(t + 1)
	return true
}

func (r *pairRing) take() (int, bool) {
	h := r.head.Load()
	if h == r.tail.Load() {
		return 0, false
	}
	v := r.buf[h%64]
	r.head.Store(h + 1)
	return v, true
}

func pump(in []int, f func(int)) {
	var r pairRing
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, v := range in {
			r.put(v)
		}
	}()
	<-done
	for v, ok := r.take(); ok; v, ok = r.take() {
		f(v)
	}
}
