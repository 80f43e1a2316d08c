package ctxblind

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/ctxscope"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

const (
	long  = time.Second            // a sleep that matters by itself
	short = 100 * time.Millisecond // one that does not in a loop which looks at the context
	brief = 10 * time.Millisecond  // one that never does
)

// sleep looks at a call of time.Sleep.
func (c *checker) sleep(cur inspector.Cursor, call *ast.CallExpr) {
	pl := c.sleeps(cur, call)
	if pl == nil {
		return
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: call.Pos(), End: call.End(), Category: categorySleep,
		Message:        fmt.Sprintf("%s does not end when %s does", types.ExprString(call.Fun), pl.Ctx),
		SuggestedFixes: c.fixSleep(cur, call, pl),
	})
}

// sleeps returns the place of a call at cur whose argument is a time to wait for, if
// that is long enough to matter and a context is in scope, otherwise nil.
func (c *checker) sleeps(cur inspector.Cursor, call *ast.CallExpr) *ctxscope.Place {
	pl := c.inScope(cur)
	if pl == nil || len(call.Args) != 1 {
		return nil
	}
	d, known := c.duration(call.Args[0])
	loop := loopAround(cur)
	switch {
	case loop == nil && (!known || d < long):
		return nil
	case loop != nil && known && d < short && (d < brief || c.minds(loop, pl)):
		return nil
	}
	return pl
}

// after looks at a receive from what time.After returns, which is a sleep, and reports
// whether it is one.
func (c *checker) after(cur inspector.Cursor, ch ast.Expr) bool {
	call, ok := ast.Unparen(ch).(*ast.CallExpr)
	if !ok {
		return false
	}
	if effect := syncapi.EffectOf(c.Callee(call)); effect == nil || effect.Op != syncapi.After {
		return false
	}
	if pl := c.sleeps(cur, call); pl != nil && !inSelect(cur) {
		c.found = append(c.found, analysis.Diagnostic{
			Pos: cur.Node().Pos(), End: cur.Node().End(), Category: categorySleep,
			Message: fmt.Sprintf("the receive from %s does not end when %s does", types.ExprString(call), pl.Ctx),
		})
	}
	return true
}

// ticks looks at a loop over the channel of a ticker, which nothing closes.
func (c *checker) ticks(cur inspector.Cursor, loop *ast.RangeStmt) {
	if !syncapi.IsTicks(c.pass.TypesInfo.TypeOf(loop.X)) {
		return
	}
	pl := c.inScope(cur)
	if pl == nil || pl.Obj == nil || !syncapi.IsContext(pl.Obj.Type()) || c.minds(loop.Body, pl) {
		return
	}
	if fn, ok := ctxscope.Function(cur); !ok || fn.Node() != pl.Fn {
		return // the function around it may end it
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: loop.X.Pos(), End: loop.X.End(), Category: categoryChannel,
		Message: fmt.Sprintf("the loop over %s does not end when %s does", types.ExprString(loop.X), pl.Ctx),
	})
}

// duration returns the time that e is, if it is constant.
func (c *checker) duration(e ast.Expr) (time.Duration, bool) {
	v := c.pass.TypesInfo.Types[e].Value
	if v == nil {
		return 0, false
	}
	n, ok := constant.Int64Val(constant.ToInt(v))
	return time.Duration(n), ok
}

// loopAround returns the innermost loop around cur in its function, nil if there is none.
func loopAround(cur inspector.Cursor) ast.Node {
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := up.Node().(type) {
		case *ast.ForStmt:
			return n
		case *ast.RangeStmt:
			return n
		default:
			return nil
		}
	}
	return nil
}

// minds reports whether a loop looks at the end of the context in each turn, or hands it on.
func (c *checker) minds(loop ast.Node, pl *ctxscope.Place) bool {
	found := false
	ast.Inspect(loop, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && pl.Obj != nil {
			found = found || c.pass.TypesInfo.Uses[id] == pl.Obj
		}
		return !found
	})
	return found
}

