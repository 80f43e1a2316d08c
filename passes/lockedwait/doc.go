// Package lockedwait defines an analyzer that reports waits under a lock for
// what needs that lock.
//
// # Analyzer lockedwait
//
// lockedwait: report waits under a lock for what needs that lock
//
// Whoever waits for another goroutine while it holds a lock waits for ever if
// the other must take the lock before it can answer. It happens to sends,
// receives, WaitGroups and Conds, and often in a Stop method that waits for the
// end of a goroutine.
//
// For example:
//
//	func (s *server) stop() {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		close(s.quit)
//		<-s.done // run cannot get s.mu to come to its end
//	}
//
//	func (s *server) run() {
//		defer close(s.done)
//		for {
//			select {
//			case <-s.quit:
//				return
//			case n := <-s.in:
//				s.mu.Lock()
//				s.sum += n
//				s.mu.Unlock()
//			}
//		}
//	}
//
// The correct code unlocks before it waits:
//
//	func (s *server) stop() {
//		s.mu.Lock()
//		close(s.quit)
//		s.mu.Unlock()
//		<-s.done
//	}
//
// The analyzer takes channels and locks in one field of one type for one, and
// follows calls, closures and goroutines, also into other packages. It wants
// all that could answer to need the lock, or for a WaitGroup one of them. A
// read lock keeps a reader out if there is a writer that may wait between the
// two. A receiver that takes the lock when it leaves, by another arm of its
// select or out of its range, does not answer any more.
//
// The analyzer does not report a select with a default, or with an arm that a
// timer, a context or code unseen may end, a send into a buffer that is not
// seen to be filled again and again while one loop empties it, a channel that
// code unseen can answer on, locks of different objects, what is in order
// before the lock is taken, and a wait that depends on what the other side says
// under the lock, such as a counter of those that wait. To wait under a lock on
// purpose, let the other side answer before it takes the lock.
package lockedwait

import _ "embed"

//go:embed doc.go
var doc string
