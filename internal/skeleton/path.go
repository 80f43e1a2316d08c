package skeleton

import (
	"go/token"
	"go/types"
	"strings"
)

// A Path names a resource (a channel, lock, group, function …) by the way from
// something that has a name of its own: x.conn.mu is root x with the selectors
// conn and mu. Addresses and what they point to are one path. Paths are
// comparable; two paths that are equal name the same resource within one
// activation of the function that owns the root. Paths that differ may still
// name the same resource: aliases through pointers that the function did not
// make itself are not seen (the analysis errs to fewer relations).
type Path struct {
	Root *Root
	Sel  *Sel
}

// IsZero reports whether p names nothing.
func (p Path) IsZero() bool { return p.Root == nil }

// A Sel is a chain of selectors behind a root, interned.
type Sel struct {
	Up    *Sel            // what stands before, nil at the root
	Name  string          // field name, "[]" for an element, "*" for what a pointer points to, "<-" for a received value, "Done()" for a context's channel, beyond
	Owner *types.TypeName // the type that declares the field, if Name is one

	refs int    // how many of the selectors up to this one lead out of the struct that they start from
	next []*Sel // the selectors behind this one
	back *back  // see leadsBack; nil if it has not been asked
	on   bool   // see leadsOn; false if it has not been asked
}

// A RootKind says what a root is.
type RootKind uint8

// The kinds of roots.
const (
	Param   RootKind = iota // a parameter or receiver
	Global                  // a package variable
	Made                    // what a make, new or composite literal made
	Local                   // a variable with an address
	Result                  // a result of a call
	FuncVal                 // a function, method value or closure
	Nil                     // the nil value
	Value                   // any other value of unknown origin
)

// A Root is what a path starts from.
type Root struct {
	Kind  RootKind
	Owner *Func // the function whose activation it belongs to; nil for package-level ones
	Index int   // of a parameter or result
	Name  string
	Type  types.Type
	Pos   token.Pos // where it was made or declared, if known

	Func  *Func // of a FuncVal
	Bound Path  // receiver of a method value

	kept     Path // of a Param: the elements of a set that its function takes it out of
	dropped  *Op  // the call that a Result is of, if that is left out
	ofHolder bool // a method value of what has the field that it is stored in

	tested    bool   // a Result that branches depend on
	compared  []*Sel // the constants that branches compare it with, see compare
	renamed   bool   // a Result that a variable is given which branches depend on
	resolving bool   // initOf is at work on it

	due bool // stands for whether a deferred call is due

	inits map[string]Path // fields of a Made root that are assigned once, where it is made

	literal *Root    // of a Result: the literal that the call returns, if that captures its arguments alone
	maker   *maker   // and the call
	lacks   *lacking // channels that the object which it stands for has not been given

	frame  *Frame // activation, for a clone
	origin *Root  // what it is a clone of
}

// Origin returns the root as the skeleton of its function has it, free of the
// activation in which it was met.
func (r *Root) Origin() *Root {
	for r.origin != nil {
		r = r.origin
	}
	return r
}

// Dropped returns the call that r is a result of, if the skeleton leaves it out since
// it does nothing else than to make or to look up something; else nil.
func (r *Root) Dropped() *Op { return r.Origin().dropped }

// Kept returns the path of the elements of a set that the function of the parameter r takes
// it out of; zero if there is none.
func (r *Root) Kept() Path { return r.Origin().kept }

// MadeIn returns the graph in which the root came to be, nil if that is the
// function at the root of a graph, or if it is a package variable.
func (r *Root) MadeIn() *Graph {
	if r.frame == nil {
		return nil
	}
	return r.frame.graph
}

// Call returns the call in whose activation the root came to be, nil if that is
// the activation at the root of a graph, or if it is a package variable.
func (r *Root) Call() *Node {
	if r.frame == nil {
		return nil
	}
	return r.frame.Call
}

