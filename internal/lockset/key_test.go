package lockset_test

import (
	"go/types"
	"testing"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// TestKeyOfUnnamed states that a lock in a struct without a name is known by the
// field that has the struct, in all objects, and an element by the field that has it.
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
	key, ok = lockset.KeyOf(element)
	if want := (skeleton.FieldClass{Type: owner, Field: "mu[]"}); !ok || key.Class != want {
		t.Errorf("KeyOf(d.mu[]) = %v, %t; want %v", key, ok, want)
	}
	if got := lockset.Holder(element); got != (skeleton.Path{Root: d}) {
		t.Errorf("Holder(d.mu[]) = %v, want d", got)
	}
	if key, ok := lockset.KeyOf(skeleton.Path{Root: d, Sel: &skeleton.Sel{Up: element.Sel, Name: "Mutex"}}); ok {
		t.Errorf("KeyOf(d.mu[].Mutex) = %v, want none", key)
	}
}
