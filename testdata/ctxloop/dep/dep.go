// Package dep derives contexts for others.
package dep

import "context"

type key struct{}

// With derives a context that has v.
func With(ctx context.Context, v int) context.Context { return context.WithValue(ctx, key{}, v) }

// Or returns a context that is not nil.
func Or(ctx context.Context) context.Context {
	if ctx == nil {
		return context.Background()
	}
	return ctx
}
