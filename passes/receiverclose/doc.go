// Package receiverclose defines an analyzer that reports channels closed by
// their receivers.
//
// # Analyzer receiverclose
//
// receiverclose: report channels that a receiver closes
//
// Whoever closes a channel must know that nothing will be sent on it any more,
// or the next send panics. The sender knows; a receiver does not, unless the
// senders tell it.
//
// For example:
//
//	func (w *worker) Submit(j job) { w.jobs <- j }
//
//	func (w *worker) loop() {
//		for {
//			select {
//			case j := <-w.jobs:
//				j.run()
//			case <-w.quit:
//				close(w.jobs) // Submit may be called yet
//				return
//			}
//		}
//	}
//
// The correct code leaves the channel open, for it need not be closed to be
// collected, and has its senders look at quit as well:
//
//	select {
//	case w.jobs <- j:
//	case <-w.quit:
//	}
//
// The analyzer reports a close by a goroutine or function that receives from the
// channel before, and never sends on it, if another sends and nothing that it
// waits for comes after the send. Where the send is seen to be possible after the
// close, closedsend reports it instead, and doubleclose a close that may be the
// second.
//
// The analyzer does not report closes that a WaitGroup or a signal of the sender
// orders, closes and sends that a common lock or flag guards, a channel that
// is closed when its one value has been received, and channels that are only
// closed.
package receiverclose

import _ "embed"

//go:embed doc.go
var doc string
