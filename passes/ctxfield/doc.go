// Package ctxfield defines an analyzer that reports contexts held in structs.
//
// # Analyzer ctxfield
//
// ctxfield: report structs that hold a context
//
// A context belongs to one call: it says when that call is no longer wanted.
// Held in a struct, it governs calls for which it was not made. The methods
// cannot be given a deadline of their own, they fail once the context of
// whoever made the struct is cancelled, or they go on after their own caller
// is gone.
//
// For example:
//
//	type Client struct {
//		ctx  context.Context // whose calls does it end?
//		conn net.Conn
//	}
//
//	func (c *Client) Fetch(key string) (string, error)
//
// The correct code passes a context to each function that needs it:
//
//	type Client struct {
//		conn net.Conn
//	}
//
//	func (c *Client) Fetch(ctx context.Context, key string) (string, error)
//
// A context counts as held in whichever form: embedded, behind a pointer, in a
// map, slice or channel, in an instance of a generic type, in a field of an
// interface type that includes context.Context, or stored in a field of type
// any, which is reported where it is stored.
//
// The analyzer does not report a struct that stands for one call, for then
// the context does as well: a request that has a method Context and one that
// returns a copy with another context, like http.Request; options and
// parameters that are passed to a call and not kept for longer; an unexported
// struct that is gone when the call returns by whose context it was made; a
// message that is sent on a channel and not kept, or an unexported record of a
// request, queued with the channel for its answer or the function that
// cancels it; a type that implements context.Context itself, or embeds a
// context and is used as one, or derives others of its type; and a type that
// overrides the method Context of a type that it embeds. It does not report a
// struct that needs the context only in methods whose signature an interface
// of another module dictates, like Read, nor anything in test files.
package ctxfield

import _ "embed"

//go:embed doc.go
var doc string
