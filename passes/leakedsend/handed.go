package leakedsend

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- channels for one answer, that others are handed --

// handed checks a channel that its function hands out, in a request or a table,
// and receives from until a time or its context is over: nobody receives then
// what others still send. Whom it may reach is known from the syntax of the
// package, and all of that is followed, or nothing is reported.
func (c *checker) handed(f *skeleton.Func, ch *chans.Channel) {
	if ch.Made.Op.Fn.Imported() || !ch.CapKnown {
		return
	}
	if len(ch.Recvs) == 0 {
		c.elements(f, ch)
		return
	}
	if ch.Cap > 0 || len(ch.Closes) > 0 {
		return
	}
	for _, r := range ch.Recvs {
		if r.Graph != ch.Graph || r.Op.Fn != f {
			return
		}
	}
	trace := c.givesUp(ch)
	v := c.chans.Holder(ch.Made.Op)
	if trace == nil || v == nil {
		return
	}
	u := chans.ElementsOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || u.Polled || len(u.Closes) > 0 || !c.ownedByMakers(u) {
		return
	}
	for _, cur := range u.Sends {
		if cur.ParentEdgeKind() != edge.CommClause_Comm && !within(f.Syntax(), cur.Node()) {
			c.reportHanded(ch, cur.Node().(*ast.SendStmt), trace, true)
		}
	}
}

// givesUp returns a path on which the function of the channel stops waiting for
// it, by a select statement, and comes to its end without receiving: it does not
// come to that statement again, as a loop does that lets its workers end first.
func (c *checker) givesUp(ch *chans.Channel) *skeleton.Trace {
	isRecv := func(n *skeleton.Node) bool { return slices.Contains(ch.Recvs, n) }
	for _, r := range ch.Recvs {
		for n := range spawn.Nodes(ch.Graph, syncapi.Recv) {
			if r.Op.Arm == nil || r.Op.Arm.Defined || n.Op.Arm != r.Op.Arm || n.Frame != r.Frame || !isDeadline(n) {
				continue
			}
			var trace *skeleton.Trace
			if c.view.Sure(func() bool {
				trace = ch.Graph.Search(skeleton.Query{
					From: []*skeleton.Node{n},
					Visit: func(m *skeleton.Node) skeleton.Verdict {
						switch {
						case isRecv(m) || m.Op == r.Op.Arm:
							return skeleton.Stop
						case m.Exit == skeleton.ByReturn:
							return skeleton.Found
						}
						return skeleton.Continue
					},
				})
				return trace != nil
			}) {
				return trace
			}
		}
	}
	return nil
}

// isDeadline reports whether n receives from a context that the function was given
// or has derived, or from a timer of its own: not from what tells that the whole
// object, and with it who would send, comes to its end.
func isDeadline(n *skeleton.Node) bool {
	sel := n.Res.Sel
	if sel != nil && sel.Name == "Done()" {
		return sel.Up == nil && n.Res.Root.Kind != skeleton.Global
	}
	if class, ok := n.Res.Class(); ok && syncapi.TimerChan(class.Type, class.Field) == syncapi.NewTimer {
		return sel.Up == nil
	}
	return slices.ContainsFunc(n.Graph.Nodes, func(m *skeleton.Node) bool { return m.Op.Is(syncapi.After) && m.Res == n.Res })
}

// ownedByMakers reports whether only functions that make such channels receive from
// them.
func (c *checker) ownedByMakers(u *chans.Uses) bool {
	for _, cur := range u.Recvs {
		for decl := range cur.Enclosing((*ast.FuncDecl)(nil)) {
			if !slices.ContainsFunc(u.Makes, func(m *ast.CallExpr) bool { return within(decl.Node(), m) || c.calls(decl.Node(), m) }) {
				return false
			}
		}
	}
	return len(u.Makes) > 0
}

// calls reports whether the function at decl calls the one that m is in.
func (c *checker) calls(decl ast.Node, m ast.Node) bool {
	return slices.ContainsFunc(c.view.Funcs, func(f *skeleton.Func) bool {
		return f.Syntax() == decl && slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
			return op.Kind == syncapi.Call && slices.ContainsFunc(op.Targets, func(t *skeleton.Target) bool {
				return t.Func.Syntax() != nil && within(t.Func.Syntax(), m)
			})
		})
	})
}

// elements checks a channel that is an element of a slice or map which its function
// keeps to itself: the goroutines that it starts send on one each, and it receives
// from one after the other, or the other way round.
func (c *checker) elements(f *skeleton.Func, ch *chans.Channel) {
	v := c.chans.Holder(ch.Made.Op)
	if v == nil || ch.Made.Op.Fn != f || v.IsField() && !c.renews(f, v) {
		return
	}
	u, all := c.chans.Elements(f, ch)
	if u == nil || u.Polled || u.Shared && !c.ownedByMakers(u) {
		return
	}
	isRecv := u.Receives(c.view)
	if len(u.Recvs) == len(all.Recvs) && len(u.Sends) == len(all.Sends) {
		c.subscribers(v, ch, all)
	}
	side := &chans.Side{Graph: all.Graph, Ops: all.Recvs}
	if ch.Cap == 0 && len(u.Recvs) == len(side.Ops) && !slices.ContainsFunc(side.Ops, func(r *skeleton.Node) bool { return !isRecv(r) || r.Graph != all.Graph }) {
		c.element(ch, all, side)
	}
}

