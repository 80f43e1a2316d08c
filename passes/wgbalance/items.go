package wgbalance

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- groups that count what is sent --

// items reports a turn of a loop that receives what the group counts and does not call
// Done: each who sends has added one before, so that it is missed for ever. That is a
// must-analysis of who sends, and of who else may call Done; that the turn comes, is
// taken for granted.
func (c *checker) items(gr *group, g *skeleton.Graph) bool {
	dones := of(g, gr.dones)
	if len(dones) == 0 || g.Widened || !c.allIn(gr, dones) || slices.ContainsFunc(gr.adds, func(a *skeleton.Node) bool { return a.Graph == g }) {
		return false
	}
	for r := range spawn.Nodes(g, syncapi.Recv) {
		takes := slices.DeleteFunc(slices.Clone(dones), func(d *skeleton.Node) bool { return !d.SameLoop(r) })
		if len(takes) < len(dones) || c.mayEnd(r) {
			continue
		}
		again := func(d *skeleton.Node) bool {
			return gr.deferred(d) || spawn.Path(d, d, func(n *skeleton.Node) bool { return n == r }) != nil
		}
		if slices.ContainsFunc(takes, again) {
			continue
		}
		var trace *skeleton.Trace
		if c.view.Sure(func() bool { trace = gr.missed(r); return trace != nil }) && c.counted(gr, r) {
			c.reportItem(gr, r, takes[0], trace)
			return true
		}
	}
	return false
}

// allIn reports whether nobody calls Done of the group, or counts by Go, but the operations
// of the nodes dones, and those who have counted what they have not sent.
func (c *checker) allIn(gr *group, dones []*skeleton.Node) bool {
	if len(gr.gos) > 0 {
		return false
	}
	in := slices.Clone(dones)
	for _, d := range gr.dones {
		switch {
		case slices.ContainsFunc(dones, func(n *skeleton.Node) bool { return n.Op == d.Op }):
		case takesBack(d.Op, gr.path):
			in = append(in, d)
		default:
			return false
		}
	}
	if gr.whole {
		return true
	}
	class, ok := gr.path.Class()
	if !ok || !unexported(class) || c.exposed(class) {
		return false
	}
	all := true
	c.each(func(op *skeleton.Op) {
		if of, ok := op.Res.Class(); ok && of == class && op.Is(syncapi.WgDone, syncapi.WgGo) {
			all = all && (slices.ContainsFunc(in, func(n *skeleton.Node) bool { return n.Op == op }) || op.Kind == syncapi.WgDone && takesBack(op, op.Res))
		}
	})
	return all
}

// takesBack reports whether the Done op of the group p takes a count back that its function
// has added, where it comes behind no send.
func takesBack(op *skeleton.Op, p skeleton.Path) bool {
	has := func(match func(*skeleton.Op) bool) func(*skeleton.Block) bool {
		return func(b *skeleton.Block) bool { return slices.ContainsFunc(b.Ops, match) }
	}
	adds := has(func(o *skeleton.Op) bool { return o.Kind == syncapi.WgAdd && o.Res == p })
	done := has(func(o *skeleton.Op) bool { return o == op })
	sends := func(o *skeleton.Op) bool { return o.Kind == syncapi.Send }
	if !slices.ContainsFunc(op.Fn.Blocks, adds) || !slices.ContainsFunc(op.Fn.Blocks, done) {
		return false
	}
	return !slices.ContainsFunc(op.Fn.Blocks, func(b *skeleton.Block) bool {
		at := slices.IndexFunc(b.Ops, sends)
		return at >= 0 && (slices.Contains(b.Ops[at:], op) || b.Leads(done, adds))
	})
}

// mayEnd reports whether what r receives may be the end of the channel, as an assignment
// tells.
func (c *checker) mayEnd(r *skeleton.Node) bool {
	n := c.view.Node(r.Op)
	if r.Op.Range {
		return n == nil
	}
	if n == nil {
		return true
	}
	cur, ok := c.root.FindNode(n)
	if !ok {
		return true
	}
	as, isAssign := cur.Parent().Node().(*ast.AssignStmt)
	return isAssign && len(as.Lhs) > 1
}

