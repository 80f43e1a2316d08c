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

// -- senders that give up, or find nothing to send --

// givesUp reports whether n receives the end of a context that may come at any time: one
// that the scope is given, or that ends at a time of its own. What the scope waits for has
// nothing to do with that.
func (c *Channel) givesUp(n *skeleton.Node) bool {
	sel := n.Res.Sel
	return n.Op.Is(syncapi.Recv) && sel != nil && sel.Name == "Done()" && c.endsAtAnyTime(n.Res.Base(), maxParents)
}

// maxParents bounds by how many contexts one is followed to those that it is made from.
const maxParents = 4

func (c *Channel) endsAtAnyTime(ctx skeleton.Path, parents int) bool {
	root := ctx.Root
	if root == nil || root.Visible() {
		return root != nil && root.Kind == skeleton.Param && root.Owner == c.Graph.Root
	}
	if root.Kind != skeleton.Result || ctx.Sel != nil || root.Owner == nil || parents == 0 {
		return false
	}
	for _, op := range root.Owner.Ops() {
		if op.Kind != syncapi.NewCancel || !slices.Contains(op.Results, root.Origin()) || len(op.Args) == 0 {
			continue
		}
		return op.Obj != nil && syncapi.IsTimed(op.Obj) || c.endsAtAnyTime(op.Args[0], parents-1)
	}
	return false
}

// runsDry reports whether n ranges over a channel that something outside of the scope
// closes, and that the scope sends nothing on: it may end at once.
func (c *Channel) runsDry(n *skeleton.Node) bool {
	class, ok := n.Res.Class()
	if !n.Op.Range || !ok {
		return false
	}
	for g := range spawn.Graphs(c.Graph) {
		for _, m := range g.Nodes {
			if m.Op.Is(syncapi.Send, syncapi.Close) && m.Res == n.Res {
				return false
			}
		}
	}
	return slices.ContainsFunc(c.Graph.View().Funcs, func(f *skeleton.Func) bool {
		return slices.ContainsFunc(f.Ops(), func(op *skeleton.Op) bool {
			of, ok := op.Res.Class()
			return ok && of == class && op.Is(syncapi.Close)
		})
	})
}

// gaveUp reports whether the path t ends since a context has, by the return n: within the
// case of the select statement, or at the end of the function behind it.
func (c *Channel) gaveUp(t *skeleton.Trace, n *skeleton.Node) bool {
	for _, m := range slices.Backward(t.Nodes) {
		if m.Op == nil || m.Frame != n.Frame || !m.Op.Is(syncapi.Send, syncapi.Recv, syncapi.WgWait, syncapi.CondWait) {
			continue
		}
		if !c.givesUp(m) || m.Op.Arm == nil {
			return false
		}
		if stmt, ok := n.Graph.View().Node(n.Op).(*ast.ReturnStmt); ok {
			return slices.ContainsFunc(stackOf(m), func(at ast.Node) bool {
				clause, ok := at.(*ast.CommClause)
				return ok && clause.Pos() <= stmt.Pos() && stmt.End() <= clause.End()
			})
		}
		return true
	}
	return false
}

// findsNone reports whether the end n of a function comes behind a loop in which all that the
// side does depends on the elements: there may be none for which it does.
func findsNone(s *Side, n *skeleton.Node) bool {
	return !slices.ContainsFunc(s.Ops, func(op *skeleton.Node) bool {
		return op.Frame != n.Frame || !picked(op) || op.Op.Kind != syncapi.Close && skeleton.Leads(op, op, nil)
	})
}

// picked reports whether op stands in an if statement of a loop that ends by itself, and
// does so for some elements alone: not for a number of them, or the first one.
func picked(op *skeleton.Node) bool {
	stack := stackOf(op)
	data := false
	for i, at := range stack {
		switch at := at.(type) {
		case *ast.FuncLit, *ast.FuncDecl, *ast.SelectStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.DeferStmt:
			return false
		case *ast.IfStmt:
			if i == 0 || stack[i-1] != at.Body {
				return false
			}
			if isCounted(at.Cond, op.Op.Fn.Syntax()) {
				return false
			}
			data = data || !isFlag(at)
		case *ast.BlockStmt:
			data = data || i > 0 && skipsBefore(at, stack[i-1], op.Op.Fn.Syntax())
		case *ast.RangeStmt:
			return data
		case *ast.ForStmt:
			return data && at.Cond != nil
		}
	}
	return false
}

// skipsBefore reports whether a statement of block in front of stmt is of the form
// if err != nil { continue }.
func skipsBefore(block *ast.BlockStmt, stmt ast.Node, fn ast.Node) bool {
	for _, s := range block.List {
		if s == stmt {
			return false
		}
		ifs, ok := s.(*ast.IfStmt)
		if !ok || ifs.Else != nil || len(ifs.Body.List) == 0 || isCounted(ifs.Cond, fn) {
			continue
		}
		if br, ok := ifs.Body.List[len(ifs.Body.List)-1].(*ast.BranchStmt); ok && br.Tok == token.CONTINUE && br.Label == nil {
			return true
		}
	}
	return false
}

// isFlag reports whether an if statement asks for something that its body sets.
func isFlag(stmt *ast.IfStmt) bool {
	x := ast.Unparen(stmt.Cond)
	switch e := x.(type) {
	case *ast.UnaryExpr:
		x = ast.Unparen(e.X)
	case *ast.BinaryExpr:
		x = ast.Unparen(e.X)
	}
	return sets(stmt.Body, x)
}

// isCounted reports whether a condition compares what fn counts: the length of something,
// the result of a call, or a variable that it adds to or that a loop counts by.
func isCounted(cond ast.Expr, fn ast.Node) bool {
	counted := false
	ast.Inspect(cond, func(n ast.Node) bool {
		e, ok := n.(*ast.BinaryExpr)
		if !ok {
			return !counted
		}
		switch e.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
			counted = counted || isCount(e.X, fn) || isCount(e.Y, fn)
		}
		return !counted
	})
	return counted
}

// isCount reports whether e is such an operand.
func isCount(e ast.Expr, fn ast.Node) bool {
	if bin, ok := ast.Unparen(e).(*ast.BinaryExpr); ok {
		return isCount(bin.X, fn) || isCount(bin.Y, fn)
	}
	if _, isCall := ast.Unparen(e).(*ast.CallExpr); isCall {
		return true
	}
	name, found := types.ExprString(ast.Unparen(e)), false
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			found = found || types.ExprString(n.X) == name
		case *ast.AssignStmt:
			found = found || n.Tok != token.ASSIGN && n.Tok != token.DEFINE && gives(n, name)
		case *ast.RangeStmt:
			found = found || n.Key != nil && types.ExprString(n.Key) == name
		}
		return !found
	})
	return found
}
