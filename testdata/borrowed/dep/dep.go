// Package dep has helpers for package borrowed.
package dep

import (
	"context"
	"os"
)

// Use does nothing with a context.
func Use(context.Context) {}

// Call calls the function.
func Call(cancel func()) { cancel() }

// Drop does nothing with the function.
func Drop(func()) {}

// Die ends the process.
func Die() { os.Exit(1) }
