package locks

import (
	"errors"
	"fmt"
	"sync"
)

// What a caller learns of the lock from a result is known as well where the callee has that
// from one of its own, or asks what it is.

type passed struct {
	mu     sync.Mutex
	closed bool
	n      int
}

// take keeps the lock unless it fails.
func (p *passed) take() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return errGone
	}
	return nil
}

func (p *passed) takeToo() error { return p.take() }

func (p *passed) wraps() error {
	if err := p.takeToo(); err != nil {
		return fmt.Errorf("taking: %w", err)
	}
	return nil
}

func (p *passed) fails() bool { return p.take() != nil }

func (p *passed) gone() bool { return p.take() == errGone }

// tryTake keeps the lock if it returns true.
func (p *passed) tryTake() bool {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return false
	}
	return true
}

func (p *passed) tryTakeToo() bool { return p.tryTake() }

func (p *passed) isClosed() bool { return !p.tryTakeToo() }

// count keeps the lock unless it returns -1.
func (p *passed) count() int {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return -1
	}
	return p.n
}

func (p *passed) countToo() int { return p.count() }

func isGone(err error) bool { return errors.Is(err, errGone) }

func isEither(err error) bool { return err == errGone || err == errBusy }

func isOurs(err error) bool {
	if err == nil {
		return false
	}
	var e *goneError
	if errors.As(err, &e) {
		return e.n == 4
	}
	return errors.Is(err, errGone)
}

type goneError struct{ n int }

func (*goneError) Error() string { return "gone" }

func (p *passed) byTakeToo() {
	if p.takeToo() != nil {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byWraps() {
	if p.wraps() != nil {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byIsTakeToo() {
	if errors.Is(p.takeToo(), errGone) {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byFails() {
	if p.fails() {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byGone() {
	if p.gone() {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byTry() {
	if !p.tryTakeToo() {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byClosed() {
	if p.isClosed() {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byCount() {
	if p.countToo() < 0 {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byIsGone() {
	if isGone(p.take()) {
		p.mu.Lock()
	}
	p.mu.Unlock()
}

func (p *passed) byIsEither() {
	err := p.take()
	if isEither(err) {
		p.mu.Lock()
	} else if err != nil {
		return
	}
	p.mu.Unlock()
}

func (p *passed) byIsOurs() {
	err := p.take()
	if isOurs(err) {
		p.mu.Lock()
	} else if err != nil {
		return
	}
	p.mu.Unlock()
}
