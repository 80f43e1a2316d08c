package breakselect

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A way is a statement by which control leaves the loop.
type way struct {
	guards []ast.Node // conditions under which it is reached
	inside bool       // it is in the statement that the break leaves
}

// waysOut returns the ways out of the loop of s, by statements in its body.
func (c *checker) waysOut(s *site) []way {
	var ways []way
	for cur := range s.cur.Preorder((*ast.ReturnStmt)(nil), (*ast.BranchStmt)(nil), (*ast.CallExpr)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.BranchStmt:
			if !s.leaves(cur, n) {
				continue
			}
		case *ast.CallExpr:
			if !c.endsControl(n) {
				continue
			}
		}
		if w, ok := s.wayBy(cur); ok {
			ways = append(ways, w)
		}
	}
	return ways
}

// wayBy returns the way that the statement at cur is, not ok if it belongs to a
// function literal in the loop.
func (s *site) wayBy(cur inspector.Cursor) (w way, ok bool) {
	for cur.Node() != ast.Node(s.loop) {
		kind, _ := cur.ParentEdge()
		cur = cur.Parent()
		switch n := cur.Node().(type) {
		case *ast.FuncLit:
			return w, false
		case *ast.IfStmt:
			if kind != edge.IfStmt_Init {
				w.guards = append(w.guards, n.Cond)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil {
				w.guards = append(w.guards, n.Tag)
			}
		case *ast.TypeSwitchStmt:
			w.guards = append(w.guards, n.Assign)
		case *ast.CaseClause:
			for _, e := range n.List {
				w.guards = append(w.guards, e)
			}
		case *ast.CommClause:
			if n.Comm != nil {
				w.guards = append(w.guards, n.Comm)
			}
		case *ast.ForStmt:
			if n.Cond != nil && n != s.loop {
				w.guards = append(w.guards, n.Cond)
			}
		case *ast.RangeStmt:
			if n != s.loop {
				w.guards = append(w.guards, n.X)
			}
		}
		w.inside = w.inside || cur.Node() == ast.Node(s.stmt)
	}
	return w, true
}

// leaves reports whether a branch statement in the loop leads out of it.
func (s *site) leaves(cur inspector.Cursor, b *ast.BranchStmt) bool {
	if b.Label != nil {
		return !labelledIn(s.loopBody(), b.Label.Name) && (b.Tok != token.CONTINUE || b.Label.Name != s.label())
	}
	if b.Tok != token.BREAK {
		return false
	}
	for encl := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.SwitchStmt)(nil), (*ast.TypeSwitchStmt)(nil),
		(*ast.SelectStmt)(nil)) {
		return encl.Node() == ast.Node(s.loop)
	}
	return false
}

// label returns the label of the loop, or "".
func (s *site) label() string {
	if l, ok := s.cur.Parent().Node().(*ast.LabeledStmt); ok {
		return l.Label.Name
	}
	return ""
}

func labelledIn(body *ast.BlockStmt, label string) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if l, ok := n.(*ast.LabeledStmt); ok {
			found = found || l.Label.Name == label
		}
		return !found
	})
	return found
}

// endsControl reports whether control does not come back from a call.
func (c *checker) endsControl(call *ast.CallExpr) bool {
	switch callee := typeutil.Callee(c.pass.TypesInfo, call).(type) {
	case *types.Builtin:
		return callee.Name() == "panic"
	case *types.Func:
		eff := syncapi.EffectOf(callee)
		return eff != nil && (eff.Op.Ends() || eff.Op == syncapi.Panic)
	}
	return false
}

// othersLeave reports whether another case ends in leaving the loop, so that
// the break may well say that this one does not.
func (c *checker) othersLeave(s *site) bool {
	for _, clause := range s.clauses {
		body := bodyOf(clause)
		if clause == s.clause || len(body) == 0 {
			continue
		}
		switch last := body[len(body)-1].(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BranchStmt:
			if last.Tok == token.GOTO || last.Label != nil {
				return true
			}
		case *ast.ExprStmt:
			if call, ok := last.X.(*ast.CallExpr); ok && c.endsControl(call) {
				return true
			}
		}
	}
	return false
}

// mayEnd reports whether what the case did, or what it was told, may let the
// loop end behind the break: by its condition, or by a statement elsewhere in it.
func (c *checker) mayEnd(s *site, ways []way) bool {
	did := c.doneBy(s)
	if f, ok := s.loop.(*ast.ForStmt); ok && f.Cond != nil && did.meets(c.readBy(s, f.Cond)) {
		return true
	}
	for _, w := range ways {
		if w.inside {
			continue
		}
		if len(w.guards) == 0 || did.meets(c.readBy(s, w.guards...)) {
			return true
		}
	}
	return false
}
