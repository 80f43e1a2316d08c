package chans

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- receives that say whether the channel is closed --

// An ending is what a receive of the form v, ok := <-ch says of the loop around it.
type ending int

const (
	unknown   ending = iota
	byClose          // it is left only where ok is false, as a range over the channel is
	byReturns        // it is left by returns alone, some of them where ok is false
)

// endingOf returns the ending of the loop that the receive n is in.
func endingOf(n *skeleton.Node) ending {
	stack := stackOf(n)
	name := okName(stack)
	if name == "" {
		return unknown
	}
	var loops []ast.Node
	for _, m := range stack {
		switch m.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			loops = append(loops, m)
		}
	}
	if len(loops) == 0 {
		return unknown
	}
	loop, ok := loops[0].(*ast.ForStmt)
	if !ok || loop.Cond != nil {
		return unknown
	}
	closed, all, returns := false, true, true
	for exit := range exits(loop) {
		is := isClosed(exit, name)
		_, isReturn := exit[0].(*ast.ReturnStmt)
		closed, all, returns = closed || is, all && is, returns && isReturn
	}
	switch {
	case !closed:
		return unknown
	case all:
		return byClose
	case returns && len(loops) == 1:
		return byReturns
	}
	return unknown
}

// afterClose reports whether n is a return that follows on a receive from the
// channel which found it closed.
func (c *Channel) afterClose(n *skeleton.Node) bool {
	if !n.Op.Is(syncapi.Return) || len(c.Closes) == 0 {
		return false
	}
	stack := stackOf(n)
	return slices.ContainsFunc(c.Recvs, func(r *skeleton.Node) bool {
		if r.Op.Fn != n.Op.Fn || r.Op.Range {
			return false
		}
		name := okName(stackOf(r))
		return name != "" && isClosed(stack, name)
	})
}

// stackOf returns the syntax of n with all that is around it in its function,
// innermost first; nil if that is not at hand.
func stackOf(n *skeleton.Node) []ast.Node {
	node, root := n.Graph.View().Node(n.Op), n.Op.Fn.Syntax()
	if node == nil || root == nil {
		return nil
	}
	var stack, found []ast.Node
	ast.Inspect(root, func(m ast.Node) bool {
		switch {
		case m == nil:
			stack = stack[:len(stack)-1]
			return true
		case found != nil || m.Pos() > node.Pos() || m.End() < node.End():
			return false
		}
		stack = append(stack, m)
		if m == node {
			found = slices.Clone(stack)
		}
		return true
	})
	slices.Reverse(found)
	return found
}

// okName returns the name of ok in v, ok := <-ch, the receive being the first of
// stack; it is empty if there is none.
func okName(stack []ast.Node) string {
	for _, n := range stack[:min(len(stack), 3)] {
		if as, ok := n.(*ast.AssignStmt); ok && len(as.Lhs) == 2 && len(as.Rhs) == 1 {
			if id, ok := as.Lhs[1].(*ast.Ident); ok && id.Name != "_" {
				return id.Name
			}
		}
	}
	return ""
}

// isClosed reports whether the first of stack is reached only if the variable
// name is false, by an if statement around it.
func isClosed(stack []ast.Node, name string) bool {
	for i, n := range stack {
		stmt, ok := n.(*ast.IfStmt)
		if !ok || i == 0 {
			continue
		}
		switch cond := ast.Unparen(stmt.Cond).(type) {
		case *ast.UnaryExpr:
			if id, ok := cond.X.(*ast.Ident); ok && cond.Op == token.NOT && id.Name == name && stack[i-1] == stmt.Body {
				return true
			}
		case *ast.Ident:
			if cond.Name == name && stack[i-1] == stmt.Else {
				return true
			}
		}
	}
	return false
}

// exits yields the statements that leave a loop, each with what is around it in
// the loop, innermost first.
func exits(loop *ast.ForStmt) func(yield func([]ast.Node) bool) {
	return func(yield func([]ast.Node) bool) {
		var stack []ast.Node
		ast.Inspect(loop.Body, func(m ast.Node) bool {
			if m == nil {
				stack = stack[:len(stack)-1]
				return true
			}
			if _, ok := m.(*ast.FuncLit); ok {
				return false
			}
			stack = append(stack, m)
			if isExit(m, stack) {
				around := slices.Clone(stack)
				slices.Reverse(around)
				yield(around)
			}
			return true
		})
	}
}

// isExit reports whether m, the last of stack, may leave the loop around it all.
func isExit(m ast.Node, stack []ast.Node) bool {
	switch m := m.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return m.Tok == token.GOTO || m.Label != nil || m.Tok == token.BREAK && !slices.ContainsFunc(stack, isBroken)
	}
	return false
}

// isBroken reports whether a break within n leaves n.
func isBroken(n ast.Node) bool {
	switch n.(type) {
	case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		return true
	}
	return false
}
