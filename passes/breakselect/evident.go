package breakselect

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// atEnd reports whether the loop evidently has nothing left to do at the break:
// it was told to stop, what it receives from is closed, or its feed is at an end.
func (c *checker) atEnd(s *site) bool {
	if comm, ok := s.clause.(*ast.CommClause); ok && comm.Comm != nil && c.told(s, comm) {
		return true
	}
	for _, cond := range s.conds {
		if c.ends(s, cond.expr, cond.want) {
			return true
		}
	}
	clause, ok := s.clause.(*ast.CaseClause)
	if !ok {
		return false
	}
	sw, ok := s.stmt.(*ast.SwitchStmt)
	if !ok || len(clause.List) == 0 {
		return false
	}
	for _, e := range clause.List {
		if sw.Tag == nil && !c.ends(s, e, true) || sw.Tag != nil && (!c.isEndError(e) || !c.fedFromOutside(s, sw.Tag)) {
			return false
		}
	}
	return true
}

// isOp reports whether call is one of the operation op.
func (c *checker) isOp(call *ast.CallExpr, op syncapi.Op) bool {
	fn, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	if !ok {
		return false
	}
	eff := syncapi.EffectOf(fn)
	return eff != nil && eff.Op == op
}

// ends reports whether e being true, or false if that is not wanted, says that
// the loop is at its end.
func (c *checker) ends(s *site, e ast.Expr, want bool) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && c.ends(s, e.X, !want)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND, token.LOR:
			return c.ends(s, e.X, want) || c.ends(s, e.Y, want)
		case token.EQL, token.NEQ:
			return c.compares(s, e, want == (e.Op == token.EQL))
		}
	case *ast.Ident:
		return !want && c.saysClosed(s, e)
	case *ast.CallExpr:
		return c.callEnds(s, e, want)
	}
	return false
}

// compares reports whether a comparison says so: with the error of an end, with
// false, or of a context's error with nil.
func (c *checker) compares(s *site, e *ast.BinaryExpr, equal bool) bool {
	x, y := ast.Unparen(e.X), ast.Unparen(e.Y)
	if tv := c.pass.TypesInfo.Types[y]; tv.Value != nil && types.ExprString(y) == "false" {
		return c.ends(s, x, !equal)
	}
	if call, ok := x.(*ast.CallExpr); ok && c.pass.TypesInfo.Types[y].IsNil() {
		return !equal && c.isOp(call, syncapi.CtxErr)
	}
	return equal && c.isEndError(y) && c.fedFromOutside(s, x)
}

// callEnds reports whether a call that returns want says so.
func (c *checker) callEnds(s *site, call *ast.CallExpr, want bool) bool {
	fn, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return false
	}
	switch fn.FullName() {
	case "errors.Is":
		return want && c.isEndError(call.Args[1]) && c.fedFromOutside(s, call.Args[0])
	case "(*bufio.Scanner).Scan", "(*database/sql.Rows).Next", "(*encoding/json.Decoder).More":
		return !want && c.outside(s, c.rootVar(call.Fun))
	}
	return false
}

// isEndError reports whether e is an error which says that there is no more.
func (c *checker) isEndError(e ast.Expr) bool {
	v, ok := c.pass.TypesInfo.Uses[symindex.LastIdent(e)].(*types.Var)
	if !ok || v.Pkg() == nil {
		return false
	}
	switch v.Pkg().Path() + "." + v.Name() {
	case "io.EOF", "io.ErrClosedPipe", "net.ErrClosed", "os.ErrClosed", "net/http.ErrServerClosed", "context.Canceled":
		return true
	}
	return false
}

// fedFromOutside reports whether the error err comes from something that is the
// same in each turn of the loop.
func (c *checker) fedFromOutside(s *site, err ast.Expr) bool {
	id, ok := ast.Unparen(err).(*ast.Ident)
	if !ok {
		return false
	}
	rhs := c.lastAssigned(s, id)
	if rhs == nil {
		return false
	}
	if recv, ok := rhs.(*ast.UnaryExpr); ok {
		return recv.Op == token.ARROW && c.outside(s, c.rootVar(recv.X))
	}
	call, ok := rhs.(*ast.CallExpr)
	if !ok {
		return false
	}
	fn, ok := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	if ok && fn.Signature().Recv() != nil {
		return c.outside(s, c.rootVar(call.Fun))
	}
	if len(call.Args) == 0 {
		return false
	}
	return c.outside(s, c.rootVar(call.Args[0]))
}

// outside reports whether v is declared outside of the loop, and not assigned in it.
func (c *checker) outside(s *site, v *types.Var) bool {
	if v == nil || s.loop.Pos() <= v.Pos() && v.Pos() < s.loop.End() {
		return false
	}
	changed := false
	ast.Inspect(s.loop, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, lhs := range assign.Lhs {
				if id, ok := ast.Unparen(lhs).(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(id) == v {
					changed = true
				}
			}
		}
		return !changed
	})
	return !changed
}

// lastAssigned returns what was assigned to a variable of the loop last before
// the break, as far as the order of the text tells.
func (c *checker) lastAssigned(s *site, id *ast.Ident) ast.Expr {
	v := c.pass.TypesInfo.ObjectOf(id)
	var last ast.Expr
	ast.Inspect(s.loop, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() >= s.brk.Pos() {
			return true
		}
		for i, lhs := range assign.Lhs {
			if l, ok := ast.Unparen(lhs).(*ast.Ident); ok && v != nil && c.pass.TypesInfo.ObjectOf(l) == v {
				last = ast.Unparen(assign.Rhs[min(i, len(assign.Rhs)-1)])
			}
		}
		return true
	})
	return last
}

// saysClosed reports whether ok is the second result of a receive from a channel
// that is the same in each turn of the loop.
func (c *checker) saysClosed(s *site, ok *ast.Ident) bool {
	recv, isRecv := c.lastAssigned(s, ok).(*ast.UnaryExpr)
	if !isRecv || recv.Op != token.ARROW || c.changes(s, recv.X) {
		return false
	}
	b, isBool := c.pass.TypesInfo.TypeOf(ok).Underlying().(*types.Basic)
	return isBool && b.Info()&types.IsBoolean != 0 && c.isSecond(s, ok)
}

// isSecond reports whether v is assigned only as the second of two.
func (c *checker) isSecond(s *site, id *ast.Ident) bool {
	second := false
	v := c.pass.TypesInfo.ObjectOf(id)
	ast.Inspect(s.loop, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Lhs) == 2 && len(assign.Rhs) == 1 {
			if l, ok := assign.Lhs[1].(*ast.Ident); ok && c.pass.TypesInfo.ObjectOf(l) == v {
				second = true
			}
		}
		return !second
	})
	return second
}
