package doublelock

import "sync"

// A ledger runs what it is handed under its lock.
type ledger struct {
	mu      sync.Mutex
	entries map[string]int
	watch   []chan struct{}
}

func (l *ledger) withLock(fn func() error) error {
	l.mu.Lock() // related `^l\.mu is held since here$` `^l\.mu is locked again here$`
	defer l.mu.Unlock()
	return fn()
}

func (l *ledger) add(id string) error {
	return l.withLock(func() error {
		l.entries[id]++
		return nil
	})
}

func (l *ledger) remove(id string) error {
	return l.withLock(func() error {
		delete(l.entries, id)
		return l.settle(id) // want `^l\.mu is locked again by this call of l\.settle while it is held since line 13$`
	})
}

func (l *ledger) settle(id string) error {
	if l.entries[id] == 0 {
		l.notify() // related `^this call leads to where l\.mu is locked again$`
	}
	return nil
}

func (l *ledger) notify() {
	_ = l.withLock(func() error { // related `^this call leads to where l\.mu is locked again$`
		l.notifyLocked()
		return nil
	})
}

func (l *ledger) notifyLocked() {
	for _, w := range l.watch {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (l *ledger) nested() {
	_ = l.withLock(func() error {
		return l.withLock(l.nothing) // want `^l\.mu is locked again by this call of l\.withLock while it is held since line 13$`
	})
}

func (l *ledger) nothing() error { return nil }

// Two ledgers have two locks, and one that is run behind the other holds nothing of it.

func (l *ledger) move(to *ledger, id string) error {
	return l.withLock(func() error {
		delete(l.entries, id)
		return to.withLock(func() error {
			to.entries[id]++
			return nil
		})
	})
}

func (l *ledger) twice(id string) error {
	if err := l.withLock(func() error { return nil }); err != nil {
		return err
	}
	return l.withLock(func() error {
		l.entries[id]++
		return nil
	})
}

func (l *ledger) later() error {
	return l.withLock(func() error {
		go l.notify()
		return nil
	})
}

// A tree locks each node under its parent's lock.
type tree struct {
	mu   sync.Mutex
	kids []*tree
	sum  int
}

func (t *tree) with(fn func(*tree)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fn(t)
}

func (t *tree) total() (n int) {
	t.with(func(t *tree) {
		n = t.sum
		for _, k := range t.kids {
			k.with(func(k *tree) { n += k.sum })
		}
	})
	return n
}