// missed returns a path from r to itself, or, where r says that it is not the channel's end
// that it meets, out of the function, on which nothing takes a count, nor gets what r
// received by another channel; nil if there is none.
func (gr *group) missed(r *skeleton.Node) *skeleton.Trace {
	return r.Graph.Search(skeleton.Query{
		From: []*skeleton.Node{r},
		Take: func(st *skeleton.Step) bool {
			return st.From != r || st.To == r || skeleton.Leads(st.To, r, nil)
		},
		Visit: func(n *skeleton.Node) skeleton.Verdict {
			switch {
			case n == r:
				return skeleton.Found
			case gr.takes(n) || n.Op.Is(syncapi.Send):
				return skeleton.Stop
			case n.Exit == skeleton.ByReturn:
				if r.Op.Range {
					return skeleton.Found
				}
				return skeleton.Stop
			}
			return skeleton.Continue
		},
	})
}

// counted reports whether all that r may receive has been counted by who sends it.
func (c *checker) counted(gr *group, r *skeleton.Node) bool {
	u := c.channel(gr, r)
	if u == nil || len(u.Sends) == 0 {
		return false
	}
	names := make(map[*types.Var]bool)
	for _, n := range gr.dones {
		names[chans.Variable(c.view, c.pass.TypesInfo, n.Op)] = true
	}
	for _, n := range gr.adds {
		names[chans.Variable(c.view, c.pass.TypesInfo, n.Op)] = true
	}
	delete(names, nil)
	return !slices.ContainsFunc(u.Sends, func(s inspector.Cursor) bool { return !c.countedAt(s, names) })
}

// channel returns what the package does to the channel that r receives from, nil if the
// group's functions have no name for it.
func (c *checker) channel(gr *group, r *skeleton.Node) *chans.Uses {
	for g := range spawn.Graphs(gr.root) {
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Recv, syncapi.Close) {
			if n.Res != r.Res {
				continue
			}
			if v := chans.Variable(c.view, c.pass.TypesInfo, n.Op); v != nil {
				if u := chans.UsesOf(c.root, c.index, c.pass.TypesInfo, v); !u.Open {
					return u // not by the name of a parameter
				}
			}
		}
	}
	return nil
}

// countedAt reports whether a group of one of the names is added to in front of the send
// statement at cur: one for it, or as many as the loop around it has turns.
func (c *checker) countedAt(cur inspector.Cursor, names map[*types.Var]bool) bool {
	if cur.ParentEdgeKind() == edge.CommClause_Comm {
		cur = cur.Parent().Parent().Parent() // the select statement
	}
	if c.addsBefore(cur, names, func(arg ast.Expr) bool {
		tv := c.pass.TypesInfo.Types[arg]
		return tv.Value != nil && tv.Value.String() == "1"
	}) {
		return true
	}
	loop := cur.Parent().Parent()
	rng, ok := loop.Node().(*ast.RangeStmt)
	if !ok || cur.Parent().Node() != rng.Body {
		return false
	}
	return c.addsBefore(loop, names, func(arg ast.Expr) bool {
		call, ok := ast.Unparen(arg).(*ast.CallExpr)
		return types.ExprString(arg) == types.ExprString(rng.X) ||
			ok && len(call.Args) == 1 && types.ExprString(call.Fun) == "len" && types.ExprString(call.Args[0]) == types.ExprString(rng.X)
	})
}

// addsBefore reports whether a statement in front of the one at cur, in its list, is an Add
// of what is asked for.
func (c *checker) addsBefore(cur inspector.Cursor, names map[*types.Var]bool, want func(ast.Expr) bool) bool {
	kind := cur.ParentEdgeKind()
	for prev, ok := cur.PrevSibling(); ok && prev.ParentEdgeKind() == kind; prev, ok = prev.PrevSibling() {
		st, ok := prev.Node().(*ast.ExprStmt)
		if !ok {
			if _, sends := prev.Node().(*ast.SendStmt); sends {
				return false // the count may be for that one
			}
			continue
		}
		call, ok := st.X.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Add" && names[chans.Named(c.pass.TypesInfo, sel.X)] && want(call.Args[0]) {
			return true
		}
	}
	return false
}
