package lockleak

import (
	"errors"
	"sync"
)

// Whether callers release what a function takes is told by what they do behind it, not by
// that they call it again, nor by what tests do with the object.

type ledger struct {
	mu   sync.Mutex
	rows []string
}

type posting struct{ l *ledger }

func (p *posting) commit(row string) error {
	p.l.mu.Lock() // want `^p\.l\.mu is still locked at the return on line \d+$`
	if row == "" {
		return errors.New("no row") // related `^this return leaves p\.l\.mu locked$`
	}
	p.l.rows = append(p.l.rows, row)
	p.l.mu.Unlock()
	return nil
}

func postTwice(p *posting, first, second string) error {
	if err := p.commit(first); err != nil {
		_ = err
	}
	return p.commit(second)
}

type Entry struct{ l *ledger }

func (e *Entry) Commit(row string) error {
	e.l.mu.Lock() // want `^e\.l\.mu is still locked at the return on line \d+$`
	if row == "" {
		return errors.New("no row") // related `^this return leaves e\.l\.mu locked$`
	}
	e.l.mu.Unlock()
	return nil
}

// begin and end are called in turns, so that begin's lock is released.
func (l *ledger) begin() error {
	l.mu.Lock()
	if len(l.rows) > 9 {
		l.mu.Unlock()
		return errors.New("full")
	}
	return nil
}

func (l *ledger) end() { l.mu.Unlock() }

func fill(l *ledger, rows []string) {
	for _, row := range rows {
		if l.begin() != nil {
			return
		}
		l.rows = append(l.rows, row)
		l.end()
	}
}
