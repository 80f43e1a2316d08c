// Package dep has functions that pass on no context.
package dep

import (
	"context"
	"time"
)

// A Client sends requests.
type Client struct{ ready chan struct{} }

// Send sends until ctx ends.
func (c *Client) Send(ctx context.Context, s string) error {
	select {
	case <-c.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Shutdown ends the client.
func (c *Client) Shutdown(ctx context.Context) error { return c.Send(ctx, "") }

// Ping takes no context.
func (c *Client) Ping() error { // want Ping:`^passes context\.Background\(\) to c\.Send$`
	return c.Send(context.Background(), "ping")
}

// Check takes none either.
func Check(c *Client) error { // want Check:`^calls Ping, which passes context\.Background\(\) to c\.Send$`
	return c.Ping()
}

// Get has a sibling that takes a context.
func (c *Client) Get() error { // want Get:`^passes context\.Background\(\) to c\.GetContext$`
	return c.GetContext(context.Background())
}

// GetContext is the sibling.
func (c *Client) GetContext(ctx context.Context) error { return c.Send(ctx, "get") }

// Flush has a timeout of its own.
func (c *Client) Flush() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return c.Send(ctx, "flush")
}
