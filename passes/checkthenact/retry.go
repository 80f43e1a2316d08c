package checkthenact

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// retryLoop returns the innermost loop around the CompareAndSwap act if it is tried again
// there when it has failed, and not when it has succeeded; else nil.
func (s *scene) retryLoop(act *point) ast.Node {
	call := s.call(act.at())
	if call == nil {
		return nil
	}
	for i, op := range act.chain[1:] {
		if node := s.node(op); node == nil || !s.returns(act.chain[i+1].Fn, node, false) {
			return nil
		}
	}
	cur, ok := s.cursor(call)
	if !ok {
		return nil
	}
	cur, want := condition(cur, true)
	switch cur.ParentEdgeKind() {
	case edge.ForStmt_Cond:
		if want {
			return nil
		}
		return cur.Parent().Node()
	case edge.IfStmt_Cond:
		return retriedBy(cur.Parent(), want)
	case edge.AssignStmt_Rhs:
		if cur.Parent().ParentEdgeKind() == edge.IfStmt_Init {
			return s.testedBy(cur.Parent())
		}
		return s.flaggedBy(cur.Parent())
	}
	return nil
}

// condition returns the whole condition that the one at cur is a part of, and whether
// that wants it to hold.
func condition(cur inspector.Cursor, want bool) (inspector.Cursor, bool) {
	for {
		switch n := cur.Parent().Node().(type) {
		case *ast.ParenExpr:
		case *ast.UnaryExpr:
			want = want != (n.Op == token.NOT)
		case *ast.BinaryExpr:
			if n.Op != token.LAND && n.Op != token.LOR {
				return cur, want
			}
		default:
			return cur, want
		}
		cur = cur.Parent()
	}
}

// retriedBy returns the loop around a branch on the success of a CompareAndSwap, or on
// its failure, if it goes on when that has failed and is left when it has not.
func retriedBy(branch inspector.Cursor, success bool) ast.Node {
	loop := loopAround(branch)
	if loop == nil {
		return nil
	}
	st := branch.Node().(*ast.IfStmt)
	var then, orElse []ast.Stmt
	then = st.Body.List
	switch e := st.Else.(type) {
	case *ast.BlockStmt:
		orElse = e.List
	case *ast.IfStmt:
		return nil
	}
	rest := restLeaves(branch, loop)
	if !success {
		then, orElse = orElse, then
	}
	succeeds := leavesLoop(then) || rest && !continues(then)
	fails := leavesLoop(orElse) || rest && !continues(orElse)
	if succeeds && !fails {
		return loop
	}
	return nil
}

// loopAround returns the innermost loop of the function at cur, nil if there is none.
func loopAround(cur inspector.Cursor) ast.Node {
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)) {
		if _, ok := at.Node().(*ast.FuncLit); ok {
			return nil
		}
		return at.Node()
	}
	return nil
}

// restLeaves reports whether control leaves the loop by a statement behind the branch.
func restLeaves(branch inspector.Cursor, loop ast.Node) bool {
	for cur := branch; cur.Node() != loop; cur = cur.Parent() {
		for next, ok := cur.NextSibling(); ok && next.ParentEdgeKind() == cur.ParentEdgeKind(); next, ok = next.NextSibling() {
			if st, ok := next.Node().(ast.Stmt); ok && leavesLoop([]ast.Stmt{st}) {
				return true
			}
		}
	}
	return false
}

// leavesLoop reports whether a list of statements ends by leaving the loop around it.
func leavesLoop(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch st := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return st.Tok == token.BREAK || st.Tok == token.GOTO || st.Tok == token.CONTINUE && st.Label != nil
	case *ast.BlockStmt:
		return leavesLoop(st.List)
	case *ast.ExprStmt:
		call, ok := st.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

func continues(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	st, ok := list[len(list)-1].(*ast.BranchStmt)
	return ok && st.Tok == token.CONTINUE
}

// testedBy does what retriedBy does for a branch on a variable that is assigned in its head.
func (s *scene) testedBy(assign inspector.Cursor) ast.Node {
	st, branch := assign.Node().(*ast.AssignStmt), assign.Parent().Node().(*ast.IfStmt)
	cond, success := ast.Unparen(branch.Cond), true
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond, success = not.X, false
	}
	if len(st.Lhs) != 1 || s.variable(cond) == nil || s.variable(cond) != s.variable(st.Lhs[0]) {
		return nil
	}
	return retriedBy(assign.Parent(), success)
}

// flaggedBy returns the loop around an assignment of the success to a variable, if the
// loop goes on until that is set.
func (s *scene) flaggedBy(assign inspector.Cursor) ast.Node {
	st := assign.Node().(*ast.AssignStmt)
	loop, ok := loopAround(assign).(*ast.ForStmt)
	if !ok || len(st.Lhs) != 1 || loop.Cond == nil {
		return nil
	}
	not, ok := ast.Unparen(loop.Cond).(*ast.UnaryExpr)
	if !ok || not.Op != token.NOT || s.variable(not.X) == nil || s.variable(not.X) != s.variable(st.Lhs[0]) {
		return nil
	}
	return loop
}
