package contexts

import (
	"context"
	"net/http"
)

type (
	userKey  struct{}
	stepKey  string
	levelKey int
)

const (
	stepRead  stepKey  = "read"
	levelHigh levelKey = iota
)

// traceKey is a pointer, so that no other key is equal to it.
var traceKey = &struct{ name string }{"trace"}

func withUser(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, userKey{}, name)
}

func userOf(ctx context.Context) (string, bool) {
	name, ok := ctx.Value(userKey{}).(string)
	return name, ok
}

func withSteps(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, stepRead, true)
	ctx = context.WithValue(ctx, levelHigh, 3)
	return context.WithValue(ctx, traceKey, "t")
}

// withHeaders adds the headers of a request, each by a key of its own.
func withHeaders(ctx context.Context, header http.Header) context.Context {
	for name := range header {
		ctx = context.WithValue(ctx, stepKey(name), header.Get(name))
	}
	return ctx
}

// A bag carries values of its users.
type bag struct{ values map[any]any }

func (b *bag) into(ctx context.Context) context.Context {
	for k, v := range b.values {
		ctx = context.WithValue(ctx, k, v)
	}
	return ctx
}

// set is for those who have a key.
func set(ctx context.Context, key, value any) context.Context {
	return context.WithValue(ctx, key, value)
}

// with stores a value by its type.
func with[T any](ctx context.Context, v T) context.Context {
	type key struct{ _ *T }
	return context.WithValue(ctx, key{}, v)
}
