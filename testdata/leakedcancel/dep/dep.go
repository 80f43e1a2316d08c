// Package dep makes cancel functions for others.
package dep

import (
	"context"
	"time"
)

// WithShort returns a context for a short time.
func WithShort(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

// WithShorter is two calls deep.
func WithShorter() (context.Context, context.CancelFunc) {
	ctx, cancel := WithShort(context.Background())
	return ctx, cancel
}

// Start returns a closure that stops what it has started.
func Start(ctx context.Context, run func(context.Context)) func() {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// Open returns nothing to call if it fails.
func Open(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	return ctx, cancel, nil
}

// Ignore does nothing with what it is handed.
func Ignore(ctx context.Context, cancel context.CancelFunc) error { return ctx.Err() }

// Finish calls what it is handed.
func Finish(cancel context.CancelFunc) { cancel() }

// Look is handed a plain function, and does nothing with it.
func Look(ctx context.Context, stop func()) bool {
	return ctx.Err() == nil && stop != nil
}
