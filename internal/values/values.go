// Package values is a view of a package: what its variables and fields are given.
//
// It goes by the assignments that the syntax has, wherever they stand, so that it
// errs to more values: a field has what any object of its type is given. Of a local
// variable, an assignment that the one in force surely replaces is left out.
// What is assigned through a pointer is not seen.
package values

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// An Index knows the values of the variables of a package.
type Index struct {
	info *types.Info
	root *syntax.Tree
	syms *symindex.Index

	positional map[*types.Var][]gift // see unkeyed
}

// New returns the Index of the package that a pass analyses. The analyzer requires
// inspect and symindex.
func New(pass *analysis.Pass) *Index {
	return &Index{
		info: pass.TypesInfo,
		root: pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		syms: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
	}
}

// A Source is where a value comes from.
type Source struct {
	Expr  ast.Expr   // an expression that is no variable of the package, perhaps a call
	Index int        // of the result, if Expr is a call that has several
	Param *types.Var // or the parameter that it is
	Vars  []*types.Var
}

// Sources returns where the value of e may come from. Variables and fields are
// followed to what they are given, results of functions are not.
func (x *Index) Sources(e ast.Expr) []Source {
	t := &tracer{Index: x, seen: make(map[*types.Var]bool)}
	t.trace(Source{Expr: e})
	return t.found
}

// Of returns what the variable or field v may be given.
func (x *Index) Of(v *types.Var) []Source {
	t := &tracer{Index: x, seen: make(map[*types.Var]bool)}
	t.variable(v, token.NoPos, Source{})
	return t.found
}

type tracer struct {
	*Index
	seen  map[*types.Var]bool
	found []Source
}

func (t *tracer) trace(s Source) {
	if id := symindex.LastIdent(s.Expr); id != nil {
		if v, ok := t.info.ObjectOf(id).(*types.Var); ok {
			if _, here := t.root.FindByPos(v.Origin().Pos(), v.Origin().Pos()); here {
				t.variable(v, s.Expr.Pos(), s)
				return
			}
		}
	}
	t.found = append(t.found, s)
}

// variable traces what v is given; at is where its value is used, if known.
func (t *tracer) variable(v *types.Var, at token.Pos, s Source) {
	v = v.Origin()
	if t.seen[v] {
		return
	}
	t.seen[v] = true
	s.Vars = append(slices.Clip(s.Vars), v)
	given := t.given(v)
	if isLocal(v) && at.IsValid() {
		given = t.inForce(given, at)
	}
	for _, g := range given {
		switch {
		case g.param:
			t.found = append(t.found, Source{Param: v, Vars: s.Vars})
		case g.value != nil:
			t.trace(Source{Expr: g.value, Index: g.index, Vars: s.Vars})
		}
	}
}

func isLocal(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() != v.Pkg().Scope()
}

// A gift is one place that gives a variable its value.
type gift struct {
	cur   inspector.Cursor // the identifier
	value ast.Expr         // nil if it is not known, or the zero value
	index int
	param bool
}

// given returns all places that give v a value, in the order of the syntax.
func (x *Index) given(v *types.Var) []gift {
	var list []gift
	if id, ok := x.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name()))); ok {
		if g, ok := giftAt(id); ok {
			list = append(list, g)
		}
	}
	for id := range x.syms.Uses(v) {
		if g, ok := giftAt(id); ok {
			list = append(list, g)
		}
	}
	if v.IsField() {
		list = append(list, x.unkeyed()[v]...)
	}
	return list
}

