package syncapi

import (
	"go/types"
	"slices"
	"strings"
)

// ContextKey returns the operand of fn that is the key of a value which it adds to a
// context; not ok if it adds none.
func ContextKey(fn *types.Func) (operand int, ok bool) {
	return 1, ofContext(fn) && fn.Name() == "WithValue"
}

// DerivesContext reports whether fn makes, of the context that is its first operand,
// another one that holds it.
func DerivesContext(fn *types.Func) bool {
	if fn == nil || fn.Signature().Recv() != nil {
		return false
	}
	effect := EffectOf(fn)
	if effect == nil || effect.Op != CtxDerive && effect.Op != NewCancel {
		return false
	}
	sig := fn.Signature()
	return sig.Params().Len() > 0 && IsContext(sig.Params().At(0).Type()) && sig.Results().Len() > 0 && IsContext(sig.Results().At(0).Type())
}

// MakesGroup reports whether fn makes an error group and, of the context that is its
// operand, one that ends with the group.
func MakesGroup(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "golang.org/x/sync/errgroup" && fn.Name() == "WithContext"
}

// ReadsValues reports whether fn does no more with a context than read its values,
// log or trace with them, or make a context of them that does not end: whether the
// context has ended is nothing to it.
func ReadsValues(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch path := fn.Pkg().Path(); path {
	case "context":
		return fn.Name() == "WithoutCancel" || key(fn.Origin()) == "Context.Value"
	case "log/slog", "runtime/trace", "runtime/pprof", "k8s.io/klog/v2":
		return true
	default:
		return strings.HasPrefix(path, "go.opentelemetry.io/otel") || strings.HasPrefix(path, "go.uber.org/zap")
	}
}

// Detaches reports whether fn makes of a context one that does not end with it, or does
// nothing before it ends.
func Detaches(fn *types.Func) bool {
	return ofContext(fn) && (fn.Name() == "WithoutCancel" || fn.Name() == "AfterFunc")
}

// IsTimed reports whether fn derives a context that ends at a time of its own.
func IsTimed(fn *types.Func) bool {
	return ofContext(fn) && (strings.HasPrefix(fn.Name(), "WithTimeout") || strings.HasPrefix(fn.Name(), "WithDeadline"))
}

// IsContextEnd reports whether obj is one of the errors that contexts end with.
func IsContextEnd(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.Pkg() != nil && v.Pkg().Path() == "context" && (v.Name() == "Canceled" || v.Name() == "DeadlineExceeded")
}

// IsContextPackage reports whether pkg is the one that declares contexts.
func IsContextPackage(pkg *types.Package) bool { return pkg != nil && pkg.Path() == "context" }

// IsRequest reports whether t is what a server hands to a handler, with the context of the
// request.
func IsRequest(t types.Type) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	return ok && isNamed(p.Elem(), "net/http", "Request")
}

// IsCleanup reports whether fn has a test run a function, its operand 1, when the test
// and its context have ended.
func IsCleanup(fn *types.Func) bool { return ofTesting(fn, "Cleanup") }

// IsTestContext reports whether fn returns the context of a test, its operand 0.
func IsTestContext(fn *types.Func) bool { return ofTesting(fn, "Context") }

func ofTesting(fn *types.Func, name string) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "testing" && fn.Name() == name && fn.Signature().Recv() != nil
}

// IsRequestContext reports whether fn returns the context of a request, its operand 0.
func IsRequestContext(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "net/http" && key(fn.Origin()) == "Request.Context"
}

// IsResponseWriter reports whether t is what a handler answers by.
func IsResponseWriter(t types.Type) bool { return isNamed(t, "net/http", "ResponseWriter") }

// IsShutdown reports whether fn lets a server finish, and waits for that until the
// context ends which is its operand 1.
func IsShutdown(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "net/http" && key(fn.Origin()) == "Server.Shutdown"
}

// ClosesTestServer reports whether fn lets the server of a test finish, and waits for that.
func ClosesTestServer(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "net/http/httptest" && key(fn.Origin()) == "Server.Close"
}

// Handles reports whether fn has a handler run for each request to a server.
func Handles(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "net/http":
	case "net/http/httptest":
		return strings.HasPrefix(key(fn.Origin()), "New") && strings.HasSuffix(fn.Name(), "Server")
	default:
		return false
	}
	switch key(fn.Origin()) {
	case "HandleFunc", "Handle", "ServeMux.HandleFunc", "ServeMux.Handle", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
		return true
	}
	return false
}

// IsStandard reports whether a package is of the standard library, by its path.
func IsStandard(pkg *types.Package) bool {
	first, _, _ := strings.Cut(pkg.Path(), "/")
	return slices.Contains(standard, first)
}

// standard has the first elements of the paths of the standard library.
var standard = strings.Fields(`archive bufio bytes cmp compress container context crypto database debug embed encoding errors
	expvar flag fmt go hash html image index internal io iter log maps math mime net os path plugin reflect regexp runtime simd
	slices sort strconv strings structs sync syscall testing text time unicode unique unsafe vendor weak`)

// IsServe reports whether fn lets a server run, operand 0, and returns once that is shut
// down.
func IsServe(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "net/http" {
		return false
	}
	switch key(fn.Origin()) {
	case "Server.ListenAndServe", "Server.ListenAndServeTLS", "Server.Serve", "Server.ServeTLS":
		return true
	}
	return false
}

// IsServerClosed reports whether obj is the error of a server that is shut down.
func IsServerClosed(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.Pkg() != nil && v.Pkg().Path() == "net/http" && v.Name() == "ErrServerClosed"
}
