// Package defuse is a view on syntax: what the value of an expression is made
// from, and which conditions decide whether a statement is run.
//
// It looks at one function at a time, only when it is asked, and follows local
// variables through the assignments that may reach a use. It is a may-analysis:
// a call is made from its arguments, a variable from all that is stored in its
// parts. What a variable was before an assignment that comes on all ways to the use is
// left out. Assignments through pointers are not seen.
package defuse

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A View answers for the functions of one package.
type View struct {
	info  *types.Info
	root  *syntax.Tree
	funcs map[ast.Node]map[types.Object][]*def // by declaration, what it assigns
}

// New returns the view of a package.
func New(info *types.Info, root *syntax.Tree) *View {
	return &View{info: info, root: root, funcs: make(map[ast.Node]map[types.Object][]*def)}
}

// A def is an assignment to a variable, or to a part of it.
type def struct {
	stmt  ast.Node
	from  ast.Expr // what is assigned, or what that is taken from
	scope ast.Node // the block that the assignment is a statement of
	weak  bool     // what the variable was before shows through
}

// Sources are what expressions are made from.
type Sources struct {
	Nodes map[ast.Node]bool     // their parts, and those of what variables were given
	Vars  map[types.Object]bool // the variables that occur in those
}

// maxSteps bounds the uses of variables that are followed for one question.
const maxSteps = 300

// From returns what expressions are made from.
func (v *View) From(exprs ...ast.Expr) *Sources {
	w := &walk{view: v, left: maxSteps, Sources: &Sources{make(map[ast.Node]bool), make(map[types.Object]bool)}}
	for _, e := range exprs {
		w.expr(e)
	}
	return w.Sources
}

// A walk follows expressions back.
type walk struct {
	*Sources
	view *View
	left int
}

func (w *walk) expr(e ast.Expr) {
	if e == nil || w.Nodes[e] {
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if n == nil || w.Nodes[n] {
			return false
		}
		w.Nodes[n] = true
		switch n := n.(type) {
		case *ast.FuncLit:
			w.returns(n)
			return false
		case *ast.SelectorExpr:
			w.expr(n.X)
			return false
		case *ast.KeyValueExpr:
			w.expr(n.Value)
			return false
		case *ast.Ident:
			w.ident(n)
		}
		return true
	})
}

// returns follows what a literal returns.
func (w *walk) returns(lit *ast.FuncLit) {
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				w.expr(e)
			}
		}
		return true
	})
}

func (w *walk) ident(id *ast.Ident) {
	obj, ok := w.view.info.ObjectOf(id).(*types.Var)
	if !ok || obj.IsField() || w.left == 0 {
		return
	}
	w.left--
	w.Vars[obj] = true
	for _, d := range w.view.reaching(obj, id) {
		w.expr(d.from)
	}
}

// reaching returns the assignments to obj that may be the last ones at id.
func (v *View) reaching(obj *types.Var, id *ast.Ident) []*def {
	defs := v.defsAround(id)[obj]
	var last *def // that comes on all ways to id
	for _, d := range defs {
		if !d.weak && d.stmt.End() <= id.Pos() && contains(d.scope, id) && (last == nil || d.stmt.Pos() > last.stmt.Pos()) {
			last = d
		}
	}
	var reaching []*def
	for _, d := range defs {
		switch {
		case last != nil && d.stmt.Pos() < last.stmt.Pos():
		case d.stmt.Pos() >= id.End() && !v.comesAround(d, id, last):
		default:
			reaching = append(reaching, d)
		}
	}
	return reaching
}

