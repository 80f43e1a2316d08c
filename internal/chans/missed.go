package chans

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// Missed returns a path on which the one goroutine that can answer the receive r, or
// each of those that a loop starts for as many receives,
// comes to a return statement of its own and has neither sent nor closed; nil if
// there is none, or if whoever starts that goroutine may go another way than by r.
//
// That control comes to r is a must-analysis, so it does not matter what the
// goroutine tells others on its way. The path is one that may be: where it depends
// on what the starter knows as well, there is none, and neither is there where it
// comes to the end of the function, since the cases of a switch statement may be all.
func (c *Channel) Missed(r *skeleton.Node) *skeleton.Trace {
	if len(c.Escapes) > 0 || !Bare(r.Op) || slices.ContainsFunc(c.Sends, func(n *skeleton.Node) bool { return n.Frame.Widened }) {
		return nil
	}
	s, ok := SideOf(append(slices.Clone(c.Sends), c.Closes...), r)
	if !ok || s.Graph.Spawner == nil || s.Graph.Spawner.Graph != r.Graph || c.toldBefore(s, r) {
		return nil
	}
	if c.Often(r) || c.Often(s.Graph.Spawner) {
		if !Paired(s.Graph.Spawner, r) || len(c.Closes) > 0 || slices.ContainsFunc(c.Sends, func(n *skeleton.Node) bool { return n.InLoop() }) {
			return nil
		}
	} else if !unavoidable(s.Graph.Spawner, r) {
		return nil
	}
	t := c.Leaves(s, 0, func(n *skeleton.Node) bool { return !n.Frame.Widened && waits(n) })
	if t == nil || !c.returns(t) || slices.ContainsFunc(t.Known, func(k skeleton.Cond) bool { return !ownedBy(k.Var, t) }) {
		return nil
	}
	return t
}

// toldBefore reports whether r comes only behind a receive of what the side s does
// when its operation on the channel is over: so that one happened.
func (c *Channel) toldBefore(s *Side, r *skeleton.Node) bool {
	asked := make(map[skeleton.Path]bool)
	for m := range spawn.Nodes(r.Graph, syncapi.Recv) {
		if asked[m.Res] || m.Res == c.Path || !m.Res.IsOne() {
			continue
		}
		asked[m.Res] = true
		receives := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Recv) && n.Res == m.Res }
		if !skeleton.Leads(s.Graph.Spawner, r, receives) && c.onlyBehind(s, m.Res) {
			return true
		}
	}
	return false
}

// onlyBehind reports whether nothing but the side s sends on the channel at p or
// closes it, and that only behind its operation on c.
func (c *Channel) onlyBehind(s *Side, p skeleton.Path) bool {
	isOp := func(n *skeleton.Node) bool { return slices.Contains(s.Ops, n) }
	found := false
	for g := range spawn.Graphs(c.Graph) {
		for n := range spawn.Nodes(g, syncapi.Send, syncapi.Close) {
			if n.Res != p {
				continue
			}
			if n.Graph != s.Graph || skeleton.Leads(s.Graph.Entry, n, isOp) {
				return false
			}
			found = true
		}
	}
	return found
}

// waits reports whether n waits for others: by what they do they may know which way
// the goroutine takes from there.
func waits(n *skeleton.Node) bool {
	return n.Op.Is(syncapi.Recv, syncapi.WgWait, syncapi.GroupWait, syncapi.CondWait)
}

// Paired reports whether a loop of the function of r comes to r as often as another
// one before it starts goroutines by start: both have a turn for each element of one
// list, as they are spelled.
func Paired(start, r *skeleton.Node) bool {
	if start.Frame.Call != nil || r.Frame.Call != nil || start.Op.Fn != r.Op.Fn {
		return false
	}
	for m := range spawn.Nodes(r.Graph, syncapi.Recv) {
		if m.Op.Range && m.SameLoop(r) {
			return false
		}
	}
	list := turnsOf(start)
	return list != "" && list == turnsOf(r) && !skeleton.Leads(r, start, nil) && !assigned(list, start.Op, r.Op)
}

