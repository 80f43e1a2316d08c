// Package dep has signatures that others must follow.
package dep

import "context"

// A Visitor visits names.
type Visitor interface {
	Visit(name string, ctx context.Context) error // want `^the context of Visit is parameter 2, not the first$`
}

// A Func visits a name.
type Func func(name string, ctx context.Context) error // want `^the context of Func is parameter 2, not the first$`

// Walk visits names.
func Walk(f Func) error { return f("", context.Background()) }

// Options say how.
type Options struct {
	Visit func(name string, ctx context.Context) error // want `^the context of Visit is parameter 2, not the first$`
}
