package stoppedactor

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- loops that return by themselves --

// returns adds the receives of a loop of f, a goroutine of its own, that ends by a
// return which is not due to them, and of which it tells nobody.
//
// That it tells nobody is a must-analysis of the operations in f outside of the
// loop and in what they call: a close, a send, a flag, a lock, a call that is not known.
func (c *checker) returns(f *skeleton.Func, stops map[*types.Var][]stop) {
	if !c.view.OnlyStarted()[f] {
		return
	}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			v := c.receives(op)
			if v == nil || !b.InLoop() && !isArmOfLoop(f, op) {
				continue
			}
			if end := c.otherReturn(f, b, false); end != nil {
				stops[v] = append(stops[v], stop{serve: op, end: end, f: f, returns: true})
			} else if end := c.otherReturn(f, b, true); end != nil {
				stops[v] = append(stops[v], stop{serve: op, end: end, f: f, returns: true, fails: true})
			}
		}
	}
}

// isArmOfLoop reports whether op is an arm of a select statement in a loop.
func isArmOfLoop(f *skeleton.Func, op *skeleton.Op) bool {
	return slices.ContainsFunc(f.Blocks, func(b *skeleton.Block) bool {
		return b.InLoop() && op.Arm != nil && slices.Contains(b.Ops, op.Arm)
	})
}

// receives returns the field that op receives from.
func (c *checker) receives(op *skeleton.Op) *types.Var {
	if op.Kind != syncapi.Recv || op.Arm != nil && op.Arm.Defined {
		return nil
	}
	if v := c.holder(op); v != nil && v.IsField() {
		return v
	}
	return nil
}

// otherReturn returns a return of f to which control comes from the loop around a
// receive in serve without one, or, if it is to be of a failure, because of an error behind
// one; nil if there is none, or if f tells others.
func (c *checker) otherReturn(f *skeleton.Func, serve *skeleton.Block, failure bool) *skeleton.Op {
	var found *skeleton.Op
	for _, at := range f.Blocks {
		inLoop := leads(at, serve)
		for _, o := range at.Ops {
			switch {
			case o.Kind == syncapi.Defer:
				if c.tells(o.Inner) {
					return nil
				}
			case inLoop:
			case c.tells(o):
				return nil
			case o.Kind != syncapi.Return || found != nil:
			case failure && c.isFailure(o) && leads(serve, at), !failure && c.isEarly(o) && leavesBeside(f, serve, at):
				found = o
			}
		}
	}
	return found
}

// leavesBeside reports whether control comes to a block without passing serve.
func leavesBeside(f *skeleton.Func, serve, to *skeleton.Block) bool {
	start := f.Blocks[0]
	return to == start || start != serve && leads(start, to, serve)
}

// isEarly reports whether the return op is a statement within an if statement.
func (c *checker) isEarly(op *skeleton.Op) bool {
	ret, ok := c.view.Node(op).(*ast.ReturnStmt)
	if !ok {
		return false
	}
	cur, ok := c.root.FindNode(ret)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.CommClause)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		_, ok := at.Node().(*ast.IfStmt)
		return ok
	}
	return false
}

// tells reports whether others may learn by op that the goroutine ends.
func (c *checker) tells(op *skeleton.Op) bool {
	telling := []syncapi.Op{
		syncapi.Close, syncapi.Send, syncapi.Cancel, syncapi.AtomicStore, syncapi.AtomicCAS, syncapi.AtomicUpdate,
		syncapi.CondSignal, syncapi.CondBroadcast, syncapi.WgDone, syncapi.Exit, syncapi.Panic, syncapi.Lock, syncapi.MapWrite,
	}
	if op.Is(telling...) || len(op.Callbacks) > 0 {
		return true
	}
	if op.Kind == syncapi.Set {
		_, ok := op.Assign.Var.Class()
		return ok
	}
	if op.Kind != syncapi.Call {
		return false
	}
	if len(op.Targets) == 0 {
		return !op.Dynamic.IsZero()
	}
	return slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
		return slices.ContainsFunc(telling, func(k syncapi.Op) bool { return c.view.May(t.Func, k) })
	})
}
