// Package app calls a method with the lock held.
package app

import "fixture.example/pullrequest/box"

// Size returns the size of a box.
func Size(b *box.Box) int {
	b.Mu.Lock()
	defer b.Mu.Unlock()
	return b.Size()
}
