// Package dep has keys for others.
package dep

import "context"

// A Key is a key that any package can make.
type Key string

// User is such a key.
const User Key = "user"

// Name is a key of a built-in type.
const Name = "name"

type key struct{}

// Trace is a key that only this package can make.
var Trace = key{}

// With adds a value with a key of the caller.
func With(ctx context.Context, k string, v any) context.Context { return context.WithValue(ctx, k, v) }
