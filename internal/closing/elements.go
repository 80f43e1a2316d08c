package closing

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// -- channels in slices and maps --

// An element is a close of a channel that a slice or map in a field or package
// variable keeps, or of one in a struct that it keeps.
type element struct {
	op    *skeleton.Op
	of    *types.Var // the slice or map
	field types.Object
	all   bool // one after the other is closed, unconditionally
	decl  *ast.FuncDecl
}

// A Kept is a close of all that a slice or map keeps, of which one may be closed
// already and still be in it.
type Kept struct {
	Of            *types.Var   // the slice or map
	First, Second *skeleton.Op // the closes of one, and of all

	// Instead of these: a call of the function Name, which closes all, and the statement before
	// it that defers another.
	Call, Deferred *ast.CallExpr
	Name           string
}

// An elementFinder finds the second closes of what slices and maps keep.
type elementFinder struct {
	pkg   *types.Package
	info  *types.Info
	view  *skeleton.View
	root  *syntax.Tree
	index *symindex.Index
	found []Kept
}

// Elements returns the closes of all that a slice or map of the package keeps, if
// one of them may be closed already and still be in it. Those in seen are left out.
//
// That it is still there is a must-analysis over the package's syntax: nothing takes
// an element out. That nothing looks first is seen by the form of the conditions in
// both functions. It errs to silence.
func Elements(pkg *types.Package, info *types.Info, view *skeleton.View, root *syntax.Tree, index *symindex.Index, seen map[*skeleton.Op]bool) []Kept {
	c := &elementFinder{pkg: pkg, info: info, view: view, root: root, index: index}
	closes := c.closesOfElements()
	for _, w := range closes {
		if !w.all || seen[w.op] || !c.kept(w.of) || !c.stays(w.field) || !c.unguarded(w) {
			continue
		}
		i := slices.IndexFunc(closes, func(s element) bool {
			return !s.all && s.of == w.of && s.field == w.field && s.decl != w.decl && c.unguarded(s) && !c.assigns(s.decl, s.of) && !c.replaced(s)
		})
		switch {
		case i >= 0:
			c.found = append(c.found, Kept{Of: w.of, First: closes[i].op, Second: w.op})
		case !c.assigns(w.decl, w.of):
			c.deferredTwice(w)
		}
	}
	return c.found
}

func (c *elementFinder) closesOfElements() (closes []element) {
	for _, f := range c.view.Funcs {
		for _, op := range f.Ops() {
			if op.Kind != syncapi.Close || op.Res.Sel == nil || f.Parent != nil {
				continue
			}
			if e, ok := c.elementOf(op); ok {
				closes = append(closes, e)
			}
		}
	}
	return closes
}

// elementOf returns the element that op closes.
func (c *elementFinder) elementOf(op *skeleton.Op) (e element, ok bool) {
	node := c.view.Node(op)
	call, isCall := node.(*ast.CallExpr)
	if !isCall || len(call.Args) != 1 {
		return e, false
	}
	cur, found := c.root.FindNode(call)
	if !found {
		return e, false
	}
	e.op = op
	for d := range cur.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		if e.decl, ok = d.Node().(*ast.FuncDecl); !ok {
			return e, false
		}
		break
	}
	x := ast.Unparen(call.Args[0])
	if sel, isSel := x.(*ast.SelectorExpr); isSel {
		e.field, x = c.info.Uses[sel.Sel], ast.Unparen(sel.X)
	}
	switch x := x.(type) {
	case *ast.IndexExpr:
		e.of = c.keeper(x.X)
	case *ast.Ident:
		def, found := c.root.FindByPos(c.defOf(x), c.defOf(x))
		if !found {
			return e, false
		}
		switch def.ParentEdgeKind() {
		case edge.RangeStmt_Value:
			loop := def.Parent().Node().(*ast.RangeStmt)
			e.of = c.keeper(loop.X)
			e.all = cur.ParentEdgeKind() == edge.ExprStmt_X && cur.Parent().Parent().Node() == loop.Body
		case edge.AssignStmt_Lhs:
			as := def.Parent().Node().(*ast.AssignStmt)
			if ix, ok := ast.Unparen(as.Rhs[0]).(*ast.IndexExpr); ok && as.Lhs[0] == def.Node() {
				e.of = c.keeper(ix.X)
			}
		}
	}
	return e, e.of != nil && e.decl != nil
}

func (c *elementFinder) defOf(id *ast.Ident) token.Pos {
	if obj := c.info.Uses[id]; obj != nil {
		return obj.Pos()
	}
	return token.NoPos
}

// keeper returns the field or package variable of this package that e names.
func (c *elementFinder) keeper(e ast.Expr) *types.Var {
	id := symindex.LastIdent(e)
	if id == nil {
		return nil
	}
	v, ok := c.info.Uses[id].(*types.Var)
	if !ok || v.Pkg() != c.pkg || c.index.Public(v) || !v.IsField() && v.Parent() != c.pkg.Scope() {
		return nil
	}
	return v.Origin()
}

