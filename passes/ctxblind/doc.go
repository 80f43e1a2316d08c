// Package ctxblind defines an analyzer that reports calls that wait without the context
// in scope.
//
// # Analyzer ctxblind
//
// ctxblind: report waiting that goes on when the context has ended
//
// A function that is handed a context is to end its work when that ends. What it waits
// for without the context it waits for to the end, and its caller with it.
//
// For example:
//
//	func (s *store) names(ctx context.Context) ([]string, error) {
//		rows, err := s.db.Query("select name from users") // goes on when ctx has ended
//
// The correct code calls the function that takes the context:
//
//	rows, err := s.db.QueryContext(ctx, "select name from users")
//
// Such siblings are known of the standard library, and of other packages by their names:
// Foo and FooContext, FooCtx or FooWithContext, with the same parameters behind the
// context. Also reported are time.Sleep, or a receive from time.After, in a loop or for a
// second and longer, and, in the loops of a function that takes a context, a bare send or
// receive on a channel that the function has from outside, and loops over a ticker which
// do not look at the context. In a function that takes an *http.Request or another
// value with a method Context, what that returns is in scope.
//
// The analyzer does not report what is deferred or cleans up, what another goroutine does
// that the function does not wait for, what comes once the context has ended, and what
// a comment explains; loops over a channel, which end when it is closed; channels that
// the function makes, that have a buffer, or that carry empty structs as signals or
// tokens; requests that get the context by WithContext, processes that are ended by
// hand, and both where a call is handed them together with a context. Calls of log/slog are reported in packages only that use its functions with
// contexts elsewhere. Tests are left alone.
package ctxblind

import _ "embed"

//go:embed doc.go
var doc string

// The categories of findings.
const (
	categorySibling = "sibling" // a call of a function that has a sibling
	categorySleep   = "sleep"
	categoryChannel = "channel"
)
