package lockedwait

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// A guard knows what the other goroutine announces under the lock, before it
// answers: that it waits for an answer itself, say, or to whom to send. A wait
// that depends on it is reached only when the lock is behind the other.
//
// It looks at syntax alone, since skeletons keep few conditions: at what the
// function that takes the lock sets, increases or adds to, and whether the wait
// is conditional on that.
type guard struct {
	info *types.Info
	said map[types.Object]bool
	from map[types.Object][]ast.Expr // what local variables are assigned
}

// announced reports whether the wait depends on what the other goroutine does
// between needs, where it takes the lock, and its answer.
func (s *stall) announced(needs, answer *skeleton.Node) bool {
	g := &guard{info: s.pass.TypesInfo, said: make(map[types.Object]bool), from: make(map[types.Object][]ast.Expr)}
	end := token.Pos(1 << 40)
	if answer.Op.Fn == needs.Op.Fn && answer.Op.Pos > needs.Op.Pos && !needs.InLoop() {
		end = answer.Op.Pos
	}
	g.collect(needs.Op.Fn, needs.Op.Pos, end)
	if len(g.said) == 0 {
		return false
	}
	at := s.at
	for _, n := range append(between(s.lock, at), at) {
		if g.guards(n.Op) {
			return true
		}
	}
	return false
}

// collect notes what f announces between two positions.
//
//nolint:gocognit // a case for each kind of announcement
func (g *guard) collect(f *skeleton.Func, from, to token.Pos) {
	if f.Syntax() == nil {
		return
	}
	ast.Inspect(f.Syntax(), func(n ast.Node) bool {
		if n == nil || n.End() < from || n.Pos() > to {
			return false
		}
		switch n := n.(type) {
		case *ast.IncDecStmt:
			if n.Tok == token.INC && n.Pos() > from {
				g.say(n.X)
			}
		case *ast.AssignStmt:
			if n.Pos() > from && n.Tok != token.DEFINE && n.Tok != token.SUB_ASSIGN {
				for i, l := range n.Lhs {
					if len(n.Rhs) != len(n.Lhs) || !g.isZero(n.Rhs[i]) {
						g.say(l)
					}
				}
			}
		case *ast.CallExpr:
			if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && n.Pos() > from && len(n.Args) > 0 {
				if s := g.info.Selections[sel]; s != nil && s.Kind() == types.MethodVal {
					g.say(sel.X)
				}
			}
		}
		return true
	})
}

// isZero reports whether e is false, 0 or nil.
func (g *guard) isZero(e ast.Expr) bool {
	tv := g.info.Types[e]
	return tv.IsNil() || tv.Value != nil && (tv.Value.ExactString() == "false" || tv.Value.ExactString() == "0")
}

// isConst reports whether e is a constant, or nil.
func (g *guard) isConst(e ast.Expr) bool {
	return g.info.Types[e].IsNil() || g.info.Types[e].Value != nil
}

// say notes the field or variable that e is, or is an element of.
func (g *guard) say(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		g.say(e.X)
	case *ast.StarExpr:
		g.say(e.X)
	case *ast.SelectorExpr:
		g.sayObject(g.info.Uses[e.Sel])
	case *ast.Ident:
		g.sayObject(g.info.Uses[e])
	}
}

func (g *guard) sayObject(obj types.Object) {
	if v, ok := obj.(*types.Var); ok {
		g.said[v.Origin()] = true
	}
}

// guards reports whether op is reached only if something that was announced is
// so.
func (g *guard) guards(op *skeleton.Op) bool {
	syntax := op.Fn.Syntax()
	if syntax == nil {
		return false
	}
	found := false
	ast.Inspect(syntax, func(n ast.Node) bool {
		if n, ok := n.(*ast.AssignStmt); ok {
			for i, l := range n.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					obj := g.info.ObjectOf(id)
					g.from[obj] = append(g.from[obj], n.Rhs[min(i, len(n.Rhs)-1)])
				}
			}
		}
		return true
	})
	ast.Inspect(syntax, func(n ast.Node) bool {
		if n == nil || found || n.Pos() > op.Pos || n.End() <= op.Pos {
			return false
		}
		found = g.opens(n, op.Pos)
		return true
	})
	return found
}

// opens reports whether the statement n lets control come to pos, within it,
// only if something that was announced is so.
func (g *guard) opens(n ast.Node, pos token.Pos) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		switch {
		case within(n.Body, pos):
			return g.positive(n.Cond, true)
		case n.Else != nil && within(n.Else, pos):
			return g.positive(n.Cond, false)
		}
	case *ast.ForStmt:
		return n.Cond != nil && within(n.Body, pos) && g.positive(n.Cond, true)
	case *ast.RangeStmt:
		return within(n.Body, pos) && g.mentions(n.X)
	case *ast.BlockStmt:
		return g.leaves(n.List, pos)
	case *ast.CaseClause:
		return g.leaves(n.Body, pos)
	case *ast.CommClause:
		return g.leaves(n.Body, pos)
	}
	return false
}

// leaves reports whether one of the statements before pos leaves unless
// something that was announced is so.
func (g *guard) leaves(list []ast.Stmt, pos token.Pos) bool {
	for _, stmt := range list {
		if stmt.End() > pos {
			return false
		}
		test, ok := stmt.(*ast.IfStmt)
		if !ok || test.Else != nil || len(test.Body.List) == 0 {
			continue
		}
		switch test.Body.List[len(test.Body.List)-1].(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			if g.positive(test.Cond, false) {
				return true
			}
		}
	}
	return false
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// positive reports whether something that was announced must be so for cond to
// have the value want.
func (g *guard) positive(cond ast.Expr, want bool) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && g.positive(e.X, !want)
	case *ast.BinaryExpr:
		switch e.Op {
		case token.LAND:
			return want && (g.positive(e.X, want) || g.positive(e.Y, want))
		case token.LOR:
			return !want && (g.positive(e.X, want) || g.positive(e.Y, want))
		case token.GTR, token.GEQ:
			return want && g.mentions(e.X)
		case token.NEQ:
			return g.isConst(e.Y) && want == g.isZero(e.Y) && g.mentions(e.X)
		case token.EQL:
			return g.isConst(e.Y) && want != g.isZero(e.Y) && g.mentions(e.X)
		case token.LSS, token.LEQ:
			return !want && g.mentions(e.X)
		}
		return false
	default:
		return want && g.mentions(e)
	}
}

// mentions reports whether e has something in it that was announced, or a
// variable that was assigned from such.
func (g *guard) mentions(e ast.Expr) bool { return g.mentionsTo(e, 2) }

func (g *guard) mentionsTo(e ast.Expr, depth int) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found {
			return !found
		}
		obj := g.info.ObjectOf(id)
		if v, ok := obj.(*types.Var); ok && g.said[v.Origin()] {
			found = true
		}
		for _, from := range g.from[obj] {
			found = found || depth > 0 && g.mentionsTo(from, depth-1)
		}
		return !found
	})
	return found
}
