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

// Missed returns the return statement by which the one goroutine that can answer the
// receive r, which r's has started or which is started beside it, or each of those that a loop
// starts for as many receives, may leave and has neither sent nor closed; nil if there is none, or
// if whoever starts that goroutine may go another way than by r.
//
// That control comes to r is a must-analysis, so it does not matter what the
// goroutine tells others on its way. The path is one that may be: where it depends
// on what the starter knows as well, there is none, and neither is there where it
// comes to the end of the function, since the cases of a switch statement may be all.
func (c *Channel) Missed(r *skeleton.Node) *skeleton.Node {
	others := func(n *skeleton.Node) bool { return c.Before(n, r) } // they may answer
	if slices.ContainsFunc(c.Escapes, others) || !Bare(r.Op) || slices.ContainsFunc(c.Sends, func(n *skeleton.Node) bool { return n.Frame.Widened }) {
		return nil
	}
	s, ok := SideOf(append(slices.Clone(c.Sends), c.Closes...), r)
	if !ok || s.Graph.Spawner == nil || s.Graph.Repeats {
		return nil
	}
	if s.Graph.Spawner.Graph != r.Graph {
		if !c.siblings(s.Graph, r.Graph) || c.Often(r) || c.Often(s.Graph.Spawner) || !c.holds(r) {
			return nil
		}
		return c.ownReturn(s)
	}
	if c.toldBefore(s, r) {
		return nil
	}
	if c.Often(r) || c.Often(s.Graph.Spawner) {
		if !c.Matched(s, r) {
			return nil
		}
	} else if !unavoidable(s.Graph.Spawner, r) {
		return nil
	}
	return c.ownReturn(s)
}

// MissedClose returns the return statement by which the one goroutine that closes the
// channel of the range r may leave and has not; nil if there is none. The goroutine of r has
// started that one, and does not go another way than by r, or both are started by one function.
// What is said of [Channel.Missed] holds here too.
func (c *Channel) MissedClose(r *skeleton.Node) *skeleton.Node {
	s, ok := SideOf(c.Closes, r)
	if ok && !c.endless(r) {
		ok = c.feeds(s, r)
		s.Ops = slices.Concat(s.Ops, c.Sends) // what is sent may say that it is the last
	}
	if !ok || s.Graph.Spawner == nil || s.Graph.Repeats || c.Often(s.Graph.Spawner) {
		return nil
	}
	switch start := s.Graph.Spawner; {
	case start.Graph == r.Graph:
		if !unavoidable(start, r) {
			return nil
		}
	case !c.siblings(s.Graph, r.Graph) || !c.Comes(r):
		return nil
	}
	return c.ownReturn(s)
}

// siblings reports whether the function of the channel starts both goroutines itself.
func (c *Channel) siblings(a, b *skeleton.Graph) bool {
	return a.Spawner != nil && b.Spawner != nil && a.Spawner.Graph == c.Graph && b.Spawner.Graph == c.Graph
}

// feeds reports whether all that the range r receives is sent by the side s, which has sent
// the last of it when it returns: r may wait by then, though statements leave its loop.
func (c *Channel) feeds(s *Side, r *skeleton.Node) bool {
	return r.Op.Range && len(c.Escapes) == 0 && r.InLoop() && len(c.Sends) > 0 &&
		!slices.ContainsFunc(c.Sends, func(n *skeleton.Node) bool { return n.Graph != s.Graph })
}

// ownReturn returns a return statement by which the side s may leave and has done nothing
// to the channel; nil if there is none, or if that depends on what others know.
func (c *Channel) ownReturn(s *Side) *skeleton.Node {
	tried := make(map[*skeleton.Op]bool)
	for range maxReturnsTried {
		t := c.Leaves(s, 0, func(n *skeleton.Node) bool {
			return n.Op.Is(syncapi.Return) && tried[n.Op] || !n.Frame.Widened && waits(n) && !c.givesUp(n) && !c.runsDry(n) && !c.isForeign(n)
		})
		if t == nil || slices.ContainsFunc(t.Known, func(k skeleton.Cond) bool { return !ownedBy(k.Var, t) }) {
			return nil
		}
		if ret := c.lastReturn(s, t); ret != nil {
			return ret
		}
		for _, n := range t.Nodes {
			if n.Op.Is(syncapi.Return) && n.Frame.Depth == 0 {
				tried[n.Op] = true // another one may be found
			}
		}
	}
	return nil
}

// maxReturnsTried bounds the ways out of a goroutine that are looked at.
const maxReturnsTried = 4

// isForeign reports whether n ranges over a channel which the scope has nothing to do with
// but for that: who waits for the side does not know what comes there.
func (c *Channel) isForeign(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Recv) || !n.Op.Range || n.Res.Root == nil || n.Res.Root.Kind != skeleton.Result || n.Res.Sel != nil {
		return false
	}
	for g := range spawn.Graphs(c.Graph) {
		for _, m := range g.Nodes {
			if m != n && m.Op != nil && (m.Res == n.Res || slices.Contains(m.Args, n.Res)) && m.Op.Kind != syncapi.Call {
				return false
			}
		}
	}
	return true
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