// Tested reports whether the root is a result that a branch depends on.
func (r *Root) Tested() bool { return r.Origin().tested }

// Visible reports whether the root can be named by code outside of its
// function: it is a parameter or a package variable.
func (r *Root) Visible() bool { return r.Kind == Param || r.Kind == Global }

// String spells p as the code does, as far as that is known.
func (p Path) String() string {
	if p.Root == nil {
		return "?"
	}
	var b strings.Builder
	b.WriteString(p.Root.String())
	p.Sel.write(&b)
	return b.String()
}

func (s *Sel) write(b *strings.Builder) {
	if s == nil {
		return
	}
	s.Up.write(b)
	if s.Name != "[]" && s.Name != "<-" && s.Name != "*" {
		b.WriteByte('.')
	}
	b.WriteString(s.Name)
}

// String returns the root's name.
func (r *Root) String() string {
	switch {
	case r.Kind == Nil:
		return "nil"
	case r.Kind == FuncVal && r.Func != nil:
		return r.Func.Name
	case r.Name != "":
		return r.Name
	case r.Kind == Made:
		return "made"
	case r.Kind == Result:
		return "result"
	}
	return "value"
}

// Class identifies the field that a path ends in, whatever object holds it:
// the struct type that declares it and its name. ok is false if the path does
// not end in a field of a named type.
func (p Path) Class() (class FieldClass, ok bool) {
	if p.Sel == nil || p.Sel.Owner == nil {
		return FieldClass{}, false
	}
	return FieldClass{p.Sel.Owner, p.Sel.Name}, true
}

// Copied returns the field by which op, a read or write, accesses what a caller knows
// as bound, if bound is another field: the one has been made with what is in the other,
// and the two are not one variable. It is zero if op accesses bound.
func (op *Op) Copied(bound Path) FieldClass {
	class, ok := op.Res.Class()
	if known, same := bound.Class(); !ok || same && known == class {
		return FieldClass{}
	}
	return class
}

// Field returns the path of the field name of p, declared by owner: another name
// of what the field was made with, if that is known.
func (v *View) Field(p Path, name string, owner *types.TypeName) Path {
	return v.extend(p, name, owner)
}

// Selector returns the selector of the field c behind a root.
func (v *View) Selector(c FieldClass) *Sel { return v.sel(nil, c.Field, c.Type) }

// A FieldClass is a field of a named struct type.
type FieldClass struct {
	Type  *types.TypeName
	Field string
}

// FieldType returns the type of the field, nil if there is no such field.
func (c FieldClass) FieldType() types.Type {
	if f := c.Var(); f != nil {
		return f.Type()
	}
	return nil
}

// Var returns the field, nil if there is no such field.
func (c FieldClass) Var() *types.Var {
	if c.Type == nil {
		return nil
	}
	st, ok := c.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range st.Fields() {
		if f.Name() == c.Field {
			return f
		}
	}
	return nil
}

// Type returns the type of what is at p, or of a pointer to it; nil if it is not known.
func (p Path) Type() types.Type {
	if p.Root == nil {
		return nil
	}
	if p.Sel == nil {
		return p.Root.Type
	}
	if class, ok := p.Class(); ok {
		return class.FieldType()
	}
	_, st := structOf(p.Base().Type())
	if st == nil {
		return nil
	}
	for f := range st.Fields() {
		if f.Name() == p.Sel.Name {
			return f.Type()
		}
	}
	return nil
}

// Tail spells the selectors of p as the code does.
func (p Path) Tail() string {
	var b strings.Builder
	p.Sel.write(&b)
	return b.String()
}

// IsOne reports whether p names one thing at a time: no element of a map or
// slice, no received value, and nothing of unknown origin.
func (p Path) IsOne() bool {
	return p.Root != nil && p.Root.Kind != Nil && p.Root.Kind != Value && p.one()
}

// IsLiteral reports whether p is a function literal that is known.
func (p Path) IsLiteral() bool {
	return p.Root != nil && p.Root.Kind == FuncVal && p.Root.Func != nil && p.Root.Func.Parent != nil
}

