// Package ctxfirst defines an analyzer that reports contexts that are not the first
// parameter.
//
// # Analyzer ctxfirst
//
// ctxfirst: report contexts that are not the first parameter
//
// By the rules of package context, a context is the first parameter. Readers then
// see at once which functions can be cancelled, and a call that forgets to hand on
// its context stands out.
//
// For example:
//
//	func fetch(url string, ctx context.Context) ([]byte, error)
//
// The correct code has the context first:
//
//	func fetch(ctx context.Context, url string) ([]byte, error)
//
// The analyzer looks at functions, methods, literals that are called or stored in a
// variable, the methods of interfaces, and function types.
//
// The analyzer does not report what another signature dictates: methods that an
// interface asks for (of this package, the interface is reported), and functions that
// are handed to another package. It does not report a context behind what a test or an
// HTTP handler gets, nor anything in test files.
package ctxfirst

import _ "embed"

//go:embed doc.go
var doc string
