// Package closedsend defines an analyzer that reports sends on closed channels.
//
// # Analyzer closedsend
//
// closedsend: report sends that may follow a close of their channel
//
// A send on a closed channel panics. It happens later on the path that closed
// the channel, in the next turn of a loop that closes, and above all when one
// goroutine closes a channel on which another may still be sending.
//
// For example:
//
//	results := make(chan int)
//	for _, job := range jobs {
//		go func() {
//			results <- run(job) // panics if the receiver has left and closed
//		}()
//	}
//	r := <-results
//	close(results)
//
// The correct code closes when all senders are done, by the last of them or by
// a goroutine that has waited for them:
//
//	go func() {
//		wg.Wait()
//		close(results)
//	}()
//
// The analyzer follows channels through variables, fields, calls, closures and
// goroutines. It takes one goroutine's send to be over before another's close if
// the closer waits for something that the sender does after it: a WaitGroup or
// group, a receive, a closed channel, a cancelled context.
//
// Of channels that a map or slice in a field keeps, a send is reported that a method does
// when it has released the lock under which it took the channel, or a copy of all, from
// there, and under which another one closes. So is one on a channel in a field if the
// method has asked for a flag under that lock, which another one sets when it closes.
//
// The analyzer does not report other channels that are elements of maps or slices, sends
// and closes under a common lock, sends whose panic is recovered, and, but for that, closes that
// a flag which the sender tests guards. Methods that only callers in other
// packages could run at once are not reported either.
package closedsend

import _ "embed"

//go:embed doc.go
var doc string
