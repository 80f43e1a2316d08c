package loopcapture

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// A place is where a value goes, as the syntax shows it.
type place int

const (
	nowhere place = iota
	stored
	sent
	gone     // to a go statement
	deferred // to a defer statement
	called   // to another call
)

// maxFollow bounds how many variables a value is followed through.
const maxFollow = 3

// A flow is a way of a value to a place.
type flow struct {
	place place
	at    ast.Node // the statement or call that takes it there
}

// flows returns the places that the expression at cur goes to. It looks
// through literals that hold it and follows variables of the body.
func (l *loop) flows(cur inspector.Cursor, depth int) []flow {
	for {
		parent := cur.Parent()
		switch cur.ParentEdgeKind() {
		case edge.ParenExpr_X, edge.KeyValueExpr_Value, edge.CompositeLit_Elts:
			cur = parent
		case edge.UnaryExpr_X:
			if parent.Node().(*ast.UnaryExpr).Op != token.AND {
				return nil
			}
			cur = parent
		case edge.CallExpr_Args:
			next, f := l.intoCall(parent, cur.Node().(ast.Expr))
			if next == nil {
				return f
			}
			cur = *next
		case edge.CallExpr_Fun:
			return startedBy(parent)
		case edge.SendStmt_Value:
			return []flow{{sent, parent.Node()}}
		case edge.AssignStmt_Rhs:
			return l.assigned(parent, cur, depth)
		case edge.ValueSpec_Values:
			return l.defined(parent, cur, depth)
		default:
			return nil
		}
	}
}

// startedBy returns whether a call is that of a go or defer statement.
func startedBy(call inspector.Cursor) []flow {
	switch call.ParentEdgeKind() {
	case edge.GoStmt_Call:
		return []flow{{gone, call.Parent().Node()}}
	case edge.DeferStmt_Call:
		return []flow{{deferred, call.Parent().Node()}}
	}
	return nil
}

// intoCall returns the call as a value that holds its argument, if it is a
// conversion, an append or a sync.OnceFunc, or else where the argument goes.
func (l *loop) intoCall(cur inspector.Cursor, arg ast.Expr) (*inspector.Cursor, []flow) {
	call := cur.Node().(*ast.CallExpr)
	fun := l.pass.TypesInfo.Types[call.Fun]
	switch {
	case fun.IsType():
		return &cur, nil
	case fun.IsBuiltin():
		if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "append" && call.Args[0] != arg {
			return &cur, nil
		}
		return nil, nil
	}
	if f := startedBy(cur); f != nil {
		return nil, f
	}
	if eff := syncapi.EffectOf(typeutil.StaticCallee(l.pass.TypesInfo, call)); eff != nil && eff.Op == syncapi.OnceFunc {
		return &cur, nil // its result calls the argument
	}
	return nil, []flow{{called, call}}
}

// assigned returns where a value goes that an assignment has on its right.
func (l *loop) assigned(assign, cur inspector.Cursor, depth int) []flow {
	stmt := assign.Node().(*ast.AssignStmt)
	for i, rhs := range stmt.Rhs {
		if rhs == cur.Node() && len(stmt.Lhs) == len(stmt.Rhs) {
			return l.into(stmt.Lhs[i], stmt, depth)
		}
	}
	return nil
}

// defined returns where the value of a var declaration goes.
func (l *loop) defined(spec, cur inspector.Cursor, depth int) []flow {
	s := spec.Node().(*ast.ValueSpec)
	for i, val := range s.Values {
		if val == cur.Node() && len(s.Names) == len(s.Values) {
			return l.into(s.Names[i], s, depth)
		}
	}
	return nil
}

// into returns where a value goes that is assigned to lhs.
func (l *loop) into(lhs ast.Expr, stmt ast.Node, depth int) []flow {
	var fields bool
	base := ast.Unparen(lhs)
	for {
		switch x := base.(type) {
		case *ast.SelectorExpr:
			base, fields = ast.Unparen(x.X), true
			continue
		case *ast.IndexExpr:
			base, fields = ast.Unparen(x.X), true
			continue
		case *ast.StarExpr:
			base, fields = ast.Unparen(x.X), true
			continue
		}
		break
	}
	id, ok := base.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	dst, ok := l.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return nil
	}
	if dst.Pos() < l.Body.Pos() || l.Body.End() <= dst.Pos() {
		if fields || dst.Parent() == l.pass.Pkg.Scope() || l.usedBehind(dst) {
			return []flow{{stored, stmt}}
		}
		return nil // set anew before it is used, as far as we see
	}
	if depth == maxFollow {
		return nil
	}
	var found []flow
	for use := range l.index.Uses(dst) {
		found = append(found, l.flows(use, depth+1)...)
	}
	return found
}

// usedBehind reports whether v may be used behind the loop: there, by another
// function, or as a named result.
func (l *loop) usedBehind(v *types.Var) bool {
	fn := l.fn.Syntax()
	for use := range l.index.Uses(v) {
		if use.Node().Pos() >= l.Body.End() || !within(l.Body, use.Node()) && functionAt(use) != fn {
			return true
		}
	}
	for field := range results(fn) {
		for _, name := range field.Names {
			if l.pass.TypesInfo.Defs[name] == v {
				return l.bareReturn(fn)
			}
		}
	}
	return false
}

// functionAt returns the innermost declaration or literal of a function around cur.
func functionAt(cur inspector.Cursor) ast.Node {
	for encl := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return encl.Node()
	}
	return nil
}

// results yields the results that fn, a declaration or a literal, declares.
func results(fn ast.Node) iter.Seq[*ast.Field] {
	var typ *ast.FuncType
	switch fn := fn.(type) {
	case *ast.FuncDecl:
		typ = fn.Type
	case *ast.FuncLit:
		typ = fn.Type
	}
	if typ == nil || typ.Results == nil {
		return func(func(*ast.Field) bool) {}
	}
	return slices.Values(typ.Results.List)
}

// bareReturn reports whether fn has, behind the loop, a return statement which
// leaves its named results as they are.
func (l *loop) bareReturn(fn ast.Node) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit != fn {
			return false
		}
		ret, ok := n.(*ast.ReturnStmt)
		found = found || ok && len(ret.Results) == 0 && ret.Pos() >= l.Body.End()
		return !found
	})
	return found
}

// leaves reports whether control surely leaves the loop behind n, a part of
// its body, without another statement that could go on.
func (l *loop) leaves(n ast.Node) bool {
	found := false
	ast.Inspect(l.Body, func(m ast.Node) bool {
		if m == nil || found || !within(m, n) {
			return false
		}
		var list []ast.Stmt
		breaks := true // a break leaves the loop, not a statement in it
		switch m := m.(type) {
		case *ast.BlockStmt:
			list = m.List
		case *ast.CaseClause:
			list, breaks = m.Body, false
		case *ast.CommClause:
			list, breaks = m.Body, false
		}
		for _, stmt := range list {
			if stmt.Pos() >= n.End() && endsLoop(stmt, breaks) {
				found = true
			}
		}
		return true
	})
	return found
}

func endsLoop(stmt ast.Stmt, breaks bool) bool {
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return stmt.Tok == token.BREAK && (breaks || stmt.Label != nil)
	}
	return false
}
