// Package doubleclose defines an analyzer that reports channels closed twice.
//
// # Analyzer doubleclose
//
// doubleclose: report channels that may be closed twice
//
// To close a channel that is closed already, or that is nil, is a panic. It
// happens on a path that comes by two closes, a deferred one among them; in the
// next turn of a loop; when each of several goroutines closes what is theirs
// together; and when a goroutine closes what a method closes, too.
//
// For example:
//
//	done := make(chan struct{})
//	defer close(done)
//	if err := run(); err != nil {
//		close(done) // the deferred close is the second
//		return err
//	}
//
// The correct code has one place to close a channel, or guards it:
//
//	var once sync.Once
//	stop := func() { once.Do(func() { close(done) }) }
//
// A flag that is looked at and set under a lock, or an atomic one that is
// swapped, does as well, and so does a look at the channel itself, in a select
// statement with a default, if that is under a lock.
//
// The analyzer follows channels through variables, fields, calls, closures and
// goroutines. Where a condition leads to a close, it asks whether the other close
// could have a hand in it: an error that a call returns is nobody's choice, a
// counter, a field, an index or a message is.
//
// Of channels that a map or slice in a field keeps, the close of all is reported if
// one that may be closed already is never taken out, or if a statement defers it
// and another does it at once.
//
// The analyzer does not report other channels that are elements of maps or slices,
// closes whose panic is recovered, and methods that only callers in other
// packages could call twice. Two exported methods that close one channel are
// reported if neither has parameters, by which the one or the other would settle
// something.
package doubleclose

import _ "embed"

//go:embed doc.go
var doc string
