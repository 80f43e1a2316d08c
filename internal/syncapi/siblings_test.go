package syncapi_test

import (
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// function returns the function that has the given key in a package.
func function(pkg *types.Package, key string) *types.Func {
	typ, name, isMethod := strings.Cut(key, ".")
	obj := pkg.Scope().Lookup(typ)
	if isMethod && obj != nil {
		obj, _, _ = types.LookupFieldOrMethod(obj.Type(), true, pkg, name)
	}
	fn, _ := obj.(*types.Func)
	return fn
}

// Each name in the table is in the standard library, and the sibling takes a context.
func TestSiblingsResolve(t *testing.T) {
	pkgs := make(map[string]*types.Package)
	for _, pkg := range std(t) {
		pkgs[pkg.PkgPath] = pkg.Types
	}
	syncapi.Siblings(func(path, key string, s *syncapi.Sibling) bool {
		fn, sibling := function(pkgs[path], key), function(pkgs[path], s.Name)
		if fn == nil || syncapi.SiblingOf(fn) != s {
			t.Errorf("%s has no %s", path, key)
		}
		if sibling == nil || sibling.Signature().Params().Len() == 0 || !syncapi.IsContext(sibling.Signature().Params().At(0).Type()) {
			t.Errorf("%s: %s takes no context", path, s.Name)
		}
		return true
	})
}

// What the standard library has a sibling of by its name is in the table.
func TestSiblingsComplete(t *testing.T) {
	check := func(fn *types.Func, lookup func(name string) types.Object) {
		for _, suffix := range []string{"Context", "Ctx", "WithContext"} {
			sibling, ok := lookup(fn.Name() + suffix).(*types.Func)
			if !ok || !sibling.Exported() || sibling.Signature().Params().Len() == 0 || !syncapi.IsContext(sibling.Signature().Params().At(0).Type()) {
				continue
			}
			if syncapi.SiblingOf(fn) == nil && fn.FullName() != "os/signal.Notify" { // which does not wait, and is of another kind
				t.Errorf("%s has the sibling %s", fn.FullName(), sibling.Name())
			}
		}
	}
	for _, pkg := range std(t) {
		scope := pkg.Types.Scope()
		for _, name := range scope.Names() {
			switch obj := scope.Lookup(name).(type) {
			case *types.Func:
				check(obj, scope.Lookup)
			case *types.TypeName:
				set := types.NewMethodSet(types.NewPointer(obj.Type()))
				for sel := range set.Methods() {
					fn, ok := sel.Obj().(*types.Func)
					if !ok || !obj.Exported() || !fn.Exported() || len(sel.Index()) > 1 || types.IsInterface(obj.Type()) {
						continue
					}
					check(fn, func(name string) types.Object {
						m, _, _ := types.LookupFieldOrMethod(obj.Type(), true, pkg.Types, name)
						return m
					})
				}
			}
		}
	}
}

// std loads the packages of the standard library that have contexts.
func std(t *testing.T) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps | packages.NeedExportFile}, "std")
	if err != nil {
		t.Fatal(err)
	}
	var public []*packages.Package
	for _, pkg := range pkgs {
		if !strings.Contains(pkg.PkgPath, "internal/") && !strings.HasPrefix(pkg.PkgPath, "vendor/") && pkg.Types != nil {
			public = append(public, pkg)
		}
	}
	return public
}