// giftAt returns what an identifier is given, if it is.
func giftAt(id inspector.Cursor) (gift, bool) {
	cur := id
	for cur.ParentEdgeKind() == edge.SelectorExpr_Sel || cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	switch parent := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Lhs && (parent.Tok == token.ASSIGN || parent.Tok == token.DEFINE) {
			value, index := operand(parent.Rhs, len(parent.Lhs), i)
			return gift{cur: cur, value: value, index: index}, true
		}
	case *ast.ValueSpec:
		if kind == edge.ValueSpec_Names {
			value, index := operand(parent.Values, len(parent.Names), i)
			return gift{cur: cur, value: value, index: index}, true
		}
	case *ast.KeyValueExpr:
		if kind == edge.KeyValueExpr_Key {
			return gift{cur: cur, value: parent.Value}, true
		}
	case *ast.Field:
		list := cur.Parent().Parent()
		if kind == edge.Field_Names && list.ParentEdgeKind() == edge.FuncType_Params {
			return gift{cur: cur, param: true}, true
		}
	}
	return gift{}, false
}

// operand returns what the i-th of n operands on the left gets.
func operand(values []ast.Expr, n, i int) (ast.Expr, int) {
	switch {
	case len(values) == n:
		return values[i], 0
	case len(values) == 1:
		if _, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok {
			return values[0], i
		}
	}
	return nil, 0
}

// unkeyed returns what the fields of structs get from literals that don't name them.
func (x *Index) unkeyed() map[*types.Var][]gift {
	if x.positional != nil {
		return x.positional
	}
	x.positional = make(map[*types.Var][]gift)
	for cur := range x.root.Preorder((*ast.CompositeLit)(nil)) {
		lit := cur.Node().(*ast.CompositeLit)
		if len(lit.Elts) == 0 {
			continue
		}
		if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
			continue
		}
		st, ok := structOf(x.info.TypeOf(lit))
		if !ok || st.NumFields() != len(lit.Elts) {
			continue
		}
		for i, elt := range lit.Elts {
			v := st.Field(i).Origin()
			x.positional[v] = append(x.positional[v], gift{cur: cur, value: elt})
		}
	}
	return x.positional
}

func structOf(t types.Type) (*types.Struct, bool) {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem() // an element of a literal whose type is left out
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// inForce leaves out what another assignment replaces before control comes to
// at: the last assignment of the blocks around at replaces all that stand
// before it. Loops are not regarded but for those in which at is.
func (x *Index) inForce(given []gift, at token.Pos) []gift {
	last := -1
	for i, g := range given {
		if g.cur.Node().Pos() >= at {
			continue
		}
		if block, ok := blockOf(g.cur); ok && block.Pos() <= at && at < block.End() {
			last = i
		}
	}
	if last < 0 {
		return given
	}
	lastPos := given[last].cur.Node().Pos()
	return slices.DeleteFunc(slices.Clone(given), func(g gift) bool {
		pos := g.cur.Node().Pos()
		return pos < lastPos || pos > at && !x.mayComeBefore(g.cur, at)
	})
}

// blockOf returns the block or clause that the statement around cur is one of.
func blockOf(cur inspector.Cursor) (ast.Node, bool) {
	for c := range cur.Enclosing() {
		switch c.ParentEdgeKind() {
		case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
			return c.Parent().Node(), true
		case edge.IfStmt_Init, edge.ForStmt_Init, edge.SwitchStmt_Init, edge.TypeSwitchStmt_Init:
			return c.Parent().Node(), true
		case edge.FuncType_Params, edge.FuncDecl_Body:
			return nil, false
		}
	}
	return nil, false
}

// mayComeBefore reports whether the assignment at cur, which stands behind at, may
// happen before: one loop has both, or they are in different functions.
func (x *Index) mayComeBefore(cur inspector.Cursor, at token.Pos) bool {
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		n := c.Node()
		within := n.Pos() <= at && at < n.End()
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if within {
				return true
			}
		default:
			if !within {
				return true
			}
			return x.otherFunc(n, at)
		}
	}
	return true
}

// otherFunc reports whether at is in a literal within fn.
func (x *Index) otherFunc(fn ast.Node, at token.Pos) bool {
	cur, ok := x.root.FindByPos(at, at)
	if !ok {
		return true
	}
	for c := range cur.Enclosing((*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		return c.Node() != fn
	}
	return true
}
