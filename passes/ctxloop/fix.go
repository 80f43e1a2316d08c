package ctxloop

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
)

// declare returns the fix that gives each turn variables of its own, if that changes
// nothing else: nothing outside of the block behind the assignment uses them
// but what declares them, and all are used there.
func (c *checker) declare(g *growth, l loop) []analysis.SuggestedFix {
	as, ok := g.cur.Node().(*ast.AssignStmt)
	if !ok || g.cur.ParentEdgeKind() != edge.BlockStmt_List {
		return nil
	}
	block := g.cur.Parent().Node()
	for _, lhs := range as.Lhs {
		id, ok := lhs.(*ast.Ident)
		if !ok {
			return nil
		}
		if id.Name == "_" {
			continue
		}
		v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		if !ok || v.Parent() == c.pass.Pkg.Scope() || l.holds(v.Pos()) || v.Kind() == types.ResultVar || !c.separable(v, as, block, l) {
			return nil
		}
	}
	return []analysis.SuggestedFix{{
		Message:   "Declare the context anew in each turn",
		TextEdits: []analysis.TextEdit{{Pos: as.TokPos, End: as.TokPos, NewText: []byte(":")}},
	}}
}

// separable reports whether a variable of its own can stand for v from the assignment
// as to the end of the block, and both have a use.
func (c *checker) separable(v *types.Var, as *ast.AssignStmt, block ast.Node, l loop) bool {
	inner, outer := false, v.Kind() == types.ParamVar
	for use := range c.index.Uses(v) {
		switch pos := use.Node().Pos(); {
		case as.Pos() <= pos && pos < as.TokPos:
		case as.TokPos <= pos && pos < as.End():
			outer = true
		case as.End() <= pos && pos < block.End():
			inner = true
		case pos > l.node.Pos():
			return false
		default:
			outer = outer || use.ParentEdgeKind() != edge.AssignStmt_Lhs
		}
	}
	return inner && outer
}
