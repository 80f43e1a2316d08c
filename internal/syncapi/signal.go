package syncapi

import (
	"go/constant"
	"go/types"
)

// SignalOperands returns the operand of fn from which on its operands are signals
// that the program wants to hear of, or not to die of; not ok if there are none.
func SignalOperands(fn *types.Func) (first int, ok bool) {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "os/signal" {
		return 0, false
	}
	switch fn.Name() {
	case "Notify", "NotifyContext":
		return 1, true
	case "Ignore":
		return 0, true
	}
	return 0, false
}

// IsUncatchable reports whether a signal, a constant of the type t or the variable
// v, is one that no program gets: the system acts on it by itself.
func IsUncatchable(t types.Type, val constant.Value, v types.Object) bool {
	if v, ok := v.(*types.Var); ok {
		return v.Pkg() != nil && v.Pkg().Path() == "os" && v.Name() == "Kill"
	}
	named, ok := types.Unalias(t).(*types.Named)
	if val == nil || !ok || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != "syscall" || named.Obj().Name() != "Signal" {
		return false
	}
	for _, name := range []string{"SIGKILL", "SIGSTOP"} {
		c, ok := named.Obj().Pkg().Scope().Lookup(name).(*types.Const)
		if ok && constant.ToInt(c.Val()).ExactString() == constant.ToInt(val).ExactString() {
			return true
		}
	}
	return false
}
