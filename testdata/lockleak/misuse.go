package lockleak

import "sync"

// -- unlocks of another kind --

func (s *store) readUnlockedAsWrite() int {
	s.rw.RLock()        // related `^s\.rw is read-locked here$`
	defer s.rw.Unlock() // want `^s\.rw is read-locked, and this is the Unlock of a writer$`
	return s.n
}

func (s *store) writeUnlockedAsRead() {
	s.rw.Lock() // related `^s\.rw is locked here$`
	s.n++
	s.rw.RUnlock() // want `^s\.rw is locked for writing, and this is the RUnlock of a reader$`
}

func (s *store) matched() int {
	s.rw.RLock()
	defer s.rw.RUnlock()
	return s.n
}

func (s *store) mismatchOnOnePath(n int) {
	s.rw.RLock() // related `^s\.rw is read-locked here$`
	if n == 0 {
		s.rw.Unlock() // want `^s\.rw is read-locked, and this is the Unlock of a writer$`
		return
	}
	s.rw.RUnlock()
}

func (s *store) upgraded() {
	s.rw.RLock()
	if s.n > 0 {
		s.rw.RUnlock()
		return
	}
	s.rw.RUnlock()
	s.rw.Lock()
	s.n++
	s.rw.Unlock()
}

func (s *store) upgradedButReadUnlocked() {
	s.rw.RLock()
	s.rw.RUnlock()
	s.rw.Lock()          // related `^s\.rw is locked here$`
	defer s.rw.RUnlock() // want `^s\.rw is locked for writing, and this is the RUnlock of a reader$`
	s.n++
}

func (s *store) unlockWrite() { s.rw.Unlock() }

func (s *store) writeLocked() {
	s.rw.Lock()
	defer s.unlockWrite()
	s.n++
}

func (s *store) mismatchInCallee() int {
	s.rw.RLock()          // related `^s\.rw is read-locked here$`
	defer s.unlockWrite() // want `^s\.rw is read-locked, and this calls the Unlock of a writer$`
	return s.n
}

// -- unlocks of what is not locked --

func (s *store) unlockedTwice() {
	s.mu.Lock()
	s.n++
	s.mu.Unlock() // related `^s\.mu is unlocked here$`
	s.mu.Unlock() // want `^s\.mu is unlocked already, at line \d+, when this Unlock runs$`
}

func (s *store) unlockedAndDeferred(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock() // want `^s\.mu is unlocked already, at line \d+, when this Unlock runs$`
	if n == 0 {
		s.mu.Unlock() // related `^s\.mu is unlocked here$`
		return 0
	}
	return s.n
}

func (s *store) branchThenAgain(n int) {
	s.mu.Lock()
	if n == 0 {
		s.mu.Unlock() // related `^s\.mu is unlocked here$`
	}
	s.mu.Unlock() // want `^s\.mu is unlocked already, at line \d+, when this Unlock runs$`
}

func (s *store) unlockedEachTurn() {
	s.mu.Lock()
	for {
		s.n++
		s.mu.Unlock() // want `^s\.mu is unlocked already, at line \d+, when this Unlock runs$`
		if s.n > 3 {
			return
		}
	}
}

func (s *store) helperUnlockedAlready() {
	s.mu.Lock()
	defer s.mu.Unlock() // want `^s\.mu is unlocked already, at line \d+, when this Unlock runs$`
	s.finishLocked()    // related `^s\.mu is unlocked here$`
}

func neverLocked() int {
	var mu sync.Mutex
	n := 1
	defer mu.Unlock() // want `^mu is not locked when this Unlock runs$`
	n++
	return n
}

func deferTwice(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock() // want `^mu is unlocked already, at line \d+, when this Unlock runs$`
	defer mu.Unlock() // related `^mu is unlocked here$`
	work()
}

func returnWithinTurn(mu *sync.Mutex, list []int) {
	for _, n := range list {
		mu.Lock()
		if n == 0 {
			mu.Unlock()
			continue
		}
		mu.Unlock()
	}
}

// -- defers of the wrong call --

func (s *store) deferLock() {
	s.mu.Lock()
	defer s.mu.Lock() // want `^s\.mu is locked, not unlocked, by this defer$`
	s.n++
}

func (s *store) deferRLock() int {
	s.rw.RLock()
	defer s.rw.RLock() // want `^s\.rw is read-locked, not unlocked, by this defer$`
	return s.n
}

func (s *store) deferLockAlone() {
	defer s.mu.Lock() // want `^s\.mu is locked, not unlocked, by this defer$`
	s.n++
}

func (s *store) deferAcquire() {
	s.acquire()
	defer s.acquire() // want `^s\.mu is locked, not unlocked, by this defer$`
}

// callsBack is entered with the lock, and gives it back when it returns.
func (s *store) callsBackLocked(f func()) {
	s.mu.Unlock()
	defer s.mu.Lock()
	f()
}

func (s *store) callsBack(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callsBackLocked(f)
}

// -- TryLock --

func (s *store) tryIgnored() {
	s.mu.TryLock() // want `^the result of s\.mu\.TryLock is dropped$`
	defer s.mu.Unlock()
	s.n++
}

func (s *store) tryBlank() {
	_ = s.rw.TryRLock() // want `^the result of s\.rw\.TryRLock is dropped$`
	defer s.rw.RUnlock()
	s.n++
}

func (s *store) tryAndKeep() bool {
	if s.mu.TryLock() { // want `^s\.mu is still locked at the return on line \d+$`
		s.n++
		return true // related `^this return leaves s\.mu locked$`
	}
	return false
}

func (s *store) tryInverted() {
	if s.mu.TryLock() { // want `^s\.mu is still locked at the return on line \d+$`
		return // related `^this return leaves s\.mu locked$`
	}
	s.n++
}

func (s *store) tryEarlyReturn(n int) bool {
	if !s.mu.TryLock() { // want `^s\.mu is still locked at the return on line \d+$`
		return false
	}
	if n == 0 {
		return false // related `^this return leaves s\.mu locked$`
	}
	s.mu.Unlock()
	return true
}
