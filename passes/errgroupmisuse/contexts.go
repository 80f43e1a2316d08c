package errgroupmisuse

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
)

// This file looks at the contexts that functions of a group use. It goes by the
// syntax: groups and contexts are known by the variables or fields that have them.

// A start says that a function, in the group which is one of its parameters, uses
// the context that is another.
type start struct{ Group, Context int }

// starts is the fact of a function that does so.
type starts struct{ Starts []start }

// AFact marks starts as a fact.
func (*starts) AFact() {}

// String tells which parameters are meant.
func (s *starts) String() string { return fmt.Sprintf("uses contexts in groups: %v", s.Starts) }

// A binding is a group with the context that is made for it.
type binding struct {
	made    *ast.CallExpr
	group   types.Object
	derived *ast.Ident // or the name of the field
	outer   []ast.Expr // what it is derived from
}

// A body is a declared function with its calls that matter here.
type body struct {
	decl     *ast.FuncDecl
	fn       *types.Func
	bindings []*binding
	calls    []*ast.CallExpr
}

// contexts reports the functions of groups that use the context which that of the
// group is derived from.
func (c *checker) contexts() {
	bodies := c.bodies()
	for changed := true; changed; {
		changed = false
		for _, b := range bodies {
			changed = c.summarize(b) || changed
		}
	}
	for _, b := range bodies {
		if list := c.starts[b.fn]; len(list) > 0 && b.fn.Exported() {
			c.pass.ExportObjectFact(b.fn, &starts{list})
		}
		for _, call := range b.calls {
			c.outerIn(b, call)
		}
	}
}

// bodies returns the functions of the package.
func (c *checker) bodies() []*body {
	var list []*body
	for cur := range c.root.Preorder((*ast.FuncDecl)(nil)) {
		decl := cur.Node().(*ast.FuncDecl)
		fn, ok := c.pass.TypesInfo.Defs[decl.Name].(*types.Func)
		if !ok || decl.Body == nil {
			continue
		}
		b := &body{decl: decl, fn: fn}
		for cur := range cur.Preorder((*ast.CallExpr)(nil)) {
			call := cur.Node().(*ast.CallExpr)
			b.calls = append(b.calls, call)
			if cur.ParentEdgeKind() == edge.AssignStmt_Rhs && syncapi.MakesGroup(c.callee(call)) {
				if bind := c.bindingOf(cur.Parent().Node().(*ast.AssignStmt), call); bind != nil {
					b.bindings = append(b.bindings, bind)
				}
			}
		}
		list = append(list, b)
	}
	return list
}

func (c *checker) callee(call *ast.CallExpr) *types.Func {
	return typeutil.StaticCallee(c.pass.TypesInfo, call)
}

// bindingOf returns the binding that an assignment of call makes, nil if it discards
// the group or the context.
func (c *checker) bindingOf(as *ast.AssignStmt, call *ast.CallExpr) *binding {
	if len(as.Lhs) != 2 || len(call.Args) != 1 {
		return nil
	}
	b := &binding{made: call, group: c.object(as.Lhs[0]), derived: symindex.LastIdent(as.Lhs[1])}
	if b.group == nil || b.derived == nil || b.derived.Name == "_" {
		return nil
	}
	own := c.pass.TypesInfo.ObjectOf(b.derived)
	for _, e := range c.ancestors(call.Args[0]) {
		if c.object(e) != own {
			b.outer = append(b.outer, e)
		}
	}
	return b
}

// object returns the variable or field that e names, or whose address it takes; nil
// if there is none.
func (c *checker) object(e ast.Expr) types.Object {
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.AND {
		e = u.X
	}
	id := symindex.LastIdent(e)
	if id == nil {
		return nil
	}
	return c.pass.TypesInfo.ObjectOf(id)
}

// maxAncestors bounds how far back a context is followed.
const maxAncestors = 4

