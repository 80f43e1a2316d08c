// Package deep is imported by dep alone.
package deep

import "sync"

// A Table is locked by its methods.
type Table struct {
	mu   sync.Mutex
	rows []string
}

// Len returns the number of rows.
func (t *Table) Len() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.rows)
}

// Each calls f for each row while t is locked.
func (t *Table) Each(f func(string)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, row := range t.rows {
		f(row)
	}
}

// Hold locks t until Release is called.
func (t *Table) Hold() { t.mu.Lock() }

// Release unlocks t.
func (t *Table) Release() { t.mu.Unlock() }
