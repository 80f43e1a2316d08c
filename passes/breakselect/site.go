package breakselect

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// A site is a break with the statement that it leaves and the loop around that.
type site struct {
	brk     *ast.BranchStmt
	clause  ast.Stmt         // the *ast.CaseClause or *ast.CommClause that it is in
	body    []ast.Stmt       // of clause
	stmt    ast.Stmt         // the select or switch
	clauses []ast.Stmt       // of stmt
	loop    ast.Stmt         // the *ast.ForStmt or *ast.RangeStmt
	cur     inspector.Cursor // of loop
	conds   []condition      // that lead to the break within its case, the innermost first

	idle        bool // without the break, control would get to the same place
	conditional bool // it is in a statement of its case
	alone       bool // it is all that its case has
	behind      bool // the loop has statements behind stmt
}

// A condition is an expression that is true, or false, where the break is.
type condition struct {
	expr ast.Expr
	want bool
}

// siteOf returns the site of the break at cur, nil if it does not leave a
// select or switch in a loop.
func siteOf(cur inspector.Cursor) *site {
	s := &site{brk: cur.Node().(*ast.BranchStmt), idle: true}
	if cur = s.leaveClause(cur); s.clause == nil {
		return nil
	}
	s.alone = len(s.body) == 1 && s.body[0] == ast.Stmt(s.brk)
	s.stmt = cur.Node().(ast.Stmt)
	for {
		kind, i := cur.ParentEdge()
		inClause := isClause(cur.Node())
		cur = cur.Parent()
		switch kind {
		case edge.BlockStmt_List:
			s.behind = s.behind || !inClause && i < len(cur.Node().(*ast.BlockStmt).List)-1
		case edge.CaseClause_Body:
			s.behind = s.behind || i < len(cur.Node().(*ast.CaseClause).Body)-1
		case edge.CommClause_Body:
			s.behind = s.behind || i < len(cur.Node().(*ast.CommClause).Body)-1
		case edge.ForStmt_Body, edge.RangeStmt_Body:
			s.loop, s.cur = cur.Node().(ast.Stmt), cur
			return s
		case edge.FuncDecl_Body, edge.FuncLit_Body, edge.Invalid:
			return nil
		}
	}
}

func isClause(n ast.Node) bool {
	switch n.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// leaveClause walks from the break out of the clause that it is in, and returns
// the cursor of the select or switch.
func (s *site) leaveClause(cur inspector.Cursor) inspector.Cursor {
	for {
		kind, i := cur.ParentEdge()
		cur = cur.Parent()
		switch kind {
		case edge.BlockStmt_List:
			s.idle = s.idle && i == len(cur.Node().(*ast.BlockStmt).List)-1
		case edge.IfStmt_Body:
			s.conds = append(s.conds, condition{cur.Node().(*ast.IfStmt).Cond, true})
			s.conditional = true
		case edge.IfStmt_Else:
			s.conds = append(s.conds, condition{cur.Node().(*ast.IfStmt).Cond, false})
			s.conditional = true
		case edge.LabeledStmt_Stmt:
		case edge.CaseClause_Body, edge.CommClause_Body:
			switch clause := cur.Node().(type) {
			case *ast.CaseClause:
				s.clause, s.body = clause, clause.Body
			case *ast.CommClause:
				s.clause, s.body = clause, clause.Body
			}
			s.idle = s.idle && i == len(s.body)-1
			block := cur.Parent()
			s.clauses = block.Node().(*ast.BlockStmt).List
			return block.Parent()
		default:
			return cur // of a loop, or in no clause at all
		}
	}
}

// head returns the extent of the loop up to its body.
func (s *site) head() (pos, end token.Pos) {
	if r, ok := s.loop.(*ast.RangeStmt); ok {
		return r.For, r.X.End()
	}
	f := s.loop.(*ast.ForStmt)
	end = f.For + token.Pos(len("for"))
	for _, n := range []ast.Node{f.Init, f.Cond, f.Post} {
		if n != nil && n != ast.Node(ast.Stmt(nil)) && n.End().IsValid() {
			end = n.End()
		}
	}
	return f.For, end
}

func (s *site) loopBody() *ast.BlockStmt {
	if r, ok := s.loop.(*ast.RangeStmt); ok {
		return r.Body
	}
	return s.loop.(*ast.ForStmt).Body
}

// endless reports whether the loop does not end by itself.
func (s *site) endless() bool {
	f, ok := s.loop.(*ast.ForStmt)
	return ok && f.Cond == nil
}

// isDefault reports whether the break is in a default.
func (s *site) isDefault() bool { return isDefault(s.clause) }

func isDefault(clause ast.Stmt) bool {
	switch c := clause.(type) {
	case *ast.CaseClause:
		return c.List == nil
	case *ast.CommClause:
		return c.Comm == nil
	}
	return false
}

// drains reports whether the loop does nothing but select, and the break stands
// for what to do when no case is ready: the end.
func (s *site) drains() bool {
	_, ok := s.stmt.(*ast.SelectStmt)
	return ok && s.isDefault() && s.endless() && len(s.loopBody().List) == 1 && s.loopBody().List[0] == s.stmt
}

// fills reports whether the break may well stand for "nothing to do": in a
// default, where the loop goes on to something, or in a case of many values.
func (s *site) fills() bool {
	if s.isDefault() {
		return true
	}
	clause, ok := s.clause.(*ast.CaseClause)
	return s.alone && (s.behind || ok && len(clause.List) > 2)
}

// breaks counts the clauses that have at least n statements, the last of them a break.
func (s *site) breaks(n int) int {
	count := 0
	for _, clause := range s.clauses {
		body := bodyOf(clause)
		if len(body) < n {
			continue
		}
		if b, ok := body[len(body)-1].(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
			count++
		}
	}
	return count
}

func bodyOf(clause ast.Stmt) []ast.Stmt {
	switch c := clause.(type) {
	case *ast.CaseClause:
		return c.Body
	case *ast.CommClause:
		return c.Body
	}
	return nil
}