// assigned reports whether list is assigned anew between two operations of a function.
func assigned(list string, from, to *skeleton.Op) bool {
	found := false
	ast.Inspect(from.Fn.Syntax(), func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && from.Pos < as.Pos() && as.Pos() < to.Pos {
			found = found || gives(as, list)
		}
		return !found
	})
	return found
}

// turnsOf returns for the elements of what list the one loop around n does n in each
// turn; "" if that is not known.
func turnsOf(n *skeleton.Node) string {
	list := ""
	for i, at := range stackOf(n) {
		switch at := at.(type) {
		case *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.DeferStmt:
			return ""
		case *ast.BinaryExpr:
			if at.Op == token.LAND || at.Op == token.LOR {
				return ""
			}
		case *ast.FuncLit:
			if i > 0 && list == "" {
				return ""
			}
			return list
		case *ast.RangeStmt:
			if list != "" || isCut(at) || n.Op.Pos < at.Body.Pos() {
				return ""
			}
			list = listOf(at.X)
		case *ast.ForStmt:
			cond, ok := at.Cond.(*ast.BinaryExpr)
			if list != "" || isCut(at) || !ok || cond.Op != token.LSS {
				return ""
			}
			if post, ok := at.Post.(*ast.IncDecStmt); !ok || post.Tok != token.INC || !fromZero(at.Init) {
				return ""
			}
			list = listOf(cond.Y)
		}
	}
	return list
}

// fromZero reports whether a loop that begins with init counts from zero.
func fromZero(init ast.Stmt) bool {
	as, ok := init.(*ast.AssignStmt)
	if !ok || len(as.Rhs) != 1 {
		return false
	}
	lit, ok := as.Rhs[0].(*ast.BasicLit)
	return ok && lit.Value == "0"
}

// listOf returns how the list is spelled that e is, or is the length of.
func listOf(e ast.Expr) string {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if id, ok := call.Fun.(*ast.Ident); !ok || id.Name != "len" || len(call.Args) != 1 {
			return ""
		}
		e = call.Args[0]
	}
	return types.ExprString(ast.Unparen(e))
}

// unavoidable reports whether all ways from the node from to a return come by n.
func unavoidable(from, n *skeleton.Node) bool {
	same := func(m *skeleton.Node) bool { return m.Op == n.Op && m.Frame == n.Frame }
	for _, m := range from.Graph.Nodes {
		if m.Exit == skeleton.ByReturn && spawn.Path(from, m, same) != nil {
			return false
		}
	}
	return spawn.Path(from, n, nil) != nil
}

// returns reports whether the last return on a path is a statement that is not the
// last of its function, and by which no loop ends that sends in its turns: how many of
// them there are is for others to say.
func (c *Channel) returns(t *skeleton.Trace) bool {
	for _, n := range slices.Backward(t.Nodes) {
		if !n.Op.Is(syncapi.Return) || n.Frame.Depth > 0 {
			continue
		}
		stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt)
		if !ok {
			return false
		}
		if slices.ContainsFunc(c.Sends, func(s *skeleton.Node) bool { return inLoopOf(stackOf(s), stmt) }) {
			return false
		}
		pos, _ := n.Op.Fn.Closing()
		for _, at := range stackOf(n)[1:] {
			if _, ok := at.(*ast.IfStmt); ok {
				return stmt.End() < pos
			}
		}
		return false
	}
	return false
}

// inLoopOf reports whether a loop around the first of stack is around stmt as well.
func inLoopOf(stack []ast.Node, stmt ast.Node) bool {
	return slices.ContainsFunc(stack, func(n ast.Node) bool {
		return isLoop(n) && n.Pos() <= stmt.Pos() && stmt.End() <= n.End()
	})
}

func isLoop(n ast.Node) bool {
	switch n.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

// ownedBy reports whether what v says is known on the goroutine of the path alone.
func ownedBy(v skeleton.Path, t *skeleton.Trace) bool {
	return v.Root != nil && slices.ContainsFunc(t.Nodes, func(n *skeleton.Node) bool { return n.Frame.Func == v.Root.Owner })
}
