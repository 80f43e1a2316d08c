// Package dep has functions that act on the groups of others.
package dep

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// Fetch works until ctx ends.
func Fetch(ctx context.Context, url string) error {
	<-ctx.Done()
	return ctx.Err()
}

// Start starts a function in the group.
func Start(g *errgroup.Group, url string) {
	g.Go(func() error { return Fetch(context.TODO(), url) })
}

// StartWith starts a function in the group, with ctx.
func StartWith(ctx context.Context, g *errgroup.Group, url string) { // want StartWith:`^uses contexts in groups: \[\{1 0\}\]$`
	g.Go(func() error { return Fetch(ctx, url) })
}

// Join waits for the group.
func Join(g *errgroup.Group) error { return g.Wait() }

// Limit limits the group.
func Limit(g *errgroup.Group) { g.SetLimit(4) }

// Pool runs functions.
type Pool struct{ errgroup.Group }
