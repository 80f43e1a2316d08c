package syncapi_test

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/concurrencyvet/concurrencyvet/internal/checktest"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// names returns what the model knows, the names of functions by package.
func names() map[string][]string {
	known := make(map[string][]string)
	for path, key := range syncapi.Names {
		known[path] = append(known[path], key)
	}
	return known
}

// loadTypes loads packages of the standard library, and the stubs of others,
// as the fixtures see them.
func loadTypes(t *testing.T, paths ...string) map[string]*types.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps,
		Dir:  checktest.Testdata(t),
	}, paths...)
	if err != nil {
		t.Fatal(err)
	}
	loaded := make(map[string]*types.Package)
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("package %s: %v", pkg.PkgPath, err)
		}
		loaded[pkg.PkgPath] = pkg.Types
	}
	return loaded
}

// declared returns the functions of a package by name, methods as
// "Type.Method" by the type that declares them, also where that is not
// exported and its methods are promoted to those of another type.
func declared(pkg *types.Package) map[string]*types.Func {
	funcs := make(map[string]*types.Func)
	for _, name := range pkg.Scope().Names() {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func:
			funcs[name] = obj
		case *types.TypeName:
			if obj.IsAlias() {
				continue // a type of another package
			}
			t := obj.Type()
			if !types.IsInterface(t) {
				t = types.NewPointer(t)
			}
			for method := range types.NewMethodSet(t).Methods() {
				fn := method.Obj().(*types.Func)
				recv := fn.Signature().Recv().Type()
				if ptr, ok := recv.(*types.Pointer); ok {
					recv = ptr.Elem()
				}
				if named, ok := recv.(*types.Named); ok {
					funcs[named.Obj().Name()+"."+fn.Name()] = fn
				}
			}
		}
	}
	return funcs
}

// TestNames checks that each function which the model knows exists, and has
// the operands and results that the model says it acts on. Of other modules
// than the standard library the stubs have to do.
func TestNames(t *testing.T) {
	known := names()
	loaded := loadTypes(t, slices.Sorted(maps.Keys(known))...)
	for path, keys := range known {
		pkg := loaded[path]
		if pkg == nil {
			t.Errorf("there is no package %s", path)
			continue
		}
		funcs := declared(pkg)
		for _, key := range keys {
			fn := funcs[key]
			if fn == nil {
				t.Errorf("package %s declares no function %s", path, key)
				continue
			}
			eff := syncapi.EffectOf(fn)
			if eff == nil {
				t.Errorf("the effect of %s.%s is not found", path, key)
				continue
			}
			for _, problem := range misfits(fn, eff) {
				t.Errorf("%s.%s: %s", path, key, problem)
			}
		}
	}
}

// misfits returns what is wrong with an effect of a function.
func misfits(fn *types.Func, eff *syncapi.Effect) []string {
	var problems []string
	operands := operandsOf(fn)
	results := fn.Signature().Results()
	switch {
	case eff.Res >= len(operands) && eff.Op != syncapi.None:
		problems = append(problems, "it has no such operand to act on")
	case eff.Res < 0 && eff.Res != syncapi.NoRes && -1-eff.Res >= results.Len():
		problems = append(problems, "it has no such result")
	case eff.Op == syncapi.NewCancel && !isFunc(results.At(-1-eff.Res).Type()):
		problems = append(problems, "the cancel function that it makes is no function")
	}
	if eff.N != 0 && (eff.N >= len(operands) || !isInteger(operands[eff.N])) {
		problems = append(problems, "the operand that counts is no integer")
	}
	for _, call := range eff.Calls {
		if call.Arg >= len(operands) || !isFunc(operands[call.Arg]) && !types.IsInterface(operands[call.Arg]) {
			problems = append(problems, "the callback is no function")
		}
	}
	return problems
}

// operandsOf returns the types of the operands, receiver first.
func operandsOf(fn *types.Func) []types.Type {
	var operands []types.Type
	if recv := fn.Signature().Recv(); recv != nil {
		operands = append(operands, recv.Type())
	}
	for param := range fn.Signature().Params().Variables() {
		operands = append(operands, param.Type())
	}
	return operands
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

func isInteger(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsInteger != 0
}

// TestMethodsKnown checks that the model knows every method of the exported
// types of sync and sync/atomic, apart from those that do nothing to what it follows.
func TestMethodsKnown(t *testing.T) {
	apart := []string{"RWMutex.RLocker"}
	for path, pkg := range loadTypes(t, "sync", "sync/atomic") {
		for name, fn := range declared(pkg) {
			isMethod := strings.Contains(name, ".") && token.IsExported(name)
			if isMethod && fn.Exported() && syncapi.EffectOf(fn) == nil && !slices.Contains(apart, name) {
				t.Errorf("the model does not know %s.%s", path, name)
			}
		}
	}
}

// TestCancelOnly checks which contexts end by their cancel function alone.
func TestCancelOnly(t *testing.T) {
	funcs := declared(loadTypes(t, "context")["context"])
	for name, want := range map[string]bool{
		"WithCancel": true, "WithCancelCause": true, "WithTimeout": false, "WithDeadline": false, "Background": false,
	} {
		if got := syncapi.IsCancelOnly(funcs[name]); funcs[name] == nil || got != want {
			t.Errorf("IsCancelOnly(context.%s) = %v, want %v", name, got, want)
		}
	}
	if syncapi.IsCancelOnly(nil) {
		t.Error("IsCancelOnly(nil)")
	}
}
