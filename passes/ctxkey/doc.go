// Package ctxkey defines an analyzer that reports context keys that other packages
// may use as well.
//
// # Analyzer ctxkey
//
// ctxkey: report context keys that may collide
//
// A context finds a value by comparing keys, their types included. A key of a type that
// other packages can name, like a string, may be that of another package as well:
// each then reads the value of the other, and fails to find its own.
//
// For example:
//
//	ctx = context.WithValue(ctx, "user", u) // anyone's "user"
//
// The correct code has a type of its own for the key:
//
//	type userKey struct{}
//
//	ctx = context.WithValue(ctx, userKey{}, u)
//
// Reported are keys of built-in types, of a struct type without a name, and of
// exported string types, of the latter each name once. The analyzer follows keys
// through variables and fields.
//
// The analyzer does not report keys that a function is handed, or makes of what it is
// handed, since its callers choose them; string types that only package main or
// the module itself can import; and keys in test files.
package ctxkey

import _ "embed"

//go:embed doc.go
var doc string
