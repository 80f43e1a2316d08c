// Package ctxscope is a view of a package: what context is in scope at a call, when the
// call is run, and what is done there with good reason without that context.
//
// It goes by syntax and types; how the literals of a function are run it asks the
// skeletons. Where that is not known a call counts as detached.
package ctxscope

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/concurrencyvet/concurrencyvet/internal/lazyregexp"
	"github.com/concurrencyvet/concurrencyvet/internal/report"
	"github.com/concurrencyvet/concurrencyvet/internal/skeleton"
	"github.com/concurrencyvet/concurrencyvet/internal/symindex"
	"github.com/concurrencyvet/concurrencyvet/internal/syncapi"
	"github.com/concurrencyvet/concurrencyvet/internal/syntax"
)

// A Package tells of the places of the package under analysis.
type Package struct {
	pass  *analysis.Pass
	root  *syntax.Tree
	index *symindex.Index
	view  *skeleton.View
}

// New returns the Package of a pass. The analyzer requires inspect, skeleton and
// symindex, and holds the lock of the skeletons.
func New(pass *analysis.Pass) *Package {
	return &Package{
		pass:  pass,
		root:  pass.ResultOf[syntax.Analyzer].(*syntax.Tree),
		index: pass.ResultOf[symindex.Analyzer].(*symindex.Index),
		view:  pass.ResultOf[skeleton.Analyzer].(*skeleton.View),
	}
}

// Callee returns the function that a call calls, nil if it is not known.
func (c *Package) Callee(call *ast.CallExpr) *types.Func {
	fn, _ := typeutil.Callee(c.pass.TypesInfo, call).(*types.Func)
	if fn == nil {
		return nil
	}
	return fn.Origin()
}

// A Place says of a call when it is run, and what context is in scope there: that of the
// innermost function that has one, of those around the call which are waiting for it.
type Place struct {
	Fn       ast.Node // that function, or the outermost one
	Ctx      string   // how the context is spelled, empty if there is none
	Obj      *types.Var
	Detached bool // it is not known that a function around it waits for it
	Deferred bool
}

// Place returns the place of the call at cur.
func (c *Package) Place(cur inspector.Cursor) *Place {
	pl := new(Place)
	pos := cur.Node().Pos()
	for ; ; cur = cur.Parent() {
		switch n := cur.Node().(type) {
		case *ast.FuncDecl:
			pl.Fn = n
			pl.scope(c, n, n.Type, pos)
			return pl
		case *ast.FuncLit:
			pl.Fn = n
			if pl.scope(c, n, n.Type, pos) {
				return pl
			}
			c.literal(cur).apply(pl)
		case *ast.File:
			pl.Detached = true
			return pl
		}
		switch cur.ParentEdgeKind() {
		case edge.DeferStmt_Call:
			pl.Deferred = true
		case edge.GoStmt_Call:
			pl.Detached = pl.Detached || !c.Joined(cur)
		}
		if pl.Detached {
			return pl
		}
	}
}

// scope looks for a context in a function: a parameter, one that a parameter has, or a
// variable that has got it.
func (pl *Place) scope(c *Package, fn ast.Node, t *ast.FuncType, pos token.Pos) bool {
	for _, field := range t.Params.List {
		for _, name := range field.Names {
			v, ok := c.pass.TypesInfo.Defs[name].(*types.Var)
			if !ok || name.Name == "_" {
				continue
			}
			switch {
			case syncapi.IsContext(v.Type()):
				pl.Fn, pl.Ctx, pl.Obj = fn, v.Name(), v
				return true
			case hasContext(v.Type(), c.pass.Pkg):
				pl.Fn, pl.Ctx, pl.Obj = fn, v.Name()+".Context()", v
			}
		}
	}
	if pl.Ctx != "" {
		return true
	}
	for scope := c.pass.Pkg.Scope().Innermost(pos); scope != nil && fn.Pos() <= scope.Pos(); scope = scope.Parent() {
		for _, name := range scope.Names() {
			v, ok := scope.Lookup(name).(*types.Var)
			if ok && v.Pos() < pos && syncapi.IsContext(v.Type()) && c.got(v, pos) {
				pl.Fn, pl.Ctx, pl.Obj = fn, v.Name(), v
				return true
			}
		}
	}
	return false
}

