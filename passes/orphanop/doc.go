// Package orphanop defines an analyzer that reports channel operations and
// waits that nothing ever answers.
//
// # Analyzer orphanop
//
// orphanop: report operations that nothing can answer
//
// A receive waits for a send or a close, a send on a channel without room for a
// receive, a range over a channel for its close, and Cond.Wait for a signal. If
// nothing that has the channel does that, or only the same goroutine later on,
// the operation blocks forever.
//
// For example:
//
//	func sum(ns []int) (total int) {
//		ch := make(chan int)
//		go func() {
//			for _, n := range ns {
//				ch <- n
//			}
//		}()
//		for n := range ch { // never ends: nothing closes ch
//			total += n
//		}
//		return total
//	}
//
// The correct code closes the channel when all is sent:
//
//	go func() {
//		defer close(ch)
//		for _, n := range ns {
//			ch <- n
//		}
//	}()
//
// Reported as well is a receive that its function always comes to, if the one
// goroutine that sends has an if statement by which it returns before, unless
// something else has been received that this goroutine does only later. So it is if that
// goroutine gives up with a context that may end at any time, sends in a loop for some
// elements alone, or recovers from a panic before the send without one. The same holds where
// a loop starts a goroutine for each element of a list, and another one receives
// as often, and with a wait for a goroutine that ends only by a channel which the same
// function closes behind the wait, or that waits for its own end.
//
// A range is reported whose channel is not closed since a return statement comes before
// that, of its sender or of the function that has started it, and so is any receive by which
// alone a goroutine ends if that function returns before it closes or sends, or what it calls
// for that does so because of an error. The elements of a slice or map that are closed one after
// the other count as one channel. A send in a loop that has room fills it where nothing receives.
//
// A receive of an answer is reported if whoever alone gives answers to requests, a turn of a
// loop or a function that is given one, goes on without one: because of an error, since
// something is not found, or for want of a case. It is reported as well if the default of a
// select statement drops the request, or the answer, for which there is no room. So is a return of
// a function that leaves the channel of an object open which it has handed out, and which it
// alone closes elsewhere, or by an error does not send on it as it does elsewhere; a return of a
// goroutine, because of an error, before it closes what others wait for, or wakes those who
// wait for a condition; and a send that is to end a loop, if the default of its select
// statement drops it where the loop is at work, or if several goroutines each need one.
//
// In a function that is given nothing and that nothing calls, a test or main, an object of
// which it makes but one is known by whatever name.
//
// The analyzer does not report channels that code which it does not see may
// have, operations in a select statement with another way out, ranges that a
// statement of their own leaves, what comes only behind a recover, and receives by which
// main blocks on purpose. A pool of workers whose channel is not closed is left to semleak,
// a goroutine whose send nothing receives to leakedsend.
package orphanop

import _ "embed"

//go:embed doc.go
var doc string
