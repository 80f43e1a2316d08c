package oncedeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
)

// anew reports the Onces that are made for one call of a function and used by it
// once. It is decided by syntax and types, and errs to silence.
func anew(pass *analysis.Pass, index *symindex.Index) {
	for cur := range index.Uses(index.Method("sync", "Once", "Do")) {
		sel, ok := cur.Parent().Node().(*ast.SelectorExpr)
		if !ok || cur.Parent().ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		a := &use{pass: pass, cur: cur.Parent(), expr: ast.Unparen(sel.X)}
		a.once(sel)
	}
	for _, name := range []string{"OnceFunc", "OnceValue", "OnceValues"} {
		for cur := range index.Uses(index.Object("sync", name)) {
			for cur.ParentEdgeKind() != edge.CallExpr_Fun {
				switch cur.ParentEdgeKind() {
				case edge.SelectorExpr_Sel, edge.ParenExpr_X, edge.IndexExpr_X, edge.IndexListExpr_X:
					cur = cur.Parent()
					continue
				}
				break
			}
			if cur.ParentEdgeKind() == edge.CallExpr_Fun {
				a := &use{pass: pass, cur: cur.Parent()}
				a.onceFunc("sync." + name)
			}
		}
	}
}

// A use is one of a Once.
type use struct {
	pass *analysis.Pass
	cur  inspector.Cursor // of it
	expr ast.Expr         // the Once
}

// once looks at the Once of a call of Do.
func (u *use) once(sel *ast.SelectorExpr) {
	name := u.function()
	switch x := u.expr.(type) {
	case *ast.CallExpr, *ast.UnaryExpr, *ast.CompositeLit:
		if name != "" && u.makes(x) {
			u.report(sel.X, fmt.Sprintf("the Once is made anew for each call of %s, so it guards nothing", name))
		}
		return
	}
	id := u.copied(sel)
	if id == nil || name == "" {
		return
	}
	v, ok := u.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !u.alone(v, sel) {
		return
	}
	switch {
	case u.isParam(v) && !isPointer(v.Type()):
		u.report(sel.X, fmt.Sprintf("%s is copied for each call of %s, so it guards nothing", types.ExprString(u.expr), name))
	case ast.Expr(id) == u.expr && u.isMade(v):
		u.report(sel.X, fmt.Sprintf("%s is made anew for each call of %s, so it guards nothing", id.Name, name))
	}
}

// copied returns the variable that the Once of a call of Do is, or is part of
// with no pointer in between, nil if there is none.
func (u *use) copied(sel *ast.SelectorExpr) *ast.Ident {
	for e := ast.Expr(sel); ; {
		s, ok := e.(*ast.SelectorExpr)
		if !ok {
			id, _ := e.(*ast.Ident)
			return id
		}
		selection := u.pass.TypesInfo.Selections[s]
		if selection == nil {
			return nil
		}
		x := ast.Unparen(s.X)
		_, isIdent := x.(*ast.Ident)
		if isPointer(u.pass.TypesInfo.TypeOf(x)) && (!isIdent || s != sel) || throughPointer(selection) {
			return nil
		}
		e = x
	}
}

// throughPointer reports whether the embedded fields of a selection have a
// pointer among them.
func throughPointer(s *types.Selection) bool {
	t := s.Recv()
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	for _, i := range s.Index()[:len(s.Index())-1] {
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return true
		}
		t = st.Field(i).Type()
		if isPointer(t) {
			return true
		}
	}
	return false
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// function names the function that the use is in, "" if that is none or runs
// once only.
func (u *use) function() string {
	for cur := range u.cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		decl, ok := cur.Node().(*ast.FuncDecl)
		switch {
		case !ok:
			return "the literal"
		case decl.Recv == nil && (decl.Name.Name == "main" || decl.Name.Name == "init") || u.isTest(decl):
			return ""
		}
		return decl.Name.Name
	}
	return ""
}

// isTest reports whether decl is a test or the like, which is run once.
func (u *use) isTest(decl *ast.FuncDecl) bool {
	params := u.pass.TypesInfo.Defs[decl.Name].Type().(*types.Signature).Params()
	if params.Len() == 0 {
		return false
	}
	p, ok := params.At(0).Type().(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "testing"
}

// scope returns the cursor of the function that the use is in.
func (u *use) scope() (fn inspector.Cursor, ok bool) {
	for cur := range u.cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return cur, true
	}
	return fn, false
}

// isParam reports whether v is a parameter or receiver of the function that the
// use is in.
func (u *use) isParam(v *types.Var) bool {
	fn, _ := u.scope()
	switch n := fn.Node().(type) {
	case *ast.FuncDecl:
		return n.Pos() <= v.Pos() && v.Pos() < n.Body.Pos()
	case *ast.FuncLit:
		return n.Pos() <= v.Pos() && v.Pos() < n.Body.Pos()
	}
	return false
}

