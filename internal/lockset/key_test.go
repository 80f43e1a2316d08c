package lockset_test

import (
	"go/types"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// TestKeyOfUnnamed states that a lock in a struct without a name is known by the
// field that has the struct, in all objects, unless it is an element there.
func TestKeyOfUnnamed(t *testing.T) {
	owner := types.NewTypeName(0, nil, "db", nil)
	d := &skeleton.Root{Kind: skeleton.Param, Name: "d"}
	mu := &skeleton.Sel{Name: "mu", Owner: owner}
	lock := skeleton.Path{Root: d, Sel: &skeleton.Sel{Up: mu, Name: "Mutex"}}
	key, ok := lockset.KeyOf(lock)
	if want := (skeleton.FieldClass{Type: owner, Field: "mu.Mutex"}); !ok || key.Class != want {
		t.Errorf("KeyOf(d.mu.Mutex) = %v, %t; want %v", key, ok, want)
	}
	if got := lockset.Holder(lock); got != (skeleton.Path{Root: d}) {
		t.Errorf("Holder(d.mu.Mutex) = %v, want d", got)
	}
	element := skeleton.Path{Root: d, Sel: &skeleton.Sel{Up: mu, Name: "[]"}}
	if key, ok := lockset.KeyOf(element); ok {
		t.Errorf("KeyOf(d.mu[]) = %v, want none", key)
	}
}
