package wgadd

import "sync"

// -- silent: what is closed counts no more, which a flag under a lock says --

type connTracker struct {
	mu    sync.Mutex
	conns map[int]struct{}
	wg    sync.WaitGroup
}

func (t *connTracker) track(n int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.conns == nil {
		return false
	}
	t.conns[n] = struct{}{}
	t.wg.Add(1)
	return true
}

func (t *connTracker) serve(next func() int) {
	for n := next(); n >= 0; n = next() {
		if !t.track(n) {
			return
		}
		go func() {
			defer t.wg.Done()
			busy()
		}()
	}
}

func (t *connTracker) close() {
	t.mu.Lock()
	t.conns = nil
	t.mu.Unlock()
	t.wg.Wait()
}

func trackAll(next func() int) {
	t := &connTracker{conns: make(map[int]struct{})}
	go t.serve(next)
	t.close()
}

func trackLocal(next func() int) {
	var (
		mu     sync.Mutex
		closed bool
		wg     sync.WaitGroup
	)
	go func() {
		for n := next(); n >= 0; n = next() {
			mu.Lock()
			if closed {
				mu.Unlock()
				return
			}
			wg.Add(1)
			mu.Unlock()
			go func() {
				defer wg.Done()
				busy()
			}()
		}
	}()
	mu.Lock()
	closed = true
	mu.Unlock()
	wg.Wait()
}

// A lock alone keeps nothing from counting.
func lockedOnly(next func() int) {
	var (
		mu sync.Mutex
		n  int
		wg sync.WaitGroup
	)
	go func() { // related `^the goroutine that adds to wg starts here$`
		mu.Lock()
		wg.Add(1) // want `^wg is added to by a goroutine that Wait at line \d+ may overtake$`
		n++
		mu.Unlock()
		wg.Done()
	}()
	mu.Lock()
	n++
	mu.Unlock()
	wg.Wait() // related `^Wait for wg may return before the Add$`
}

func busy() {}