// Matched reports whether the receive r comes once for each of the goroutines that a loop
// starts and which are the side s, and each of them sends at most once.
func (c *Channel) Matched(s *Side, r *skeleton.Node) bool {
	again := func(n *skeleton.Node) bool {
		return slices.ContainsFunc(s.Ops, func(m *skeleton.Node) bool { return skeleton.Leads(n, m, nil) })
	}
	return len(c.Closes) == 0 && !slices.ContainsFunc(s.Ops, again) && Paired(s.Graph.Spawner, r)
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

// PerWorker reports whether the channel has room for as many as there are goroutines like that of
// s, which a loop starts, while each of them sends again and again, or for a second time by s: the
// room is not meant for all that is sent.
func (c *Channel) PerWorker(s *skeleton.Node) bool {
	start := s.Graph.Spawner
	if c.Made == nil || start == nil || c.Made.Frame.Call != nil || start.Frame.Call != nil || start.Op.Fn != c.Made.Op.Fn {
		return false
	}
	if !s.InLoop() && !slices.ContainsFunc(c.Sends, func(o *skeleton.Node) bool { return o != s && o.Graph == s.Graph && spawn.Path(o, s, nil) != nil }) {
		return false
	}
	call, ok := c.Graph.View().Node(c.Made.Op).(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return false
	}
	workers := listOf(call.Args[1])
	return workers != "" && workers == turnsOf(start) && !assigned(workers, c.Made.Op, start.Op)
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
		case *ast.IfStmt:
			if n.Op.Pos >= at.Body.Pos() {
				return ""
			}
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.DeferStmt:
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
			if list != "" || cutsShort(at, n) || n.Op.Pos < at.Body.Pos() {
				return ""
			}
			list = listOf(at.X)
		case *ast.ForStmt:
			cond, ok := at.Cond.(*ast.BinaryExpr)
			if list != "" || cutsShort(at, n) || !ok || cond.Op != token.LSS {
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

// Certain reports whether the function that has the channel comes to n, an operation of its
// own on that, on all ways on which it returns. What a callee does to a field of an object may
// depend on what that is asked for, so it does not count as certain because it is there. What
// other goroutines do does, and what the function defers.
func (c *Channel) Certain(n *skeleton.Node) bool {
	return c.Path.Sel == nil || n.Frame.Depth == 0 || n.Graph != c.Graph || c.Deferred || c.Made == nil || unavoidable(c.Made, n)
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

// lastReturn returns the last return on a path of the side s that is a statement, in an if
// statement and not the last of its function, and by which no loop ends that does so in its
// turns: how many of them there are is for others to say. The function is that of the
// goroutine, or one that has an operation on the channel and which the goroutine calls once.
// It may be another return if a context has ended before, or a loop has found nothing to send.
func (c *Channel) lastReturn(s *Side, t *skeleton.Trace) *skeleton.Node {
	for _, n := range slices.Backward(t.Nodes) {
		acts := slices.ContainsFunc(s.Ops, func(op *skeleton.Node) bool { return op.Frame == n.Frame && !n.Frame.Call.InLoop() })
		if !n.Op.Is(syncapi.Return) || n.Frame.Depth > 0 && !acts {
			continue
		}
		switch stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt); {
		case ok && isEarlyReturn(s, t, n, stmt), c.gaveUp(t, n), !ok && findsNone(s, n):
			return n
		case ok || n.Frame.Depth > 0:
			return nil
		}
	}
	return nil
}

// isEarlyReturn reports whether the return n is such a statement. Within a loop around what
// the side does, it has to be about an error, which may come in the first turn.
func isEarlyReturn(s *Side, t *skeleton.Trace, n *skeleton.Node, stmt *ast.ReturnStmt) bool {
	if slices.ContainsFunc(s.Ops, func(op *skeleton.Node) bool { return inLoopOf(stackOf(op), stmt) }) && !failed(t, n) {
		return false
	}
	pos, _ := n.Op.Fn.Closing()
	return stmt.End() < pos && slices.ContainsFunc(stackOf(n)[1:], func(at ast.Node) bool {
		_, ok := at.(*ast.IfStmt)
		return ok
	})
}

// failed reports whether the last condition on the path t before the return n is that there
// is an error.
func failed(t *skeleton.Trace, n *skeleton.Node) bool {
	for i := slices.Index(t.Nodes, n); i > 0; i-- {
		for _, st := range t.Nodes[i].Preds {
			if st.From == t.Nodes[i-1] && !st.Cond.Var.IsZero() {
				return isFailure(st)
			}
		}
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
