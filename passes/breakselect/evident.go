package breakselect

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

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
		if sw.Tag == nil && !c.ends(s, e, true) || sw.Tag != nil && !(c.isEndError(e) && c.fedFromOutside(s, sw.Tag)) {
			return false
		}
	}
	return true
}

// told reports whether a case is that of a context which has ended or of a
// channel that is closed to say stop.
func (c *checker) told(s *site, comm *ast.CommClause) bool {
	ch := channelOf(comm.Comm)
	if ch == nil || c.changes(s, ch) {
		return false
	}
	if _, isSend := comm.Comm.(*ast.SendStmt); isSend {
		return false
	}
	if call, ok := ast.Unparen(ch).(*ast.CallExpr); ok {
		return c.isOp(call, syncapi.CtxDone) && (s.idle || !s.conditional)
	}
	switch {
	case !s.idle:
		return false
	case isSignal(c.pass.TypesInfo.TypeOf(ch)):
		return c.signals().stops(c.object(ch), s.behind)
	}
	return c.isDeadline(ch)
}

// isDeadline reports whether ch is a variable that time.After has set outside of
// the loop, so that it is ready once.
func (c *checker) isDeadline(ch ast.Expr) bool {
	id, ok := ast.Unparen(ch).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return false
	}
	def, ok := c.root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return false
	}
	kind, i := def.ParentEdge()
	assign, ok := def.Parent().Node().(*ast.AssignStmt)
	if !ok || kind != edge.AssignStmt_Lhs || len(assign.Lhs) != len(assign.Rhs) {
		return false
	}
	call, ok := ast.Unparen(assign.Rhs[i]).(*ast.CallExpr)
	return ok && c.isOp(call, syncapi.After)
}

// polls reports whether the break is all that a select does which looks whether
// there is a value, of no interest, and goes on if there is none.
func (c *checker) polls(s *site) bool {
	comm, ok := s.clause.(*ast.CommClause)
	if !ok || !s.alone || len(s.clauses) != 2 {
		return false
	}
	recv, ok := comm.Comm.(*ast.ExprStmt)
	if !ok {
		return false
	}
	for _, clause := range s.clauses {
		if clause != s.clause && (!isDefault(clause) || len(bodyOf(clause)) > 0) {
			return false
		}
	}
	b, ok := c.pass.TypesInfo.TypeOf(recv.X).Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
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
	v, ok := c.pass.TypesInfo.Uses[lastIdent(e)].(*types.Var)
	if !ok || v.Pkg() == nil {
		return false
	}
	switch v.Pkg().Path() + "." + v.Name() {
	case "io.EOF", "io.ErrClosedPipe", "net.ErrClosed", "os.ErrClosed", "net/http.ErrServerClosed", "context.Canceled":
		return true
	}
	return false
}

func lastIdent(e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e
	case *ast.SelectorExpr:
		return e.Sel
	}
	return nil
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

// changes reports whether the channel ch may be another one, or nil, in the next
// turn of the loop: by an assignment in it, or by a call of a method of what
// holds it.
func (c *checker) changes(s *site, ch ast.Expr) bool {
	ch = ast.Unparen(ch)
	root := c.rootVar(ch)
	if root == nil || s.loop.Pos() <= root.Pos() && root.Pos() < s.loop.End() {
		return true
	}
	text := types.ExprString(ch)
	_, plain := ch.(*ast.Ident)
	_, called := ch.(*ast.CallExpr)
	changed := false
	ast.Inspect(s.loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				l := types.ExprString(ast.Unparen(lhs))
				changed = changed || l == text || l == root.Name()
			}
		case *ast.CallExpr:
			if !plain && !called && s.clause.Pos() <= n.Pos() && n.End() <= s.brk.Pos() {
				changed = changed || c.handles(n, root)
			}
		case *ast.IndexExpr:
			// an element that depends on the turn
			changed = changed || n.Pos() >= ch.Pos() && n.End() <= ch.End() && c.pass.TypesInfo.Types[n.Index].Value == nil
		}
		return !changed
	})
	return changed
}

// handles reports whether a call is one of a method of v or of its fields.
func (c *checker) handles(call *ast.CallExpr, v *types.Var) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && c.rootVar(sel.X) == v
}

// channelOf returns the channel of a communication clause, nil in a default.
func channelOf(comm ast.Stmt) ast.Expr {
	var e ast.Expr
	switch comm := comm.(type) {
	case *ast.SendStmt:
		return comm.Chan
	case *ast.ExprStmt:
		e = comm.X
	case *ast.AssignStmt:
		e = comm.Rhs[0]
	}
	if recv, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		return recv.X
	}
	return nil
}

// isSignal reports whether t is a channel of empty structs.
func isSignal(t types.Type) bool {
	if t == nil {
		return false
	}
	ch, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	st, ok := ch.Elem().Underlying().(*types.Struct)
	return ok && st.NumFields() == 0
}

// object returns the variable or field that e names, nil if it names none.
func (c *checker) object(e ast.Expr) types.Object {
	if id := lastIdent(e); id != nil {
		return c.pass.TypesInfo.ObjectOf(id)
	}
	return nil
}

// channels tell what the package does to its channels of empty structs.
type channels struct {
	sent, closed map[types.Object]bool
	anySent      bool
}

func (c *checker) signals() *channels {
	if c.channels != nil {
		return c.channels
	}
	c.channels = &channels{sent: make(map[types.Object]bool), closed: make(map[types.Object]bool)}
	for cur := range c.root.Preorder((*ast.SendStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.SendStmt:
			if isSignal(c.pass.TypesInfo.TypeOf(n.Chan)) {
				c.channels.sent[c.object(n.Chan)] = true
				c.channels.anySent = true
			}
		case *ast.CallExpr:
			if b, ok := typeutil.Callee(c.pass.TypesInfo, n).(*types.Builtin); ok && b.Name() == "close" {
				c.channels.closed[c.object(n.Args[0])] = true
			}
		}
	}
	return c.channels
}

// stops reports whether a receive from ch says that it is closed, and not that
// there is something to do. If control goes on to something, we must be sure.
func (ch *channels) stops(obj types.Object, sure bool) bool {
	switch {
	case obj == nil || ch.sent[obj]:
		return false
	case ch.closed[obj] || !sure:
		return true
	}
	return !ch.anySent
}
