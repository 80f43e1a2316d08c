// Package implements knows which methods of a package a call of an interface may reach,
// and by which interfaces a method may be called.
package implements

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
)

// A Call names a method of an interface, by the kind of file that the call is in.
type Call struct {
	Method *types.Func
	InTest bool
}

// Methods returns what the types of the package that implement iface have for the method
// that is called: those of types in tests only if the call is in a test, or if there are
// no others. What only tests have for an interface says nothing of what the
// package calls without them.
//
// Generic types, and types that are declared in functions, are left out, as are those of
// other packages: the result errs to too few.
func Methods(pass *analysis.Pass, iface *types.Interface, call Call) []*types.Func {
	var methods, ofTests []*types.Func
	scope := pass.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		if named, ok := tn.Type().(*types.Named); !ok || named.TypeParams() != nil {
			continue
		}
		ptr := types.NewPointer(tn.Type())
		if !types.Implements(ptr, iface) {
			continue
		}
		obj, _, _ := types.LookupFieldOrMethod(ptr, false, call.Method.Pkg(), call.Method.Name())
		switch method, ok := obj.(*types.Func); {
		case !ok:
		case report.InTest(pass, tn.Pos()):
			ofTests = append(ofTests, method)
		default:
			methods = append(methods, method)
		}
	}
	if call.InTest || len(methods) == 0 {
		return append(methods, ofTests...)
	}
	return methods
}

// Any reports whether the method fn may be called by an interface that its package
// declares, or an exported one of a package that this imports. Interfaces that have no
// name, and those that are declared in functions, are not looked at.
func Any(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	of := types.Unalias(recv.Type())
	if p, ok := of.(*types.Pointer); ok {
		of = types.Unalias(p.Elem())
	}
	return declares(fn.Pkg(), fn, of) || slices.ContainsFunc(fn.Pkg().Imports(), func(imported *types.Package) bool {
		return declares(imported, fn, of)
	})
}

// declares reports whether pkg declares an interface by which the method fn of the type of
// may be called.
func declares(pkg *types.Package, fn *types.Func, of types.Type) bool {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !tn.Exported() && pkg != fn.Pkg() || tn.Type() == of {
			continue
		}
		iface, ok := tn.Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		if m, _, _ := types.LookupFieldOrMethod(iface, false, fn.Pkg(), fn.Name()); m != nil && types.Implements(types.NewPointer(of), iface) {
			return true
		}
	}
	return false
}
