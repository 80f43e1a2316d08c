package wgbalance

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// A linear is a number as a sum of things that do not change between where it is
// counted and where the goroutines are started: 2*len(xs) + 1.
type linear struct {
	terms map[string]int64
	plus  int64
}

func number(n int64) linear { return linear{plus: n} }

func term(name string) linear { return linear{terms: map[string]int64{name: 1}} }

// add returns l + k*m.
func (l linear) add(m linear, k int64) linear {
	sum := linear{terms: make(map[string]int64), plus: l.plus + k*m.plus}
	for name, c := range l.terms {
		sum.terms[name] += c
	}
	for name, c := range m.terms {
		sum.terms[name] += k * c
	}
	for name, c := range sum.terms {
		if c == 0 {
			delete(sum.terms, name)
		}
	}
	return sum
}

// only returns the coefficient of the one term of l, not ok if it has none or
// several.
func (l linear) only() (coefficient int64, ok bool) {
	for _, c := range l.terms {
		coefficient = c
	}
	return coefficient, len(l.terms) == 1
}

// value returns what the expression stands for, not ok if that is not a sum of
// things that keep their value within the function around it.
func (c *checker) value(e ast.Expr) (linear, bool) {
	e = ast.Unparen(e)
	if tv := c.pass.TypesInfo.Types[e]; tv.Value != nil {
		n, ok := constant.Int64Val(constant.ToInt(tv.Value))
		return number(n), ok
	}
	switch e := e.(type) {
	case *ast.Ident:
		if v, ok := c.pass.TypesInfo.Uses[e].(*types.Var); ok && c.constant(v) {
			return c.defined(v), true
		}
	case *ast.CallExpr:
		if len(e.Args) != 1 || e.Ellipsis.IsValid() {
			break
		}
		if tv := c.pass.TypesInfo.Types[e.Fun]; tv.IsType() {
			return c.value(e.Args[0])
		}
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
			if b, ok := c.pass.TypesInfo.Uses[id].(*types.Builtin); ok && b.Name() == "len" {
				return c.length(e.Args[0])
			}
		}
	case *ast.BinaryExpr:
		x, okX := c.value(e.X)
		y, okY := c.value(e.Y)
		if !okX || !okY {
			break
		}
		switch {
		case e.Op == token.ADD:
			return x.add(y, 1), true
		case e.Op == token.SUB:
			return x.add(y, -1), true
		case e.Op == token.MUL && len(x.terms) == 0:
			return linear{}.add(y, x.plus), true
		case e.Op == token.MUL && len(y.terms) == 0:
			return linear{}.add(x, y.plus), true
		}
	}
	return linear{}, false
}

// defined returns the value of a variable that has but one: that of what it is
// defined as, if that can be said.
func (c *checker) defined(v *types.Var) linear {
	if e := c.definition(v); e != nil && !mentionsCall(e) {
		if val, ok := c.value(e); ok {
			return val
		}
	}
	return term(v.Name() + "@" + c.pass.Fset.Position(v.Pos()).String())
}

func mentionsCall(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		_, is := n.(*ast.CallExpr)
		found = found || is
		return !found
	})
	return found
}

