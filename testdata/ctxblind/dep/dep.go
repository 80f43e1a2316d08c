// Package dep is imported by the fixtures.
package dep

import "context"

// A Client has methods with and without a context.
type Client struct{ n int }

// Load loads.
func (c *Client) Load(name string) (int, error) { return c.LoadContext(context.Background(), name) }

// LoadContext loads until ctx ends.
func (c *Client) LoadContext(ctx context.Context, _ string) (int, error) { return c.n, ctx.Err() }

// Fetch fetches.
func Fetch(name string) error { return FetchCtx(context.Background(), name) }

// FetchCtx fetches until ctx ends.
func FetchCtx(ctx context.Context, _ string) error { return ctx.Err() }

// Infof logs.
func Infof(_ string, _ ...any) {}

// InfofCtx logs with the values of ctx.
func InfofCtx(_ context.Context, _ string, _ ...any) {}

// Open has a sibling by its name alone.
func Open(_ string) error { return nil }

// OpenContext takes other things.
func OpenContext(_ context.Context, _ int) error { return nil }
