package contexts

import (
	"context"
	"net/http"
	"testing"
)

// A doer has its context first, behind the receiver.
type doer struct{ name string }

func (d *doer) do(ctx context.Context, names ...string) {}

type doing interface {
	do(ctx context.Context, names ...string)
}

// mustDo is a helper of tests.
func mustDo(t testing.TB, ctx context.Context, d doing) {
	t.Helper()
	d.do(ctx)
}

// handleWith is part of a handler, and gets the context that it derived.
func handleWith(w http.ResponseWriter, r *http.Request, ctx context.Context) {
	http.NotFound(w, r.WithContext(ctx))
}

// both has a context for the call and one for what it starts.
func both(ctx context.Context, name string, background context.Context) {
	go (&doer{name}).do(background)
	(&doer{name}).do(ctx)
}
