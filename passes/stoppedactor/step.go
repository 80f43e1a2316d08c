package stoppedactor

import (
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// steps adds the arms of select statements that loops of f come to by calls: what
// the callee returns says whether the loop goes on.
//
// That an arm ends the loop is a must-analysis: no feasible path leads back to the
// select statement.
func (c *checker) steps(f *skeleton.Func, stops map[*types.Var][]stop) {
	if !c.callsSelect(f) {
		return
	}
	g := c.view.Outline(f, skeleton.Interest{
		Ops:   []syncapi.Op{syncapi.Select, syncapi.Send, syncapi.Recv, syncapi.CtxErr},
		Enter: func(_ *skeleton.Node, t *skeleton.Target) bool { return c.maySelect(t.Func) },
	})
	if g.Widened {
		return
	}
	for head := range spawn.Nodes(g, syncapi.Select) {
		if head.Frame.Call != nil && !head.Op.Defined && head.InLoop() {
			c.step(f, head, stops)
		}
	}
}

// callsSelect reports whether a loop of f calls what may come to a select statement.
func (c *checker) callsSelect(f *skeleton.Func) bool {
	return slices.ContainsFunc(f.Blocks, func(b *skeleton.Block) bool {
		return b.InLoop() && slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
			return op.Kind == syncapi.Call && len(op.Targets) == 1 && c.maySelect(op.Targets[0].Func)
		})
	})
}

func (c *checker) maySelect(f *skeleton.Func) bool {
	return !f.Imported() && c.view.May(f, syncapi.Select)
}

// step adds the arms of the select statement head, which a loop of f comes to.
func (c *checker) step(f *skeleton.Func, head *skeleton.Node, stops map[*types.Var][]stop) {
	var end *skeleton.Op
	var serves []*skeleton.Op
	for n := range spawn.Nodes(head.Graph, syncapi.Send, syncapi.Recv) {
		if n.Op.Arm != head.Op || n.Frame != head.Frame {
			continue
		}
		if comesBack(n, head) {
			serves = append(serves, n.Op)
		} else if n.Op.Kind == syncapi.Recv && c.isStop(n.Op) && c.view.Sure(func() bool { return !comesBack(n, head) }) {
			end = n.Op
		}
	}
	if end == nil {
		return
	}
	for _, op := range serves {
		if v := c.holder(op); v != nil && (v.IsField() || !declares(f, v) && !declares(op.Fn, v)) {
			stops[v] = append(stops[v], stop{serve: op, end: end, f: f}, stop{serve: op, end: end, f: op.Fn})
		}
	}
}

// comesBack reports whether there is a feasible path from an arm to the next turn.
// The error that a context which has ended gives is not nil.
func comesBack(arm, head *skeleton.Node) bool {
	failed := errorOf(arm)
	return arm.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{arm},
		To:   []*skeleton.Node{head},
		Take: func(s *skeleton.Step) bool { return failed.IsZero() || s.Cond.Var != failed || s.Cond.Want },
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			if n == head {
				return skeleton.Found
			}
			return skeleton.Continue
		},
	}) != nil
}

// errorOf returns the result of the call that arm is in, if what follows on arm
// returns the error of a context there; the zero path if not.
func errorOf(arm *skeleton.Node) skeleton.Path {
	call := arm.Frame.Call
	asked := false
	if arm.Res.Sel == nil || arm.Res.Sel.Name != "Done()" {
		return skeleton.Path{}
	}
	for at := arm; len(at.Succs) == 1; {
		at = at.Succs[0].To
		switch {
		case at.Op.Is(syncapi.CtxErr):
			asked = true
		case at.Op.Is(syncapi.Return):
			if n := len(call.Op.Results); asked && n > 0 && at.Frame == arm.Frame {
				return call.Frame.Resolve(skeleton.Path{Root: call.Op.Results[n-1]})
			}
			return skeleton.Path{}
		case at.Op != nil && !at.Op.Is(syncapi.Set):
			return skeleton.Path{}
		}
	}
	return skeleton.Path{}
}
