package deadrecover

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// starter returns the go statement of a function that does nothing but start
// goroutines and wait for them, and that defers fn, a literal which calls recover; nil
// if it is no such function. What the goroutines do may panic, and nothing else.
func (c *checker) starter(fn inspector.Cursor) ast.Node {
	call := fn
	for call.ParentEdgeKind() == edge.ParenExpr_X {
		call = call.Parent()
	}
	if call.ParentEdgeKind() != edge.CallExpr_Fun || call.Parent().ParentEdgeKind() != edge.DeferStmt_Call {
		return nil
	}
	stmt := call.Parent().Parent()
	if stmt.ParentEdgeKind() != edge.BlockStmt_List {
		return nil
	}
	body := stmt.Parent()
	if k := body.ParentEdgeKind(); k != edge.FuncDecl_Body && k != edge.FuncLit_Body {
		return nil
	}
	var start ast.Node
	for _, s := range body.Node().(*ast.BlockStmt).List {
		switch s := s.(type) {
		case *ast.GoStmt:
			work := c.started(s)
			if work == nil || c.recovers(work) || !c.harmlessAll(s.Call.Args) {
				return nil
			}
			if start == nil {
				start = s
			}
		case *ast.DeferStmt:
			if s != stmt.Node() {
				return nil
			}
		default:
			if !c.harmless(s) {
				return nil
			}
		}
	}
	return start
}

// started returns the body of what a go statement runs, a literal or a function of the
// package; nil if it is not known.
func (c *checker) started(s *ast.GoStmt) *ast.BlockStmt {
	if lit, ok := ast.Unparen(s.Call.Fun).(*ast.FuncLit); ok {
		return lit.Body
	}
	fn := typeutil.StaticCallee(c.pass.TypesInfo, s.Call)
	if fn == nil || fn.Pkg() != c.pass.Pkg || !c.harmless(s.Call.Fun) {
		return nil
	}
	if decl := c.root.Decl(fn); decl != nil {
		return decl.Body
	}
	return nil
}

// recovers reports whether the body of a function calls recover, or defers a function,
// which may.
func (c *checker) recovers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			found = found || !c.modeled(n.Call)
		case *ast.Ident:
			found = found || c.pass.TypesInfo.Uses[n] == types.Universe.Lookup("recover")
		}
		return !found
	})
	return found
}

// harmless reports whether a statement of a function surely does not panic: it
// declares variables, makes channels, or waits.
func (c *checker) harmless(n ast.Node) bool {
	ok := true
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil, *ast.DeclStmt, *ast.GenDecl, *ast.ValueSpec, *ast.Ident, *ast.BasicLit, *ast.AssignStmt, *ast.ExprStmt,
			*ast.ReturnStmt, *ast.ChanType, *ast.StructType, *ast.FieldList, *ast.SelectorExpr:
		case *ast.UnaryExpr:
			ok = ok && n.Op == token.ARROW
		case *ast.CallExpr:
			ok = ok && c.modeled(n)
		default:
			ok = false
		}
		return ok
	})
	return ok
}

func (c *checker) harmlessAll(args []ast.Expr) bool {
	for _, arg := range args {
		if !c.harmless(arg) {
			return false
		}
	}
	return true
}

// modeled reports whether a call makes a channel, closes one, or is of a group's
// methods.
func (c *checker) modeled(call *ast.CallExpr) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		b, ok := c.pass.TypesInfo.Uses[id].(*types.Builtin)
		return ok && (b.Name() == "make" || b.Name() == "new" || b.Name() == "close")
	}
	effect := syncapi.EffectOf(typeutil.StaticCallee(c.pass.TypesInfo, call))
	if effect == nil {
		return false
	}
	switch effect.Op {
	case syncapi.WgAdd, syncapi.WgDone, syncapi.WgWait:
		return true
	}
	return false
}
