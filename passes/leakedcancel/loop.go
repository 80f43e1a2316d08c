package leakedcancel

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// deferredInLoop decides whether the value is called only at the end of a
// function that makes more and more of them.
func (c *checker) deferredInLoop(m *making) (analysis.Diagnostic, bool) {
	g := m.node.Graph
	call := c.deferredCall(g, m.result)
	if call == nil || m.call != m.node || c.inTest(m) {
		return analysis.Diagnostic{}, false
	}
	loop := c.loop(m.expr)
	if loop == nil || c.fewTurns(loop) || !leads(m.node, call) || !leads(call, m.node) || c.outlivesTurn(m, loop) {
		return analysis.Diagnostic{}, false
	}
	pos, end := c.view.Extent(call.Op)
	return c.diagnostic(m, fmt.Sprintf("%s is called when the function returns, not in each turn of the loop on line %d",
		m.subject(), c.line(loop.Pos())), related(pos, end, fmt.Sprintf("this defer statement piles up calls of %s", m.subject()))), true
}

// leads reports whether there is a way from one node to another.
func leads(from, to *skeleton.Node) bool {
	seen := map[*skeleton.Node]bool{from: true}
	for stack := []*skeleton.Node{from}; len(stack) > 0; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, s := range n.Succs {
			if s.To == to {
				return true
			}
			if !seen[s.To] {
				seen[s.To] = true
				stack = append(stack, s.To)
			}
		}
	}
	return false
}

func (c *checker) inTest(m *making) bool {
	return report.InTest(c.pass, m.expr.Pos())
}

// loop returns the innermost loop around call, nil if there is none in the
// same function.
func (c *checker) loop(call ast.Node) ast.Stmt {
	cur, ok := c.root.FindNode(call)
	if !ok {
		return nil
	}
	for ; cur.Valid() && cur.Node() != nil; cur = cur.Parent() {
		switch n := cur.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return n.(ast.Stmt)
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// fewTurns reports whether a loop takes a number of turns that stands in the code.
func (c *checker) fewTurns(loop ast.Stmt) bool {
	constant := func(e ast.Expr) bool { return c.pass.TypesInfo.Types[e].Value != nil }
	switch loop := loop.(type) {
	case *ast.ForStmt:
		cmp, ok := loop.Cond.(*ast.BinaryExpr)
		return ok && loop.Post != nil && (cmp.Op == token.LSS || cmp.Op == token.LEQ) && constant(cmp.Y)
	case *ast.RangeStmt:
		_, array := c.pass.TypesInfo.TypeOf(loop.X).Underlying().(*types.Array)
		return array || constant(loop.X) || c.literal(loop.X)
	}
	return false
}

// literal reports whether e is a composite literal, or a variable that only
// such literals are assigned to.
func (c *checker) literal(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return true
	case *ast.Ident:
		v, ok := c.pass.TypesInfo.Uses[e].(*types.Var)
		if !ok || v.Parent() == nil || v.Parent() == c.pass.Pkg.Scope() {
			return false
		}
		all, some := true, false
		for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
			as := cur.Node().(*ast.AssignStmt)
			for i, lhs := range as.Lhs {
				if id, ok := lhs.(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(id) == v {
					_, lit := as.Rhs[min(i, len(as.Rhs)-1)].(*ast.CompositeLit)
					all, some = all && lit, true
				}
			}
		}
		return all && some
	}
	return false
}
