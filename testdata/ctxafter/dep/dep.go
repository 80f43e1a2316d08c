// Package dep is imported by the fixtures, so that what is known of it comes by facts.
package dep

import (
	"context"
	"os/exec"

	"golang.org/x/sync/errgroup"
)

// Run runs a command.
func Run(ctx context.Context, name string) error { return exec.CommandContext(ctx, name).Run() }

// Join waits for the functions of a group.
func Join(g *errgroup.Group) error { return g.Wait() }

// Stop ends a context.
func Stop(cancel context.CancelFunc) { cancel() }

// Later runs a command on a goroutine of its own.
func Later(ctx context.Context, name string) {
	go func() { _ = Run(ctx, name) }()
}
