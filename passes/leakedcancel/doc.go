// Package leakedcancel defines an analyzer that reports cancel functions that
// are not called.
//
// # Analyzer leakedcancel
//
// leakedcancel: report cancel functions lost without being called
//
// A context made by context.WithCancel, WithTimeout or WithDeadline holds on
// to its timer, and to its place in its parent, until its cancel function is
// called or the parent ends. If the function is lost on some path, the
// resources stay for as long as the parent lives, and goroutines that wait
// for the context wait on. The same holds for the stop functions of
// signal.NotifyContext, context.AfterFunc and iter.Pull, and for any function
// that returns one of these.
//
// For example:
//
//	ctx, cancel := context.WithTimeout(ctx, time.Second)
//	if err := ping(ctx); err != nil {
//		return err // cancel is not called
//	}
//	cancel()
//
// The correct code calls it on every path:
//
//	ctx, cancel := context.WithTimeout(ctx, time.Second)
//	defer cancel()
//	return ping(ctx)
//
// The analyzer follows the function through variables, fields, closures,
// calls and returns, in this package and those it imports. A function that is
// discarded, overwritten, stored in a field that nothing calls, or deferred in
// a loop, is reported too. An object that the function has made, or got from a
// helper, and that holds the only way to the function is lost with it, also if a
// goroutine runs on the object which waits for the context and calls nothing.
//
// The analyzer does not report a cancel function that is returned, sent,
// stored where some function calls it, handed to code that is not seen, used
// by a closure in an object that is handed on, or held by an object that is made
// an interface before; nor one of a context whose parent
// is cancelled by a deferred call of the same function, or which has neither a
// parent nor a timer, as long as nothing waits for it. A deferred call in a
// loop is in order if a goroutine that the turn starts needs the context. A
// call of AfterFunc whose result is not used at all is deliberate.
// Paths that end the process, or a panic that nothing in the package recovers,
// do not count. To keep a context until its parent ends, on purpose, derive it
// without a cancel function, or return that function.
package leakedcancel

import _ "embed"

//go:embed doc.go
var doc string
