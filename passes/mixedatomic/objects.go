package mixedatomic

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// partOf names the field of a named type that has object as a part of its own,
// and from there on the way to it; "" if object is reached through a pointer, or
// as an element.
func partOf(object skeleton.Path) string {
	var names []string
	for s := object.Sel; s != nil; s = s.Up {
		names = append(names, s.Name)
		if s.Owner == nil {
			continue
		}
		t, name := s.Owner.Type(), s.Owner.Name()
		for _, field := range slices.Backward(names) {
			if t = fieldOf(t, field); t == nil {
				return ""
			}
			name += "." + field
		}
		return name
	}
	return ""
}

// fieldOf returns the type of a field of t that is a struct itself, nil if it is
// none.
func fieldOf(t types.Type, name string) types.Type {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	for f := range st.Fields() {
		if _, isStruct := f.Type().Underlying().(*types.Struct); isStruct && f.Name() == name {
			return f.Type()
		}
	}
	return nil
}

// maxCallers bounds how far up the callers are asked.
const maxCallers = 2

// identified reports whether it is known which object n acts on: not if that is
// one of several that the code chose from, an element of what the function has
// collected itself, or comes from code that may have made it.
func (c *checker) identified(n *skeleton.Node, object skeleton.Path) bool {
	r := object.Root
	if r.Kind == skeleton.Made || r.Kind == skeleton.Local {
		return object.IsOne()
	}
	f := n.Frame.Func
	return c.locks.Known(f, r.Origin())
}

// own reports whether f, or each of its callers, has made object, and has not
// started a goroutine yet that accesses there what n does.
func (c *checker) own(f *skeleton.Func, n *skeleton.Node, object skeleton.Path) bool {
	if c.locks.Fresh(f, object, n.Op.Pos) && !c.shared(f, n.Op.Pos, object) {
		return true
	}
	at, _, ok := placeOf(n.Res)
	return ok && object.Sel == nil && c.ownUntil(f, object.Root, n.Op.Pos, at, maxCallers)
}

func (c *checker) ownUntil(f *skeleton.Func, r *skeleton.Root, pos token.Pos, at place, depth int) bool {
	accesses := c.startsBefore(f, pos, func(e skeleton.Effect) bool {
		if e.Res.Root != r {
			return false
		}
		also, _, ok := placeOf(e.Res)
		return ok && also == at
	})
	if accesses {
		return false
	}
	if c.locks.Makes(f, r) {
		return true
	}
	if r.Kind != skeleton.Param || r.Owner != f || depth == 0 {
		return false
	}
	ops, ok := c.locks.Callers(f)
	return ok && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
		return !slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
			if t.Func != f || r.Index >= len(t.Args) {
				return false
			}
			arg := t.Args[r.Index]
			return arg.Root != nil && arg.Sel == nil && c.ownUntil(op.Fn, arg.Root, op.Pos, at, depth-1)
		})
	})
}

// isPrimitive reports whether the package has functions without a body: they
// are written in assembly or belong to the runtime, and what they put in order
// is not seen.
func (c *checker) isPrimitive() bool {
	for _, file := range c.pass.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body == nil {
				return true
			}
		}
	}
	return false
}