// kept reports whether nothing takes an element out of v, or has v by another name.
func (c *elementFinder) kept(v *types.Var) bool {
	for use := range c.index.Uses(v) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		parent := use.Parent()
		switch kind, i := use.ParentEdge(); kind {
		case edge.RangeStmt_X, edge.BinaryExpr_X, edge.BinaryExpr_Y, edge.KeyValueExpr_Key:
		case edge.IndexExpr_X:
			if parent.ParentEdgeKind() == edge.AssignStmt_Lhs && c.unsets(parent.Parent(), parent) || parent.ParentEdgeKind() == edge.UnaryExpr_X {
				return false
			}
		case edge.AssignStmt_Lhs:
			as := parent.Node().(*ast.AssignStmt)
			if len(as.Lhs) != len(as.Rhs) || !c.keepsAll(as.Rhs[i], as.Lhs[i]) {
				return false
			}
		case edge.CallExpr_Args:
			if id, ok := ast.Unparen(parent.Node().(*ast.CallExpr).Fun).(*ast.Ident); !ok || id.Name != "len" && id.Name != "append" {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// stays reports whether nothing assigns field, if there is one.
func (c *elementFinder) stays(field types.Object) bool {
	if field == nil {
		return true
	}
	for use := range c.index.Uses(field) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel && use.Parent().ParentEdgeKind() == edge.AssignStmt_Lhs {
			return false
		}
	}
	return true
}

// unsets reports whether the operand lhs of an assignment becomes nil, or what is
// not seen.
func (c *elementFinder) unsets(assign, lhs inspector.Cursor) bool {
	as := assign.Node().(*ast.AssignStmt)
	_, i := lhs.ParentEdge()
	return len(as.Lhs) != len(as.Rhs) || c.info.Types[as.Rhs[i]].IsNil()
}

// keepsAll reports whether an assignment of e to v adds to it, or begins anew.
func (c *elementFinder) keepsAll(e, v ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		id, ok := ast.Unparen(e.Fun).(*ast.Ident)
		return ok && (id.Name == "make" || id.Name == "append" && types.ExprString(e.Args[0]) == types.ExprString(v))
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	}
	return c.info.Types[e].IsNil()
}

// assigns reports whether a function assigns v, or an element of it.
func (c *elementFinder) assigns(decl *ast.FuncDecl, v *types.Var) bool {
	found := false
	ast.Inspect(decl, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Tok == token.DEFINE {
			return !found
		}
		for _, l := range as.Lhs {
			if ix, ok := ast.Unparen(l).(*ast.IndexExpr); ok {
				l = ix.X
			}
			found = found || c.keeper(l) == v
		}
		return !found
	})
	return found
}

// replaced reports whether a caller of the function of e assigns what keeps it.
func (c *elementFinder) replaced(e element) bool {
	for use := range c.index.Uses(c.info.Defs[e.decl.Name]) {
		for d := range use.Enclosing((*ast.FuncDecl)(nil)) {
			if c.assigns(d.Node().(*ast.FuncDecl), e.of) {
				return true
			}
		}
	}
	return false
}

// unguarded reports whether no condition in the function of e can tell whether the
// channel is closed: there are only those of looking an element up and of comparing
// variables.
func (c *elementFinder) unguarded(e element) bool {
	free := true
	ast.Inspect(e.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			free = free && c.looksUp(n.Cond)
		case *ast.SelectStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.FuncLit, *ast.DeferStmt:
			d, ok := n.(*ast.DeferStmt)
			free = free && ok && !isLit(d.Call.Fun)
		case *ast.CallExpr:
			if fn, ok := c.info.Uses[symindex.LastIdent(n.Fun)].(*types.Func); ok {
				if eff := syncapi.EffectOf(fn); eff != nil && !slices.Contains([]syncapi.Op{syncapi.Lock, syncapi.RLock, syncapi.Unlock, syncapi.RUnlock}, eff.Op) {
					free = false
				}
			}
		}
		return free
	})
	return free
}

func isLit(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

// looksUp reports whether a condition says whether an element is there, or which
// one it is.
func (c *elementFinder) looksUp(cond ast.Expr) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && c.looksUp(e.X)
	case *ast.Ident:
		def, ok := c.root.FindByPos(c.defOf(e), c.defOf(e))
		if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
			return false
		}
		as := def.Parent().Node().(*ast.AssignStmt)
		_, isIndex := ast.Unparen(as.Rhs[0]).(*ast.IndexExpr)
		return isIndex && len(as.Lhs) == 2 && as.Lhs[1] == def.Node()
	case *ast.BinaryExpr:
		_, x := ast.Unparen(e.X).(*ast.Ident)
		_, y := ast.Unparen(e.Y).(*ast.Ident)
		return (e.Op == token.EQL || e.Op == token.NEQ) && x && y && !skeleton.IsBool(c.info.TypeOf(e.X))
	}
	return false
}

// deferredTwice finds the calls of the function of w behind a statement that
// defers the same call.
func (c *elementFinder) deferredTwice(w element) {
	calls := make(map[*ast.FuncDecl][]*ast.CallExpr)
	deferred := make(map[*ast.FuncDecl]*ast.CallExpr)
	var order []*ast.FuncDecl
	for use := range c.index.Uses(c.info.Defs[w.decl.Name]) {
		if use.ParentEdgeKind() == edge.SelectorExpr_Sel {
			use = use.Parent()
		}
		call, ok := use.Parent().Node().(*ast.CallExpr)
		if !ok || use.ParentEdgeKind() != edge.CallExpr_Fun {
			continue
		}
		for at := range use.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
			decl, ok := at.Node().(*ast.FuncDecl)
			switch {
			case !ok:
			case use.Parent().ParentEdgeKind() == edge.DeferStmt_Call:
				deferred[decl] = call
				order = append(order, decl)
			case use.Parent().ParentEdgeKind() == edge.ExprStmt_X:
				calls[decl] = append(calls[decl], call)
			}
			break
		}
	}
	for _, decl := range order {
		d := deferred[decl]
		for _, call := range calls[decl] {
			if call.Pos() < d.End() || types.ExprString(call.Fun) != types.ExprString(d.Fun) {
				continue
			}
			c.found = append(c.found, Kept{Of: w.of, Call: call, Deferred: d, Name: w.decl.Name.Name})
			break
		}
	}
}
