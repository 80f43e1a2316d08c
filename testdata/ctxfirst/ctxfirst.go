package ctxfirst

import (
	"context"
	"net/http"
	"testing"

	"fixture.example/ctxfirst/dep"
)

func first(ctx context.Context, name string) {}

func second(name string, ctx context.Context) {} // want `^the context of second is parameter 2, not the first$`

func third(a, b int, ctx context.Context) {} // want `^the context of third is parameter 3, not the first$`

func unnamed(string, context.Context) {} // want `^the context of unnamed is parameter 2, not the first$`

func two(ctx context.Context, name string, other context.Context) {}

func many(name string, list ...context.Context) {}

func none() {}

func generic[T any](v T, ctx context.Context) {} // want `^the context of generic is parameter 2, not the first$`

type server struct{ name string }

func (s *server) first(ctx context.Context, name string) {}

func (s *server) second(name string, ctx context.Context) {} // want `^the context of second is parameter 2, not the first$`

func (server) value(name string, ctx context.Context) {} // want `^the context of value is parameter 2, not the first$`

type box[T any] struct{ v T }

func (b *box[T]) put(v T, ctx context.Context) {} // want `^the context of put is parameter 2, not the first$`

type store interface {
	get(ctx context.Context, key string) string
	put(key string, ctx context.Context) // want `^the context of put is parameter 2, not the first$`
}

type memory struct{}

func (memory) get(ctx context.Context, key string) string { return key }

func (memory) put(key string, ctx context.Context) {}

func use(s store) { s.put("", context.Background()) }

type handler func(name string, ctx context.Context) // want `^the context of handler is parameter 2, not the first$`

type hooks struct {
	before func(ctx context.Context, name string)
	after  func(name string, ctx context.Context) // want `^the context of after is parameter 2, not the first$`
}

func takes(f func(string, context.Context)) { // want `^the context of f is parameter 2, not the first$`
	f("", context.Background())
}

func returns() func(string, context.Context) { // want `^the context of this function type is parameter 2, not the first$`
	return func(name string, ctx context.Context) {}
}

func literals(ctx context.Context) {
	f := func(name string, ctx context.Context) {} // want `^the context of this function literal is parameter 2, not the first$`
	f("", ctx)
	go func(id int, ctx context.Context) {}(1, ctx)    // want `^the context of this function literal is parameter 2, not the first$`
	defer func(id int, ctx context.Context) {}(1, ctx) // want `^the context of this function literal is parameter 2, not the first$`
	var h handler = func(name string, ctx context.Context) {}
	h("", ctx)
	takes(func(name string, ctx context.Context) {})
	for range 3 {
		g := func(ctx context.Context, name string) {}
		g(ctx, "")
	}
}

type alias = context.Context

func aliased(name string, ctx alias) {} // want `^the context of aliased is parameter 2, not the first$`

// -- signatures that others dictate --

type visitor struct{}

func (visitor) Visit(name string, ctx context.Context) error { return nil }

var _ dep.Visitor = visitor{}

func walk(name string, ctx context.Context) error { return nil }

func walkField(name string, ctx context.Context) error { return nil }

func walkVar(name string, ctx context.Context) error { return nil }

func (s *server) walk(name string, ctx context.Context) error { return nil }

func walks(s *server) {
	_ = dep.Walk(walk)
	_ = dep.Walk(s.walk)
	_ = dep.Walk(func(name string, ctx context.Context) error { return nil })
	_ = dep.Options{Visit: walkField}
	var f dep.Func = walkVar
	_ = f
}

// -- tests and handlers --

func helper(t *testing.T, ctx context.Context) {}

func helperTB(tb testing.TB, ctx context.Context) {}

type testingT interface {
	Errorf(format string, args ...any)
	FailNow()
}

func helperT(t testingT, name string, ctx context.Context) {}

func serve(w http.ResponseWriter, r *http.Request, ctx context.Context) {}
