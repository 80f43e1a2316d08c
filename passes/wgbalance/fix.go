package wgbalance

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// fixDefer returns the fix that has Done called whatever happens: Go in place of
// Add, the go statement and Done where the version of the file has it, else a
// deferred call, the first statement of the goroutine. It is offered if all calls
// of Done are the last thing that the goroutine's own function does.
func (c *checker) fixDefer(gr *group, d *skeleton.Node) []analysis.SuggestedFix {
	fn := d.Op.Fn
	body := bodyOfFunc(fn)
	if body == nil || len(body.List) == 0 || fn != d.Graph.Root {
		return nil
	}
	var removals []analysis.TextEdit
	recv := ""
	seen := make(map[*skeleton.Op]bool)
	for _, n := range of(d.Graph, gr.dones) {
		if seen[n.Op] {
			continue
		}
		seen[n.Op] = true
		edit, text, ok := c.removal(n.Op, body)
		if !ok || n.Op.Fn != fn || recv != "" && text != recv {
			return nil
		}
		recv = text
		removals = append(removals, edit)
	}
	if recv == "" {
		return nil
	}
	if edits := c.withGo(gr, d.Graph, recv); edits != nil {
		return []analysis.SuggestedFix{{Message: "Start the goroutine by Go, which calls Done in any case", TextEdits: append(edits, removals...)}}
	}
	edit := analysis.TextEdit{Pos: body.List[0].Pos(), End: body.List[0].Pos(), NewText: []byte("defer " + recv + ".Done()\n")}
	return []analysis.SuggestedFix{{Message: "Defer the call to Done", TextEdits: append(removals, edit)}}
}

func bodyOfFunc(f *skeleton.Func) *ast.BlockStmt {
	switch s := f.Syntax().(type) {
	case *ast.FuncDecl:
		return s.Body
	case *ast.FuncLit:
		return s.Body
	}
	return nil
}

// removal returns the edit that removes a call of Done, with what it is called on;
// not ok unless that is known from the start of body on, and nothing follows.
func (c *checker) removal(op *skeleton.Op, body *ast.BlockStmt) (edit analysis.TextEdit, recv string, ok bool) {
	if d, ok := c.view.Node(op).(*ast.DeferStmt); ok && op.Kind == syncapi.WgDone {
		sel, isSel := ast.Unparen(d.Call.Fun).(*ast.SelectorExpr)
		if !isSel || !c.stable(sel.X, body) {
			return edit, "", false
		}
		return analysis.TextEdit{Pos: d.Pos(), End: d.End()}, types.ExprString(sel.X), true
	}
	call, isCall := c.view.Node(op).(*ast.CallExpr)
	if !isCall || op.Kind != syncapi.WgDone {
		return edit, "", false
	}
	cur, found := c.root.FindNode(call)
	if !found {
		return edit, "", false
	}
	stmt, isStmt := cur.Parent().Node().(*ast.ExprStmt)
	sel, isSel := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !isStmt || !isSel || !c.stable(sel.X, body) || !last(cur.Parent(), body) {
		return edit, "", false
	}
	return analysis.TextEdit{Pos: stmt.Pos(), End: stmt.End()}, types.ExprString(sel.X), true
}

// stable reports whether e is made of names and fields only, none of which is
// declared in body.
func (c *checker) stable(e ast.Expr, body *ast.BlockStmt) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := c.pass.TypesInfo.Uses[e]
		return obj != nil && (obj.Pos() < body.Pos() || body.End() <= obj.Pos())
	case *ast.SelectorExpr:
		return c.stable(e.X, body)
	}
	return false
}

// last reports whether the statement at cur is the last of body that is run on its
// path: behind it is only a return of nothing.
func last(cur inspector.Cursor, body *ast.BlockStmt) bool {
	for {
		if next, ok := cur.NextSibling(); ok {
			if _, isStmt := next.Node().(ast.Stmt); isStmt {
				ret, ok := next.Node().(*ast.ReturnStmt)
				return ok && len(ret.Results) == 0
			}
		}
		up := cur.Parent()
		if up.Node() == ast.Node(body) {
			return true
		}
		switch s := up.Node().(type) {
		case *ast.BlockStmt, *ast.IfStmt:
			if s, ok := s.(*ast.IfStmt); ok && cur.Node() == ast.Node(s.Body) {
				cur = up // its else is another path
				for {
					parent := cur.Parent()
					if p, ok := parent.Node().(*ast.IfStmt); ok && p.Else == cur.Node() {
						cur = parent
						continue
					}
					break
				}
				continue
			}
		default:
			return false
		}
		cur = up
	}
}

// withGo returns the edits that start the goroutine of g by Go: its go statement
// stands right behind the Add that counts it, and runs a literal without
// arguments. It returns nil if that is not so, or the version of the file has no Go.
func (c *checker) withGo(gr *group, g *skeleton.Graph, recv string) []analysis.TextEdit {
	start, ok := c.view.Node(g.Spawner.Op).(*ast.GoStmt)
	if !ok || len(gr.adds) != 1 || !c.hasGo(start.Pos()) {
		return nil
	}
	lit, ok := ast.Unparen(start.Call.Fun).(*ast.FuncLit)
	if !ok || len(start.Call.Args) > 0 || lit.Type.Results != nil && len(lit.Type.Results.List) > 0 {
		return nil
	}
	a := gr.adds[0]
	call, ok := c.view.Node(a.Op).(*ast.CallExpr)
	if !ok || !a.Op.NKnown || a.Op.N != 1 {
		return nil
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	cur, found := c.root.FindNode(call)
	if !ok || !found || types.ExprString(sel.X) != recv {
		return nil
	}
	stmt, ok := cur.Parent().Node().(*ast.ExprStmt)
	next, hasNext := cur.Parent().NextSibling()
	if !ok || !hasNext || next.Node() != ast.Node(start) || report.Commented(c.pass, stmt.End(), start.Pos()) {
		return nil
	}
	return []analysis.TextEdit{
		{Pos: stmt.Pos(), End: start.Call.Pos(), NewText: []byte(recv + ".Go(")},
		{Pos: start.Call.Lparen, End: start.Call.Rparen + 1, NewText: []byte(")")},
	}
}

// hasGo reports whether WaitGroup.Go is there in the version of the file at pos.
func (c *checker) hasGo(pos token.Pos) bool {
	for _, f := range c.pass.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			v := c.pass.TypesInfo.FileVersions[f]
			return v != "" && version.Compare(v, "go1.25") >= 0
		}
	}
	return false
}

// fixInGo returns the fix that removes the call of Done, a statement of the
// function that Go runs.
func (c *checker) fixInGo(gr *group, d *skeleton.Node) []analysis.SuggestedFix {
	if len(of(d.Graph, gr.dones)) == 0 || d.Op.Fn.Parent == nil || d.Op.Fn != d.Graph.Root {
		return nil
	}
	ops := make(map[*skeleton.Op]bool)
	for _, n := range of(d.Graph, gr.dones) {
		ops[n.Op] = true
	}
	body := bodyOfFunc(d.Op.Fn)
	if len(ops) != 1 || body == nil {
		return nil
	}
	var stmt ast.Stmt
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.DeferStmt:
			if s.Call.Lparen == d.Op.Pos || s.Pos() == d.Op.Pos {
				stmt = s
			}
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && call.Lparen == d.Op.Pos {
				stmt = s
			}
		}
	}
	if stmt == nil {
		return nil
	}
	return []analysis.SuggestedFix{{
		Message:   "Remove the call to Done",
		TextEdits: []analysis.TextEdit{{Pos: stmt.Pos(), End: stmt.End()}},
	}}
}
