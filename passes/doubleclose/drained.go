package doubleclose

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// drained reports closes of a channel that come when a range over it has ended,
// which it does only when somebody else has closed it: behind the loop in one
// block, if nothing leaves the loop, or deferred before it.
func (c *checker) drained() {
	for op := range c.closes() {
		if c.seen[op] || op.Fn.Imported() {
			continue
		}
		if loop := c.rangeBefore(op); loop != nil {
			c.seen[op] = true
			c.reportDrained(op, loop)
		}
	}
}

func (c *checker) reportDrained(op *skeleton.Op, loop *ast.RangeStmt) {
	pos, end := c.view.Extent(op)
	name := c.view.Text(op)
	report.Report(c.pass, analysis.Diagnostic{
		Pos: pos, End: end,
		Message: fmt.Sprintf("%s is closed already when the range over it at %s has ended", name, report.Place(c.pass.Fset, loop.For, pos)),
		Related: []analysis.RelatedInformation{{
			Pos: loop.For, End: loop.X.End(), Message: fmt.Sprintf("this loop ends when %s is closed", name),
		}},
	})
}

// rangeBefore returns the loop over the channel that op closes, and that must
// have come to its end before op happens; nil if there is none.
func (c *checker) rangeBefore(op *skeleton.Op) *ast.RangeStmt {
	syntax := c.view.Node(op)
	ch := c.view.Operand(op)
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

// inBlock looks for the close and the loop among the statements of one block.
func (c *checker) inBlock(list []ast.Stmt, cl ast.Node, ch ast.Expr, deferred bool) *ast.RangeStmt {
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
		case ok && c.isSame(loop.X, ch) && isChan(c.pass.TypesInfo.TypeOf(loop.X)):
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
func (c *checker) isSame(a, b ast.Expr) bool {
	switch a := ast.Unparen(a).(type) {
	case *ast.Ident:
		b, ok := ast.Unparen(b).(*ast.Ident)
		return ok && c.pass.TypesInfo.ObjectOf(a) == c.pass.TypesInfo.ObjectOf(b)
	case *ast.SelectorExpr:
		b, ok := ast.Unparen(b).(*ast.SelectorExpr)
		return ok && c.pass.TypesInfo.ObjectOf(a.Sel) == c.pass.TypesInfo.ObjectOf(b.Sel) && c.isSame(a.X, b.X)
	}
	return false
}

// assigns reports whether s assigns the channel, or something on the way to it.
func (c *checker) assigns(s ast.Stmt, ch ast.Expr) bool {
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

func bodyOf(fn ast.Node) *ast.BlockStmt {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return fn.Body
	case *ast.FuncLit:
		return fn.Body
	}
	return nil
}

func isChan(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Chan)
	return ok
}
