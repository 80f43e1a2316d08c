// Package lockorder defines an analyzer that reports locks which are taken in
// contradicting orders.
//
// # Analyzer lockorder
//
// lockorder: report locks that are taken in contradicting orders
//
// If one goroutine locks a and then b while another locks b and then a, each may
// get its first lock and wait for ever for its second.
//
// For example:
//
//	func (s *server) closeAll() {
//		s.mu.Lock()
//		defer s.mu.Unlock()
//		for _, c := range s.conns {
//			c.mu.Lock()
//			c.open = false
//			c.mu.Unlock()
//		}
//	}
//
//	func (c *conn) close() {
//		c.mu.Lock()
//		defer c.mu.Unlock()
//		c.server.forget(c) // locks the server
//	}
//
// The correct code has one order, or holds one lock at a time:
//
//	func (c *conn) close() {
//		c.mu.Lock()
//		c.open = false
//		c.mu.Unlock()
//		c.server.forget(c)
//	}
//
// The analyzer takes locks in one field of one type for one lock, and follows
// calls, also into other packages. It reports cycles of up to four locks, and
// two locks of one type that are given to a function and taken one after the
// other.
//
// The analyzer does not report locks of objects that nothing else knows yet,
// acquisitions that are always made under a common outer lock, read locks
// against read locks, locks of one type where the function or its callers
// compare anything by size, and a TryLock. Of local locks, both sides must run
// on goroutines that nothing puts in order.
package lockorder

import _ "embed"

//go:embed doc.go
var doc string