// fixSleep waits for the end of the context as well, in a function that returns an error
// alone, or nothing.
func (c *checker) fixSleep(cur inspector.Cursor, call *ast.CallExpr, pl *ctxscope.Place) []analysis.SuggestedFix {
	if cur.ParentEdgeKind() != edge.ExprStmt_X || !c.named(cur, pl) {
		return nil
	}
	fn, ok := ctxscope.Function(cur)
	if !ok || fn.Node() != pl.Fn {
		return nil
	}
	var results *types.Tuple
	switch n := fn.Node().(type) {
	case *ast.FuncDecl:
		results = c.pass.TypesInfo.Defs[n.Name].(*types.Func).Signature().Results()
	case *ast.FuncLit:
		results = c.pass.TypesInfo.TypeOf(n).(*types.Signature).Results()
	}
	ret := "return"
	switch {
	case results.Len() == 1 && syncapi.IsError(results.At(0).Type()):
		ret = "return " + pl.Ctx + ".Err()"
	case results.Len() > 0:
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	indent := "\n" + strings.Repeat("\t", max(0, c.pass.Fset.Position(call.Pos()).Column-1))
	before := "select {" + indent + "case <-" + pl.Ctx + ".Done():" + indent + "\t" + ret + indent + "case <-" + types.ExprString(sel.X) + ".After("
	return []analysis.SuggestedFix{{
		Message: "Wait for the end of " + pl.Ctx + " as well",
		TextEdits: []analysis.TextEdit{
			{Pos: call.Pos(), End: call.Lparen + 1, NewText: []byte(before)},
			{Pos: call.End(), End: call.End(), NewText: []byte(":" + indent + "}")},
		},
	}}
}

// -- channels --

// channel looks at a bare send or receive.
func (c *checker) channel(cur inspector.Cursor) {
	var ch ast.Expr
	what := "receive from"
	switch n := cur.Node().(type) {
	case *ast.SendStmt:
		ch, what = n.Chan, "send on"
	case *ast.UnaryExpr:
		if n.Op != token.ARROW {
			return
		}
		ch = n.X
	}
	if c.after(cur, ch) || inSelect(cur) || loopAround(cur) == nil || c.leavesBehind(cur) || !c.fromOutside(ch) {
		return
	}
	pl := c.inScope(cur)
	if pl == nil || pl.Obj == nil || !syncapi.IsContext(pl.Obj.Type()) {
		return
	}
	if fn, ok := ctxscope.Function(cur); !ok || fn.Node() != pl.Fn {
		return // the function around it may end it
	}
	c.found = append(c.found, analysis.Diagnostic{
		Pos: cur.Node().Pos(), End: cur.Node().End(), Category: categoryChannel,
		Message: fmt.Sprintf("the %s %s does not end when %s does", what, types.ExprString(ch), pl.Ctx),
	})
}

// inSelect reports whether cur is, or is part of, what an arm of a select waits for.
func inSelect(cur inspector.Cursor) bool {
	for {
		switch cur.ParentEdgeKind() {
		case edge.CommClause_Comm:
			return true
		case edge.ExprStmt_X, edge.AssignStmt_Rhs, edge.ParenExpr_X:
			cur = cur.Parent()
		default:
			return false
		}
	}
}

// leavesBehind reports whether the loop is left right behind what is at cur.
func (c *checker) leavesBehind(cur inspector.Cursor) bool {
	for ; ; cur = cur.Parent() {
		switch cur.ParentEdgeKind() {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			next, ok := cur.NextSibling()
			if !ok {
				return false
			}
			switch n := next.Node().(type) {
			case *ast.ReturnStmt:
				return true
			case *ast.BranchStmt:
				return n.Tok == token.BREAK || n.Tok == token.GOTO
			}
			return false
		case edge.ReturnStmt_Results:
			return true
		case edge.FuncDecl_Body, edge.FuncLit_Body, edge.Invalid:
			return false
		}
	}
}

// fromOutside reports whether e is a channel that the function has from outside, and by
// which values come or go, one at a time: a parameter or a field of one. A channel of
// ticks counts wherever it is made.
func (c *checker) fromOutside(e ast.Expr) bool {
	t, ok := c.pass.TypesInfo.TypeOf(e).Underlying().(*types.Chan)
	if !ok {
		return false
	}
	if st, ok := t.Elem().Underlying().(*types.Struct); ok && st.NumFields() == 0 {
		return false // a signal, or a token
	}
	if _, isCall := ast.Unparen(e).(*ast.CallExpr); isCall {
		return false
	}
	if syncapi.IsTicks(t) {
		return true
	}
	base := ast.Unparen(e)
	for {
		sel, ok := base.(*ast.SelectorExpr)
		if !ok {
			break
		}
		base = ast.Unparen(sel.X)
	}
	id, ok := base.(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !c.isParam(v) {
		return false
	}
	for _, src := range c.values.Sources(e) {
		if src.Param != nil {
			continue
		}
		call, ok := ast.Unparen(src.Expr).(*ast.CallExpr)
		if !ok || len(call.Args) > 1 {
			return false // with a buffer
		}
	}
	return true
}

// isParam reports whether v is a parameter or receiver of a declared function.
func (c *checker) isParam(v *types.Var) bool {
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.Field_Names {
		return false
	}
	switch def.Parent().Parent().ParentEdgeKind() {
	case edge.FuncType_Params, edge.FuncDecl_Recv:
		return true
	}
	return false
}