// hasContext reports whether a value of type t, a request or an interface such as that of
// a stream, has a method Context.
func hasContext(t types.Type, pkg *types.Package) bool {
	if !types.IsInterface(t) && !syncapi.IsRequest(t) {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, pkg, "Context")
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() != nil && fn.Pkg().Path() == "testing" {
		return false
	}
	sig := fn.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && syncapi.IsContext(sig.Results().At(0).Type())
}

// got reports whether a variable is declared with the context that a value has, before
// pos.
func (c *Package) got(v *types.Var, pos token.Pos) bool {
	def, ok := c.root.FindByPos(v.Pos(), v.Pos()+token.Pos(len(v.Name())))
	if !ok || def.ParentEdgeKind() != edge.AssignStmt_Lhs {
		return false
	}
	as := def.Parent().Node().(*ast.AssignStmt)
	_, i := def.ParentEdge()
	if len(as.Lhs) != len(as.Rhs) || as.End() > pos {
		return false
	}
	call, ok := ast.Unparen(as.Rhs[i]).(*ast.CallExpr)
	if !ok || len(call.Args) > 0 {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Context" && c.pass.TypesInfo.Selections[sel] != nil
}

// -- how literals are run --

// A Running says how a function literal is run.
type Running uint8

// The ways to run a function literal.
const (
	Unknown  Running = iota // or on a goroutine that nothing waits for
	Deferred                // at the end of the function around it
	AtOnce                  // before the call that it is handed to returns, or the function around it does
)

func (r Running) apply(pl *Place) {
	pl.Detached = pl.Detached || r == Unknown
	pl.Deferred = pl.Deferred || r == Deferred
}

// literal returns how the literal at cur is run.
func (c *Package) literal(cur inspector.Cursor) Running {
	for cur.ParentEdgeKind() == edge.ParenExpr_X {
		cur = cur.Parent()
	}
	kind, i := cur.ParentEdge()
	switch kind {
	case edge.CallExpr_Fun:
		return AtOnce // or as the go or defer statement around it says
	case edge.CallExpr_Args:
		return c.Argument(cur.Parent(), i)
	case edge.AssignStmt_Rhs:
		as := cur.Parent().Node().(*ast.AssignStmt)
		if len(as.Lhs) == len(as.Rhs) {
			return c.variable(as.Lhs[i])
		}
	case edge.ValueSpec_Values:
		return c.variable(cur.Parent().Node().(*ast.ValueSpec).Names[i])
	}
	return Unknown
}

// variable returns how the function in a local variable is run: at once, if it is
// anywhere.
func (c *Package) variable(e ast.Expr) Running {
	id, ok := e.(*ast.Ident)
	if !ok {
		return Unknown
	}
	v, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || v.Parent() == c.pass.Pkg.Scope() {
		return Unknown
	}
	best := Unknown
	for use := range c.index.Uses(v) {
		kind, i := use.ParentEdge()
		r := Unknown
		switch {
		case kind == edge.CallExpr_Fun && use.Parent().ParentEdgeKind() == edge.DeferStmt_Call:
			r = Deferred
		case kind == edge.CallExpr_Fun && use.Parent().ParentEdgeKind() == edge.GoStmt_Call:
		case kind == edge.CallExpr_Fun:
			r = AtOnce
		case kind == edge.CallExpr_Args:
			r = c.Argument(use.Parent(), i)
		case kind == edge.AssignStmt_Lhs:
			continue
		default:
			return Unknown // it may be kept
		}
		best = max(best, r)
	}
	return best
}

// Argument returns how the function is run that is argument i of a call.
func (c *Package) Argument(call inspector.Cursor, i int) Running {
	fn := c.Callee(call.Node().(*ast.CallExpr))
	if fn == nil {
		return Unknown
	}
	if fn.Signature().Recv() != nil {
		i++
	}
	effect := syncapi.EffectOf(fn)
	if effect == nil {
		return c.parameter(c.view.FuncOf(fn), i, 3)
	}
	switch effect.Op {
	case syncapi.OnceDo, syncapi.OnceFunc, syncapi.SingleDo: // for all who come, not for this one
		return Unknown
	}
	for _, cb := range effect.Calls {
		switch {
		case cb.Arg != i:
		case cb.Mode == syncapi.Now, cb.Mode == syncapi.NowOnce:
			return AtOnce
		case cb.Mode.Starts() && c.waited(call, syncapi.GroupWait, syncapi.WgWait):
			return AtOnce
		}
	}
	return Unknown
}

// parameter returns how f runs its parameter i.
func (c *Package) parameter(f *skeleton.Func, i, depth int) Running {
	if f == nil || depth == 0 {
		return Unknown
	}
	is := func(p skeleton.Path) bool {
		return p.Root != nil && p.Root.Kind == skeleton.Param && p.Root.Owner == f && p.Root.Index == i && p.Sel == nil
	}
	best := Unknown
	for _, op := range f.Ops() {
		if op.Is(syncapi.Store, syncapi.Send) && slices.ContainsFunc(op.Args, is) {
			return Unknown
		}
		if op.Kind == syncapi.Go {
			continue
		}
		if op.Inner != nil {
			op = op.Inner
		}
		if is(op.Dynamic) {
			best = max(best, AtOnce)
		}
		if runsNow(op, is) {
			best = max(best, AtOnce)
		}
		for _, t := range op.Targets {
			for j, a := range t.Args {
				if is(a) {
					best = max(best, c.parameter(t.Func, j, depth-1))
				}
			}
		}
	}
	return best
}

// runsNow reports whether op runs a callback for which is holds before it is over, and
// whenever it is called.
func runsNow(op *skeleton.Op, is func(skeleton.Path) bool) bool {
	if op.Kind == syncapi.OnceDo || op.Kind == syncapi.SingleDo {
		return false
	}
	return slices.ContainsFunc(op.Callbacks, func(cb skeleton.Callback) bool {
		return is(cb.Func) && (cb.Mode == syncapi.Now || cb.Mode == syncapi.NowOnce)
	})
}

// -- goroutines that are waited for --

// Function returns the function that is around cur.
func Function(cur inspector.Cursor) (inspector.Cursor, bool) {
	for up := range cur.Parent().Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return up, true
	}
	return cur, false
}

