package lockset

import (
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// A Key names a lock so that functions which know it by different paths agree:
// the field of a type, whatever the object, or a variable.
type Key struct {
	Class    skeleton.FieldClass
	Variable skeleton.Path // if Class is zero
}

// KeyOf returns the key of the lock at p, not ok if it has none: a parameter
// that is a lock by itself, or a value of unknown origin.
func KeyOf(p skeleton.Path) (key Key, ok bool) {
	if class, ok := p.Class(); ok {
		return Key{Class: class}, true
	}
	if p.Root == nil {
		return Key{}, false
	}
	switch p.Root.Kind {
	case skeleton.Global, skeleton.Local, skeleton.Made:
		return Key{Variable: skeleton.Path{Root: p.Root.Origin(), Sel: p.Sel}}, p.IsOne()
	}
	return Key{}, false
}

// String spells the key as code that knows nothing of an object would.
func (k Key) String() string {
	if k.Class.Type != nil {
		return k.Class.Type.Name() + "." + k.Class.Field
	}
	return k.Variable.String()
}

// IsField reports whether the key is that of a field of some object.
func (k Key) IsField() bool { return k.Class.Type != nil }
