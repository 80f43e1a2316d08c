// Package dep says of a field that a lock guards it.
package dep

import "sync"

// A Registry is a set of names.
type Registry struct {
	Mu    sync.Mutex
	Names map[string]bool // guarded by Mu // want Names:`^guarded by Mu$`
}

// NewRegistry returns an empty registry.
func NewRegistry() *Registry { return &Registry{Names: make(map[string]bool)} }
