package ctxdropped

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A follow finds where a context goes: through variables, and contexts derived from it,
// to the calls that it is passed to.
type follow struct {
	*checker
	seen   map[*types.Var]bool
	passed []inspector.Cursor // calls
	timed  bool               // it has a timeout of its own
	kept   bool               // it is stored, returned, or not always the same
}

// value follows the context that the expression at cur is.
func (f *follow) value(cur inspector.Cursor) {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	switch kind {
	case edge.CallExpr_Args:
		f.argument(cur.Parent(), i)
	case edge.AssignStmt_Rhs:
		as := cur.Parent().Node().(*ast.AssignStmt)
		switch {
		case len(as.Lhs) == len(as.Rhs):
			f.assigned(cur.Parent(), as.Lhs[i])
		default:
			f.assigned(cur.Parent(), as.Lhs[0])
			f.cancel(as.Lhs)
		}
	case edge.ValueSpec_Values:
		spec := cur.Parent().Node().(*ast.ValueSpec)
		f.assigned(cur.Parent(), spec.Names[min(i, len(spec.Names)-1)])
	case edge.SelectorExpr_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.ExprStmt_X:
	default:
		f.kept = true
	}
}

// argument follows the context that is argument i of a call.
func (f *follow) argument(call inspector.Cursor, i int) {
	n := call.Node().(*ast.CallExpr)
	fn := f.Callee(n)
	switch {
	case !f.takesContext(n, i):
		f.kept = true
	case syncapi.Detaches(fn):
	case syncapi.DerivesContext(fn) || syncapi.MakesGroup(fn):
		f.timed = f.timed || syncapi.IsTimed(fn)
		if syncapi.MakesGroup(fn) {
			f.group(call)
			return
		}
		f.value(call)
	default:
		f.passed = append(f.passed, call)
	}
}

// group follows the context that is made with an error group.
func (f *follow) group(call inspector.Cursor) {
	if as, ok := call.Parent().Node().(*ast.AssignStmt); ok && len(as.Lhs) == 2 {
		f.assigned(call.Parent(), as.Lhs[1])
	}
}

// cancel looks at the cancel function that comes with a context: who keeps it has the
// context end at another time.
func (f *follow) cancel(lhs []ast.Expr) {
	if len(lhs) < 2 {
		return
	}
	id, ok := lhs[1].(*ast.Ident)
	if !ok {
		f.kept = true
		return
	}
	v, ok := f.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return
	}
	for use := range f.index.Uses(v) {
		switch use.ParentEdgeKind() {
		case edge.CallExpr_Fun, edge.AssignStmt_Lhs:
		default:
			f.kept = true
		}
	}
}

// assigned follows what the variable e is assigned by the statement at cur.
func (f *follow) assigned(cur inspector.Cursor, e ast.Expr) {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		f.kept = true
		return
	}
	v, ok := f.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return // blank
	}
	if v.Parent() == f.pass.Pkg.Scope() {
		f.kept = true
		return
	}
	if f.seen[v] {
		return
	}
	f.seen[v] = true
	after := token.NoPos
	if f.pass.TypesInfo.Defs[id] == nil {
		if !unconditional(cur) { // a default, or a choice
			f.kept = true
			return
		}
		after = id.Pos()
	}
	for use := range f.index.Uses(v) {
		switch {
		case use.Node().Pos() <= after || use.Node() == id:
		case use.ParentEdgeKind() == edge.AssignStmt_Lhs:
			f.reassigned(use, v)
		default:
			f.value(use)
		}
	}
}

// reassigned looks at another assignment of v: unless that derives it from itself, it
// is another context on some path.
func (f *follow) reassigned(use inspector.Cursor, v *types.Var) {
	as := use.Parent().Node().(*ast.AssignStmt)
	_, i := use.ParentEdge()
	value := as.Rhs[0]
	if len(as.Rhs) == len(as.Lhs) {
		value = as.Rhs[i]
	}
	own := false
	ast.Inspect(value, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		own = own || ok && f.pass.TypesInfo.Uses[id] == v
		return !own
	})
	f.kept = f.kept || !own
}

// unconditional reports whether the statement at cur is run whenever its function is.
func unconditional(cur inspector.Cursor) bool {
	if cur.ParentEdgeKind() != edge.BlockStmt_List {
		return false
	}
	switch cur.Parent().ParentEdgeKind() {
	case edge.FuncDecl_Body, edge.FuncLit_Body:
		return true
	}
	return false
}
