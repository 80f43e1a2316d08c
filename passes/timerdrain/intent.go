package timerdrain

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/spawn"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- what the syntax says of a timer's state --

// resetByType reports whether a Reset of the timer depends on the type of a value,
// as the compiler has it: a path past it is hardly meant to be taken.
func (c *checker) resetByType(d *drain) bool {
	for n := range spawn.Nodes(d.node.Graph, syncapi.TimerReset) {
		if n.Res != d.timer {
			continue
		}
		call := c.view.Node(n.Op)
		if call == nil {
			continue
		}
		cur, ok := c.root.FindNode(call)
		if !ok {
			continue
		}
		for encl := range cur.Enclosing((*ast.IfStmt)(nil)) {
			if c.assertsType(encl.Node().(*ast.IfStmt)) {
				return true
			}
		}
	}
	return false
}

// resetByState reports whether a variable that decides whether the drain follows
// decides whether the timer is reset as well, as a count of what is under way
// does: that it has the one value says that the timer runs.
func (c *checker) resetByState(d *drain) bool {
	vars := make(map[types.Object]bool)
	c.deciding(d.node, func(v types.Object) { vars[v] = true })
	for n := range spawn.Nodes(d.node.Graph, syncapi.TimerReset) {
		found := false
		if n.Res == d.timer {
			c.deciding(n, func(v types.Object) { found = found || vars[v] })
		}
		if found {
			return true
		}
	}
	return false
}

// deciding calls f for the variables that the innermost condition around n
// compares with a constant.
func (c *checker) deciding(n *skeleton.Node, f func(types.Object)) {
	node := c.view.Node(n.Op)
	if node == nil {
		return
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return
	}
	for encl := range cur.Enclosing((*ast.IfStmt)(nil)) {
		ast.Inspect(encl.Node().(*ast.IfStmt).Cond, func(m ast.Node) bool {
			cmp, ok := m.(*ast.BinaryExpr)
			if !ok || c.pass.TypesInfo.Types[cmp.Y].Value == nil {
				return true
			}
			if id, ok := ast.Unparen(cmp.X).(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] != nil {
				f(c.pass.TypesInfo.Uses[id])
			} else if sel, ok := ast.Unparen(cmp.X).(*ast.SelectorExpr); ok && c.pass.TypesInfo.Uses[sel.Sel] != nil {
				f(c.pass.TypesInfo.Uses[sel.Sel])
			}
			return true
		})
		return
	}
}

// returned reports whether the result of s is that of its function, so that
// callers may test it.
func (c *checker) returned(s *skeleton.Node) bool {
	node := c.view.Node(s.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	return ok && cur.ParentEdgeKind() == edge.ReturnStmt_Results
}

// assertsType reports whether an if statement has the form "if v, ok := x.(T); ok".
func (c *checker) assertsType(stmt *ast.IfStmt) bool {
	init, ok := stmt.Init.(*ast.AssignStmt)
	if !ok || len(init.Rhs) != 1 || len(init.Lhs) != 2 {
		return false
	}
	_, ok = ast.Unparen(init.Rhs[0]).(*ast.TypeAssertExpr)
	return ok
}

// givesChan reports whether the package gives timers a channel itself.
func (c *checker) givesChan() bool {
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
		for _, l := range cur.Node().(*ast.AssignStmt).Lhs {
			sel, ok := ast.Unparen(l).(*ast.SelectorExpr)
			if !ok || !syncapi.IsTicks(c.pass.TypesInfo.TypeOf(sel)) {
				continue
			}
			t := c.pass.TypesInfo.TypeOf(sel.X)
			if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
				t = ptr.Elem()
			}
			if named, ok := types.Unalias(t).(*types.Named); ok && syncapi.TimerChan(named.Obj(), sel.Sel.Name) == syncapi.NewTimer {
				return true
			}
		}
	}
	return false
}
