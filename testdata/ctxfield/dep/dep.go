// Package dep has types by which a package can hold a context and never
// mention package context.
package dep

import "context"

// A Session is a context with an identity.
type Session interface {
	context.Context
	ID() string
}

// A Box holds any value.
type Box[T any] struct{ value T }

// Open returns the value.
func (b *Box[T]) Open() T { return b.value }

// A Handler is called with a value, and holds none.
type Handler[T any] func(T)

// A Base is embedded by services.
type Base struct {
	Ctx context.Context // want `^field Ctx of Base holds a context$`
}

// An Event carries any value.
type Event struct {
	Name    string
	Payload any
}

// Options are passed to Open.
type Options struct {
	Context context.Context
	Name    string
}

// Open needs its options only during the call.
func Open(opts *Options) error { return opts.Context.Err() }