// ancestors returns the context e and those that it was derived from, but for what
// has no parent.
func (c *checker) ancestors(e ast.Expr) []ast.Expr {
	var list []ast.Expr
	for range maxAncestors {
		if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
			fn := c.callee(call)
			switch {
			case syncapi.DerivesContext(fn):
				e = call.Args[0]
				continue
			case fn != nil && len(call.Args) == 0 && fn.Signature().Recv() != nil:
				list = append(list, e) // r.Context()
			}
			break
		}
		list = append(list, e)
		def := c.definition(e)
		if def == nil {
			break
		}
		e = def
	}
	return list
}

// definition returns what the local variable e is declared with, nil if it is none.
func (c *checker) definition(e ast.Expr) ast.Expr {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return nil
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, i := def.ParentEdge()
	switch {
	case len(as.Rhs) == len(as.Lhs):
		return as.Rhs[i]
	case i == 0:
		return as.Rhs[0]
	}
	return nil
}

// -- what functions do with the contexts and groups that they are handed --

// summarize notes which parameters of b start functions with which. It reports whether
// there was any new.
func (c *checker) summarize(b *body) bool {
	params := b.fn.Signature().Params()
	n := len(c.starts[b.fn])
	for _, call := range b.calls {
		for g := range params.Len() {
			for x := range params.Len() {
				s := start{g, x}
				if !syncapi.IsContext(params.At(x).Type()) || slices.Contains(c.starts[b.fn], s) {
					continue
				}
				if len(c.uses(call, params.At(g), nil, func(e ast.Expr) bool { return c.names(e, params.At(x)) })) > 0 {
					c.starts[b.fn] = append(c.starts[b.fn], s)
				}
			}
		}
	}
	return len(c.starts[b.fn]) > n
}

func (c *checker) names(e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && c.pass.TypesInfo.Uses[id] == v
}

// startsOf returns what is known of a function of this package or another.
func (c *checker) startsOf(fn *types.Func) []start {
	if fn == nil {
		return nil
	}
	fn = fn.Origin()
	if fn.Pkg() == c.pass.Pkg {
		return c.starts[fn]
	}
	fact := new(starts)
	if c.pass.ImportObjectFact(fn, fact) {
		return fact.Starts
	}
	return nil
}

// uses returns where a call, which starts a function in the group or has one started,
// lets that use a context for which is holds.
func (c *checker) uses(call *ast.CallExpr, group types.Object, derived types.Object, is func(ast.Expr) bool) []ast.Expr {
	fn := c.callee(call)
	effect := syncapi.EffectOf(fn)
	if effect != nil && (effect.Op == syncapi.GroupGo || effect.Op == syncapi.GroupTryGo) {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok || c.object(sel.X) != group {
			return nil
		}
		s := &scan{checker: c, derived: derived, is: is}
		s.function(call.Args[0], 3)
		if s.minds {
			return nil
		}
		return s.found
	}
	for _, st := range c.startsOf(fn) {
		if st.Group < len(call.Args) && st.Context < len(call.Args) && c.object(call.Args[st.Group]) == group && is(call.Args[st.Context]) {
			return []ast.Expr{call.Args[st.Context]}
		}
	}
	return nil
}

// A scan looks for uses of a context in a function.
type scan struct {
	*checker
	derived types.Object // the context of the group
	is      func(ast.Expr) bool
	found   []ast.Expr
	minds   bool // it looks at the end of the derived context by itself
}

// function scans the function that e is, or what it is made of.
func (s *scan) function(e ast.Expr, depth int) {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		s.body(e.Body, depth)
	case *ast.CallExpr:
		for _, arg := range e.Args {
			s.body(arg, depth)
		}
	case *ast.Ident:
		if lit, ok := ast.Unparen(s.value(e)).(*ast.FuncLit); ok && depth > 0 {
			s.body(lit.Body, depth-1)
		}
	}
}

// value returns what a variable is declared with, or e.
func (s *scan) value(e *ast.Ident) ast.Expr {
	if def := s.definition(e); def != nil {
		return def
	}
	return e
}