// length returns the length of what e stands for.
func (c *checker) length(e ast.Expr) (linear, bool) {
	e = ast.Unparen(e)
	t := c.pass.TypesInfo.TypeOf(e)
	if t == nil {
		return linear{}, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		return number(a.Len()), true
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		return elements(lit)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return linear{}, false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !c.constant(v) {
		return linear{}, false
	}
	switch t.Underlying().(type) {
	case *types.Slice:
	case *types.Basic:
		return linear{}, false // a string, of which a range yields the runes
	default:
		return linear{}, false // a map may grow
	}
	if lit, ok := c.definition(v).(*ast.CompositeLit); ok {
		return elements(lit)
	}
	return term("len(" + v.Name() + "@" + c.pass.Fset.Position(v.Pos()).String() + ")"), true
}

// elements returns how many elements a slice literal has.
func elements(lit *ast.CompositeLit) (linear, bool) {
	for _, e := range lit.Elts {
		if _, keyed := e.(*ast.KeyValueExpr); keyed {
			return linear{}, false
		}
	}
	return number(int64(len(lit.Elts))), true
}

// constant reports whether a variable of a function is set once, where it is
// declared, and nothing has its address.
func (c *checker) constant(v *types.Var) bool {
	if v.IsField() || v.Parent() == nil || v.Parent() == c.pass.Pkg.Scope() {
		return false
	}
	for cur := range c.index.Uses(v) {
		id := cur.Node()
		switch parent := cur.Parent().Node().(type) {
		case *ast.AssignStmt:
			for _, l := range parent.Lhs {
				if l == id {
					return false
				}
			}
		case *ast.IncDecStmt:
			return false
		case *ast.UnaryExpr:
			if parent.Op == token.AND {
				return false
			}
		case *ast.RangeStmt:
			if parent.Key == id || parent.Value == id {
				return false
			}
		}
	}
	return true
}

// definition returns what a variable is defined as, by := or var; nil if it is
// not defined so.
func (c *checker) definition(v *types.Var) ast.Expr {
	cur, ok := c.root.FindByPos(v.Pos(), v.Pos())
	if !ok {
		return nil
	}
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(parent.Lhs) != len(parent.Rhs) {
			return nil
		}
		for i, l := range parent.Lhs {
			if l == cur.Node() {
				return ast.Unparen(parent.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, name := range parent.Names {
			if ast.Node(name) == cur.Node() && len(parent.Values) == len(parent.Names) {
				return ast.Unparen(parent.Values[i])
			}
		}
	}
	return nil
}

// turns returns how often the body of a loop runs, if nothing in it ends it early.
func (c *checker) turns(loop ast.Stmt) (linear, bool) {
	switch loop := loop.(type) {
	case *ast.RangeStmt:
		t := c.pass.TypesInfo.TypeOf(loop.X)
		if t == nil {
			return linear{}, false
		}
		if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
			return c.value(loop.X)
		}
		return c.length(loop.X)
	case *ast.ForStmt:
		return c.steps(loop)
	}
	return linear{}, false
}

// steps returns how often a loop runs that counts up or down by one.
func (c *checker) steps(loop *ast.ForStmt) (linear, bool) {
	init, ok := loop.Init.(*ast.AssignStmt)
	cond, isComparison := loop.Cond.(*ast.BinaryExpr)
	post, isStep := loop.Post.(*ast.IncDecStmt)
	if !ok || !isComparison || !isStep || len(init.Lhs) != 1 || len(init.Rhs) != 1 || init.Tok != token.DEFINE {
		return linear{}, false
	}
	id, _ := init.Lhs[0].(*ast.Ident)
	v, _ := c.pass.TypesInfo.Defs[id].(*types.Var)
	if v == nil || !c.is(cond.X, v) || !c.is(post.X, v) || c.changes(loop.Body, v) {
		return linear{}, false
	}
	from, okFrom := c.value(init.Rhs[0])
	to, okTo := c.value(cond.Y)
	if !okFrom || !okTo {
		return linear{}, false
	}
	switch {
	case post.Tok == token.INC && cond.Op == token.LSS:
		return to.add(from, -1), true
	case post.Tok == token.INC && cond.Op == token.LEQ:
		return to.add(from, -1).add(number(1), 1), true
	case post.Tok == token.DEC && cond.Op == token.GTR:
		return from.add(to, -1), true
	case post.Tok == token.DEC && cond.Op == token.GEQ:
		return from.add(to, -1).add(number(1), 1), true
	}
	return linear{}, false
}

func (c *checker) is(e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && c.pass.TypesInfo.Uses[id] == types.Object(v)
}

// changes reports whether the body of a loop sets its counter itself.
func (c *checker) changes(body *ast.BlockStmt, v *types.Var) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				found = found || c.is(l, v)
			}
		case *ast.IncDecStmt:
			found = found || c.is(n.X, v)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && c.is(n.X, v)
		}
		return !found
	})
	return found
}

// loopsAround returns the loops of its function around an operation, innermost
// first, that the declaration at born is not in.
func (c *checker) loopsAround(op *skeleton.Op, born token.Pos) []inspector.Cursor {
	n := c.view.Node(op)
	if n == nil {
		return nil
	}
	cur, ok := c.root.FindNode(n)
	if !ok {
		return nil
	}
	var loops []inspector.Cursor
	for up := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		s, ok := up.Node().(ast.Stmt)
		if !ok || s.Pos() <= born && born < s.End() {
			break
		}
		if contains(bodyOf(s), n) {
			loops = append(loops, up)
		}
	}
	return loops
}

func bodyOf(loop ast.Node) *ast.BlockStmt {
	switch loop := loop.(type) {
	case *ast.ForStmt:
		return loop.Body
	case *ast.RangeStmt:
		return loop.Body
	}
	return nil
}

func contains(outer *ast.BlockStmt, n ast.Node) bool {
	return outer != nil && outer.Pos() <= n.Pos() && n.End() <= outer.End()
}

// always reports whether the operation at n comes exactly once in each run of
// body: no branch is around it, and none leads past it.
func always(cur inspector.Cursor, body ast.Node) bool {
	for up := range cur.Enclosing() {
		if up.Node() == body {
			break
		}
		switch up.Node().(type) {
		case *ast.IfStmt, *ast.CaseClause, *ast.CommClause, *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	leaves := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.ForStmt, *ast.RangeStmt:
			if n != body && !labelled(n) {
				return false
			}
		case *ast.BranchStmt:
			leaves = true
		}
		return !leaves
	})
	return !leaves
}

// labelled reports whether a branch in n may lead out of it: by a label, or, in a
// switch, by continue.
func labelled(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(m ast.Node) bool {
		if _, ok := m.(*ast.FuncLit); ok {
			return false
		}
		b, ok := m.(*ast.BranchStmt)
		found = found || ok && (b.Label != nil || b.Tok == token.CONTINUE)
		return !found
	})
	return found
}
