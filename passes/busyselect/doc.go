// Package busyselect defines an analyzer that reports loops which spin through
// the default of a select statement.
//
// # Analyzer busyselect
//
// busyselect: report loops that spin through a select's default
//
// A select statement with a default does not wait: if no case is ready, the
// default is taken at once. In a loop in which nothing else waits, or works,
// this keeps a processor busy with nothing, until some case is ready. It slows
// down the very goroutines that the loop waits for.
//
// For example:
//
//	for {
//		select {
//		case job := <-jobs:
//			run(job)
//		default: // taken millions of times a second while there is no job
//		}
//	}
//
// The correct code has no default, so that select waits for the first case to
// be ready. To stop waiting after a time, or when a context ends, is one
// more case:
//
//	for {
//		select {
//		case job := <-jobs:
//			run(job)
//		case <-ctx.Done():
//			return
//		}
//	}
//
// A case that is ready for ever, since a context has ended or a channel is closed, is
// such a default from then on. It is reported if it does not end the loop, and nothing
// else does that may tell the same.
//
// The analyzer follows calls, so it also reports a loop around a function that
// has a select with a default, in another package too. It takes runtime.Gosched, counters
// and looks at the clock for nothing.
//
// The analyzer does not report a loop that ends by itself, such as a range over
// subscribers or one that counts its attempts, nor one that does some work in
// each turn, calls a function that it cannot see, takes a lock, or makes room in
// a full channel. To poll on purpose, sleep or wait for a ticker between two
// looks.
package busyselect
