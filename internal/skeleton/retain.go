package skeleton

import (
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- what becomes of arguments --

type argOf struct {
	f *Func
	i int
}

// Retains reports whether f, or what it calls, may keep its argument i, the receiver being
// the first, where others find it, return it, start a goroutine that has it, or give it to
// code that is not seen. What the argument has in its fields is not meant. It errs to true,
// but for methods of other packages, of which it is not known what they store: they are taken
// not to keep their receiver.
func (v *View) Retains(f *Func, i int) bool {
	key := argOf{f, i}
	retains, ok := v.retained[key]
	if !ok {
		if v.retained == nil {
			v.retained = make(map[argOf]bool)
		}
		v.retained[key] = false // by a call of itself
		if f.Imported() {
			retains = i > 0 || f.Obj == nil || f.Obj.Signature().Recv() == nil
		} else {
			retains = i >= len(f.Params) || len(f.Blocks) == 0 || v.retainsIn(f, f.Params[i])
		}
		v.retained[key] = retains
	}
	return retains
}

// retainsIn reports whether f does so with the object r, a parameter of f or of a function
// around it.
func (v *View) retainsIn(f *Func, r *Root) bool {
	has := func(p Path) bool {
		return p.Root != nil && p.Sel == nil && (p.Root == r || p.Root.Kind == FuncVal && p.Root.Func != nil && captured(r, p.Root.Func))
	}
	return slices.ContainsFunc(f.Ops(), func(op *Op) bool {
		starts := op.Kind == syncapi.Go
		if op.Inner != nil {
			op = op.Inner
		}
		if slices.ContainsFunc(op.Callbacks, func(cb Callback) bool { return has(cb.Func) && (cb.Mode.Starts() || v.retainsIn(cb.Func.Root.Func, r)) }) {
			return true
		}
		if op.Kind != syncapi.Call {
			return op.Is(syncapi.Store, syncapi.Send, syncapi.Return, syncapi.Notify) && slices.ContainsFunc(op.Args, has)
		}
		if starts || len(op.Targets) == 0 {
			return slices.ContainsFunc(op.Args, has) || has(op.Dynamic) || slices.ContainsFunc(op.Targets, func(t *Target) bool { return captured(r, t.Func) })
		}
		return slices.ContainsFunc(op.Targets, func(t *Target) bool {
			if captured(r, t.Func) && v.retainsIn(t.Func, r) {
				return true
			}
			for k, a := range t.Args {
				if has(a) && (a.Root != r || v.Retains(t.Func, k)) {
					return true
				}
			}
			return false
		})
	})
}

// captured reports whether the literal f captures the object r, perhaps by the variable that
// a parameter becomes which literals capture.
func captured(r *Root, f *Func) bool {
	return slices.ContainsFunc(f.captures, func(p Path) bool {
		return p.Root == r || p.Root != nil && p.Root.Kind == Local && p.Root.Name == r.Name
	})
}
