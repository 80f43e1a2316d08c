package lockleak

import (
	"fmt"
	"sync"

	"fixture.example/lockleak/dep"
)

func (s *store) straight() {
	s.mu.Lock() // want `^s\.mu is still locked at the end of straight$`
	s.n++
} // related `^the end of straight leaves s\.mu locked$`

func (s *store) straightReturn() int {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	return s.n  // related `^this return leaves s\.mu locked$`
}

func (s *store) earlyReturn(k string) (int, error) {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	n, ok := s.m[k]
	if !ok {
		return 0, errClosed // related `^this return leaves s\.mu locked$`
	}
	s.mu.Unlock()
	return n, nil
}

func (s *store) unlockedFirst(k string) (int, error) {
	s.mu.Lock()
	n, ok := s.m[k]
	if !ok {
		s.mu.Unlock()
		return 0, errClosed
	}
	s.mu.Unlock()
	return n, nil
}

func (s *store) readEarlyReturn(k string) int {
	s.rw.RLock() // want `^s\.rw is still read-locked at the return on line \d+$`
	if len(s.m) == 0 {
		return 0 // related `^this return leaves s\.rw read-locked$`
	}
	n := s.m[k]
	s.rw.RUnlock()
	return n
}

func (s *store) branchForgotten(k string) int {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	n := s.m[k]
	if n > 0 {
		n--
		s.mu.Unlock()
	} else {
		n++
	}
	return n // related `^this return leaves s\.mu locked$`
}

func (s *store) caseForgotten(v any) int {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	switch v := v.(type) {
	case int:
		s.n = v
		s.mu.Unlock()
	case string:
		return len(v) // related `^this return leaves s\.mu locked$`
	default:
		s.mu.Unlock()
	}
	return 0
}

func (s *store) selectForgotten(ch <-chan int) {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	select {
	case n := <-ch:
		s.n = n
	default:
		return // related `^this return leaves s\.mu locked$`
	}
	s.mu.Unlock()
}

func (s *store) breakForgotten(list []int) {
	for _, n := range list {
		s.mu.Lock() // want `^s\.mu is still locked at the end of breakForgotten$`
		if n == 0 {
			break
		}
		s.n += n
		s.mu.Unlock()
	}
} // related `^the end of breakForgotten leaves s\.mu locked$`

func (s *store) returnInLoop(list []int) bool {
	for _, n := range list {
		s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
		if n == s.n {
			return true // related `^this return leaves s\.mu locked$`
		}
		s.mu.Unlock()
	}
	return false
}

func (s *store) gotoForgotten(n int) {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	if n == 0 {
		goto out
	}
	s.mu.Unlock()
out:
	fmt.Println(n)
	return // related `^this return leaves s\.mu locked$`
}

func (s *store) lastRelockForgotten(n int) {
	s.mu.Lock()
	s.mu.Unlock()
	work()
	s.mu.Lock() // want `^s\.mu is still locked at the end of lastRelockForgotten$`
	s.n = n
} // related `^the end of lastRelockForgotten leaves s\.mu locked$`

func (s *store) deferTooLate(n int) error {
	s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
	if n == 0 {
		return errClosed // related `^this return leaves s\.mu locked$`
	}
	defer s.mu.Unlock()
	s.n = n
	return nil
}

func (s *store) inClosure() func(int) bool {
	return func(n int) bool {
		s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
		if n == 0 {
			return false // related `^this return leaves s\.mu locked$`
		}
		s.mu.Unlock()
		return true
	}
}

func (s *store) inGoroutine(n int) {
	go func() {
		s.mu.Lock() // want `^s\.mu is still locked at the return on line \d+$`
		if n == 0 {
			return // related `^this return leaves s\.mu locked$`
		}
		s.n = n
		s.mu.Unlock()
	}()
}

func (s *store) closureNeverCalled(n int) {
	s.mu.Lock() // want `^s\.mu is still locked at the end of closureNeverCalled$`
	unlock := func() { s.mu.Unlock() }
	_ = unlock
	s.n = n
} // related `^the end of closureNeverCalled leaves s\.mu locked$`

func otherInstance(a, b *store) {
	a.mu.Lock() // want `^a\.mu is still locked at the end of otherInstance$`
	a.n++
	b.mu.Unlock()
} // related `^the end of otherInstance leaves a\.mu locked$`

func (s *store) otherField() {
	s.mu.Lock() // want `^s\.mu is still locked at the end of otherField$`
	s.n++
	s.rw.Unlock()
} // related `^the end of otherField leaves s\.mu locked$`

type outer struct {
	inner *store
	sync.Mutex
}

func (o *outer) deepField(n int) {
	o.inner.mu.Lock() // want `^o\.inner\.mu is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves o\.inner\.mu locked$`
	}
	o.inner.mu.Unlock()
}

func (o *outer) promoted(n int) {
	o.Lock() // want `^o is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves o locked$`
	}
	o.Mutex.Unlock()
}

func (e embedded) promotedReader(n int) {
	e.RLock() // want `^e is still read-locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves e read-locked$`
	}
	e.RUnlock()
}