// Base returns what p is a field of, p itself if it has no selector.
func (p Path) Base() Path {
	if p.Sel == nil {
		return p
	}
	return Path{p.Root, p.Sel.Up}
}

func (p Path) one() bool {
	for s := p.Sel; s != nil; s = s.Up {
		if s.Name == "[]" || s.Name == "<-" || s.Name == beyond {
			return false
		}
	}
	return true
}

// HasPrefix reports whether p is prefix or lies within it.
func (p Path) HasPrefix(prefix Path) bool {
	if p.Root != prefix.Root {
		return false
	}
	for s := p.Sel; ; s = s.Up {
		if s == prefix.Sel {
			return true
		}
		if s == nil {
			return false
		}
	}
}

// An interner makes each selector once.
type interner struct {
	first    map[*types.TypeName][]*Sel // the selectors behind a root
	backward backward
	lent     map[FieldClass]bool // see Lent
}

func (in *interner) sel(up *Sel, name string, owner *types.TypeName) *Sel {
	next := in.first[owner]
	if up != nil {
		next = up.next
	}
	for _, s := range next {
		if s.Owner == owner && s.Name == name {
			return s
		}
	}
	s := &Sel{Up: up, Name: name, Owner: owner}
	if up != nil {
		s.refs = up.refs
	}
	if !s.isPart() {
		s.refs++
	}
	if up == nil {
		in.first[owner] = append(next, s)
	} else {
		up.next = append(next, s)
	}
	return s
}

// extend returns p.name. A field that is assigned once, where its struct is
// made, is another name of what was assigned. All beyond maxSelectors has one name, which
// is that of no one thing and of no field.
func (in *interner) extend(p Path, name string, owner *types.TypeName) Path {
	if p.Root == nil {
		return p
	}
	if up, ok := in.leadsBack(p, name, owner); ok {
		return up
	}
	if p.Sel == nil {
		if init, ok := p.Root.initOf(name); ok {
			return init
		}
	}
	if p.isBeyond() {
		return p
	}
	if depth(p.Sel) > maxSelectors {
		name, owner = beyond, nil
	}
	return Path{p.Root, in.sel(p.Sel, name, owner)}
}

// maxSelectors bounds the length of paths, which recursion could make endless.
const maxSelectors = 6

// beyond is the last selector of a path that would be longer.
const beyond = "…"

// isBeyond reports whether p stands for all that is further from its root.
func (p Path) isBeyond() bool { return p.Sel != nil && p.Sel.Name == beyond }

// depth returns how far behind its root s is: by how many references. The structs that
// are a part of another one are as near as that is, and there is no end of references only.
func depth(s *Sel) int {
	if s == nil {
		return 0
	}
	return s.refs
}

// isPart reports whether s is a field that is a struct itself.
func (s *Sel) isPart() bool {
	if s.Owner == nil {
		return false
	}
	return isStruct(FieldClass{s.Owner, s.Name}.FieldType())
}

// Inits calls yield for the fields of the object that r stands for which are
// known by what they were made with, and for that.
func (r *Root) Inits(yield func(FieldClass, Path) bool) {
	o := r.Origin()
	if len(o.inits) == 0 {
		return
	}
	owner, _ := structOf(o.Type)
	for _, name := range sortedKeys(o.inits) {
		if owner == nil || !yield(FieldClass{owner, name}, o.inits[name]) {
			return
		}
	}
}

// initOf returns what the field name of the object r was made with.
func (r *Root) initOf(name string) (Path, bool) {
	o := r.Origin()
	init, ok := o.inits[name]
	if !ok || r.frame == nil {
		return init, ok
	}
	if r.resolving {
		return Path{}, false // a field of the object that it is bound to
	}
	r.resolving = true
	init = r.frame.subst(init)
	r.resolving = false
	return init, true
}