func (s *scan) body(n ast.Node, depth int) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if s.call(n, depth) {
				return false
			}
		case ast.Expr:
		default:
			return true
		}
		if e, ok := n.(ast.Expr); ok && s.is(e) {
			if !slices.Contains(s.found, e) {
				s.found = append(s.found, e)
			}
			return false
		}
		return true
	})
}

// call looks at a call, and reports whether its operands are of no interest.
func (s *scan) call(call *ast.CallExpr, depth int) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		s.function(id, depth)
	}
	fn := typeutil.Callee(s.pass.TypesInfo, call)
	obj, ok := fn.(*types.Func)
	if !ok {
		return false
	}
	effect := syncapi.EffectOf(obj)
	if effect != nil && (effect.Op == syncapi.CtxDone || effect.Op == syncapi.CtxErr) {
		operand := call.Fun
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && obj.Signature().Recv() != nil {
			operand = sel.X
		} else if len(call.Args) > 0 {
			operand = call.Args[0]
		}
		s.minds = s.minds || s.derived != nil && s.object(operand) == s.derived
	}
	return syncapi.ReadsValues(obj)
}

// -- reporting --

// outerIn reports a call that lets a function of a group use the outer context.
func (c *checker) outerIn(b *body, call *ast.CallExpr) {
	for _, bind := range b.bindings {
		if call.Pos() < bind.made.End() {
			continue
		}
		is := func(e ast.Expr) bool {
			return slices.ContainsFunc(bind.outer, func(o ast.Expr) bool { return c.same(e, o) })
		}
		list := c.uses(call, bind.group, c.pass.TypesInfo.ObjectOf(bind.derived), is)
		if len(list) == 0 || c.done[list[0].Pos()] {
			continue
		}
		c.done[list[0].Pos()] = true
		d := analysis.Diagnostic{
			Pos: list[0].Pos(), End: list[0].End(),
			Message: fmt.Sprintf("%s is used in a function of %s in place of %s, which ends when another function fails",
				types.ExprString(list[0]), bind.group.Name(), bind.derived.Name),
			Related: []analysis.RelatedInformation{{
				Pos: bind.made.Pos(), End: bind.made.End(), Message: "the context of " + bind.group.Name() + " is made here",
			}},
		}
		if edits := c.edits(list, bind); len(edits) > 0 {
			d.SuggestedFixes = []analysis.SuggestedFix{{Message: "Use " + bind.derived.Name, TextEdits: edits}}
		}
		c.found = append(c.found, d)
	}
}

// edits replaces the uses by the context of the group, if its name means that there.
func (c *checker) edits(uses []ast.Expr, bind *binding) []analysis.TextEdit {
	v, ok := c.pass.TypesInfo.ObjectOf(bind.derived).(*types.Var)
	if !ok || v.IsField() {
		return nil
	}
	var edits []analysis.TextEdit
	for _, e := range uses {
		scope := c.pass.Pkg.Scope().Innermost(e.Pos())
		if scope == nil {
			return nil
		}
		if _, obj := scope.LookupParent(v.Name(), e.Pos()); obj != v {
			return nil
		}
		edits = append(edits, analysis.TextEdit{Pos: e.Pos(), End: e.End(), NewText: []byte(v.Name())})
	}
	return edits
}

// same reports whether two expressions name the same context: a variable, a field of
// the same object, or what the same method returns.
func (c *checker) same(a, b ast.Expr) bool {
	switch a := ast.Unparen(a).(type) {
	case *ast.Ident:
		b, ok := ast.Unparen(b).(*ast.Ident)
		obj := c.pass.TypesInfo.Uses[a]
		return ok && obj != nil && obj == c.pass.TypesInfo.Uses[b]
	case *ast.SelectorExpr:
		b, ok := ast.Unparen(b).(*ast.SelectorExpr)
		return ok && c.pass.TypesInfo.Uses[a.Sel] == c.pass.TypesInfo.Uses[b.Sel] && c.same(a.X, b.X)
	case *ast.CallExpr:
		b, ok := ast.Unparen(b).(*ast.CallExpr)
		return ok && len(a.Args) == 0 && len(b.Args) == 0 && c.same(a.Fun, b.Fun)
	}
	return false
}