// waited reports whether the function around cur has an operation of the given kinds.
func (c *Package) waited(cur inspector.Cursor, kinds ...syncapi.Op) bool {
	fn, ok := Function(cur)
	return ok && c.Has(fn.Node(), kinds...)
}

// Has reports whether n has a call of an operation of the given kinds.
func (c *Package) Has(n ast.Node, kinds ...syncapi.Op) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			effect := syncapi.EffectOf(c.Callee(call))
			found = found || effect != nil && slices.Contains(kinds, effect.Op)
		}
		return !found
	})
	return found
}

// Joined reports whether the function around a go statement, the call of which is at
// cur, waits for the literal that it starts.
func (c *Package) Joined(cur inspector.Cursor) bool {
	lit, ok := ast.Unparen(cur.Node().(*ast.CallExpr).Fun).(*ast.FuncLit)
	if !ok {
		return false
	}
	fn, ok := Function(cur)
	if !ok {
		return false
	}
	if c.Has(lit, syncapi.WgDone) && c.Has(fn.Node(), syncapi.WgWait) {
		return true
	}
	signals := make(map[types.Object]bool)
	ast.Inspect(lit, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			signals[c.Object(n.Chan)] = true
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && len(n.Args) == 1 {
				if b, ok := c.pass.TypesInfo.Uses[id].(*types.Builtin); ok && b.Name() == "close" {
					signals[c.Object(n.Args[0])] = true
				}
			}
		}
		return true
	})
	delete(signals, nil)
	found := false
	ast.Inspect(fn.Node(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			return false // it may give up waiting
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && signals[c.Object(n.X)]
		case *ast.RangeStmt:
			found = found || signals[c.Object(n.X)]
		}
		return n != lit
	})
	return found
}

// Object returns the local variable that e is, nil if it is none.
func (c *Package) Object(e ast.Expr) types.Object {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	return c.pass.TypesInfo.Uses[id]
}

// -- what is left alone --

// cleanup matches the names of functions that clean up, or shut down.
var cleanup = lazyregexp.New(`(?i)^(close|stop|shut|clean|tear|release|rollback|abort|destroy|dispose|cancel|drain|unlock|unregister|deregister|revoke|disconnect|finali[sz]e|terminate|kill|logout|quit|exit)|(close|shutdown|cleanup|rollback|teardown)$`)

// CleansUp reports whether the call or operation at cur cleans up, or is in a function that does.
func (c *Package) CleansUp(cur inspector.Cursor) bool {
	if call, ok := cur.Node().(*ast.CallExpr); ok {
		if fn := c.Callee(call); fn != nil && cleanup().MatchString(fn.Name()) {
			return true
		}
	}
	for up := range cur.Enclosing((*ast.FuncDecl)(nil)) {
		if cleanup().MatchString(up.Node().(*ast.FuncDecl).Name.Name) {
			return true
		}
	}
	return false
}

