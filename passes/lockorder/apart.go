package lockorder

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/lockset"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file knows for what reasons the edges of a cycle never come together,
// although no lock keeps them apart. All of it errs to silence.

// distinct reports whether the lock that one edge takes is never that which the
// next one holds: the two are parts of objects of different types, or different
// parts of objects of one type.
func distinct(edges []*lockset.Edge) bool {
	for i, e := range edges {
		taken, ok := wholeOf(e.Taken)
		held, also := wholeOf(edges[(i+1)%len(edges)].Held)
		if ok && also && taken != held {
			return true
		}
	}
	return false
}

// wholeOf returns the field in which the object is that has a lock, if the object
// is a part of the struct with that field: a struct itself, or embedded.
func wholeOf(lock skeleton.Path) (class skeleton.FieldClass, ok bool) {
	object := lockset.Holder(lock)
	class, ok = object.Class()
	if !ok {
		return class, false
	}
	st, ok := class.Type.Type().Underlying().(*types.Struct)
	if !ok {
		return class, false
	}
	for f := range st.Fields() {
		if f.Name() == class.Field {
			_, isStruct := f.Type().Underlying().(*types.Struct)
			return class, isStruct || f.Embedded()
		}
	}
	return class, false
}

// turnstile reports whether one of two edges takes a lock for a group of users,
// whose first takes it and whose last releases it, and the other does so: who
// waits in the first one has counted that there is no user in the second.
func (c *checker) turnstile(edges []*lockset.Edge) bool {
	return len(edges) == 2 && (c.admits(edges[0], edges[1]) || c.admits(edges[1], edges[0]))
}

// admits reports whether in takes the lock under some condition, and returns with
// it, and out takes the other one in a function that releases it.
func (c *checker) admits(in, out *lockset.Edge) bool {
	enter, leave := in.Inner.Fn, out.Inner.Fn
	if enter.Imported() || leave.Imported() || !c.locks.Takes(enter) || !c.locks.Gives(leave) ||
		!slices.ContainsFunc(leave.Ops(), func(op *skeleton.Op) bool { return op.Kind == syncapi.Unlock && isOf(op, in.To) }) {
		return false
	}
	g := c.locks.Graph(enter)
	taken := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Lock, syncapi.RLock) && isOf(n.Op, in.To) }
	for _, n := range g.Nodes {
		if n.Exit == skeleton.ByReturn && skeleton.Leads(g.Entry, n, taken) {
			return true
		}
	}
	return false
}

// isOf reports whether op acts on the lock k.
func isOf(op *skeleton.Op, k lockset.Key) bool {
	key, ok := lockset.KeyOf(op.Res)
	return ok && key == k
}

// chosen reports whether a cycle is there only if two objects were given the
// right functions, one of which is one of several: by two calls of functions that
// are kept in fields.
func chosen(traces []*skeleton.Trace) bool {
	kept, several := 0, false
	for _, t := range traces {
		i := slices.IndexFunc(t.End().Calls(), func(n *skeleton.Node) bool {
			return n.Op.Obj == nil && slices.ContainsFunc(n.Op.Targets, func(to *skeleton.Target) bool { return to.Func.Parent != n.Op.Fn })
		})
		if i >= 0 {
			kept++
			several = several || len(t.End().Calls()[i].Op.Targets) > 1
		}
	}
	return kept > 1 && several
}

// maxUp bounds how far up the callers are asked.
const maxUp = 5

// joined reports whether one of the edges comes only after a goroutine has ended
// that alone comes to another one.
func (c *checker) joined(edges []*lockset.Edge) bool {
	for _, e := range edges {
		for _, signal := range c.awaited(e) {
			if slices.ContainsFunc(edges, func(o *lockset.Edge) bool { return o != e && c.within(o.Func, signal, maxUp) }) {
				return true
			}
		}
	}
	return false
}

// awaited returns the fields that hold what e surely waits for before it takes the
// first lock.
func (c *checker) awaited(e *lockset.Edge) []skeleton.FieldClass {
	if !slices.ContainsFunc(e.Func.Ops(), func(op *skeleton.Op) bool { return op.Is(syncapi.Recv, syncapi.WgWait) && op.Arm == nil }) {
		return nil
	}
	g := c.locks.Graph(e.Func, syncapi.Recv, syncapi.WgWait)
	var signals []skeleton.FieldClass
	for _, n := range g.Nodes {
		class, ok := n.Res.Class()
		if !ok || !n.Op.Is(syncapi.Recv, syncapi.WgWait) || n.Op.Arm != nil {
			continue
		}
		i := slices.IndexFunc(g.Nodes, func(m *skeleton.Node) bool { return m.Op == e.First })
		if i >= 0 && !skeleton.Leads(g.Entry, g.Nodes[i], func(m *skeleton.Node) bool { return m == n }) {
			signals = append(signals, class)
		}
	}
	return signals
}

// within reports whether f signals when it returns, or is called only by functions
// that do.
func (c *checker) within(f *skeleton.Func, signal skeleton.FieldClass, depth int) bool {
	if slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Kind == syncapi.Defer && signals(op.Inner, signal)
	}) {
		return true
	}
	ops, ok := c.callers(f)
	return ok && depth > 0 && !slices.ContainsFunc(ops, func(op *skeleton.Op) bool {
		return !c.signalsBehind(op, signal) && !c.within(op.Fn, signal, depth-1)
	})
}

// callers returns the calls of f, not ok if others may call it. Of a method that is
// kept in a table, those are the calls of functions of its type.
func (c *checker) callers(f *skeleton.Func) (ops []*skeleton.Op, ok bool) {
	if ops, ok = c.locks.Callers(f); ok || len(ops) > 0 || f.Obj == nil || f.Obj.Exported() || f.Obj.Signature().Recv() == nil {
		return ops, ok
	}
	sig := asFunc(f.Obj.Signature())
	for _, g := range c.locks.View.Funcs {
		for _, op := range g.Ops() {
			if op.Kind == syncapi.Go && slices.ContainsFunc(op.Inner.Targets, func(t *skeleton.Target) bool { return t.Func == f }) {
				return nil, false
			}
			call, isCall := c.locks.View.Node(op).(*ast.CallExpr)
			if op.Kind == syncapi.Call && op.Obj == nil && isCall && types.Identical(c.pass.TypesInfo.TypeOf(call.Fun), sig) {
				ops = append(ops, op)
			}
		}
	}
	return ops, len(ops) > 0
}

// asFunc returns the type of a method's expression: the receiver is the first
// parameter.
func asFunc(method *types.Signature) *types.Signature {
	params := []*types.Var{method.Recv()}
	for p := range method.Params().Variables() {
		params = append(params, p)
	}
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), method.Results(), method.Variadic())
}

// signalsBehind reports whether the function that calls op signals behind that.
func (c *checker) signalsBehind(op *skeleton.Op, signal skeleton.FieldClass) bool {
	return slices.ContainsFunc(op.Fn.Ops(), func(o *skeleton.Op) bool { return o.Pos > op.Pos && signals(o, signal) })
}

func signals(op *skeleton.Op, signal skeleton.FieldClass) bool {
	class, ok := op.Res.Class()
	return ok && class == signal && op.Is(syncapi.Close, syncapi.WgDone)
}
