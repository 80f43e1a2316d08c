// Package ctxloop defines an analyzer that reports contexts that grow in a loop.
//
// # Analyzer ctxloop
//
// ctxloop: report contexts derived from themselves in a loop
//
// A derived context holds the one that it is made of. If each turn of a loop derives
// the context of the next, the chain gets longer for as long as the loop runs: it holds
// memory that is never given back, each look for a value walks through it, and a
// deadline of the first turn ends the last.
//
// For example:
//
//	for msg := range messages {
//		ctx = context.WithValue(ctx, idKey{}, msg.ID) // holds all contexts before
//		handle(ctx, msg)
//	}
//
// The correct code has a context for each turn:
//
//	for msg := range messages {
//		ctx := context.WithValue(ctx, idKey{}, msg.ID)
//		handle(ctx, msg)
//	}
//
// The analyzer looks at variables and fields, also of values that carry a context like
// a request, and follows calls of helpers that derive a context, also in other
// packages, and of functions that derive the field of an object.
//
// The analyzer does not report loops that collect values by different keys, as
// from headers or options, or the least of several deadlines; what happens in one turn
// at most; and contexts that the loop sets anew.
package ctxloop

import _ "embed"

//go:embed doc.go
var doc string
