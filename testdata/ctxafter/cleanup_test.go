package ctxafter

import (
	"context"
	"testing"
)

func TestCleanup(t *testing.T) {
	ctx := t.Context()
	t.Cleanup(func() {
		_ = fetch(ctx, "a") // want `^ctx has ended when the functions of t\.Cleanup are run$`
	})
	t.Cleanup(func() {
		_ = fetch(t.Context(), "b") // want `^t\.Context\(\) has ended when the functions of t\.Cleanup are run$`
	})
	t.Cleanup(func() {
		_ = fetch(context.WithoutCancel(t.Context()), "c")
	})
	_ = fetch(ctx, "d")
}

func TestHelper(t *testing.T) {
	start(t)
}

func start(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	_ = fetch(ctx, "a")
	t.Cleanup(func() {
		_ = fetch(ctx, "stop") // want `^ctx has ended when the functions of t\.Cleanup are run$`
		cancel()
	})
}

func TestSub(t *testing.T) {
	t.Run("sub", func(st *testing.T) {
		st.Cleanup(func() { _ = fetch(t.Context(), "a") })
	})
	defer func() { _ = fetch(t.Context(), "b") }()
}

// What a test does after cancel is what it tests.
func TestEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if fetch(ctx, "a") == nil {
		t.Fatal("no error")
	}
}