// Ended reports whether control comes to cur only once a context has ended: in the case
// of a select or behind a receive that waits for that, or where its error is tested.
func (c *Package) Ended(cur inspector.Cursor) bool {
	for ; ; cur = cur.Parent() {
		switch n := cur.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit, *ast.File:
			return false
		case *ast.CommClause:
			if n.Comm != nil && c.waitsForEnd(n.Comm) {
				return true
			}
		}
		kind, i := cur.ParentEdge()
		switch kind {
		case edge.IfStmt_Body:
			if c.testsEnd(cur.Parent().Node().(*ast.IfStmt).Cond) {
				return true
			}
		case edge.BlockStmt_List:
			if slices.ContainsFunc(cur.Parent().Node().(*ast.BlockStmt).List[:i], c.waitsForEnd) {
				return true
			}
		case edge.CommClause_Body:
			if slices.ContainsFunc(cur.Parent().Node().(*ast.CommClause).Body[:i], c.waitsForEnd) {
				return true
			}
		}
	}
}

// waitsForEnd reports whether a statement waits for the end of a context, and goes on.
func (c *Package) waitsForEnd(stmt ast.Stmt) bool {
	switch s := stmt.(type) {
	case *ast.SelectStmt:
		for _, cl := range s.Body.List {
			cl := cl.(*ast.CommClause)
			if cl.Comm != nil && c.waitsForEnd(cl.Comm) && !leaves(cl.Body) {
				return true
			}
		}
	case *ast.ExprStmt:
		recv, ok := ast.Unparen(s.X).(*ast.UnaryExpr)
		return ok && recv.Op == token.ARROW && c.Has(recv.X, syncapi.CtxDone)
	case *ast.AssignStmt:
		recv, ok := ast.Unparen(s.Rhs[0]).(*ast.UnaryExpr)
		return ok && recv.Op == token.ARROW && c.Has(recv.X, syncapi.CtxDone)
	}
	return false
}

func leaves(body []ast.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	switch body[len(body)-1].(type) {
	case *ast.ReturnStmt:
		return true
	}
	return false
}

// testsEnd reports whether a condition asks whether a context has ended.
func (c *Package) testsEnd(cond ast.Expr) bool {
	found := c.Has(cond, syncapi.CtxErr)
	ast.Inspect(cond, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			found = found || syncapi.IsContextEnd(c.pass.TypesInfo.Uses[id])
		}
		return !found
	})
	return found
}

// reason matches comments that say why a context is not passed on.
var reason = lazyregexp.New(`(?i)detach|outliv|regardless|even (if|when|after|though)|independent|on purpose|deliberate|intentional|surviv|(not|never) be cancel|without cancel|own (timeout|deadline|context)|best.effort`)

// Explained reports whether a comment beside n or above its statement says why.
func (c *Package) Explained(n ast.Node) bool {
	line := c.pass.Fset.Position(n.Pos()).Line
	for _, file := range c.pass.Files {
		if n.Pos() < file.FileStart || file.FileEnd <= n.Pos() {
			continue
		}
		for _, group := range file.Comments {
			from, to := c.pass.Fset.Position(group.Pos()).Line, c.pass.Fset.Position(group.End()).Line
			beside := from == line && group.Pos() > n.Pos()
			if (beside || to == line-1) && c.inBody(group, n) && reason().MatchString(group.Text()) {
				return !isWant(group)
			}
		}
	}
	return false
}

// inBody reports whether a comment is in the function that n is in: those above a
// function describe it.
func (c *Package) inBody(group *ast.CommentGroup, n ast.Node) bool {
	cur, ok := c.root.FindNode(n)
	if !ok {
		return false
	}
	fn, ok := Function(cur)
	return ok && fn.Node().Pos() < group.Pos()
}

// isWant reports whether a comment is for a test of this analyzer or a directive.
func isWant(group *ast.CommentGroup) bool {
	text := group.List[0].Text
	return strings.HasPrefix(text, "// want ") || strings.HasPrefix(text, "// related ") || strings.HasPrefix(text, "//nolint") || strings.HasPrefix(text, "//concurrencyvet:")
}

// IsTest reports whether n is in a test.
func (c *Package) IsTest(n ast.Node) bool {
	return report.InTest(c.pass, n.Pos())
}
