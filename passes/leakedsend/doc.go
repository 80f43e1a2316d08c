// Package leakedsend defines an analyzer that reports sends that block forever
// because the receiver is gone.
//
// # Analyzer leakedsend
//
// leakedsend: report sends whose receiver may be gone
//
// A send on a channel without room waits for a receiver. If the only function
// that would receive returns before, because of a timeout, an error or since it
// has all that it needs, the goroutine that sends waits forever, and keeps what it
// holds: a goroutine leak, one for each time that it happens.
//
// For example:
//
//	func fetch(ctx context.Context) (int, error) {
//		ch := make(chan int)
//		go func() { ch <- slow() }() // waits forever after a timeout
//		select {
//		case n := <-ch:
//			return n, nil
//		case <-ctx.Done():
//			return 0, ctx.Err()
//		}
//	}
//
// The correct code has room for what is sent, or lets the sender give up:
//
//	ch := make(chan int, 1)
//
// The analyzer follows channels into the functions that are called and out of those that
// return them, of other packages too, and to methods that are called by an interface. Who
// sends may be a goroutine or the function of a timer, or the function itself, if a goroutine
// that it has started is to receive. It reports a send if whoever receives may come to its end
// with less received than is sent: nothing, or of several sends at most one. A stage of a
// pipeline sends as often as the stages before it, and one whose input is not seen as often as
// its receiver is ready for, if that is a loop. Of several goroutines that receive, all may end
// by an error before all is sent.
//
// The end of a receiver is also a deferred wait for the sender, any wait behind a loop of
// receives for one that sends in a loop, and any that comes instead of a receive, in another
// arm of its select statement. A panic on the way to the receive counts where the function
// recovers it. Another arm of the send's select statement is no way out if it waits for a
// context without an end, such as context.Background, or for a channel that the receiver alone
// closes, and leaves open where it returns.
//
// A channel that the function returns, or an object that has it, is looked at on the paths
// that return something else. A channel for one answer is followed through the request, map or
// slice that hands it to others, if its function waits for no longer than a deadline. The
// elements of a slice or map that the function keeps to itself, or gives to helpers to receive
// from, are looked at as one channel. A channel in a field counts if nothing but one function
// receives from it, with what that calls. A literal that sends, and that a goroutine hands to
// an interface's method or a function value, is taken to be called by that again and again; who
// is returned a literal that receives, and leaves by an error without a call of it, is lost as a
// receiver. Reported as well is the second send of a goroutine where a loop receives once for
// each of those that a loop has started.
//
// The analyzer does not report channels that code which it does not see may
// have, those with a buffer whose size it does not know if no endless loop sends, sends in a select
// statement with another way out, and receivers that leave because the sender has
// told them on another channel that it will not send, or that it sends no more, nor those
// that a channel or a context tells to end which is closed or cancelled only behind the send.
// Where the function recovers and defers something that has to do with the channel, a
// panic counts for nothing.
// What stoppedactor reports is left to that.
package leakedsend

import _ "embed"

//go:embed doc.go
var doc string
