package poolmisuse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A value is something that is put into a pool, in the graph of one function.
type value struct {
	view  *skeleton.View
	put   *skeleton.Node
	path  skeleton.Path
	owner *skeleton.Frame // the activation that has it
	parts map[partKey]bool
}

// A partKey is a call that returned memory of the value.
type partKey struct {
	fn  *skeleton.Func
	pos int
}

// newValue returns the value that the node p puts, nil if it has no one name, or
// is counted.
func newValue(g *skeleton.Graph, p *skeleton.Node) *value {
	if len(p.Args) < 2 || p.Frame.Widened || p.Frame.Func.Effects {
		return nil
	}
	path := p.Args[1]
	if !hasName(path) {
		return nil
	}
	v := &value{view: g.View(), put: p, path: path, owner: ownerOf(p, path.Root), parts: make(map[partKey]bool)}
	if v.owner.Call != nil && v.owner.Call.Graph == g {
		return nil // a callee's own, which is looked at by itself
	}
	if v.isForeign() || v.isStored() || v.isStale() {
		return nil // which value it is is not known
	}
	for _, n := range g.Nodes {
		switch {
		case n.Op == nil:
		case v.isLost(n) && skeleton.Leads(n, p, nil):
			return nil // put by a deferred call of a function that returns nil instead
		case n.Op.Is(syncapi.AtomicUpdate, syncapi.AtomicCAS) && n.Res.HasPrefix(path):
			return nil // put by the last who has it
		}
	}
	v.findParts()
	return v
}

// findParts notes which calls return memory of the value, or of a part of it.
func (v *value) findParts() {
	for before := -1; before < len(v.parts); {
		before = len(v.parts)
		for _, n := range v.put.Graph.Nodes {
			if n.Op.Is(syncapi.Work, syncapi.Call) && syncapi.IsPartOf(n.Op.Obj) && len(n.Args) > 0 && (n.Args[0] == v.path || v.isPart(n.Args[0])) {
				v.parts[partKey{n.Op.Fn, int(n.Op.Pos)}] = true
			}
		}
	}
}

// hasName reports whether a path stands for one value that a function has.
func hasName(p skeleton.Path) bool {
	return p.Root != nil && p.IsOne() && p.Root.Kind != skeleton.Nil && p.Root.Kind != skeleton.Global && p.Root.Kind != skeleton.Value
}

// ownerOf returns the activation, of those that led to the Put p, to which the root of
// its value belongs.
func ownerOf(p *skeleton.Node, root *skeleton.Root) *skeleton.Frame {
	owner := p.Frame
	for f := p.Frame; f != nil && f.Call != nil && f.Call.Graph == p.Graph; f = f.Up {
		if root.Origin().Owner == f.Func && root.Call() == f.Call {
			break
		}
		owner = f.Up
	}
	return owner
}

// in reports whether what is at q is memory of the value: one of its fields or
// elements, or an element of such a slice. What other pointers in it lead to is
// not: they may have been copied before.
func (v *value) in(q skeleton.Path) bool {
	if v.isPart(q) {
		return true
	}
	if q.Root != v.path.Root {
		return false
	}
	var names []string // innermost last
	for s := q.Sel; s != v.path.Sel; s = s.Up {
		if s == nil || s.Name == "<-" {
			return false
		}
		names = append([]string{s.Name}, names...)
	}
	switch len(names) {
	case 1:
		return true
	case 2:
		return names[0] == "*" || names[1] == "[]"
	}
	return false
}

// isPart reports whether q is, or lies in, memory that a method of the value has
// returned.
func (v *value) isPart(q skeleton.Path) bool {
	if q.Root == nil {
		return false
	}
	r := q.Root.Origin()
	return r.Kind == skeleton.Result && v.parts[partKey{r.Owner, int(r.Pos)}]
}

// hands reports whether the expression e, which stands for q, hands out the value or
// memory of it. Plain copies do not, nor does what is held by an interface in it.
func (v *value) hands(q skeleton.Path, e ast.Expr) bool {
	t := v.view.TypeOf(e)
	if q == v.path {
		return reference(t)
	}
	if t == nil || !v.in(q) {
		return false
	}
	_, isSlice := t.Underlying().(*types.Slice)
	return isSlice
}

// usedBy reports whether n uses the value: reads or writes what is in it, or hands it
// on.
func (v *value) usedBy(n *skeleton.Node) bool {
	switch n.Op.Kind {
	case syncapi.PoolPut:
		return len(n.Args) > 1 && n.Args[1] == v.path && (v.handedTo(n) == nil || v.handedTo(n) != v.handedTo(v.put))
	case syncapi.Read, syncapi.Write:
		return v.in(n.Res)
	case syncapi.Return:
		return n.Frame.Call == nil && v.returnedBy(n)
	case syncapi.Send:
		return len(n.Args) > 0 && n.Args[0] == v.path
	case syncapi.Call, syncapi.Work:
		if n.Entered() {
			return false
		}
		for i, a := range n.Args {
			if e := v.operand(n, i); e != nil && v.hands(a, e) {
				return true
			}
		}
	}
	return false
}

