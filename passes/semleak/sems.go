package semleak

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- which channels are semaphores --

// isSem reports whether op acts on a channel that serves as a semaphore: it
// carries nothing, has room for more than one, and is the package's own.
func (c *checker) isSem(op *skeleton.Op) bool {
	if op.Is(syncapi.SemAcquire, syncapi.SemRelease) {
		return true
	}
	v := c.variable(op)
	if v == nil {
		return false
	}
	is, ok := c.sems[v]
	if !ok {
		is = carriesNothing(v.Type()) && c.hasRoom(v)
		c.sems[v] = is
	}
	return is
}

func carriesNothing(t types.Type) bool {
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	switch t := ch.Elem().Underlying().(type) {
	case *types.Struct:
		return t.NumFields() == 0
	case *types.Basic:
		return t.Kind() == types.Bool
	}
	return false
}

func (c *checker) hasRoom(v *types.Var) bool {
	u := chans.SemaphoreOf(c.root, c.index, c.pass.TypesInfo, v)
	if u.Open || len(u.Makes) == 0 || len(u.Closes) > 0 || len(u.Sends) == 0 || len(u.Recvs) == 0 {
		return false
	}
	for _, m := range u.Makes {
		if len(m.Args) < 2 {
			return false
		}
		if val := c.pass.TypesInfo.Types[m.Args[1]].Value; val != nil && constant.Compare(val, token.LEQ, constant.MakeInt64(1)) {
			return false
		}
	}
	return !slices.ContainsFunc(u.Recvs, func(cur inspector.Cursor) bool { return !valueless(cur) || isAwaited(cur) })
}

// isAwaited reports whether the receive at cur is beside another that may be met
// first: it waits for a signal, while what has a place need not wait to release it.
func isAwaited(cur inspector.Cursor) bool {
	stmt := cur.Parent()
	if stmt.ParentEdgeKind() != edge.CommClause_Comm {
		return false
	}
	for sel := range stmt.Enclosing((*ast.SelectStmt)(nil)) {
		clauses := sel.Node().(*ast.SelectStmt).Body.List
		return len(clauses) > 1 && !slices.ContainsFunc(clauses, func(s ast.Stmt) bool { return s.(*ast.CommClause).Comm == nil })
	}
	return false
}

// valueless reports whether the receive at cur does not look at what it receives.
func valueless(cur inspector.Cursor) bool {
	switch cur.ParentEdgeKind() {
	case edge.ExprStmt_X:
		return true
	case edge.AssignStmt_Rhs:
		return !slices.ContainsFunc(cur.Parent().Node().(*ast.AssignStmt).Lhs, func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			return !ok || id.Name != "_"
		})
	}
	return false
}

// turned notes the channels that a goroutine of graphs uses the other way round:
// it receives from them before it sends, as who takes a token from a pool does and
// gives it back, or who is asked for something by others and may ask himself.
// Those that are filled where they are made are pools as well.
func (c *checker) turned(graphs []*skeleton.Graph) {
	for _, g := range graphs {
		for send := range spawn.Nodes(g, syncapi.Send) {
			if v := c.variable(send.Op); v == nil || c.other[v] || !takesFirst(g, send) && (!madeIn(send) || !fills(send)) {
				continue
			}
			for _, each := range graphs {
				for n := range spawn.Nodes(each, syncapi.Send) {
					if n.Res == send.Res {
						c.other[c.variable(n.Op)] = true
					}
				}
			}
		}
	}
}

// takesFirst reports whether the goroutine of g may receive from the channel of
// send before it sends to it.
func takesFirst(g *skeleton.Graph, send *skeleton.Node) bool {
	sends := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Send) && n.Res == send.Res }
	for r := range spawn.Nodes(g, syncapi.Recv) {
		if r.Res == send.Res && skeleton.Leads(r, send, nil) && (r == g.Entry || spawn.Path(g.Entry, r, sends) != nil) {
			return true
		}
	}
	return false
}

// fills reports whether the loop around a does nothing but send to the channel,
// and is the first to do something with it.
func fills(a *skeleton.Node) bool {
	if !a.InLoop() {
		return false
	}
	acts := func(n *skeleton.Node) bool { return n.Op.Is(syncapi.Send, syncapi.Recv) && n.Res == a.Res }
	for _, n := range a.Graph.Nodes {
		starts := slices.ContainsFunc(n.Spawns, func(s *skeleton.Spawn) bool { return slices.ContainsFunc(s.Graph().Nodes, acts) })
		if n != a && (acts(n) || starts) && skeleton.Leads(n, a, nil) {
			return false
		}
	}
	return true
}

// posts reports whether the loop around a has nothing in it but a.
func posts(a *skeleton.Node) bool {
	return a.InLoop() && !slices.ContainsFunc(a.Graph.Nodes, func(n *skeleton.Node) bool {
		return n != a && n.SameLoop(a) && n.Op != nil && !n.Op.Is(syncapi.Count, syncapi.Set)
	})
}

// variable returns what the code names the semaphore that op acts on, nil if it
// does not.
func (c *checker) variable(op *skeleton.Op) *types.Var {
	return chans.Variable(c.view, c.pass.TypesInfo, op)
}
