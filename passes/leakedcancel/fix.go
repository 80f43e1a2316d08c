package leakedcancel

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fix returns the deferred call of the value right behind the statement that
// makes it, if that is where its life can end: the context (or iterator) is
// seen to stay within the function.
func (c *checker) fix(m *making) []analysis.SuggestedFix {
	as, ok := m.stmt.(*ast.AssignStmt)
	if !ok || m.node != m.call || c.deferredCall(m.node.Graph, m.result) != nil || m.node.Op.Kind != syncapi.NewCancel || len(as.Lhs) != 2 {
		return nil
	}
	cur, ok := c.root.FindNode(as)
	if !ok || c.loop(m.expr) != nil {
		return nil
	}
	switch cur.ParentEdgeKind() {
	case edge.BlockStmt_List, edge.CaseClause_Body, edge.CommClause_Body:
	default:
		return nil // part of another statement
	}
	stop, ok := as.Lhs[1].(*ast.Ident)
	if !ok || !c.stays(cur, as) {
		return nil
	}
	// Have: stmt; what it makes is used by this function alone.
	var edits []analysis.TextEdit
	name := stop.Name
	if name == "_" {
		name = m.kind()
		if as.Tok != token.DEFINE || named(enclosing(cur), name) {
			return nil
		}
		edits = append(edits, analysis.TextEdit{Pos: stop.Pos(), End: stop.End(), NewText: []byte(name)})
	}
	arg := ""
	if sig, ok := m.result.Root.Type.Underlying().(*types.Signature); ok && sig.Params().Len() == 1 {
		arg = "nil"
	}
	indent := strings.Repeat("\t", c.pass.Fset.Position(as.Pos()).Column-1)
	edits = append(edits, analysis.TextEdit{
		Pos: as.End(), End: as.End(), NewText: fmt.Appendf(nil, "\n%sdefer %s(%s)", indent, name, arg),
	})
	return []analysis.SuggestedFix{{Message: "Defer the call of " + name, TextEdits: edits}}
}

// enclosing returns the function around a statement.
func enclosing(cur inspector.Cursor) inspector.Cursor {
	for fn := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return fn
	}
	return cur
}

// named reports whether the name occurs in a function, for whatever it is.
func named(fn inspector.Cursor, name string) bool {
	for id := range fn.Preorder((*ast.Ident)(nil)) {
		if id.Node().(*ast.Ident).Name == name {
			return true
		}
	}
	return false
}

// stays reports whether the first of the values that the statement assigns is
// not used when the function has returned.
func (c *checker) stays(stmt inspector.Cursor, as *ast.AssignStmt) bool {
	ctx, ok := as.Lhs[0].(*ast.Ident)
	if !ok {
		return false
	}
	obj := c.pass.TypesInfo.ObjectOf(ctx)
	if obj == nil {
		return ctx.Name == "_"
	}
	fn := enclosing(stmt)
	if obj.Pos() < fn.Node().Pos() || !plainResults(c.pass.TypesInfo, fn.Node()) {
		return false
	}
	for id := range fn.Preorder((*ast.Ident)(nil)) {
		use := id.Node().(*ast.Ident)
		if use.Pos() > as.End() && c.pass.TypesInfo.ObjectOf(use) == obj && (enclosing(id) != fn || !c.passing(id)) {
			return false
		}
	}
	return true
}

// passing reports whether the use of a context or function at cur lasts no
// longer than the call it is part of.
func (c *checker) passing(cur inspector.Cursor) bool {
	kind, _ := cur.ParentEdge()
	if kind == edge.SelectorExpr_X {
		return cur.Parent().ParentEdgeKind() == edge.CallExpr_Fun // ctx.Done()
	}
	if kind == edge.CallExpr_Fun {
		return true // next()
	}
	if kind != edge.CallExpr_Args {
		return false
	}
	switch cur.Parent().ParentEdgeKind() {
	case edge.GoStmt_Call, edge.DeferStmt_Call:
		return false
	}
	call := cur.Parent().Node().(*ast.CallExpr)
	callee := typeutil.StaticCallee(c.pass.TypesInfo, call)
	if callee == nil || callee.Pkg() == nil || !plain(callee.Signature().Results()) {
		return false
	}
	if host, _, _ := strings.Cut(callee.Pkg().Path(), "/"); callee.Pkg() != c.pass.Pkg && !strings.Contains(host, ".") {
		return true // of the standard library
	}
	f := c.view.FuncOf(callee)
	if f == nil {
		return false
	}
	for _, n := range c.view.Expand(f).Nodes {
		if len(n.Spawns) > 0 || n.Op.Is(syncapi.Store, syncapi.Send) || n.Op.Is(syncapi.Call) && len(n.Op.Targets) == 0 {
			return false
		}
	}
	return true
}

// plainResults reports whether a function returns nothing that could hold a context.
func plainResults(info *types.Info, fn ast.Node) bool {
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		return plain(info.Defs[fn.Name].(*types.Func).Signature().Results())
	case *ast.FuncLit:
		return plain(info.TypeOf(fn).(*types.Signature).Results())
	}
	return false
}

func plain(results *types.Tuple) bool {
	for v := range results.Variables() {
		if !plainType(v.Type()) {
			return false
		}
	}
	return true
}

func plainRoots(results []*skeleton.Root) bool {
	for _, r := range results {
		if r.Type == nil || !plainType(r.Type) {
			return false
		}
	}
	return true
}

// plainType reports whether values of type t are numbers, strings or errors.
func plainType(t types.Type) bool {
	_, basic := t.Underlying().(*types.Basic)
	return basic || syncapi.IsError(t)
}
