package lockset

import (
	"go/token"

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
	if class, ok := classOf(p); ok {
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

// classOf returns the field that p is, or that p is an element of; if p is in a struct
// without a name, the field of a named type that has that, with the way from there on.
func classOf(p skeleton.Path) (class skeleton.FieldClass, ok bool) {
	s, way := fieldOf(p)
	if s == nil {
		return skeleton.FieldClass{}, false
	}
	return skeleton.FieldClass{Type: s.Owner, Field: s.Name + way}, true
}

// fieldOf returns the field of a named type that p is, or is in without another name in
// between, and the way from there to p; nil if there is none.
func fieldOf(p skeleton.Path) (field *skeleton.Sel, way string) {
	for s := p.Sel; s != nil; s = s.Up {
		switch {
		case s.Name == "[]" && way == "":
			way = s.Name
		case !token.IsIdentifier(s.Name):
			return nil, ""
		case s.Owner != nil:
			return s, way
		default:
			way = "." + s.Name + way
		}
	}
	return nil, ""
}

// Holder returns the object whose field a lock is, or is an element of: for one in a
// struct without a name, the object that has the struct.
func Holder(lock skeleton.Path) skeleton.Path {
	if s, _ := fieldOf(lock); s != nil {
		return skeleton.Path{Root: lock.Root, Sel: s.Up}
	}
	return lock.Base()
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
