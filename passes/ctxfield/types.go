package ctxfield

import (
	"go/types"
)

// isContext reports whether t is an interface type, or a type parameter, that
// includes the methods of context.Context. It goes by the methods, since a
// package can hold a context by way of another package's interface and never
// mention package context.
func isContext(t types.Type) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	found := 0
	for method := range iface.Methods() {
		sig := method.Signature()
		switch method.Name() {
		case "Deadline":
			if sig.Results().Len() == 2 {
				found++
			}
		case "Done":
			if sig.Results().Len() == 1 && types.TypeString(sig.Results().At(0).Type(), nil) == "<-chan struct{}" {
				found++
			}
		case "Err":
			if sig.Results().Len() == 1 && sig.Params().Len() == 0 {
				found++
			}
		case "Value":
			if sig.Results().Len() == 1 && sig.Params().Len() == 1 {
				found++
			}
		}
	}
	return found == len(contextMethods)
}

var contextMethods = []string{"Deadline", "Done", "Err", "Value"}

// maxDepth bounds the descent into types, which recursion of generic types
// may make infinite.
const maxDepth = 8

// holds reports whether a variable of type t has room for a context.
//
// A struct type is not looked into, for its fields are looked at where it is
// declared; only an instance of a generic one is, whose declaration does not
// tell that it holds a context.
func holds(t types.Type) bool { return holdsAt(t, 0, false) }

func holdsAt(t types.Type, depth int, inInstance bool) bool {
	if depth > maxDepth {
		return false
	}
	t = types.Unalias(t)
	if isContext(t) {
		return true
	}
	depth++
	switch t := t.(type) {
	case *types.Pointer:
		return holdsAt(t.Elem(), depth, inInstance)
	case *types.Slice:
		return holdsAt(t.Elem(), depth, inInstance)
	case *types.Array:
		return holdsAt(t.Elem(), depth, inInstance)
	case *types.Chan:
		return holdsAt(t.Elem(), depth, inInstance)
	case *types.Map:
		return holdsAt(t.Key(), depth, inInstance) || holdsAt(t.Elem(), depth, inInstance)
	case *types.Struct:
		if !inInstance {
			return false
		}
		for field := range t.Fields() {
			if holdsAt(field.Type(), depth, true) {
				return true
			}
		}
	case *types.Named:
		if t.TypeArgs() == nil {
			_, isStruct := t.Underlying().(*types.Struct)
			return !isStruct && holdsAt(t.Underlying(), depth, false)
		}
		return holdsAnArgument(t, depth) && holdsAt(t.Underlying(), depth, true)
	}
	return false
}

// holdsAnArgument reports whether a type argument of an instance has room for
// a context: then the instance may as well, and otherwise its declaration tells.
func holdsAnArgument(t *types.Named, depth int) bool {
	for arg := range t.TypeArgs().Types() {
		if holdsAt(arg, depth, true) {
			return true
		}
	}
	return false
}

// returnsContext reports whether t, or a pointer to it, has a method Context
// without parameters that returns a context.
func returnsContext(t types.Type, pkg *types.Package) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, pkg, "Context")
	method, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	return isGetter(method.Signature())
}

func isGetter(sig *types.Signature) bool {
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && isContext(sig.Results().At(0).Type())
}

// implementsContext reports whether a type is a context of its own: it has
// the methods of context.Context, and at least one of them is not just that
// of a context which it embeds.
func implementsContext(named *types.Named, pkg *types.Package) bool {
	own := false
	for _, name := range contextMethods {
		obj, index, _ := types.LookupFieldOrMethod(named, true, pkg, name)
		if _, ok := obj.(*types.Func); !ok {
			return false
		}
		own = own || len(index) == 1
	}
	return own
}

// derives reports whether a type has a method that makes another one of it.
func derives(named *types.Named) bool {
	for method := range named.Methods() {
		if returns(method.Signature(), named.Origin()) {
			return true
		}
	}
	return false
}

// isCarrier reports whether a type mirrors http.Request: it has a method that
// returns its context, and one that returns it with another context. It has
// both if it embeds a carrier.
func isCarrier(named *types.Named, pkg *types.Package) bool {
	if !returnsContext(named, pkg) {
		return false
	}
	for method := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		sig := method.Obj().(*types.Func).Signature()
		receiver, _ := keyOf(sig.Recv().Type())
		if takesContext(sig) && returns(sig, receiver) {
			return true
		}
	}
	return false
}

func takesContext(sig *types.Signature) bool {
	for param := range sig.Params().Variables() {
		if isContext(param.Type()) {
			return true
		}
	}
	return false
}

// returns reports whether a result is of the struct type, or a pointer to it.
func returns(sig *types.Signature, str types.Type) bool {
	for result := range sig.Results().Variables() {
		if key, _ := keyOf(result.Type()); key != nil && key == str {
			return true
		}
	}
	return false
}

// overridesContext reports whether a type has a method Context of its own in
// place of one of a type that it embeds, as the wrapper of a stream does.
func overridesContext(named *types.Named, pkg *types.Package) bool {
	if _, index, _ := types.LookupFieldOrMethod(named, true, pkg, "Context"); len(index) != 1 || !returnsContext(named, pkg) {
		return false
	}
	str, ok := named.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range str.Fields() {
		if field.Embedded() && returnsContext(field.Type(), pkg) {
			return true
		}
	}
	return false
}

// keyOf returns the identity of a struct type: the origin of a defined type,
// or the type itself, and whether t is a pointer to it. For other types it
// returns nil.
func keyOf(t types.Type) (key types.Type, pointer bool) {
	t = types.Unalias(t)
	if ptr, ok := t.(*types.Pointer); ok {
		t, pointer = types.Unalias(ptr.Elem()), true
	}
	switch t := t.(type) {
	case *types.Named:
		if _, ok := t.Underlying().(*types.Struct); ok {
			return t.Origin(), pointer
		}
	case *types.Struct:
		return t, pointer
	}
	return nil, false
}
