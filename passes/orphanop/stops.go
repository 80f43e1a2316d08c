package orphanop

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- sends that are to end a goroutine, or more than one --

// stops checks the sends of f on channels with room for one at most, that nobody closes, and by
// which goroutines end: that one is not dropped while its receiver is at work, and that there is
// one for each receiver. What else is done to the channel is known by a must-analysis of
// the package's syntax.
func (c *checker) stops(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind != syncapi.Send || b.InLoop() {
				continue
			}
			v := chans.Holder(c.view, c.root, c.pass.TypesInfo, op)
			if v == nil || v.Pkg() != c.pass.Pkg {
				continue
			}
			u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v)
			if u.Open || u.Polled || len(u.Closes) > 0 || len(u.Makes) == 0 || !c.hasRoom(u, 1) {
				continue
			}
			if op.Arm != nil && op.Arm.Defined {
				if c.hasRoom(u, 0) {
					c.dropped(op, u)
				}
			} else if len(u.Sends) == 1 && !c.runsOften(f) {
				c.shared(op, v, u)
			}
		}
	}
}

// hasRoom reports whether all channels that u is about have room for so many at most.
func (c *checker) hasRoom(u *chans.Uses, most int64) bool {
	return !slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool {
		n, known := c.chans.Capacity(m)
		return !known || n > most
	})
}

// dropped reports a send that the default of its select statement drops, if all who receive
// are loops that it is to end, and that are elsewhere at times.
func (c *checker) dropped(send *skeleton.Op, u *chans.Uses) {
	if !c.dropsSilently(send) || len(u.Recvs) == 0 {
		return
	}
	var at *skeleton.Op
	for _, r := range u.Recvs {
		op := c.endingArm(r)
		if op == nil {
			return
		}
		at = op
	}
	pos, end := c.view.Extent(send)
	rPos, rEnd := c.view.Extent(at)
	c.found = append(c.found, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("this send is dropped if the loop that it is to end at %s is at work: the loop goes on for ever then", report.Place(c.pass.Fset, rPos, pos)),
		Related: []analysis.RelatedInformation{{Pos: rPos, End: rEnd, Message: "the loop receives this only when it waits here"}},
	})
}

// dropsSilently reports whether the default of send's select statement does nothing.
func (c *checker) dropsSilently(send *skeleton.Op) bool {
	sel, ok := c.view.Node(send.Arm).(*ast.SelectStmt)
	return ok && slices.ContainsFunc(sel.Body.List, func(st ast.Stmt) bool {
		clause, ok := st.(*ast.CommClause)
		return ok && clause.Comm == nil && len(clause.Body) == 0
	})
}

// endingArm returns the operation of the receive r if it is an arm of a select statement in
// a loop that ends by it, and that works in other turns; else nil.
func (c *checker) endingArm(r inspector.Cursor) *skeleton.Op {
	for _, f := range c.view.Funcs {
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if op.Kind != syncapi.Recv || op.Arm == nil || op.Arm.Defined || c.view.Node(op) != r.Node() {
					continue
				}
				head := f.BlockOf(op.Arm)
				isHead := func(at *skeleton.Block) bool { return at == head }
				if head == nil || !head.InLoop() || b.Leads(isHead, nil) || !c.worksIn(f, head) {
					return nil
				}
				return op
			}
		}
	}
	return nil
}

// worksIn reports whether the loop around head does something that takes time.
func (c *checker) worksIn(f *skeleton.Func, head *skeleton.Block) bool {
	isHead := func(at *skeleton.Block) bool { return at == head }
	return slices.ContainsFunc(f.Blocks, func(b *skeleton.Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
			return op.Is(syncapi.Work, syncapi.Lock, syncapi.Sleep) || op.Is(syncapi.Call) && !slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool { return t.Func.Light })
		}) && b.Leads(isHead, nil) && (b == head || head.Leads(func(at *skeleton.Block) bool { return at == b }, nil))
	})
}

