// Package stoppedactor defines an analyzer that reports operations that wait
// for a goroutine which may have been stopped.
//
// # Analyzer stoppedactor
//
// stoppedactor: report bare waits for a goroutine that may have stopped
//
// A goroutine that serves a channel in a loop, and that a done channel or a
// context ends, answers nobody after that. Who then sends to it, or receives from
// it, with nothing else to wait for blocks forever.
//
// For example:
//
//	func (s *store) loop() {
//		for {
//			select {
//			case r := <-s.requests:
//				r.answer <- s.values[r.key]
//			case <-s.done:
//				return
//			}
//		}
//	}
//
//	func (s *store) Ask(r request) { s.requests <- r } // blocks after Close
//
// The correct code waits for the end as well:
//
//	select {
//	case s.requests <- r:
//	case <-s.done:
//	}
//
// A receive of the answer to a request that waits in a queue is reported as well,
// since nothing answers what is in the queue at the stop. So is a send that tells
// a loop to end which may have returned for another reason, of which it tells nobody,
// one to a loop that an error ends in the same way, and a receive from a channel in a table
// of calls, if an error ends the loop that alone answers them: a flag that it sets then keeps
// out later calls, but does not wake those that wait. A function literal that is called where
// it stands, deferred, or run by a sync.Once belongs to the function around it.
//
// The analyzer does not report channels that have a buffer, that are closed, or
// that other code serves too, and methods that test a flag or a context, wait for the done
// channel, or hold a lock, before: a mere look at the done channel does not keep the loop from
// being stopped behind it. Neither does it report a done channel that the
// package never closes, objects that a function keeps to itself and stops at
// its end, and methods whose comment says that they are not called after the stop.
package stoppedactor

import _ "embed"

//go:embed doc.go
var doc string