func contains(outer, inner ast.Node) bool {
	return outer != nil && outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// comesAround reports whether control may come from d, which stands behind id, to id
// by a loop, with no way by last.
func (v *View) comesAround(d *def, id *ast.Ident, last *def) bool {
	for cur := range v.around(id, (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil)) {
		loop := cur.Node()
		if contains(loop, d.stmt) && (last == nil || !contains(loop, last.stmt)) {
			return true
		}
	}
	return false
}

// around yields the nodes of the given types that n is in, innermost first.
func (v *View) around(n ast.Node, types ...ast.Node) iter.Seq[inspector.Cursor] {
	cur, ok := v.root.FindByPos(n.Pos(), n.End())
	if !ok {
		return func(func(inspector.Cursor) bool) {}
	}
	return cur.Enclosing(types...)
}

// Declaration returns the declared function that a node is in, nil if it is in none.
func (v *View) Declaration(n ast.Node) *ast.FuncDecl {
	for cur := range v.around(n, (*ast.FuncDecl)(nil)) {
		return cur.Node().(*ast.FuncDecl)
	}
	return nil
}

// defsAround returns the assignments of the declaration that n is in.
func (v *View) defsAround(n ast.Node) map[types.Object][]*def {
	var around ast.Node
	for cur := range v.around(n, (*ast.FuncDecl)(nil), (*ast.GenDecl)(nil)) {
		around = cur.Node()
	}
	if around == nil {
		return nil
	}
	defs, ok := v.funcs[around]
	if !ok {
		c := &collector{info: v.info, defs: make(map[types.Object][]*def)}
		ast.Inspect(around, c.visit)
		defs = c.defs
		v.funcs[around] = defs
	}
	return defs
}

// A collector lists the assignments of a function.
type collector struct {
	info  *types.Info
	defs  map[types.Object][]*def
	stack []ast.Node
}

func (c *collector) visit(n ast.Node) bool {
	if n == nil {
		c.stack = c.stack[:len(c.stack)-1]
		return true
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		c.assign(n, n.Lhs, n.Rhs, n.Tok != token.ASSIGN && n.Tok != token.DEFINE)
	case *ast.IncDecStmt:
		c.assign(n, []ast.Expr{n.X}, []ast.Expr{n.X}, true)
	case *ast.ValueSpec:
		lhs := make([]ast.Expr, len(n.Names))
		for i, id := range n.Names {
			lhs[i] = id
		}
		c.assign(n, lhs, n.Values, false)
	case *ast.RangeStmt:
		c.add(n, n.Key, n.X, true)
		c.add(n, n.Value, n.X, true)
	case *ast.TypeSwitchStmt:
		c.typeSwitch(n)
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && id.Name == "copy" && len(n.Args) == 2 {
			c.add(n, n.Args[0], n.Args[1], true)
		}
	}
	c.stack = append(c.stack, n)
	return true
}

func (c *collector) assign(stmt ast.Node, lhs, rhs []ast.Expr, weak bool) {
	for i, l := range lhs {
		switch {
		case len(rhs) == len(lhs):
			c.add(stmt, l, rhs[i], weak)
		case len(rhs) == 1:
			c.add(stmt, l, rhs[0], weak)
		case len(rhs) == 0:
			c.add(stmt, l, nil, false) // the zero value
		}
	}
}

// add notes that lhs is given from. Of a part of a variable it is an assignment to
// that by which the rest stays.
func (c *collector) add(stmt ast.Node, lhs, from ast.Expr, weak bool) {
	for lhs != nil {
		switch l := ast.Unparen(lhs).(type) {
		case *ast.Ident:
			if obj := c.info.ObjectOf(l); obj != nil {
				c.defs[obj] = append(c.defs[obj], &def{stmt, from, c.scope(), weak})
			}
			return
		case *ast.IndexExpr:
			lhs, weak = l.X, true
		case *ast.SelectorExpr:
			lhs, weak = l.X, true
		case *ast.StarExpr:
			lhs, weak = l.X, true
		case *ast.SliceExpr:
			lhs, weak = l.X, true
		default:
			return
		}
	}
}

// scope returns the statement or list of statements that the one at hand is part of.
func (c *collector) scope() ast.Node {
	for _, n := range slices.Backward(c.stack) {
		switch n.(type) {
		case *ast.GenDecl, *ast.DeclStmt, *ast.LabeledStmt:
		default:
			return n
		}
	}
	return nil
}

func (c *collector) typeSwitch(s *ast.TypeSwitchStmt) {
	assign, ok := s.Assign.(*ast.AssignStmt)
	if !ok {
		return
	}
	for _, clause := range s.Body.List {
		if obj := c.info.Implicits[clause]; obj != nil {
			c.defs[obj] = append(c.defs[obj], &def{assign, assign.Rhs[0], s, false})
		}
	}
}

// Changed reports whether a variable that occurs in x is assigned between x and y, by
// their places in the source.
func (v *View) Changed(x, y ast.Expr) bool {
	from, to := min(x.Pos(), y.Pos()), max(x.End(), y.End())
	changed := false
	ast.Inspect(x, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		for _, d := range v.defsAround(x)[v.info.ObjectOf(id)] {
			changed = changed || from < d.stmt.Pos() && d.stmt.End() <= to
		}
		return !changed
	})
	return changed
}

// Assigned reports whether a variable is assigned within a statement.
func (v *View) Assigned(obj types.Object, within ast.Node) bool {
	for _, d := range v.defsAround(within)[obj] {
		if Within(d.stmt, within) {
			return true
		}
	}
	return false
}

// Within reports whether inner stands in outer.
func Within(inner, outer ast.Node) bool { return contains(outer, inner) }

// Is reports whether e may be node itself, or a variable that has been given it.
func (v *View) Is(e ast.Expr, node ast.Node) bool { return v.is(e, node, maxCopies) }

// maxCopies bounds the variables from one to the next of which a value is followed.
const maxCopies = 4

func (v *View) is(e ast.Expr, node ast.Node, left int) bool {
	e = ast.Unparen(e)
	if e == node {
		return true
	}
	switch e := e.(type) {
	case *ast.TypeAssertExpr:
		return v.is(e.X, node, left)
	case *ast.Ident:
		obj, ok := v.info.ObjectOf(e).(*types.Var)
		return ok && left > 0 && slices.ContainsFunc(v.reaching(obj, e), func(d *def) bool {
			return d.from != nil && v.is(d.from, node, left-1)
		})
	}
	return false
}