// shared reports the only send on a channel if several goroutines come to their end only by
// what they receive from it.
func (c *checker) shared(send *skeleton.Op, v *types.Var, u *chans.Uses) {
	var first, second *skeleton.Op
	for _, f := range c.view.Funcs {
		var from *skeleton.Block // where f starts the first one
		first = nil
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				if second != nil || op.Kind != syncapi.Go || len(op.Inner.Targets) != 1 || !c.view.OnlyStarted()[op.Inner.Targets[0].Func] {
					continue
				}
				r := c.endsOnlyBy(op.Inner.Targets[0].Func, u)
				isHere := func(at *skeleton.Block) bool { return at == b }
				switch {
				case r == nil:
				case first == nil:
					first, from = r, b
					if b.InLoop() && (v.IsField() && (isGiven(op) || isOf(r.Res, f)) || !v.IsField() && !c.makesIn(f, u)) {
						second = r
					}
				case first.Fn != r.Fn && (from == b || from.Leads(isHere, nil)):
					second = r
				}
			}
		}
		if second != nil {
			break
		}
	}
	if second == nil {
		return
	}
	pos, end := c.view.Extent(send)
	at, to := c.view.Extent(first)
	where := report.Place(c.pass.Fset, at, pos)
	related := []analysis.RelatedInformation{{Pos: at, End: to, Message: "one of those who wait for it"}}
	message := fmt.Sprintf("this is sent once, and each of the goroutines that receive it at %s ends only by one of its own", where)
	if first != second {
		at, to = c.view.Extent(second)
		message = fmt.Sprintf("this is sent once, and the goroutines that receive it at %s and %s end only by one each", where, report.Place(c.pass.Fset, at, pos))
		related = append(related, analysis.RelatedInformation{Pos: at, End: to, Message: "another one who waits for it"})
	}
	c.found = append(c.found, analysis.Diagnostic{Pos: pos, End: end, Message: message, Related: related})
}

// runsOften reports whether f is a literal that does not run where it stands, or something in the
// package calls it in a loop or starts it: it may do what it does for each of many.
func (c *checker) runsOften(f *skeleton.Func) bool {
	if f.Parent != nil && slices.ContainsFunc(f.Parent.Blocks, func(b *skeleton.Block) bool {
		return !b.InLoop() && slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool { return op.RunsInPlace(f) })
	}) {
		return c.runsOften(f.Parent)
	}
	return f.Parent != nil || c.view.Handed()[f] || slices.ContainsFunc(c.view.Funcs, func(g *skeleton.Func) bool {
		return slices.ContainsFunc(g.Blocks, func(b *skeleton.Block) bool {
			return slices.ContainsFunc(b.Ops, func(op *skeleton.Op) bool {
				runs := func(o *skeleton.Op) bool {
					return slices.ContainsFunc(o.Targets, func(t *skeleton.Target) bool { return t.Func == f })
				}
				return b.InLoop() && runs(op) || op.Kind == syncapi.Go && runs(op.Inner)
			})
		})
	})
}

// isGiven reports whether the go statement op starts a method of an object that its
// function is given: all that a loop starts have the same one.
func isGiven(op *skeleton.Op) bool {
	args := op.Inner.Targets[0].Args
	return len(args) > 0 && args[0].Root != nil && args[0].Root.Kind == skeleton.Param && args[0].Sel == nil
}

// isOf reports whether p is a field of an object that f is given, as its literals name it.
func isOf(p skeleton.Path, f *skeleton.Func) bool {
	return p.Root != nil && p.Root.Kind == skeleton.Param && p.Root.Owner == f && p.Sel != nil && p.Sel.Up == nil
}

// endsOnlyBy returns a receive of f from the channel that u is about, if f returns only past
// one, or because of an error; else nil.
func (c *checker) endsOnlyBy(f *skeleton.Func, u *chans.Uses) *skeleton.Op {
	receives := func(op *skeleton.Op) bool {
		return op != nil && op.Kind == syncapi.Recv && !op.Range && slices.ContainsFunc(u.Recvs, func(r inspector.Cursor) bool { return r.Node() == c.view.Node(op) })
	}
	i := slices.IndexFunc(f.Ops(), receives)
	if i < 0 {
		return nil
	}
	g := c.view.Outline(f, skeleton.Interest{Ops: []syncapi.Op{syncapi.Recv, syncapi.Select}})
	found, ends := true, false
	if !c.view.Sure(func() bool {
		for _, n := range g.Nodes {
			if n.Exit != skeleton.ByReturn {
				continue
			}
			ends = true
			found = found && spawn.Path(g.Entry, n, func(m *skeleton.Node) bool {
				return m.Op != nil && m.Frame.Call == nil && (receives(m.Op) || c.ofError(m.Op))
			}) == nil
		}
		return found && ends
	}) {
		return nil
	}
	return f.Ops()[i]
}

// ofError reports whether op is a return statement because of an error.
func (c *checker) ofError(op *skeleton.Op) bool {
	if op.Kind != syncapi.Return {
		return false
	}
	node := c.view.Node(op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	return ok && chans.OfError(c.pass.TypesInfo, cur)
}

// makesIn reports whether a loop of f makes the channel that u is about.
func (c *checker) makesIn(f *skeleton.Func, u *chans.Uses) bool {
	return slices.ContainsFunc(f.Blocks, func(at *skeleton.Block) bool {
		return at.InLoop() && slices.ContainsFunc(at.Ops, func(op *skeleton.Op) bool {
			call, ok := c.view.Node(op).(*ast.CallExpr)
			return ok && op.Kind == syncapi.MakeChan && slices.Contains(u.Makes, call)
		})
	})
}
