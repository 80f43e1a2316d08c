// Package box has a type whose method a branch changes.
package box

import "sync"

// A Box has a size.
type Box struct {
	Mu sync.Mutex
	n  int
}

// Size locks: a fault where it is called with the lock held, in a file that the branch
// does not touch.
func (b *Box) Size() int {
	b.Mu.Lock()
	defer b.Mu.Unlock()
	return b.n
}