// alone reports whether the use is the only one of its Once in the function that
// v is declared in, and not in a loop or literal that v is declared outside of.
func (u *use) alone(v *types.Var, sel ast.Expr) bool {
	fn, ok := u.scope()
	if !ok || v.Pos() < fn.Node().Pos() || fn.Node().End() <= v.Pos() {
		return false
	}
	for cur := range u.cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if n := cur.Node(); fn.Node().Pos() <= n.Pos() && v.Pos() < n.Pos() {
			return false
		}
	}
	if u.jumps(fn) {
		return false
	}
	text := types.ExprString(sel)
	if s, ok := sel.(*ast.SelectorExpr); ok {
		text = types.ExprString(ast.Unparen(s.X))
	}
	alone := true
	for cur := range fn.Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		if u.pass.TypesInfo.Uses[id] != v || sel.Pos() <= id.Pos() && id.End() <= sel.End() {
			continue
		}
		for cur.ParentEdgeKind() == edge.SelectorExpr_X && types.ExprString(cur.Node().(ast.Expr)) != text {
			cur = cur.Parent()
		}
		whole := types.ExprString(cur.Node().(ast.Expr)) == text
		alone = alone && !whole && cur.ParentEdgeKind() != edge.UnaryExpr_X && !u.handsOn(cur)
	}
	return alone
}

// handsOn reports whether what cur is, a variable or a part of one, goes to others
// by its address.
func (u *use) handsOn(cur inspector.Cursor) bool {
	sel, ok := cur.Node().(*ast.SelectorExpr)
	if !ok {
		return false
	}
	s := u.pass.TypesInfo.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal {
		return false
	}
	return isPointer(s.Obj().(*types.Func).Signature().Recv().Type()) && !isPointer(u.pass.TypesInfo.TypeOf(sel.X))
}

// jumps reports whether a function has a goto, which may make a loop.
func (u *use) jumps(fn inspector.Cursor) bool {
	for cur := range fn.Preorder((*ast.BranchStmt)(nil)) {
		if cur.Node().(*ast.BranchStmt).Tok == token.GOTO {
			return true
		}
	}
	return false
}

// isMade reports whether v is a local variable that holds a Once of its own.
func (u *use) isMade(v *types.Var) bool {
	if u.isParam(v) {
		return false
	}
	if !isPointer(v.Type()) {
		return true
	}
	val := u.valueOf(v)
	return val != nil && u.makes(val)
}

// valueOf returns what v is declared with, nil if that is not seen.
func (u *use) valueOf(v *types.Var) ast.Expr {
	fn, _ := u.scope()
	for cur := range fn.Preorder((*ast.AssignStmt)(nil)) {
		assign := cur.Node().(*ast.AssignStmt)
		for i, lhs := range assign.Lhs {
			if id, ok := lhs.(*ast.Ident); ok && u.pass.TypesInfo.Defs[id] == v && len(assign.Rhs) == len(assign.Lhs) {
				return assign.Rhs[i]
			}
		}
	}
	return nil
}

// makes reports whether e makes a Once.
func (u *use) makes(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		if !ok {
			return false
		}
		b, ok := u.pass.TypesInfo.Uses[id].(*types.Builtin)
		return ok && b.Name() == "new"
	case *ast.UnaryExpr:
		_, ok := ast.Unparen(e.X).(*ast.CompositeLit)
		return ok && e.Op == token.AND
	case *ast.CompositeLit:
		return true
	}
	return false
}

// onceFunc looks at the function that a call of OnceFunc and its like makes.
func (u *use) onceFunc(what string) {
	name := u.function()
	if name == "" {
		return
	}
	call := u.cur
	for call.ParentEdgeKind() == edge.ParenExpr_X {
		call = call.Parent()
	}
	switch call.ParentEdgeKind() {
	case edge.CallExpr_Fun:
		u.report(u.cur.Node(), fmt.Sprintf("%s is called anew for each call of %s, so it guards nothing", what, name))
	case edge.AssignStmt_Rhs:
		assign := call.Parent().Node().(*ast.AssignStmt)
		id, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || len(assign.Lhs) != 1 || assign.Tok != token.DEFINE {
			return
		}
		v, ok := u.pass.TypesInfo.Defs[id].(*types.Var)
		if !ok {
			return
		}
		if called, ok := u.onlyCall(v); ok {
			at := &use{pass: u.pass, cur: called}
			if at.alone(v, called.Node().(ast.Expr)) {
				u.report(u.cur.Node(), fmt.Sprintf("%s is called anew for each call of %s, so it guards nothing", what, name))
			}
		}
	}
}

// onlyCall returns the identifier by which v is called, if that is all that is
// done with it, and no go or defer statement does it.
func (u *use) onlyCall(v *types.Var) (only inspector.Cursor, ok bool) {
	fn, _ := u.scope()
	n := 0
	for cur := range fn.Preorder((*ast.Ident)(nil)) {
		if u.pass.TypesInfo.Uses[cur.Node().(*ast.Ident)] != v {
			continue
		}
		n++
		if cur.ParentEdgeKind() == edge.CallExpr_Fun && cur.Parent().ParentEdgeKind() != edge.DeferStmt_Call && cur.Parent().ParentEdgeKind() != edge.GoStmt_Call {
			only, ok = cur, true
		}
	}
	return only, ok && n == 1
}

func (u *use) report(n ast.Node, message string) {
	report.Report(u.pass, analysis.Diagnostic{Pos: n.Pos(), End: n.End(), Message: message})
}
