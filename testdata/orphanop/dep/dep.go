// Package dep has operations for others to call.
package dep

// Put sends n.
func Put(ch chan<- int, n int) { ch <- n }
