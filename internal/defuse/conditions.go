package defuse

import (
	"go/ast"
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// A Cond is what decides, among others, whether something is run.
type Cond struct {
	Expr ast.Expr
	Want bool     // what it has to be
	Tag  ast.Expr // if not nil, that is to be equal to Expr
}

// Conditions returns what decides, within its function or literal, whether n is run:
// the conditions of the statements around it, and those by which control leaves
// before it.
func (v *View) Conditions(n ast.Node) []Cond {
	var conds []Cond
	for cur := range v.around(n) {
		switch cur.ParentEdgeKind() {
		case edge.FuncDecl_Body, edge.FuncLit_Body:
			return conds
		case edge.IfStmt_Body:
			conds = split(conds, cur.Parent().Node().(*ast.IfStmt).Cond, true)
		case edge.IfStmt_Else:
			conds = split(conds, cur.Parent().Node().(*ast.IfStmt).Cond, false)
		case edge.ForStmt_Body:
			conds = split(conds, cur.Parent().Node().(*ast.ForStmt).Cond, true)
		case edge.BinaryExpr_Y:
			if b := cur.Parent().Node().(*ast.BinaryExpr); b.Op == token.LAND || b.Op == token.LOR {
				conds = split(conds, b.X, b.Op == token.LAND)
			}
		case edge.CaseClause_Body:
			conds = append(conds, caseConds(cur.Parent())...)
			conds = append(conds, leavesBefore(cur)...)
		case edge.BlockStmt_List, edge.CommClause_Body:
			conds = append(conds, leavesBefore(cur)...)
		}
	}
	return conds
}

// Split returns the conditions that all hold if e is what is wanted.
func Split(e ast.Expr, want bool) []Cond { return split(nil, e, want) }

// split adds a condition, each part by itself that has to hold for the whole.
func split(conds []Cond, e ast.Expr, want bool) []Cond {
	switch x := ast.Unparen(e).(type) {
	case nil:
		return conds
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return split(conds, x.X, !want)
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND && want || x.Op == token.LOR && !want {
			return split(split(conds, x.X, want), x.Y, want)
		}
	}
	return append(conds, Cond{Expr: ast.Unparen(e), Want: want})
}

// caseConds returns what decides whether a clause is taken.
func caseConds(clause inspector.Cursor) []Cond {
	list := clause.Node().(*ast.CaseClause).List
	switch s := clause.Parent().Parent().Node().(type) {
	case *ast.SwitchStmt:
		if len(list) == 1 && s.Tag == nil {
			return split(nil, list[0], true)
		}
		if len(list) == 1 {
			return []Cond{{Expr: list[0], Want: true, Tag: s.Tag}}
		}
		return clauseNotTaken(s, nil)
	case *ast.TypeSwitchStmt:
		if a, ok := s.Assign.(*ast.AssignStmt); ok {
			return []Cond{{Expr: a.Rhs[0].(*ast.TypeAssertExpr).X, Want: true}}
		}
	}
	return nil
}

// clauseNotTaken returns the conditions of the clauses of s for which is holds, or of
// all if that is nil, none of them met.
func clauseNotTaken(s *ast.SwitchStmt, is func(*ast.CaseClause) bool) []Cond {
	var conds []Cond
	for _, clause := range s.Body.List {
		c := clause.(*ast.CaseClause)
		if is != nil && !is(c) {
			continue
		}
		for _, e := range c.List {
			if s.Tag == nil {
				conds = split(conds, e, false)
			} else {
				conds = append(conds, Cond{Expr: e, Tag: s.Tag})
			}
		}
	}
	return conds
}

// leavesBefore returns the conditions by which control leaves the list of statements
// before the one at cur.
func leavesBefore(cur inspector.Cursor) []Cond {
	var conds []Cond
	for prev, ok := cur.PrevSibling(); ok && prev.ParentEdgeKind() == cur.ParentEdgeKind(); prev, ok = prev.PrevSibling() {
		switch s := prev.Node().(type) {
		case *ast.IfStmt:
			conds = append(conds, notTaken(s)...)
		case *ast.SwitchStmt:
			conds = append(conds, clauseNotTaken(s, func(c *ast.CaseClause) bool {
				if len(c.Body) == 0 {
					return false
				}
				last := c.Body[len(c.Body)-1]
				if b, ok := last.(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
					return false
				}
				return Leaves(last)
			})...)
		}
	}
	return conds
}

// notTaken returns the conditions by which the branches of s that leave are not taken.
func notTaken(s *ast.IfStmt) []Cond {
	var conds []Cond
	for Leaves(s.Body) {
		conds = split(conds, s.Cond, false)
		next, ok := s.Else.(*ast.IfStmt)
		if !ok {
			return conds
		}
		s = next
	}
	if s.Else != nil && Leaves(s.Else) {
		conds = split(conds, s.Cond, true)
	}
	return conds
}

// Leaves reports whether control does not come to the end of a statement.
func Leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return len(s.List) > 0 && Leaves(s.List[len(s.List)-1])
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok != token.FALLTHROUGH
	case *ast.IfStmt:
		return s.Else != nil && Leaves(s.Body) && Leaves(s.Else)
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// Zero returns the expression that c wants to be false, nil or zero; nil if c
// wants something else.
func (v *View) Zero(c Cond) ast.Expr {
	if c.Tag != nil {
		if c.Want && v.IsZero(c.Expr) {
			return c.Tag
		}
		return nil
	}
	b, ok := c.Expr.(*ast.BinaryExpr)
	if !ok {
		if c.Want {
			return nil
		}
		return c.Expr
	}
	x, y := b.X, b.Y
	if v.IsZero(x) {
		x, y = y, x
	}
	if v.IsZero(y) && (b.Op == token.EQL && c.Want || b.Op == token.NEQ && !c.Want) {
		return x
	}
	return nil
}

// IsZero reports whether an expression is a constant zero, false or nil.
func (v *View) IsZero(e ast.Expr) bool {
	tv := v.info.Types[e]
	if tv.IsNil() {
		return true
	}
	if tv.Value == nil {
		return false
	}
	switch tv.Value.Kind() {
	case constant.Bool:
		return !constant.BoolVal(tv.Value)
	case constant.String:
		return constant.StringVal(tv.Value) == ""
	case constant.Int, constant.Float:
		return constant.Sign(tv.Value) == 0
	}
	return false
}

// Compares returns the operands of c, if that compares two values by their size.
func (c Cond) Compares() (x, y ast.Expr) {
	b, ok := c.Expr.(*ast.BinaryExpr)
	if !ok || c.Tag != nil {
		return nil, nil
	}
	switch b.Op {
	case token.LSS, token.GTR, token.LEQ, token.GEQ:
		return b.X, b.Y
	}
	return nil, nil
}

// Equal returns the operands of c, if that wants them to be equal.
func (c Cond) Equal() (x, y ast.Expr) {
	if c.Tag != nil && c.Want {
		return c.Tag, c.Expr
	}
	b, ok := c.Expr.(*ast.BinaryExpr)
	if ok && (b.Op == token.EQL && c.Want || b.Op == token.NEQ && !c.Want) {
		return b.X, b.Y
	}
	return nil, nil
}
