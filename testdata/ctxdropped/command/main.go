// The command has the contexts of a program.
package main

import (
	"context"
	"os/signal"
	"syscall"

	"fixture.example/ctxdropped/dep"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c := new(dep.Client)
	setup(c)
	if err := run(ctx, c); err != nil {
		c.Send(context.Background(), "failed")
	}
}

func setup(c *dep.Client) { c.Send(context.Background(), "setup") }

func run(ctx context.Context, c *dep.Client) error {
	return c.Send(context.TODO(), "run") // want `^context\.TODO\(\) is passed to c\.Send, though ctx is in scope$`
}
