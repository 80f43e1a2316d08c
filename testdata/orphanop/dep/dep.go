// Package dep has operations for others to call.
package dep

// Put sends n.
func Put(ch chan<- int, n int) { ch <- n }

// Ask calls f with n, on a goroutine.
func Ask(n int, ch chan<- int) {
	go through(n, func(n int) { ch <- n })
}

func through(n int, f func(int)) { call(n, f) }

func call(n int, f func(int)) { f(n) }
