// Package dep starts work for others.
package dep

// Start sends the result of f on the channel that it returns.
func Start(f func() int) <-chan int {
	ch := make(chan int)
	go func() { ch <- f() }()
	return ch
}

// StartRoomy does so with room for the result.
func StartRoomy(f func() int) <-chan int {
	ch := make(chan int, 1)
	go func() { ch <- f() }()
	return ch
}