func (g *guarded[T]) set(v T, ok bool) {
	g.mu.Lock() // want `^g\.mu is still locked at the return on line \d+$`
	if !ok {
		return // related `^this return leaves g\.mu locked$`
	}
	g.v = v
	g.mu.Unlock()
}

var (
	globalMu sync.Mutex
	global   int
)

func packageLevel(n int) int {
	globalMu.Lock() // want `^globalMu is still locked at the return on line \d+$`
	if n > global {
		return n // related `^this return leaves globalMu locked$`
	}
	defer globalMu.Unlock()
	return global
}

func alias(s *store, n int) {
	mu := &s.mu
	mu.Lock() // want `^mu is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves mu locked$`
	}
	s.mu.Unlock()
}

func throughLocker(s *store, n int) {
	var l sync.Locker = &s.mu
	l.Lock() // want `^l is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves l locked$`
	}
	l.Unlock()
}

// -- through helpers --

func (s *store) oneDeep(n int) {
	s.acquire() // want `^s\.mu is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves s\.mu locked$`
	}
	s.release()
}

func (s *store) acquireTwice() { s.acquire() }

func (s *store) twoDeep(n int) error {
	s.acquireTwice() // want `^s\.mu is still locked at the return on line \d+$`
	if n == 0 {
		return errClosed // related `^this return leaves s\.mu locked$`
	}
	s.release()
	return nil
}

func (s *store) releaseSometimes(n int) {
	if n > 0 {
		s.mu.Unlock()
	}
}

func (s *store) calleeForgets(n int) {
	s.mu.Lock() // want `^s\.mu is still locked at the end of calleeForgets$`
	s.releaseSometimes(n)
} // related `^the end of calleeForgets leaves s\.mu locked$`

func (s *store) handedButNotAlways(n int) {
	s.mu.Lock() // want `^s\.mu is still locked at the end of handedButNotAlways$`
	if n > 0 {
		go s.finishLocked()
	}
} // related `^the end of handedButNotAlways leaves s\.mu locked$`

func (s *store) goroutineForgets(n int) {
	s.mu.Lock() // want `^s\.mu is still locked when the goroutine of line \d+ ends$`
	go func() {
		if n == 0 {
			return // related `^this end of the goroutine leaves s\.mu locked$`
		}
		s.mu.Unlock()
	}()
}

func (s *store) unlockDropped() {
	s.hold() // want `^s\.mu is still locked at the end of unlockDropped$`
	s.n++
} // related `^the end of unlockDropped leaves s\.mu locked$`

func (s *store) unlockDiscarded() {
	_ = s.hold() // want `^s\.mu is still locked at the end of unlockDiscarded$`
	s.n++
} // related `^the end of unlockDiscarded leaves s\.mu locked$`

func (s *store) unlockNotCalled() {
	defer s.hold() // want `^s\.mu is locked, not unlocked, by this defer$`
	s.n++
}

func (s *store) unlockOnOnePath(n int) {
	release := s.holdClosure() // want `^s\.mu is still locked at the return on line \d+$`
	if n == 0 {
		return // related `^this return leaves s\.mu locked$`
	}
	release()
}

func (s *store) unlockOfFailure() error {
	release, err := s.holdOrFail() // want `^s\.mu is still locked at the return on line \d+$`
	if err != nil {
		return err
	}
	if s.n == 0 {
		return errClosed // related `^this return leaves s\.mu locked$`
	}
	release()
	return nil
}

func foundAndKept(entries map[int]*entry) int {
	e := find(entries, 1) // an element of a map: not followed
	if e == nil {
		return 0
	}
	return e.v
}

// -- another package --

func depForgotten(g *dep.Guard) int {
	g.Acquire() // want `^g.* is still locked at the return on line \d+$`
	if g.N > 0 {
		return g.N // related `^this return leaves g\.mu locked$`
	}
	g.Release()
	return 0
}

func depHoldForgotten(g *dep.Guard) int {
	release := g.Hold() // want `^g.* is still locked at the return on line \d+$`
	if g.N > 0 {
		return g.N // related `^this return leaves g\.mu locked$`
	}
	release()
	return 0
}

func depBothForgotten(a, b *sync.Mutex) {
	dep.LockBoth(a, b) // want `^a is still locked at the end of depBothForgotten$`
	b.Unlock()
} // related `^the end of depBothForgotten leaves a locked$`

// -- recovered panics --

func (s *store) recovered(bad bool) {
	defer func() { _ = recover() }()
	s.mu.Lock() // want `^s\.mu is still locked when the panic on line \d+ is recovered$`
	if bad {
		panic("bad") // related `^this panic leaves s\.mu locked$`
	}
	s.mu.Unlock()
}

func (s *store) recoveredInCaller(bad bool) {
	defer handle()
	s.panicsLocked(bad)
}

func handle() {
	if r := recover(); r != nil {
		fmt.Println(r)
	}
}

func (s *store) panicsLocked(bad bool) {
	s.mu.Lock() // want `^s\.mu is still locked when the panic on line \d+ is recovered$`
	if bad {
		panic("bad") // related `^this panic leaves s\.mu locked$`
	}
	s.mu.Unlock()
}

func (s *store) recoveredUnlocked(bad bool) {
	defer handle()
	s.mu.Lock()
	defer s.mu.Unlock()
	if bad {
		panic("bad")
	}
}
