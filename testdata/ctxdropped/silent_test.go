package ctxdropped

import (
	"context"
	"testing"

	"fixture.example/ctxdropped/dep"
)

func TestStraight(t *testing.T) {
	check(t.Context(), t)
}

func check(ctx context.Context, t *testing.T) {
	if err := straight(context.Background(), new(dep.Client)); err != nil {
		t.Fatal(err)
	}
	leaf(new(dep.Client))
}
