package lockleak

import "sync"

// The functions of this file lock on some paths and unlock on the same ones,
// except for those whose name says what they miss.

func sameCondition(mu *sync.Mutex, shared bool) {
	if shared {
		mu.Lock()
	}
	work()
	if shared {
		mu.Unlock()
	}
}

func sameConditionNegated(mu *sync.Mutex, private bool) {
	if !private {
		mu.Lock()
	}
	work()
	if private {
		return
	}
	mu.Unlock()
}

func conditionalDefer(mu *sync.Mutex, shared bool) {
	if shared {
		mu.Lock()
		defer mu.Unlock()
	}
	work()
}

func otherCondition(mu *sync.Mutex, shared, quick bool) {
	if shared {
		mu.Lock() // want `^mu is still locked at the end of otherCondition$`
	}
	work()
	if shared && quick {
		mu.Unlock()
	}
} // related `^the end of otherCondition leaves mu locked$`

func optional(mu *sync.Mutex) {
	if mu != nil {
		mu.Lock()
	}
	work()
	if mu != nil {
		mu.Unlock()
	}
}

func flag(mu *sync.Mutex, n int) {
	locked := false
	if n > 10 {
		mu.Lock()
		locked = true
	}
	work()
	if locked {
		mu.Unlock()
	}
}

func flagInDefer(mu *sync.Mutex, n int) int {
	locked := true
	mu.Lock()
	defer func() {
		if locked {
			mu.Unlock()
		}
	}()
	if n == 0 {
		mu.Unlock()
		locked = false
		work()
	}
	return n
}

func readOrWrite(mu *sync.RWMutex, write bool) {
	if write {
		mu.Lock()
	} else {
		mu.RLock()
	}
	work()
	if write {
		mu.Unlock()
	} else {
		mu.RUnlock()
	}
}

func chosenUnlock(mu *sync.RWMutex, write bool) {
	unlock := mu.RUnlock
	if write {
		mu.Lock()
		unlock = mu.Unlock
	} else {
		mu.RLock()
	}
	defer unlock()
	work()
}

func chosenLocker(mu *sync.RWMutex, write bool) {
	var l sync.Locker = mu
	if !write {
		l = mu.RLocker()
	}
	l.Lock()
	defer l.Unlock()
	work()
}

func tryLock(mu *sync.Mutex) bool {
	if !mu.TryLock() {
		return false
	}
	defer mu.Unlock()
	work()
	return true
}

func tryLockVariable(mu *sync.Mutex) {
	ok := mu.TryLock()
	work()
	if ok {
		mu.Unlock()
	}
}

func tryLockElse(mu *sync.Mutex) {
	if mu.TryLock() {
		mu.Unlock()
	} else {
		work()
	}
}

func tryThenLock(mu *sync.Mutex) {
	if !mu.TryLock() {
		work() // contended
		mu.Lock()
	}
	mu.Unlock()
}

func (s *store) tryAcquire() bool { return s.mu.TryLock() }

func (s *store) usesTryAcquire() {
	if s.tryAcquire() {
		defer s.mu.Unlock()
		s.n++
	}
}

// lockIfOpen holds the lock exactly when it returns true.
func (s *store) lockIfOpen() bool {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return false
	}
	return true
}

func (s *store) usesLockIfOpen() int {
	if !s.lockIfOpen() {
		return 0
	}
	defer s.mu.Unlock()
	return s.n
}

// lockForRead holds the lock exactly when the error is nil.
func (s *store) lockForRead() error {
	s.rw.RLock()
	if s.closed {
		s.rw.RUnlock()
		return errClosed
	}
	return nil
}

func (s *store) usesLockForRead() (int, error) {
	if err := s.lockForRead(); err != nil {
		return 0, err
	}
	defer s.rw.RUnlock()
	return s.n, nil
}

func (s *store) forgetsAfterLockForRead(quick bool) (int, error) {
	if err := s.lockForRead(); err != nil { // want `^s\.rw is still read-locked at the return on line \d+$`
		return 0, err
	}
	if quick {
		return 0, nil // related `^this return leaves s\.rw read-locked$`
	}
	n := s.n
	s.rw.RUnlock()
	return n, nil
}

// -- unlock and lock again --

func around(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	mu.Unlock()
	work()
	mu.Lock()
}

func aroundInDefer(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Unlock()
	func() {
		mu.Unlock()
		defer mu.Lock()
		work()
	}()
}

func worker(mu *sync.Mutex, queue *[]func()) {
	mu.Lock()
	defer mu.Unlock()
	for len(*queue) > 0 {
		f := (*queue)[0]
		*queue = (*queue)[1:]
		mu.Unlock()
		f()
		mu.Lock()
	}
}

func workerWithBreak(mu *sync.Mutex, queue *[]func()) {
	for {
		mu.Lock()
		if len(*queue) == 0 {
			mu.Unlock()
			break
		}
		f := (*queue)[0]
		*queue = (*queue)[1:]
		mu.Unlock()
		f()
	}
}

func workerLockedAtBreak(mu *sync.Mutex, queue *[]func()) {
	for {
		mu.Lock()
		if len(*queue) == 0 {
			break
		}
		*queue = (*queue)[1:]
		mu.Unlock()
	}
	mu.Unlock()
}

func switched(mu *sync.Mutex, n int) int {
	mu.Lock()
	switch {
	case n == 0:
		mu.Unlock()
		return 0
	case n > 5:
		n = 5
		fallthrough
	default:
		mu.Unlock()
	}
	return n
}

func withGoto(mu *sync.Mutex, n int) int {
	mu.Lock()
	if n == 0 {
		goto out
	}
	n++
out:
	mu.Unlock()
	return n
}

// relocked leaks its lock into the next turn, which is doublelock's to say.
func relocked(mu *sync.Mutex, list []int) {
	for _, n := range list {
		mu.Lock()
		if n == 0 {
			continue
		}
		mu.Unlock()
	}
}

func work() {}
