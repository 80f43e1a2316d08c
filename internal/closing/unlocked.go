package closing

import (
	"go/ast"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- channels that are sent on after the lock which keeps them --

// An Unlocked is a send on a channel that a map or slice in a field keeps, after the lock
// under which it was taken from there has been released, and a close of such a channel
// under that lock; or one on a channel in a field, after the lock has been released under
// which a flag was asked that the close goes with.
type Unlocked struct {
	Send, Close *skeleton.Op
	Lock        lockset.Key
}

// keptAt names the channels that a container in a field keeps, perhaps within structs, or
// that in the field itself.
type keptAt struct {
	of     skeleton.FieldClass
	tail   string
	itself bool
}

// keptIn returns where the channel at p is kept.
func keptIn(p skeleton.Path) (at keptAt, ok bool) {
	tail := ""
	for s := p.Sel; s != nil; s = s.Up {
		if s.Name == "[]" {
			class, ok := skeleton.Path{Root: p.Root, Sel: s.Up}.Class()
			return keptAt{of: class, tail: tail}, ok
		}
		if s.Owner == nil {
			return keptAt{}, false
		}
		tail = "." + s.Name + tail
	}
	return keptAt{}, false
}

// takenFrom returns where the channel at p has been kept, which is a part of what a function
// is given and takes out of a set.
func takenFrom(p skeleton.Path) (at keptAt, ok bool) {
	if p.Root == nil || p.Root.Kept().IsZero() {
		return keptAt{}, false
	}
	if at, ok = keptIn(p.Root.Kept()); !ok {
		return keptAt{}, false
	}
	tail := ""
	for s := p.Sel; s != nil; s = s.Up {
		if s.Owner == nil {
			return keptAt{}, false
		}
		tail = "." + s.Name + tail
	}
	at.tail += tail
	return at, true
}

// An access is a send or close with the locks held there.
type access struct {
	at   keptAt
	op   *skeleton.Op
	f    *skeleton.Func
	held map[lockset.Key]bool
}

// UnlockedSends returns the sends of the package on channels that somebody may have closed
// since they were taken from where they are kept, each once.
//
// That both are under the lock of the object shows that they may be at once. What a
// channel's users tell each other by counters or wait groups is not followed: it errs to
// silence where there are any.
func UnlockedSends(locks *lockset.Locks) (found []Unlocked) {
	var sends, closes []access
	locks.Operations(func(a *lockset.Access) {
		at, ok := keptIn(a.Node.Res)
		if !ok {
			at, ok = takenFrom(a.Node.Op.Res)
		}
		if !ok && a.Node.Res.IsOne() {
			at.itself = true
			at.of, ok = a.Node.Res.Class()
		}
		if !ok || a.Detached || a.Node.Op.Fn.Imported() {
			return
		}
		held := heldAt(locks, a)
		if a.Node.Op.Kind == syncapi.Close {
			closes = append(closes, access{at, a.Node.Op, a.Func, held})
		} else if !a.Node.Recovered() {
			sends = append(sends, access{at, a.Node.Op, a.Func, held})
		}
	}, syncapi.Send, syncapi.Close)
	seen := make(map[*skeleton.Op]bool)
	for _, send := range sends {
		for _, cl := range closes {
			if key, ok := released(locks, send, cl); ok && !seen[send.op] {
				seen[send.op] = true
				found = append(found, Unlocked{send.op, cl.op, key})
			}
		}
	}
	slices.SortFunc(found, func(a, b Unlocked) int { return int(a.Send.Pos - b.Send.Pos) })
	return found
}

// heldAt returns the locks that may be held at an access.
func heldAt(locks *lockset.Locks, a *lockset.Access) map[lockset.Key]bool {
	held := make(map[lockset.Key]bool)
	for _, p := range a.Holdings.May(a.Node) {
		if key, ok := lockset.KeyOf(p); ok {
			held[key] = true
		}
	}
	if !a.Started {
		for key := range locks.MayHoldAtEntry(a.Func) {
			held[key] = true
		}
	}
	return held
}

// released returns the lock under which cl closes, and that the function of the send
// takes but does not hold at the send; not ok if there is none, or if something else may
// keep the two apart.
func released(locks *lockset.Locks, send, cl access) (key lockset.Key, ok bool) {
	if send.at != cl.at || does(locks.View, send.f, cl.op) || does(locks.View, cl.f, send.op) {
		return key, false
	}
	if mayBeTold(locks.View, send.f) || takesOut(send.f, send.at.of.Field) {
		return key, false
	}
	if send.at.itself && (!asksFor(send, cl.f) || waitsBefore(locks.View, cl)) || !send.at.itself && mayBeTold(locks.View, cl.f) {
		return key, false
	}
	for held := range cl.held {
		if send.held[held] {
			return key, false
		}
	}
	for _, e := range locks.View.Effects(send.f, syncapi.Lock, syncapi.RLock) {
		if k, isKey := lockset.KeyOf(e.Res); isKey && k.IsField() && cl.held[k] && !e.Started {
			return k, true
		}
	}
	return key, false
}

// asksFor reports whether the function of a send comes to it only by what a branch says of
// a field that f sets.
func asksFor(send access, f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		class, ok := op.Assign.Var.Class()
		return ok && op.Kind == syncapi.Set && op.Assign.Known && send.f.OnlyBehind(send.op, func(c skeleton.Cond) bool {
			of, ok := c.Var.Class()
			return ok && of == class && c.Want != op.Assign.Value
		})
	})
}

// waitsBefore reports whether the function of a close may wait for others before it closes.
func waitsBefore(v *skeleton.View, cl access) bool {
	if cl.op.Fn != cl.f {
		return mayBeTold(v, cl.f)
	}
	return slices.ContainsFunc(cl.f.Ops(), func(op *skeleton.Op) bool {
		waits := op.Is(telling...) || len(v.OpEffects(op, telling...)) > 0
		return op != cl.op && !op.Is(syncapi.Defer, syncapi.Go) && waits && cl.f.Comes(op, cl.op)
	})
}

// takesOut reports whether f gives a field of this name, which keeps channels, another value or
// deletes from it: the channel that it sends on may then be no more of those that are kept.
func takesOut(f *skeleton.Func, field string) bool {
	found := false
	names := func(e ast.Expr) bool {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == field
	}
	if f.Syntax() == nil {
		return false
	}
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, names)
		case *ast.CallExpr:
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			found = found || ok && id.Name == "delete" && len(n.Args) == 2 && names(n.Args[0])
		}
		return !found
	})
	return found
}

// does reports whether f, or what it calls, has the operation op, in an order that it knows.
func does(v *skeleton.View, f *skeleton.Func, op *skeleton.Op) bool {
	return slices.ContainsFunc(v.Effects(f, op.Kind), func(e skeleton.Effect) bool { return e.Op == op })
}

// telling are the operations by which functions count those who use something, or wait for
// others.
var telling = []syncapi.Op{
	syncapi.WgAdd, syncapi.WgWait, syncapi.Recv, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.AtomicLoad, syncapi.CondWait, syncapi.OnceDo,
}

// mayBeTold reports whether f counts those who use something, or waits for others.
func mayBeTold(v *skeleton.View, f *skeleton.Func) bool {
	return slices.ContainsFunc(telling, func(kind syncapi.Op) bool { return v.May(f, kind) })
}
