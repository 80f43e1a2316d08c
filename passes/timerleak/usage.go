package timerleak

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
)

// A usage is what the package does with the variable or field that holds a timer.
type usage struct {
	field   bool
	stops   bool // some use stops it
	escapes bool // some use hands it to others
	stmt    inspector.Cursor
	name    string
	defined bool // stmt declares the variable
	again   bool // it is assigned elsewhere, too
}

// usage returns how the timer that op makes is used, nil if it is not assigned
// to a variable, or to a field that only this package knows.
func (c *checker) usage(op *skeleton.Op) *usage {
	call, ok := c.view.Node(op).(*ast.CallExpr)
	if !ok {
		return nil
	}
	cur, ok := c.root.FindNode(call)
	if !ok {
		return nil
	}
	kind, i := cur.ParentEdge()
	var lhs ast.Expr
	u := &usage{stmt: cur.Parent()}
	switch stmt := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if kind != edge.AssignStmt_Rhs || len(stmt.Lhs) != len(stmt.Rhs) {
			return nil
		}
		lhs = ast.Unparen(stmt.Lhs[i])
		u.defined = stmt.Tok == token.DEFINE && len(stmt.Lhs) == 1
	case *ast.ValueSpec:
		lhs = stmt.Names[i]
	default:
		return nil
	}
	v := c.held(lhs)
	if v == nil {
		return nil
	}
	u.field, u.name = v.IsField(), v.Name()
	for use := range c.index.Uses(v) {
		c.classify(u, use)
	}
	return u
}

// held returns the variable that lhs assigns, nil if others may know it.
func (c *checker) held(lhs ast.Expr) *types.Var {
	switch lhs := lhs.(type) {
	case *ast.Ident:
		v, _ := c.pass.TypesInfo.ObjectOf(lhs).(*types.Var)
		if v == nil || v.Parent() == c.pass.Pkg.Scope() || v.Name() == "_" {
			return nil
		}
		return v
	case *ast.SelectorExpr:
		v, _ := c.pass.TypesInfo.Uses[lhs.Sel].(*types.Var)
		if v == nil || !v.IsField() || c.index.Public(v) || v.Pkg() != c.pass.Pkg {
			return nil
		}
		return v.Origin()
	}
	return nil
}

// classify notes what a use does with the timer.
func (c *checker) classify(u *usage, use inspector.Cursor) {
	if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
		use = use.Parent()
	}
	switch use.ParentEdgeKind() {
	case edge.SelectorExpr_X:
		sel := use.Parent()
		switch sel.Node().(*ast.SelectorExpr).Sel.Name {
		case "Stop":
			u.stops = true
		case "Reset":
		default: // C
			switch sel.ParentEdgeKind() {
			case edge.UnaryExpr_X, edge.RangeStmt_X:
			default:
				u.escapes = true
			}
		}
	case edge.AssignStmt_Lhs:
		u.again = true
	case edge.BinaryExpr_X, edge.BinaryExpr_Y:
	default:
		u.escapes = true
	}
}

// deferStop returns the fix that stops the timer when the function returns: where
// a statement of its body declares it, outside of loops.
func (c *checker) deferStop(u *usage) []analysis.SuggestedFix {
	if !u.defined || u.again {
		return nil
	}
	for cur := u.stmt; ; cur = cur.Parent() {
		switch cur.ParentEdgeKind() {
		case edge.BlockStmt_List:
			continue
		case edge.IfStmt_Body, edge.IfStmt_Else:
			continue
		case edge.FuncDecl_Body, edge.FuncLit_Body:
		default:
			return nil
		}
		break
	}
	end := report.EndOfLine(c.pass, u.stmt.Node().End())
	return []analysis.SuggestedFix{{
		Message:   "Defer the call to Stop",
		TextEdits: []analysis.TextEdit{{Pos: end, End: end, NewText: []byte("\n" + report.Indent(c.pass, u.stmt.Node().Pos()) + "defer " + u.name + ".Stop()")}},
	}}
}
