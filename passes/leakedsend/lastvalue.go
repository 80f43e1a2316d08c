package leakedsend

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/chans"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// -- receivers that leave by the last value --

// endsByValue reports whether all receivers of the channel are loops which nothing leaves
// but what asks for the value that has been received, and whether the sender of send
// knows a last value: behind one of its sends there is none, or it asks for what it has sent
// and leaves. It knows the form alone, and errs to true.
func (c *checker) endsByValue(ch *chans.Channel, send *skeleton.Node) bool {
	return len(ch.Recvs) > 0 && !slices.ContainsFunc(ch.Recvs, func(r *skeleton.Node) bool { return !c.leavesByValue(r) }) &&
		(hasLast(ch, send) || c.asksBehind(send) || c.marksLast(send))
}

// marksLast reports whether what is sent says, by a comparison with a variable of the loop
// around send, which of the values is the last one.
func (c *checker) marksLast(send *skeleton.Node) bool {
	stmt, ok := c.view.Node(send.Op).(*ast.SendStmt)
	if !ok {
		return false
	}
	cur, ok := c.root.FindNode(stmt)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		var of []*types.Var
		switch loop := at.Node().(type) {
		case *ast.ForStmt:
			if as, ok := loop.Init.(*ast.AssignStmt); ok && len(as.Lhs) > 0 {
				of = c.variables(as.Lhs[0])
			}
		case *ast.RangeStmt:
			of = c.variables(loop.Key)
		}
		found := false
		ast.Inspect(stmt.Value, func(n ast.Node) bool {
			if cmp, ok := n.(*ast.BinaryExpr); ok && cmp.Op.Precedence() == token.EQL.Precedence() {
				found = found || slices.ContainsFunc(of, func(v *types.Var) bool { return skeleton.Mentions(c.pass.TypesInfo, cmp, v) })
			}
			return !found
		})
		return found
	}
	return false
}

// hasLast reports whether the goroutine of send has a send behind which there is none, and
// which comes behind others.
func hasLast(ch *chans.Channel, send *skeleton.Node) bool {
	sends := slices.DeleteFunc(slices.Clone(ch.Sends), func(s *skeleton.Node) bool { return s.Graph != send.Graph })
	return slices.ContainsFunc(sends, func(last *skeleton.Node) bool {
		before := false
		for _, s := range sends {
			if skeleton.Leads(last, s, nil) {
				return false
			}
			before = before || s != last && skeleton.Leads(s, last, nil)
		}
		return before
	})
}

// asksBehind reports whether an if statement behind send, in the loop around it, leaves
// this by a condition on what is sent.
func (c *checker) asksBehind(send *skeleton.Node) bool {
	stmt, ok := c.view.Node(send.Op).(*ast.SendStmt)
	if !ok {
		return false
	}
	cur, ok := c.root.FindNode(stmt)
	if !ok {
		return false
	}
	sent := c.variables(stmt.Value)
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch at.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
		default:
			return false
		}
		return slices.ContainsFunc(exits(at), func(exit inspector.Cursor) bool {
			return exit.Node().Pos() > stmt.End() && c.asks(exit, at, sent)
		})
	}
	return false
}

// leavesByValue reports whether the receive r is in a loop that is left by statements which
// ask for the received value, and by no others.
func (c *checker) leavesByValue(r *skeleton.Node) bool {
	node := c.view.Node(r.Op)
	if node == nil {
		return false
	}
	cur, ok := c.root.FindNode(node)
	if !ok {
		return false
	}
	var received []*types.Var
	switch n := node.(type) {
	case *ast.RangeStmt:
		received = c.variables(n.Key)
	default:
		if as, ok := cur.Parent().Node().(*ast.AssignStmt); ok {
			received = c.variables(as.Lhs[0])
		}
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch loop := at.Node().(type) {
		case *ast.ForStmt:
			if loop.Cond != nil {
				return false
			}
		case *ast.RangeStmt:
			if loop != node {
				return false
			}
		default:
			return false
		}
		out := exits(at)
		return len(out) > 0 && !slices.ContainsFunc(out, func(exit inspector.Cursor) bool { return !c.asks(exit, at, received) }) && !c.picks(out, at, received)
	}
	return false
}

// picks reports whether of the statements that leave a loop some ask whether what has been
// received has an error, and others have a function say of another part of it whether they do: it
// is by the error that the sender knows a last value. Those that ask for it are noted in byError.
func (c *checker) picks(out []inspector.Cursor, loop inspector.Cursor, received []*types.Var) bool {
	picks := false
	var failed []ast.Node
	for _, exit := range out {
		for at := exit; at != loop; at = at.Parent() {
			ifs, ok := at.Node().(*ast.IfStmt)
			if !ok {
				continue
			}
			ofError, asks := false, false
			ast.Inspect(ifs.Cond, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					id, ok := ast.Unparen(n.X).(*ast.Ident)
					v, _ := c.pass.TypesInfo.Uses[id].(*types.Var)
					ofError = ofError || ok && slices.Contains(received, v) && syncapi.IsError(c.pass.TypesInfo.TypeOf(n))
				case *ast.CallExpr:
					asks = true
				}
				return true
			})
			if ofError {
				failed = append(failed, exit.Node())
			}
			picks = picks || asks && !ofError
		}
	}
	for _, exit := range failed {
		c.byError[exit] = c.byError[exit] || picks
	}
	return len(failed) > 0 && picks
}

// exits returns the statements that leave the loop, and others that may.
func exits(loop inspector.Cursor) (out []inspector.Cursor) {
	for cur := range loop.Preorder((*ast.ReturnStmt)(nil), (*ast.BranchStmt)(nil)) {
		own := true
		for at := range cur.Enclosing((*ast.FuncLit)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			if _, isLit := at.Node().(*ast.FuncLit); isLit || at == loop {
				own = at == loop
				break
			}
		}
		br, isBranch := cur.Node().(*ast.BranchStmt)
		switch {
		case !own:
		case !isBranch, br.Tok == token.GOTO, br.Label != nil && br.Tok == token.BREAK:
			out = append(out, cur)
		case br.Tok == token.BREAK:
			for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.SwitchStmt)(nil), (*ast.TypeSwitchStmt)(nil), (*ast.SelectStmt)(nil)) {
				if at == loop {
					out = append(out, cur)
				}
				break
			}
		}
	}
	return out
}

// asks reports whether a condition between a statement and the loop that it leaves has to
// do with one of a set of variables.
func (c *checker) asks(exit, loop inspector.Cursor, of []*types.Var) bool {
	has := func(n ast.Node) bool {
		return slices.ContainsFunc(of, func(v *types.Var) bool { return skeleton.Mentions(c.pass.TypesInfo, n, v) })
	}
	for at := exit; at != loop; at = at.Parent() {
		switch n := at.Node().(type) {
		case *ast.IfStmt:
			if has(n.Cond) {
				return true
			}
			if chans.OfError(c.pass.TypesInfo, exit) {
				return false // of what it does about the value
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && has(n.Tag) {
				return true
			}
		case *ast.TypeSwitchStmt:
			if has(n.Assign) {
				return true
			}
		case *ast.CaseClause:
			if slices.ContainsFunc(n.List, func(e ast.Expr) bool { return has(e) }) {
				return true
			}
		}
	}
	return false
}

// variables returns the variables that e names.
func (c *checker) variables(e ast.Expr) (vars []*types.Var) {
	if e == nil {
		return nil
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var); ok && !v.IsField() {
				vars = append(vars, v)
			}
		}
		return true
	})
	return vars
}
