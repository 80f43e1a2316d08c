// Package ctxdropped defines an analyzer that reports contexts that are not
// passed on.
//
// # Analyzer ctxdropped
//
// ctxdropped: report contexts that are not passed on
//
// A function that is handed a context is to end its work when that ends. What it calls
// with context.Background(), context.TODO() or nil goes on, holds its resources, and
// knows no deadline and none of the values of the request.
//
// For example:
//
//	func (s *store) load(ctx context.Context, id string) (*row, error) {
//		return s.db.find(context.Background(), id) // goes on when ctx has ended
//	}
//
// The correct code passes the context on:
//
//	return s.db.find(ctx, id)
//
// The same holds for a call of a function that takes no context and makes do with
// context.Background() itself, directly or by what it calls, also in other packages of
// the module. Such a chain is reported where a context was in scope last: at the call that
// does not pass it on. In a function that takes an *http.Request or another value with a
// method Context, what that returns is in scope.
//
// The analyzer does not report what is detached on purpose: contexts by
// context.WithoutCancel, those with a timeout of their own unless they take the name of
// the context in scope from the start, those that are stored, that another goroutine has
// which the function does not wait for, and those with a comment that says why. Nor does
// it report deferred calls, clean-up and shutdown, what comes once the context has
// ended, functions run once for all, main, init and tests, methods that an interface of
// another package asks for, calls that pass on another context as well, and calls of
// functions that have a sibling which takes a context. Chains of more than four functions without a context are left alone.
package ctxdropped

import _ "embed"

//go:embed doc.go
var doc string
