// Package box has a type whose method a branch changes.
package box

import "sync"

// A Box has a size.
type Box struct {
	Mu sync.Mutex
	n  int
}

// Size is called with the lock held.
func (b *Box) Size() int {
	return b.n
}
