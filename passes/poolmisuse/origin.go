package poolmisuse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file asks whether the name of a value still stands for it where it is put. It
// says no in doubt.

// isForeign reports whether the name belongs to a function that is not in the graph,
// as what a stored method value is bound to does.
func (v *value) isForeign() bool {
	r := v.path.Root
	if r.Call() != nil || r.Owner == nil {
		return false
	}
	for f := v.owner.Func; f != nil; f = f.Parent {
		if f == r.Owner {
			return false
		}
	}
	return true
}

// isStored reports whether the Put is reached only by a call of a function that is
// stored in a field or element: which of the many that were stored there is called,
// and how often, is not known.
func (v *value) isStored() bool {
	for f := v.put.Frame; f != v.owner; f = f.Up {
		if p, ok := called(f.Call); ok && (p.Sel != nil || p.Root.Kind != skeleton.FuncVal) {
			return true
		}
	}
	return false
}

// called returns the function value that n calls, not ok if it calls a function by
// its name.
func called(n *skeleton.Node) (p skeleton.Path, ok bool) {
	if n.Op.Dynamic.IsZero() {
		return skeleton.Path{}, false
	}
	if p := n.Res; !p.IsZero() {
		return p, true
	}
	return n.Frame.Resolve(n.Op.Dynamic), true
}

// handedTo returns the call in the activation that has the value by which a function
// value that leads to n is handed on, nil if there is none. Who has the function value
// calls it once, as far as is known, whatever paths there are from one call to another.
func (v *value) handedTo(n *skeleton.Node) *skeleton.Node {
	for f := n.Frame; f != v.owner && f != nil && f.Call != nil; f = f.Up {
		if p := f.Call.Op.Dynamic; !p.IsZero() && p.Root.Kind == skeleton.Param && f.Up != v.owner {
			return callIn(v.owner, n)
		}
	}
	return nil
}

// isStale reports whether the value is named by a field from which it was loaded some
// time before the Put, if the field may have got another value since. What functions
// of other packages do to fields is not known.
func (v *value) isStale() bool {
	if v.path.Sel == nil {
		return false
	}
	n, i := v.source()
	switch {
	case n == nil || n.Op.Fn.Imported():
		return true
	case v.selects(n, i):
		return false // loaded by the very call
	}
	return slices.ContainsFunc(v.put.Graph.Nodes, func(n *skeleton.Node) bool {
		return n.Op != nil && v.maySet(n) && skeleton.Leads(n, v.put, nil)
	})
}

// maySet reports whether n sets the field that the value is named by, or calls what
// may.
func (v *value) maySet(n *skeleton.Node) bool {
	switch n.Op.Kind {
	case syncapi.Write:
		return v.path.HasPrefix(n.Res)
	case syncapi.Call, syncapi.Work:
		return !n.Entered() && slices.ContainsFunc(n.Args, func(q skeleton.Path) bool { return q != v.path && v.path.HasPrefix(q) })
	}
	return n.Assigns(v.path)
}

// source returns the Put, or the call that leads to it, which the function that knows
// the value by the field hands it to, and as which operand; nil if it is not known.
func (v *value) source() (n *skeleton.Node, operand int) {
	i := 1
	for n = v.put; n != nil && i >= 0 && i < len(n.Op.Args); n = n.Frame.Call {
		if a := n.Op.Args[i]; a.Sel != nil || a.Root.Kind != skeleton.Param || n.Frame == v.owner {
			return n, i
		}
		if n.Frame.Call != nil {
			i = slices.Index(n.Frame.Call.Args, v.path)
		}
	}
	return nil, 0
}

// selects reports whether the operand i of n is written as the field that the value is
// named by, or is that field of an operand which embeds it.
func (v *value) selects(n *skeleton.Node, i int) bool {
	e := v.operand(n, i)
	if e == nil {
		return false
	}
	e = ast.Unparen(e)
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(u.X)
	}
	if sel, ok := e.(*ast.SelectorExpr); ok && sel.Sel.Name == v.path.Sel.Name {
		return true
	}
	if i > 0 || n.Op.Obj == nil || n.Op.Obj.Signature().Recv() == nil {
		return false
	}
	return named(v.view.TypeOf(e)) != named(n.Op.Obj.Signature().Recv().Type())
}

// named returns the name of the type t, or of what that points to.
func named(t types.Type) *types.TypeName {
	if t == nil {
		return nil
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if n, ok := t.(*types.Named); ok {
		return n.Obj()
	}
	return nil
}

// isLost reports whether n is the return of a callee that returns nil where other
// returns of it return the value: the caller, who knows the value by that result, has
// not got it.
func (v *value) isLost(n *skeleton.Node) bool {
	call := n.Frame.Call
	if !n.Op.Is(syncapi.Return) || call == nil || call.Graph != n.Graph {
		return false
	}
	for i, a := range n.Args {
		if a.Root != nil && a.Root.Kind == skeleton.Nil && i < len(call.Op.Results) &&
			call.Frame.Resolve(skeleton.Path{Root: call.Op.Results[i]}).Root == v.path.Root {
			return true
		}
	}
	return false
}