// isProvoked reports whether a callee recovers from a panic of the use n: it is there to
// show that such a use panics.
func (v *value) isProvoked(n *skeleton.Node) bool { return n.Recovered() && !v.put.Recovered() }

// movesOn reports whether the value is put out of a field that holds another one, or
// none, behind the Put. Who else reads such a field takes the value out of it before,
// and its own Put is another.
func (v *value) movesOn() bool {
	return v.path.Sel != nil && slices.ContainsFunc(v.put.Graph.Nodes, func(n *skeleton.Node) bool {
		return n.Assigns(v.path) && skeleton.Leads(v.put, n, nil)
	})
}

// isCleared reports whether a variable that has the value may be set to something else
// behind the Put, as the result of a function is by a deferred one.
func (v *value) isCleared() bool {
	return slices.ContainsFunc(v.put.Graph.Nodes, func(n *skeleton.Node) bool {
		return n.Op.Is(syncapi.Rebind, syncapi.Write) && v.path.HasPrefix(n.Res) && skeleton.Leads(v.put, n, nil)
	})
}

// goneAt reports whether the names of the value mean something else behind n, or may.
func (v *value) goneAt(n *skeleton.Node) bool {
	if n.Assigns(v.path) || v.isLost(n) {
		return true
	}
	if n.Op == nil {
		return false
	}
	switch n.Op.Kind {
	case syncapi.Write, syncapi.Rebind:
		return v.path.HasPrefix(n.Res)
	case syncapi.Call, syncapi.Work:
		if v.path.Sel == nil {
			return false
		}
		return !n.Op.Dynamic.IsZero() || slices.ContainsFunc(n.Args, func(q skeleton.Path) bool { return q != v.path && v.path.HasPrefix(q) }) // may set the field
	}
	return false
}

// mayBeBack reports whether, behind n, whoever was handed the value may be done with it:
// n waits for somebody, or is code that is not known, or the name stands for another
// value.
func (v *value) mayBeBack(n *skeleton.Node) bool {
	if n.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait, syncapi.SemAcquire, syncapi.Lock, syncapi.RLock,
		syncapi.AtomicLoad, syncapi.AtomicUpdate, syncapi.AtomicCAS, syncapi.Sleep, syncapi.Send) {
		return true
	}
	isKnown := func(fn *types.Func) bool { return fn != nil && fn.Pkg() != nil && syncapi.IsStandard(fn.Pkg()) }
	return v.goneAt(n) || n.Op.Is(syncapi.Call, syncapi.Work) && !n.Entered() && !isKnown(n.Op.Obj)
}

// isDeferred reports whether the Put is, or is called by, a deferred call.
func (v *value) isDeferred() bool {
	op := v.put.Op
	for f := v.put.Frame; f != nil; f = f.Up {
		if slices.ContainsFunc(f.Func.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Defer && o.Inner == op }) {
			return true
		}
		if f == v.owner || f.Call == nil {
			break
		}
		op = f.Call.Op
	}
	return false
}

// returnedBy reports whether a return hands out the value or memory of it.
func (v *value) returnedBy(n *skeleton.Node) bool {
	ret, ok := v.view.Node(n.Op).(*ast.ReturnStmt)
	if !ok || len(ret.Results) != len(n.Args) {
		return false
	}
	for i, a := range n.Args {
		if v.hands(a, ret.Results[i]) {
			return true
		}
	}
	return false
}

// operand returns the expression for operand i of the call n, the receiver of a
// method being the first.
func (v *value) operand(n *skeleton.Node, i int) ast.Expr {
	call, ok := v.view.Node(n.Op).(*ast.CallExpr)
	switch s := v.view.Node(n.Op).(type) {
	case *ast.DeferStmt:
		call, ok = s.Call, true
	case *ast.GoStmt:
		call, ok = s.Call, true
	}
	if !ok {
		return nil
	}
	if n.Op.Obj != nil && n.Op.Obj.Signature().Recv() != nil {
		if i == 0 {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
				return sel.X
			}
			return nil
		}
		i--
	}
	if i < len(call.Args) {
		return call.Args[i]
	}
	return nil
}

// reference reports whether a value of type t leads to memory that others may have.
func reference(t types.Type) bool {
	if t == nil {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Chan, *types.Interface, *types.Signature:
		return true
	}
	return false
}

// name spells the value as the function that has it does.
func (v *value) name() string {
	at := v.put
	if call := callIn(v.owner, v.put); call != nil {
		at = call
	}
	for i, a := range at.Args {
		if e := v.operand(at, i); e != nil && a == v.path {
			return types.ExprString(ast.Unparen(e))
		}
	}
	return v.path.String()
}

// callIn returns the call in the activation fr that leads to n, nil if n is in fr
// itself.
func callIn(fr *skeleton.Frame, n *skeleton.Node) *skeleton.Node {
	for f := n.Frame; f != nil && f != fr && f.Call != nil; f = f.Up {
		if f.Call.Frame == fr {
			return f.Call
		}
	}
	return nil
}
