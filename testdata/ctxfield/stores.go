package ctxfield

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"

	"fixture.example/ctxfield/dep"
)

type anything struct {
	value  any
	err    interface{ Err() error }
	attrs  map[string]any
	values []any
	last   atomic.Value
	table  sync.Map
	queue  list.List
}

func (a *anything) assigns(ctx context.Context, name string) {
	a.value = ctx                    // want `^a context is stored in field value of anything$`
	a.err = ctx                      // want `^a context is stored in field err of anything$`
	a.attrs["ctx"] = ctx             // want `^a context is stored in field attrs of anything$`
	a.values = append(a.values, ctx) // want `^a context is stored in field values of anything$`
	a.values, a.value = nil, ctx     // want `^a context is stored in field value of anything$`
	a.last.Store(ctx)                // want `^a context is stored in field last of anything$`
	a.table.Store(name, ctx)         // want `^a context is stored in field table of anything$`
	a.queue.PushBack(ctx)            // want `^a context is stored in field queue of anything$`
	a.value = name
	a.attrs["name"] = name
	a.values = append(a.values, name)
	a.last.Store(name)
	a.err = ctx.Err().(interface{ Err() error })
	a.value = ctx.Value(name)
	_, _ = a.table.Load(ctx)
}

func composes(ctx context.Context) []*anything {
	return []*anything{
		{value: ctx},                        // want `^a context is stored in field value of anything$`
		{attrs: map[string]any{"ctx": ctx}}, // want `^a context is stored in field attrs of anything$`
		{"a", nil, nil, []any{ctx}, atomic.Value{}, sync.Map{}, list.List{}}, // want `^a context is stored in field values of anything$`
		{value: 1},
	}
}

type outer struct{ anything }

func (o *outer) promoted(ctx context.Context) {
	o.value = ctx // want `^a context is stored in field value of anything$`
}

var lastEvent *dep.Event

func anotherPackages(ctx context.Context) {
	e := &dep.Event{Name: "started", Payload: ctx} // want `^a context is stored in field Payload of Event$`
	lastEvent = e
}

// local variables of any type are as good as parameters.
func local(ctx context.Context) any {
	var value any = ctx
	values := []any{ctx}
	values[0] = value
	return values[0]
}
