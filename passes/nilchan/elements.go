package nilchan

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// elements reports the operations of f on elements of a slice, array or map that
// nothing puts a channel into.
func (c *checker) elements(f *skeleton.Func) {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if !op.Is(syncapi.Send, syncapi.Recv) || op.Arm != nil || op.Res.Sel == nil || op.Res.Sel.Name != "[]" || c.seen[op] {
				continue
			}
			if v := c.container(op); v != nil && c.isEmpty(v) {
				c.seen[op] = true
				c.reportElement(op, v)
			}
		}
	}
}

// container returns the variable that holds the slice, array or map whose element
// op acts on: chans in chans[i], and where i, ch are of a range over chans.
func (c *checker) container(op *skeleton.Op) *types.Var {
	switch e := ast.Unparen(c.view.Operand(op)).(type) {
	case *ast.IndexExpr:
		return c.variableIn(e.X)
	case *ast.Ident:
		v, ok := c.pass.TypesInfo.Uses[e].(*types.Var)
		if !ok {
			return nil
		}
		def, ok := c.root.FindByPos(v.Pos(), v.Pos())
		if !ok || def.ParentEdgeKind() != edge.RangeStmt_Value {
			return nil
		}
		loop := def.Parent().Node().(*ast.RangeStmt)
		for use := range c.index.Uses(v) {
			if c.setsOrTests(use) {
				return nil
			}
		}
		if _, isMap := c.pass.TypesInfo.TypeOf(loop.X).Underlying().(*types.Map); isMap {
			return nil // no turn at all
		}
		return c.variableIn(loop.X)
	}
	return nil
}

func (c *checker) variableIn(e ast.Expr) *types.Var {
	v, ok := c.pass.TypesInfo.Uses[symindex.LastIdent(e)].(*types.Var)
	if !ok || v.Pkg() != c.pass.Pkg {
		return nil
	}
	return v.Origin()
}

// isEmpty reports whether all elements that v ever has are nil channels: what it
// is assigned is made here, and nothing assigns an element.
func (c *checker) isEmpty(v *types.Var) bool {
	local := !v.IsField() && v.Parent() != c.pass.Pkg.Scope()
	if !local && (c.index.Public(v) || c.opaque()) {
		return false
	}
	made := false
	switch t := v.Type().Underlying().(type) {
	case *types.Array:
		made = isChan(t.Elem())
	case *types.Slice, *types.Map:
	default:
		return false
	}
	if !v.IsField() {
		ok, makes := c.definition(v)
		if !ok {
			return false
		}
		made = made || makes
	}
	for use := range c.index.Uses(v) {
		ok, makes := c.keepsEmpty(use)
		if !ok {
			return false
		}
		made = made || makes
	}
	if v.IsField() && (c.inLiteral(v) || c.converted(v) || !c.isMade(v)) {
		return false
	}
	return made && (local || !c.setElsewhere(v))
}

// definition reports whether the declaration of a variable leaves its elements
// nil, and whether it makes some.
func (c *checker) definition(v *types.Var) (ok, makes bool) {
	if c.declared(v.Pos()) == v {
		return true, false
	}
	def, found := c.root.FindByPos(v.Pos(), v.Pos())
	if !found {
		return false, false
	}
	kind, i := def.ParentEdge()
	switch stmt := def.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind == edge.AssignStmt_Lhs && len(stmt.Lhs) == len(stmt.Rhs) {
			return c.makesNil(stmt.Rhs[i])
		}
	case *ast.ValueSpec:
		if kind == edge.ValueSpec_Names && len(stmt.Names) == len(stmt.Values) {
			return c.makesNil(stmt.Values[i])
		}
	}
	return false, false
}

// keepsEmpty reports whether a use of a variable leaves its elements nil, and
// whether it makes some.
func (c *checker) keepsEmpty(use inspector.Cursor) (ok, makes bool) {
	if use.ParentEdgeKind() == edge.KeyValueExpr_Key {
		return c.makesNil(use.Parent().Node().(*ast.KeyValueExpr).Value)
	}
	if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
		use = use.Parent()
	}
	parent := use.Parent()
	switch kind, i := use.ParentEdge(); kind {
	case edge.IndexExpr_X:
		return !c.setsOrTests(parent), false
	case edge.RangeStmt_X, edge.BinaryExpr_X, edge.BinaryExpr_Y:
		return true, false
	case edge.CallExpr_Args:
		id, isIdent := ast.Unparen(parent.Node().(*ast.CallExpr).Fun).(*ast.Ident)
		return isIdent && (id.Name == "len" || id.Name == "cap" || id.Name == "delete"), false
	case edge.AssignStmt_Lhs:
		stmt := parent.Node().(*ast.AssignStmt)
		if stmt.Tok == token.ASSIGN && len(stmt.Lhs) == len(stmt.Rhs) {
			return c.makesNil(stmt.Rhs[i])
		}
	}
	return false, false
}

// makesNil reports whether e is nil, or makes a slice or map of nil channels, and
// whether that has elements.
func (c *checker) makesNil(e ast.Expr) (ok, makes bool) {
	tv := c.pass.TypesInfo.Types[e]
	if tv.IsNil() {
		return true, false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		_, isMap := tv.Type.Underlying().(*types.Map)
		return len(e.Elts) == 0, isMap
	case *ast.CallExpr:
		id, isIdent := ast.Unparen(e.Fun).(*ast.Ident)
		if !isIdent || id.Name != "make" || !c.pass.TypesInfo.Types[e.Fun].IsBuiltin() {
			return false, false
		}
		switch t := tv.Type.Underlying().(type) {
		case *types.Map:
			return isChan(t.Elem()), true
		case *types.Slice:
			n := c.pass.TypesInfo.Types[e.Args[1]].Value
			return isChan(t.Elem()), n == nil || n.ExactString() != "0"
		}
	}
	return false, false
}
