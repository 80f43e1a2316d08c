package ordered

import "sync"

// An index is asked for what may be dropped while the shelf is locked.
type index interface {
	keep(rev int) []int
}

type treeIndex struct{ revs []int }

func (t *treeIndex) keep(rev int) []int { return t.revs[rev:] }

// A shelf hashes what its index keeps.
type shelf struct {
	mu  sync.RWMutex
	idx index
	rev int
}

func (s *shelf) Hash(rev int) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.idx.keep(rev)) + s.rev
}

func (s *shelf) compact(rev int) []int {
	s.mu.Lock()
	s.rev = rev
	s.mu.Unlock()
	return s.idx.keep(rev)
}

var shelves []*shelf

func newShelf() *shelf {
	s := &shelf{idx: &treeIndex{}}
	shelves = append(shelves, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rev = len(shelves)
	return s
}
