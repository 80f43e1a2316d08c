package nilchan

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// declared returns the variable that is declared without a value at pos.
func (c *checker) declared(pos token.Pos) *types.Var {
	if c.vars == nil {
		c.vars = make(map[token.Pos]*types.Var)
		for _, file := range c.pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok || len(spec.Values) > 0 {
					return true
				}
				for _, id := range spec.Names {
					if v, ok := c.pass.TypesInfo.Defs[id].(*types.Var); ok {
						c.vars[id.Pos()] = v
					}
				}
				return true
			})
		}
	}
	return c.vars[pos]
}

// isUnset reports whether v is nil for as long as it lives: a field, or a
// variable that is declared without a value, which nothing can give one.
func (c *checker) isUnset(v *types.Var) bool {
	v = v.Origin()
	unset, known := c.unset[v]
	if !known {
		unset = c.findUnset(v)
		c.unset[v] = unset
	}
	return unset
}

func (c *checker) findUnset(v *types.Var) bool {
	local := !v.IsField() && v.Parent() != c.pass.Pkg.Scope()
	switch {
	case !v.IsField() && c.declared(v.Pos()) != v:
		return false
	case !local && (c.index.Public(v) || c.opaque()):
		return false
	}
	for use := range c.index.Uses(v) {
		if c.setsOrTests(use) {
			return false
		}
	}
	if v.IsField() && (c.inLiteral(v) || c.converted(v) || !c.isMade(v)) {
		return false
	}
	return local || !c.setElsewhere(v)
}

// isYetUnset reports whether op, in the function that declares its channel's
// variable without a value, comes before all that may give it one: that is further
// down, and nothing leads back.
func (c *checker) isYetUnset(op *skeleton.Op) bool {
	id, ok := c.view.Operand(op).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Parent() == c.pass.Pkg.Scope() || !isChan(v.Type()) || c.declared(v.Pos()) != v {
		return false
	}
	cur, ok := c.root.FindNode(id)
	if !ok {
		return false
	}
	for at := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.DeferStmt)(nil), (*ast.LabeledStmt)(nil)) {
		if v.Pos() < at.Node().Pos() {
			return false
		}
	}
	for use := range c.index.Uses(v) {
		if use.Node().Pos() < id.Pos() && c.setsOrTests(use) {
			return false
		}
	}
	return true
}

// opaque reports whether the package has code that types say nothing of.
func (c *checker) opaque() bool {
	for _, imported := range c.pass.Pkg.Imports() {
		if imported.Path() == "unsafe" || imported.Path() == "C" || imported.Path() == "runtime/cgo" {
			return true
		}
	}
	return false
}

// setsOrTests reports whether a use of a variable may give it a value, takes its
// address, or compares it with nil, as who knows that it may be nil does.
func (c *checker) setsOrTests(use inspector.Cursor) bool {
	if use.ParentEdgeKind() == edge.KeyValueExpr_Key {
		return !c.isNilLiteral(use.Parent().Node().(*ast.KeyValueExpr).Value)
	}
	if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
		use = use.Parent()
	}
	for use.ParentEdgeKind() == edge.ParenExpr_X {
		use = use.Parent()
	}
	parent := use.Parent().Node()
	switch kind, i := use.ParentEdge(); kind {
	case edge.AssignStmt_Lhs:
		assign := parent.(*ast.AssignStmt)
		return len(assign.Lhs) != len(assign.Rhs) || !c.isNilLiteral(assign.Rhs[i])
	case edge.RangeStmt_Key, edge.RangeStmt_Value:
		return true
	case edge.UnaryExpr_X:
		return parent.(*ast.UnaryExpr).Op == token.AND
	case edge.BinaryExpr_X, edge.BinaryExpr_Y:
		return true
	case edge.SwitchStmt_Tag, edge.CaseClause_List:
		return true
	case edge.SelectorExpr_X: // of a method of its own type, which may have its address
		sel := c.pass.TypesInfo.Selections[parent.(*ast.SelectorExpr)]
		if sel == nil {
			return false
		}
		fn, ok := sel.Obj().(*types.Func)
		if !ok {
			return false
		}
		_, pointer := fn.Signature().Recv().Type().(*types.Pointer)
		return pointer
	}
	return false
}

func (c *checker) isNilLiteral(e ast.Expr) bool { return c.pass.TypesInfo.Types[e].IsNil() }

// inLiteral reports whether a composite literal without keys gives the field a value.
func (c *checker) inLiteral(field *types.Var) bool {
	found := false
	c.inspect(func(n ast.Node) {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || len(lit.Elts) == 0 {
			return
		}
		if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); keyed {
			return
		}
		if i := fieldIndex(c.pass.TypesInfo.TypeOf(lit), field); i >= 0 && i < len(lit.Elts) && !c.isNilLiteral(lit.Elts[i]) {
			found = true
		}
	})
	return found
}

// converted reports whether a value of another struct type becomes one that has
// the field, or may.
func (c *checker) converted(field *types.Var) bool {
	found := false
	c.inspect(func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !c.pass.TypesInfo.Types[call.Fun].IsType() {
			return
		}
		from, to := c.pass.TypesInfo.TypeOf(call.Args[0]), c.pass.TypesInfo.TypeOf(call.Fun)
		if fieldIndex(to, field) >= 0 && fieldIndex(from, field) < 0 {
			found = true
		}
	})
	return found
}

// fieldIndex returns the index of field in the struct type t, or in the one that
// t points to, and -1 if it is not there.
func fieldIndex(t types.Type, field *types.Var) int {
	if t == nil {
		return -1
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return -1
	}
	for i := range st.NumFields() {
		if st.Field(i).Origin() == field {
			return i
		}
	}
	return -1
}

func (c *checker) inspect(visit func(ast.Node)) {
	for _, file := range c.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if n != nil {
				visit(n)
			}
			return true
		})
	}
}
