package closing

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// RangeBefore returns the loop over the channel that op closes, and that must
// have come to its end before op happens, so that somebody else has closed the
// channel: it stands before op in one block, and nothing leaves it, or it comes
// when op has been deferred. It returns nil if there is none.
func RangeBefore(v *skeleton.View, info *types.Info, op *skeleton.Op) *ast.RangeStmt {
	c := &drainFinder{info}
	syntax := v.Node(op)
	ch := v.Operand(op)
	body := bodyOf(op.Fn.Syntax())
	if syntax == nil || ch == nil || body == nil {
		return nil
	}
	_, deferred := syntax.(*ast.DeferStmt)
	var found *ast.RangeStmt
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt:
			if found == nil {
				found = c.inBlock(n.List, syntax, ch, deferred)
			}
		}
		return found == nil
	})
	return found
}

// A drainFinder compares expressions of one package.
type drainFinder struct{ info *types.Info }

// inBlock looks for the close and the loop among the statements of one block.
func (c *drainFinder) inBlock(list []ast.Stmt, cl ast.Node, ch ast.Expr, deferred bool) *ast.RangeStmt {
	at := -1
	for i, s := range list {
		if e, ok := s.(*ast.ExprStmt); s == cl || ok && ast.Unparen(e.X) == cl {
			at = i
		}
	}
	if at < 0 {
		return nil
	}
	between := list[:at]
	if deferred {
		between = list[at+1:]
	}
	for i := range between {
		s := between[i]
		if !deferred {
			s = between[len(between)-1-i] // the nearest
		}
		switch loop, ok := s.(*ast.RangeStmt); {
		case c.assigns(s, ch):
			return nil
		case ok && c.isSame(loop.X, ch) && isChan(c.info.TypeOf(loop.X)):
			if leaves(loop, deferred) {
				return nil
			}
			return loop
		case deferred && leaves(s, true):
			return nil
		}
	}
	return nil
}

// isSame reports whether two expressions name one variable, or one field by one
// way.
func (c *drainFinder) isSame(a, b ast.Expr) bool {
	switch a := ast.Unparen(a).(type) {
	case *ast.Ident:
		b, ok := ast.Unparen(b).(*ast.Ident)
		return ok && c.info.ObjectOf(a) == c.info.ObjectOf(b)
	case *ast.SelectorExpr:
		b, ok := ast.Unparen(b).(*ast.SelectorExpr)
		return ok && c.info.ObjectOf(a.Sel) == c.info.ObjectOf(b.Sel) && c.isSame(a.X, b.X)
	}
	return false
}

// assigns reports whether s assigns the channel, or something on the way to it.
func (c *drainFinder) assigns(s ast.Stmt, ch ast.Expr) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return !found
		}
		for _, lhs := range a.Lhs {
			for e := ch; e != nil && !found; e = up(e) {
				found = c.isSame(lhs, e)
			}
		}
		return !found
	})
	return found
}

// up returns what e is a field of, nil if it is none.
func up(e ast.Expr) ast.Expr {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// leaves reports whether control may leave s but at its end, and still come
// to the close: by a break, or a jump to a label, or by a return if the close is
// deferred.
func leaves(s ast.Stmt, deferred bool) bool {
	found := false
	var inner []ast.Node // what a break may be meant for
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if n != ast.Node(s) {
				inner = append(inner, n)
			}
		case *ast.ReturnStmt:
			found = found || deferred
		case *ast.BranchStmt:
			within := slices.ContainsFunc(inner, func(i ast.Node) bool { return i.Pos() <= n.Pos() && n.End() <= i.End() })
			found = found || n.Label != nil || n.Tok == token.BREAK && !within
		}
		return !found
	})
	return found
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}
