package ctxkey

import (
	"context"
	"fmt"
	"net/http"

	"fixture.example/ctxkey/dep"
)

// -- built-in types --

func literal(ctx context.Context) context.Context {
	return context.WithValue(ctx, "user", 1) // want `^other packages may use the key "user" as well: it is of the built-in type string$`
}

func number(ctx context.Context) context.Context {
	return context.WithValue(ctx, 1, 1) // want `^other packages may use the key 1 as well: it is of the built-in type int$`
}

const constant = "user"

func named(ctx context.Context) context.Context {
	return context.WithValue(ctx, constant, 1) // want `^other packages may use the key constant as well: it is of the built-in type string$`
}

var global = "user"

func variable(ctx context.Context) context.Context {
	return context.WithValue(ctx, global, 1) // want `^other packages may use the key global as well: it is of the built-in type string$`
}

var hidden any = "user"

func hiddenInAny(ctx context.Context) context.Context {
	return context.WithValue(ctx, hidden, 1) // want `^other packages may use the key hidden as well: it is of the built-in type string$`
}

func local(ctx context.Context, long bool) context.Context {
	var key any = userKey{}
	if long {
		key = "user"
	}
	return context.WithValue(ctx, key, 1) // want `^other packages may use the key key as well: it is of the built-in type string$`
}

func loop(ctx context.Context) context.Context {
	for _, name := range []string{"a", "b"} {
		ctx = context.WithValue(ctx, name, 1) // want `^other packages may use the key name as well: it is of the built-in type string$`
	}
	return ctx
}

func deferred(ctx context.Context, run func(context.Context)) {
	defer run(context.WithValue(ctx, "user", 1)) // want `^other packages may use the key "user" as well: it is of the built-in type string$`
	go func() {
		run(context.WithValue(ctx, dep.Name, 1)) // want `^other packages may use the key dep\.Name as well: it is of the built-in type string$`
	}()
}

func empty(ctx context.Context) context.Context {
	return context.WithValue(ctx, struct{}{}, 1) // want `^other packages may use the key struct\{\}\{\} as well: it is of a type without a name$`
}

type alias = string

func aliased(ctx context.Context) context.Context {
	return context.WithValue(ctx, alias("user"), 1) // want `^other packages may use the key alias\("user"\) as well: it is of the built-in type string$`
}

func made() string { return fmt.Sprint("user", 1) }

func result(ctx context.Context) context.Context {
	return context.WithValue(ctx, made(), 1) // want `^other packages may use the key made\(\) as well: it is of the built-in type string$`
}

type tracer struct {
	key  string
	name string
}

func newTracer(name string) *tracer { return &tracer{key: "trace", name: name} }

func (t *tracer) handle(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), t.key, 1)) // want `^other packages may use the key t\.key as well: it is of the built-in type string$`
}

func (t *tracer) handleNamed(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), t.name, 1))
}

type middleware[T any] struct{ value T }

func (m middleware[T]) with(ctx context.Context) context.Context {
	return context.WithValue(ctx, "value", m.value) // want `^other packages may use the key "value" as well: it is of the built-in type string$`
}

// -- exported string types --

// A Name is a key for everyone.
type Name string

// First is such a key.
const First Name = "first"

func exported(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, First, 1)        // want `^other packages may use the key First as well: it is of the exported type Name$`
	ctx = context.WithValue(ctx, Name("last"), 1) // want `^other packages may use the key Name\("last"\) as well: it is of the exported type Name$`
	return context.WithValue(ctx, dep.User, 1)    // want `^other packages may use the key dep\.User as well: it is of the exported type fixture\.example/ctxkey/dep\.Key$`
}

func exportedAgain(ctx context.Context) context.Context {
	return context.WithValue(ctx, First, 2)
}

// -- types of one's own --

type userKey struct{}

type nameKey string

type numberKey int

const first nameKey = "first"

// A Number is exported, but no string.
type Number int

var address = new(int)

func own(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, userKey{}, 1)
	ctx = context.WithValue(ctx, first, 1)
	ctx = context.WithValue(ctx, nameKey("last"), 1)
	ctx = context.WithValue(ctx, numberKey(1), 1)
	ctx = context.WithValue(ctx, Number(1), 1)
	ctx = context.WithValue(ctx, address, 1)
	ctx = context.WithValue(ctx, &first2, 1)
	ctx = context.WithValue(ctx, dep.Trace, 1)
	return context.WithValue(ctx, http.ServerContextKey, 1)
}

var first2 = "first"

// -- keys of the caller --

func with(ctx context.Context, key string, v any) context.Context {
	return context.WithValue(ctx, key, v)
}

func withPrefix(ctx context.Context, key string, v any) context.Context {
	return context.WithValue(ctx, "prefix."+key, v)
}

func withAll(ctx context.Context, values map[string]any) context.Context {
	for k, v := range values {
		ctx = context.WithValue(ctx, k, v)
	}
	return ctx
}

func withAny[K comparable](ctx context.Context, key K, v any) context.Context {
	k := key
	return context.WithValue(ctx, k, v)
}

func callers(ctx context.Context) context.Context { return dep.With(ctx, "user", 1) }
