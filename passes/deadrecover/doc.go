// Package deadrecover defines an analyzer that reports calls of recover that never
// stop a panic.
//
// # Analyzer deadrecover
//
// deadrecover: report calls of recover that never recover
//
// The function recover stops a panic only if a deferred function calls it by itself.
// Anywhere else it returns nil, and the program dies of the panic that it was
// meant to survive: in a function that is called in the usual way, if only by a
// deferred one, where recover is what is deferred, where its result is an argument of
// what is deferred, and on another goroutine than the one that panics.
//
// For example:
//
//	func (s *server) serve(c net.Conn) {
//		defer func() {
//			s.handlePanic() // not deferred itself
//		}()
//		…
//	}
//
//	func (s *server) handlePanic() {
//		if v := recover(); v != nil { // always nil
//			log.Print(v)
//		}
//	}
//
// The correct code defers the function that recovers:
//
//	func (s *server) serve(c net.Conn) {
//		defer s.handlePanic()
//		…
//	}
//
// The analyzer follows function literals and functions through variables, fields and
// parameters, to where they are called or deferred.
//
// The analyzer does not report a function that anything defers, or that other
// packages may defer, since it is exported or its value is given to them.
package deadrecover

import _ "embed"

//go:embed doc.go
var doc string
