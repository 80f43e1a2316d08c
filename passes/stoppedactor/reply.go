package stoppedactor

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A reply is a send or a close by which an arm of a loop answers a request that it has
// taken from a queue. What is in the queue at the stop is never answered.
type reply struct {
	stop
	queue *types.Var
}

// replies adds the replies of the arm serve of a loop of f, which end stops.
func (c *checker) replies(f *skeleton.Func, serve, end *skeleton.Op) {
	queue := c.holder(serve)
	if serve.Kind != syncapi.Recv || queue == nil || !queue.IsField() || !c.isQueue(queue) {
		return
	}
	node := c.view.Node(serve)
	if node == nil {
		return
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return
	}
	for clause := range cur.Enclosing((*ast.CommClause)(nil)) {
		n := clause.Node()
		for _, op := range f.Ops() {
			if !op.Is(syncapi.Send, syncapi.Close) || op.Pos < n.Pos() || op.Pos >= n.End() {
				continue
			}
			if v := c.holder(op); v != nil && v.IsField() {
				c.answers[v] = append(c.answers[v], reply{stop{serve: op, end: end, f: f}, queue})
			}
		}
		return
	}
}

// isQueue reports whether all channels in v have room, and nobody closes or looks
// at them.
func (c *checker) isQueue(v *types.Var) bool {
	u := c.usesOf(v)
	return !u.Open && !u.Polled && len(u.Closes) == 0 && len(u.Makes) > 0 &&
		!slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { return len(m.Args) < 2 })
}

// unanswered returns the replies that op, a receive, waits for, if nothing else
// sends what it does, and f has put the request into their queue: by request.
func (c *checker) unanswered(f *skeleton.Func, op *skeleton.Op, v *types.Var) (at []stop, request *skeleton.Op) {
	rs := c.answers[v]
	if op.Kind != syncapi.Recv || len(rs) == 0 {
		return nil, nil
	}
	u := c.usesOf(v)
	if u.Open || u.Polled || len(u.Makes) == 0 {
		return nil, nil
	}
	replies := func(n ast.Node) bool {
		return slices.ContainsFunc(rs, func(r reply) bool { return c.view.Node(r.serve) == n })
	}
	for _, cur := range u.Sends {
		if !replies(cur.Node()) {
			return nil, nil
		}
	}
	for _, call := range u.Closes {
		if !replies(call) {
			return nil, nil
		}
	}
	for _, r := range rs {
		i := slices.IndexFunc(f.Ops(), func(o *skeleton.Op) bool { return o.Kind == syncapi.Send && c.holder(o) == r.queue })
		if i < 0 {
			return nil, nil
		}
		request = f.Ops()[i]
		at = append(at, r.stop)
	}
	return at, request
}

// -- who comes --

// careless notes the operations of the goroutines that f starts, with what those call, which do
// nothing that could tell them of a stop: they send to the loop, and are waited for by nobody. A
// literal is one if f does no more than to start it, for whoever calls f from outside.
func (c *checker) careless(f *skeleton.Func) {
	starts := f.Obj != nil && f.Obj.Exported() && !slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
		return op.Is(heeding...) || op.Is(syncapi.Send, syncapi.Close, syncapi.WgWait)
	})
	for _, op := range f.Ops() {
		if op.Kind != syncapi.Go {
			continue
		}
		for _, t := range op.Inner.Targets {
			if t.Func.Imported() || t.Func.Parent != nil && !starts || c.view.May(t.Func, syncapi.WgDone) {
				continue
			}
			if slices.ContainsFunc(heeding, func(kind syncapi.Op) bool { return c.view.May(t.Func, kind) }) {
				continue
			}
			for _, e := range c.view.Effects(t.Func, syncapi.Send) {
				c.waits[e.Op] = c.waits[e.Op] || !e.Started
			}
		}
	}
}

// heeding are the operations by which a goroutine may learn of a stop, or wait for one.
var heeding = []syncapi.Op{
	syncapi.Recv, syncapi.Select, syncapi.Lock, syncapi.RLock, syncapi.TryLock, syncapi.CondWait, syncapi.AtomicLoad,
	syncapi.AtomicCAS, syncapi.AtomicUpdate, syncapi.CtxErr, syncapi.CtxDone,
}
