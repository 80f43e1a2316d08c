// Package group fetches with an error group.
package group

import (
	"context"

	"golang.org/x/sync/errgroup"
)

func fetch(ctx context.Context, url string) error {
	_ = url
	return ctx.Err()
}

func fetchAll(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)

	for _, url := range urls {
		url := url
		g.Go(func() error {
			return fetch(ctx, url)
		})
	}

	return g.Wait()
}
