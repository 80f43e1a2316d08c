package breakselect

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

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
	if id := symindex.LastIdent(e); id != nil {
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
