package syncapi

import "go/types"

// IsRequire reports whether a call of fn is an assertion that ends the goroutine
// which makes it, as FailNow does, if it fails. It fails the test that is its first
// operand, or that the object has which is. To call an assertion of package require
// takes a test by which it does so; its constructors take one and do not.
func IsRequire(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || !fn.Exported() {
		return false
	}
	name := key(fn.Origin())
	switch fn.Pkg().Path() {
	case "github.com/stretchr/testify/require":
		if fn.Signature().Recv() != nil {
			return isReceiver(fn, "Assertions")
		}
		return takes(fn, "TestingT") && fn.Signature().Results().Len() == 0
	case "github.com/stretchr/testify/assert":
		switch name {
		case "FailNow", "FailNowf", "Assertions.FailNow", "Assertions.FailNowf":
			return true
		}
	case "gotest.tools/v3/assert", "gotest.tools/assert":
		return fn.Signature().Recv() == nil && takes(fn, "TestingT") && fn.Signature().Results().Len() == 0
	}
	return false
}

func isReceiver(fn *types.Func, name string) bool {
	t := types.Unalias(fn.Signature().Recv().Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == name
}

// takes reports whether the first parameter of fn is of the named type of its own
// package.
func takes(fn *types.Func, name string) bool {
	params := fn.Signature().Params()
	return params.Len() > 0 && isNamed(params.At(0).Type(), fn.Pkg().Path(), name)
}

// IsTest reports whether t is the type of what a test is handed, or of an object
// that has one in order to fail it.
func IsTest(t types.Type) bool {
	n := nameOf(t)
	if n == nil {
		return false
	}
	switch n.Pkg().Path() {
	case "testing":
		switch n.Name() {
		case "T", "B", "F", "TB", "common":
			return true
		}
	case "github.com/stretchr/testify/require", "github.com/stretchr/testify/assert":
		return n.Name() == "TestingT" || n.Name() == "Assertions"
	case "github.com/stretchr/testify/suite":
		return n.Name() == "Suite"
	case "gotest.tools/v3/assert", "gotest.tools/assert":
		return n.Name() == "TestingT"
	}
	return false
}

// IsNativeTest reports whether t is the type of a test in package testing.
func IsNativeTest(t types.Type) bool {
	n := nameOf(t)
	return n != nil && n.Pkg().Path() == "testing" && IsTest(t)
}

// nameOf returns the name of the type that t is or points to, nil if it has none or
// is predeclared.
func nameOf(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
		return n.Obj()
	}
	return nil
}

// IsTestLog reports whether fn writes to the log of a test, which it must not do
// when that has ended.
func IsTestLog(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "testing" || fn.Signature().Recv() == nil {
		return false
	}
	switch fn.Name() {
	case "Log", "Logf", "Error", "Errorf":
		return true
	}
	return false
}

// AwaitsOnGoroutine returns the operand of fn, the receiver being the first, that is
// a condition which fn runs on another goroutine again and again until it holds;
// not ok if there is none.
func AwaitsOnGoroutine(fn *types.Func) (operand int, ok bool) {
	if fn == nil || fn.Pkg() == nil {
		return 0, false
	}
	switch fn.Pkg().Path() {
	case "github.com/stretchr/testify/require", "github.com/stretchr/testify/assert":
		switch fn.Name() {
		case "Eventually", "Eventuallyf", "EventuallyWithT", "EventuallyWithTf", "Never", "Neverf":
			return 1, true
		}
	}
	return 0, false
}
