package syncapi

import "go/types"

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
