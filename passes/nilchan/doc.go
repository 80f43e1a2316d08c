// Package nilchan defines an analyzer that reports operations on channels that
// are nil.
//
// # Analyzer nilchan
//
// nilchan: report operations on channels that are surely nil
//
// A channel is nil until make has made one. A send to a nil channel, a receive
// from it and a range over it block for ever: no other goroutine can ever get to
// the other end, and nothing says so.
//
// For example:
//
//	type server struct {
//		events chan event // no function of the package makes it
//	}
//
//	func (s *server) notify(e event) {
//		s.events <- e // blocks for ever
//	}
//
// The correct code makes the channel, before anyone can operate on it:
//
//	func newServer() *server {
//		return &server{events: make(chan event)}
//	}
//
// The analyzer looks at local variables, at package variables and fields that no
// other package can assign, at what callers hand to helpers, in this package or
// another, at local variables that are assigned only further down, and at fields
// which are given a channel where other objects are made, but not where this one is,
// as far as it comes to the operation on all ways. Of one
// variable the first operation is reported, with the others beside it.
//
// The analyzer does not report the cases of a select statement, which are
// switched off by a nil channel, code that compares the channel with nil, fields
// that anything in the package assigns, or could by their address, and fields of
// types that nothing makes. To block for ever on purpose, use select {} or receive
// from a nil literal.
package nilchan

import _ "embed"

//go:embed doc.go
var doc string