// renews reports whether f gives the field v a new container: no other call of f receives
// from the elements of this one.
func (c *checker) renews(f *skeleton.Func, v *types.Var) bool {
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() != edge.SelectorExpr_Sel || use.Parent().ParentEdgeKind() != edge.AssignStmt_Lhs || !within(f.Syntax(), use.Node()) {
			continue
		}
		as := use.Parent().Parent().Node().(*ast.AssignStmt)
		if _, i := use.Parent().ParentEdge(); i < len(as.Rhs) {
			switch e := ast.Unparen(as.Rhs[i]).(type) {
			case *ast.CallExpr:
				id, ok := e.Fun.(*ast.Ident)
				return ok && c.pass.TypesInfo.Uses[id] == types.Universe.Lookup("make")
			case *ast.CompositeLit:
				return true
			}
		}
	}
	return false
}

// element checks the sends on the elements of a container, of which ch is one, and
// all stands for all.
func (c *checker) element(ch, all *chans.Channel, side *chans.Side) {
	for _, n := range all.Sends {
		stmt, ok := c.view.Node(n.Op).(*ast.SendStmt)
		if !ok || !chans.Bare(n.Op) || n.Graph == all.Graph {
			continue
		}
		side.From = starter(all.Graph, n)
		settles := chans.Settles(n)
		var trace *skeleton.Trace
		if side.From != nil && c.view.Sure(func() bool { trace = all.Leaves(side, 1, settles); return trace != nil }) {
			c.reportHanded(ch, stmt, trace, len(all.Sends) == 1 && !n.InLoop())
		}
	}
}

// subscribers checks the sends of the function on the elements of a container, v: each of the
// goroutines that receive from one of them may end by an error before all is sent.
func (c *checker) subscribers(v *types.Var, ch, all *chans.Channel) {
	for _, n := range all.Sends {
		stmt, ok := c.view.Node(n.Op).(*ast.SendStmt)
		if !ok || !chans.Bare(n.Op) || n.Graph != all.Graph || !c.sendsMany(stmt, v, ch.Cap > 0) {
			return
		}
		side, ok := chans.SideOf(all.Recvs, n)
		if !ok || side.Graph.Spawner == nil || side.Graph.Spawner.Graph != all.Graph || slices.ContainsFunc(all.Recvs, func(r *skeleton.Node) bool { return !r.InLoop() }) {
			return
		}
		settles := chans.Settles(n)
		var trace *skeleton.Trace
		if !c.view.Sure(func() bool { trace = all.Leaves(side, 1, settles); return trace != nil }) {
			continue
		}
		if left := c.failure(side, trace); left != nil {
			pos, end := c.view.Leaving(left.Op)
			c.reportElement(ch, stmt, pos, end, "returns", false)
		}
	}
}

// sendsMany reports whether the send has a turn for each of any number of things, beside that
// for each element of v. If there is room for some, a condition does not tell how many there are.
func (c *checker) sendsMany(send *ast.SendStmt, v *types.Var, room bool) bool {
	cur, ok := c.root.FindNode(send)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop := at.Node().(type) {
		case *ast.RangeStmt:
			if id, ok := ast.Unparen(loop.X).(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] == v {
				continue
			}
			if chans.IsAnyNumber(c.root, c.pass.TypesInfo, loop.X) {
				return true
			}
		case *ast.ForStmt:
			if loop.Cond == nil || !room {
				return true
			}
		default:
			return false
		}
	}
	return false
}

// reportHanded reports a send on a channel that its receiver may have given up, and that
// is the only one on it if once is set.
func (c *checker) reportHanded(ch *chans.Channel, send *ast.SendStmt, trace *skeleton.Trace, once bool) {
	pos, end, how := c.end(&chans.Side{Graph: ch.Graph}, trace)
	c.reportElement(ch, send, pos, end, how, once)
}

// reportElement is reportHanded for a receiver that comes to its end at leaves.
func (c *checker) reportElement(ch *chans.Channel, send *ast.SendStmt, leaves, leavesEnd token.Pos, how string, once bool) {
	if c.done[send.Pos()] {
		return
	}
	c.done[send.Pos()] = true
	name := types.ExprString(send.Chan)
	d := analysis.Diagnostic{
		Pos: send.Pos(), End: send.End(),
		Message: fmt.Sprintf("this send on %s may block forever: its receiver may be gone by %s", name, report.Place(c.pass.Fset, leaves, send.Pos())),
		Related: []analysis.RelatedInformation{{
			Pos: leaves, End: leavesEnd, Message: fmt.Sprintf("here the receiver of %s %s", name, how),
		}},
	}
	if pos, end := c.view.Extent(ch.Made.Op); pos.IsValid() {
		d.Related = append(d.Related, analysis.RelatedInformation{Pos: pos, End: end, Message: fmt.Sprintf("%s is made here, with room for %d", name, ch.Cap)})
		if once {
			d.SuggestedFixes = c.fix(ch, 1)
		}
	}
	c.found = append(c.found, finding{Diagnostic: d})
}
