package ctxfield

import (
	"context"

	"fixture.example/ctxfield/dep"
)

type box[T any] struct{ value T }

type boxed struct {
	box   box[context.Context]      // want `^field box of boxed holds a context$`
	other dep.Box[*context.Context] // want `^field other of boxed holds a context$`
	chain chain[context.Context]    // want `^field chain of boxed holds a context$`
	name  box[string]
	run   dep.Handler[context.Context]
}

type embedsBox struct {
	box[context.Context] // want `^field box of embedsBox holds a context$`
}

type chain[T any] struct {
	head *node[T]
	size int
}

type node[T any] struct {
	value T
	next  *node[T]
}

type constrained[C context.Context] struct {
	ctx C // want `^field ctx of constrained holds a context$`
}

type genericService[K comparable, V any] struct {
	ctx    context.Context // want `^field ctx of genericService holds a context$`
	values map[K]V
}

func (g *genericService[K, V]) get(key K) (V, error) { return g.values[key], g.ctx.Err() }

// phantom has a parameter for which it has no field.
type phantom[T any] struct{ name string }

type pair[A, B any] struct {
	first  A
	second B
}

type pairs = pair[string, context.Context] // want `^pair\[string, context\.Context\] holds a context$`

type usesPhantom struct{ p phantom[context.Context] }

type slot[T any] struct{ value T }

func newSlot(ctx context.Context) *slot[context.Context] {
	return &slot[context.Context]{value: ctx} // want `^slot\[context\.Context\] holds a context$`
}

type parameters[T any] struct{ value T }

func show(p parameters[context.Context]) error { return p.value.Err() }

func shown(ctx context.Context) error { return show(parameters[context.Context]{value: ctx}) }
