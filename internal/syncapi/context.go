package syncapi

import (
	"go/types"
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
